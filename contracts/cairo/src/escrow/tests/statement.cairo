//! The numbers of docs/chain.md, which were computed elsewhere (Python's hashlib and a Poseidon of
//! its own).

use crate::escrow::statement::{
    MAX_CYCLES, assert_result, assert_terms, context, io_commitment, statement_hash, task_hash,
};
use crate::escrow::tests::world::address;

const CONTRACT: felt252 = 0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d;
const PROVIDER: felt252 = 0x34ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba;
/// H_in of the three bytes "abc", H_out of no bytes.
const INPUT: felt252 = 0x75041d325e17b9a757d3eb987bea791b2317abf723b3442e160e1291a025a;
const OUTPUT: felt252 = 0x824c36fa91d2d2cb58074108ddbbebcbf44e9b98d93f5bee3942d5c00cd94c;
const PROGRAM: felt252 = 0x1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201;
const CONTEXT: felt252 = 0x1e978ce3286c54549552b5ba1bb4ae3c39d932761f49e753574cbb8c;
const TASK_HASH: felt252 = 0x1be48b32857fde14066ad8dc74439be0ba669b18150b9cc069468f96d872aae;
const ALL_31: felt252 = 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
const LARGEST_ADDRESS: felt252 =
    0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeff;

fn task() -> u256 {
    u256 { low: 7, high: 5 }
}

#[test]
fn context_is_that_of_the_document() {
    assert!(context('SN_SEPOLIA', address(CONTRACT), task(), address(PROVIDER)) == CONTEXT);
    assert!(
        context(
            'SN_SEPOLIA', address(CONTRACT), 1, address(PROVIDER),
        ) == 0x5b6f023e3e2abe991ecc3b4b145884a24f808baabbb53364fa9633f1,
    );
}

#[test]
fn context_of_the_smallest_and_the_largest_numbers() {
    let zero = address(0);
    assert!(
        context(0, zero, 0, zero) == 0x3f7c6d6001317f30b4533eeb55e38e0b4335562128401c25ad1bc084,
    );
    let largest = address(LARGEST_ADDRESS);
    let max = core::num::traits::Bounded::<u256>::MAX;
    assert!(
        context(
            -1, largest, max, largest,
        ) == 0x89ff6666952557c7a511d33f63fe2802ca5f042dc5506c38460c86cc,
    );
}

#[test]
fn context_differs_with_each_of_its_five_numbers() {
    let at = address(CONTRACT);
    let provider = address(PROVIDER);
    let high = u256 { low: 7, high: 4 };
    let low = u256 { low: 6, high: 5 };
    assert!(context('SN_MAIN', at, task(), provider) != CONTEXT);
    assert!(context('SN_SEPOLIA', address(CONTRACT - 1), task(), provider) != CONTEXT);
    assert!(context('SN_SEPOLIA', at, low, provider) != CONTEXT);
    assert!(context('SN_SEPOLIA', at, high, provider) != CONTEXT);
    assert!(context('SN_SEPOLIA', at, task(), address(PROVIDER + 1)) != CONTEXT);
    // Places are fixed: swapping two numbers is another message.
    assert!(context('SN_SEPOLIA', provider, task(), at) != CONTEXT);
}

#[test]
fn io_commitment_is_that_of_the_document() {
    assert!(
        io_commitment(
            INPUT, OUTPUT,
        ) == 0x79a0f695d9af6961cf6a4e6aba97fa5edd85cae7d5d089e886c1e591940bc6,
    );
    assert!(
        io_commitment(
            ALL_31, ALL_31,
        ) == 0xd4b17fd760a3bff61dd23754a2c103f50968c9b36f3823c58aaf39afb48bfa,
    );
    assert!(
        io_commitment(0, 0) == 0xfa0e650aceeb307221fc5a188b11a020055b143989c24580c375861f5137a,
    );
}

#[test]
fn hashes_are_those_of_the_document() {
    let hash = task_hash(PROGRAM, INPUT, 0x100000);
    assert!(hash == TASK_HASH);
    assert!(
        statement_hash(
            hash, CONTEXT, OUTPUT,
        ) == 0x30576877ca24a6914e7a605a793fa95f03e1c8d4df4bf3f990d39118b8496a4,
    );
}

#[test]
fn largest_terms_are_terms() {
    assert_terms(0xffffffffffffffffffffffffffffffffffffffffffffffffffffffff, ALL_31, MAX_CYCLES);
    assert_terms(1, 1, 1);
    assert_result(ALL_31);
    assert!(MAX_CYCLES == 0x8000000 - 2);
}

#[test]
#[should_panic(expected: 'Invalid program id')]
fn program_id_of_29_bytes() {
    assert_terms(0x100000000000000000000000000000000000000000000000000000000, 1, 1);
}

#[test]
#[should_panic(expected: 'Invalid program id')]
fn program_id_zero() {
    assert_terms(0, 1, 1);
}

#[test]
#[should_panic(expected: 'Invalid input commitment')]
fn input_commitment_of_32_bytes() {
    assert_terms(1, ALL_31 + 1, 1);
}

#[test]
#[should_panic(expected: 'Invalid input commitment')]
fn input_commitment_zero() {
    assert_terms(1, 0, 1);
}

#[test]
#[should_panic(expected: 'Invalid max cycles')]
fn max_cycles_zero() {
    assert_terms(1, 1, 0);
}

#[test]
#[should_panic(expected: 'Invalid max cycles')]
fn max_cycles_beyond_the_protocol() {
    assert_terms(1, 1, MAX_CYCLES + 1);
}

#[test]
#[should_panic(expected: 'Invalid result hash')]
fn result_of_32_bytes() {
    assert_result(ALL_31 + 1);
}

#[test]
#[should_panic(expected: 'Invalid result hash')]
fn result_zero() {
    assert_result(0);
}
