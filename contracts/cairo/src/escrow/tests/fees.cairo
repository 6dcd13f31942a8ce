//! 12 % and 3 % rounded down, the rest to the provider, for every amount.

use core::num::traits::{Bounded, WideMul};
use crate::escrow::fees::{BASIS, share, split};
use crate::escrow::tests::random::{Random, RandomTrait};

/// floor(amount * points / 10000) with a product that cannot overflow.
fn share_wide(amount: u256, points: u256) -> u256 {
    let product = amount.wide_mul(points);
    let (quotient, _) = core::integer::u512_safe_div_rem_by_u256(
        product, BASIS.try_into().unwrap(),
    );
    assert!(quotient.limb2 == 0 && quotient.limb3 == 0);
    u256 { low: quotient.limb0, high: quotient.limb1 }
}

fn check(amount: u256) {
    let parts = split(amount);
    assert!(parts.treasury_fee == share_wide(amount, 1200), "treasury of {}", amount);
    assert!(parts.gas_subsidy == share_wide(amount, 300), "subsidy of {}", amount);
    // Neither sum may overflow: these additions would panic.
    let sum = parts.provider_payout + parts.gas_subsidy + parts.treasury_fee;
    assert!(sum == amount, "sum of {}", amount);
    assert!(parts.provider_payout >= share_wide(amount, 8500), "payout of {}", amount);
}

#[test]
fn parts_add_up_for_small_amounts() {
    for amount in 0..300_u256 {
        check(amount);
    }
    for amount in 9990..10010_u256 {
        check(amount);
    }
}

#[test]
fn parts_add_up_at_the_edges() {
    let max = Bounded::<u256>::MAX;
    for i in 0..5_u256 {
        check(max - i);
        check(max / 1200 - 2 + i);
        check(0x100000000000000000000000000000000 - 2 + i);
    }
    check(max - max % BASIS);
    check(max - max % BASIS - 1);
}

#[test]
fn parts_add_up_for_random_amounts() {
    let mut random = Random { state: 'fees' };
    for _ in 0..200_u32 {
        let amount = random.wide();
        check(amount);
        // Of every length too.
        check(amount / 0x10000000000000000);
        check(amount / 0x1000000000000000000000000000000000000000000);
    }
}

#[test]
fn known_split() {
    let parts = split(1_000_000_007);
    assert!(parts.treasury_fee == 120_000_000);
    assert!(parts.gas_subsidy == 30_000_000);
    assert!(parts.provider_payout == 850_000_007);
    let parts = split(1);
    assert!(parts.provider_payout == 1 && parts.gas_subsidy == 0 && parts.treasury_fee == 0);
}

#[test]
fn a_share_of_all_is_all() {
    assert!(share(Bounded::<u256>::MAX, BASIS) == Bounded::<u256>::MAX);
}
