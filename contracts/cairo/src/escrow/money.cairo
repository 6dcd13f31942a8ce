//! Tokens in and out, counted by the balance of the contract and not by what the token says.

use core::num::traits::Zero;
use starknet::syscalls::call_contract_syscall;
use starknet::{ContractAddress, get_contract_address};
use crate::escrow::errors;
use crate::escrow::interfaces::{IErc20Dispatcher, IErc20DispatcherTrait};

pub fn held(token: ContractAddress) -> u256 {
    IErc20Dispatcher { contract_address: token }.balance_of(get_contract_address())
}

/// Exactly the amount arrives.
pub fn receive(token: ContractAddress, from: ContractAddress, amount: u256) {
    let before = held(token);
    let erc20 = IErc20Dispatcher { contract_address: token };
    let said = erc20.transfer_from(from, get_contract_address(), amount);
    assert(said, errors::TOKEN_TRANSFER);
    let after = held(token);
    assert(after >= before && after - before == amount, errors::TOKEN_TRANSFER);
}

/// Exactly the amount leaves what was held before: not less, and not the money of other tasks.
pub fn pay(
    token: ContractAddress, to: ContractAddress, amount: u256, before: u256, error: felt252,
) {
    assert(IErc20Dispatcher { contract_address: token }.transfer(to, amount), error);
    assert(is_gone(before, held(token), amount), error);
}

/// False where the token panicked or did nothing, and nothing left. A token that moved anything but
/// the amount is refused, whatever it says. What cannot be caught reverts: a token whose code is gone.
/// Nothing is sent where nothing is due: some tokens refuse it.
pub fn try_pay(
    token: ContractAddress, to: ContractAddress, amount: u256, before: u256, error: felt252,
) -> bool {
    if amount.is_zero() {
        return true;
    }
    let mut calldata = array![];
    to.serialize(ref calldata);
    amount.serialize(ref calldata);
    // Not the dispatcher, which panics with the token.
    let _said = call_contract_syscall(token, selector!("transfer"), calldata.span());
    let after = held(token);
    if after == before {
        return false;
    }
    assert(is_gone(before, after, amount), error);
    true
}

fn is_gone(before: u256, after: u256, amount: u256) -> bool {
    after <= before && before - after == amount
}
