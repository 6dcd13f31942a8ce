//! How an amount is divided: 12 % to the treasury, 3 % as gas subsidy and the rest to the provider.

pub const TREASURY_BASIS_POINTS: u256 = 1200;
pub const SUBSIDY_BASIS_POINTS: u256 = 300;
pub const BASIS: u256 = 10000;

#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct Split {
    pub provider_payout: u256,
    pub gas_subsidy: u256,
    pub treasury_fee: u256,
}

/// floor(amount * points / BASIS) for every amount: the product itself may pass 2^256, these two
/// parts cannot. points <= BASIS.
pub fn share(amount: u256, points: u256) -> u256 {
    (amount / BASIS) * points + (amount % BASIS) * points / BASIS
}

/// The three parts add up to the amount; what the two divisions leave is the provider's.
pub fn split(amount: u256) -> Split {
    let treasury_fee = share(amount, TREASURY_BASIS_POINTS);
    let gas_subsidy = share(amount, SUBSIDY_BASIS_POINTS);
    Split { provider_payout: amount - treasury_fee - gas_subsidy, gas_subsidy, treasury_fee }
}
