//! Tokens in and out, counted by the balance of the contract and not by what the token says.

use core::num::traits::Zero;
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

/// Nothing is sent where nothing is due: some tokens refuse it.
pub fn pay(token: ContractAddress, to: ContractAddress, amount: u256, error: felt252) {
    if !amount.is_zero() {
        assert(IErc20Dispatcher { contract_address: token }.transfer(to, amount), error);
    }
}

/// Exactly the amount is gone: not less, and not the money of other tasks.
pub fn assert_gone(token: ContractAddress, before: u256, amount: u256, error: felt252) {
    let after = held(token);
    assert(after <= before && before - after == amount, error);
}
