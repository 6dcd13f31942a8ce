//! The verifier class, called as other contracts call it: a refusal comes back as data, so that one
//! test can see many.
use core::testing::get_available_gas;
use starknet::SyscallResultTrait;
use starknet::syscalls::deploy_syscall;
use crate::chain_verifier::ChainVerifier;
use crate::escrow::proof_verifier::{
    Expectation, IProofVerifierDispatcher, IProofVerifierDispatcherTrait,
    IProofVerifierSafeDispatcher, IProofVerifierSafeDispatcherTrait,
};
use crate::words::seven;
use super::proof::PROOF;

fn address() -> starknet::ContractAddress {
    let class = ChainVerifier::TEST_CLASS_HASH.try_into().unwrap();
    let (address, _) = deploy_syscall(class, 0, array![].span(), false).unwrap_syscall();
    address
}
fn expectation(proof: Span<felt252>) -> Expectation {
    Expectation {
        program_id: *proof[2],
        context: *proof[3],
        input_hash: *proof[6],
        output_hash: *proof[7],
        exit_code: 0,
    }
}

/// Prints the Sierra gas of the whole call, without the fee of calldata. A long job's proof has longer
/// paths: contracts/cairo/bench.sh measures with one.
#[test]
fn a_proof_is_accepted_within_its_gas() {
    let proof = PROOF.span();
    let verifier = IProofVerifierDispatcher { contract_address: address() };
    let before = get_available_gas();
    let verified = verifier.verify(expectation(proof), proof.into());
    let used = before - get_available_gas();
    println!("gas of a verification: {}", used);
    // What tests/cairo/limits.py holds for the longest job.
    assert!(used < 160000000);
    let (_, cycles, _, _, _, _, _) = seven(*proof[5]);
    assert!(verified.cycles == cycles.into() && cycles != 0);
}

#[test]
fn the_parameters_are_those_of_profile_chain() {
    let p = IProofVerifierDispatcher { contract_address: address() }.params();
    assert!(p.profile == 4 && p.queries == 20 && p.log_blowup == 4 && p.cap_log == 5);
    let proof = PROOF.span();
    assert!(p.air_id == *proof[1]);
}

/// Felts first, first + step, .., below end: each with its lowest bit changed.
#[feature("safe_dispatcher")]
fn refuses_each(first: u32, step: u32, end: u32) {
    let proof = PROOF.span();
    let verifier = IProofVerifierSafeDispatcher { contract_address: address() };
    let expected = expectation(proof);
    let mut at = first;
    while at < end {
        let mut other = array![];
        other.append_span(proof.slice(0, at));
        other.append(*proof[at] + 1);
        other.append_span(proof.slice(at + 1, proof.len() - at - 1));
        match verifier.verify(expected, other.span().into()) {
            Ok(_) => panic!("accepted with felt {} changed", at),
            Err(data) => assert!(is_check(*data[0]), "felt {}: not a check: {}", at, *data[0]),
        }
        at += step;
    }
}

fn is_check(name: felt252) -> bool {
    for check in [
        'form', 'sizes', 'profile', 'program id', 'program hash', 'context', 'input', 'output',
        'io commitment', 'expected io', 'exit code', 'time', 'addresses', 'lookup grind', 'product',
        'sum', 'oods grind', 'oods', 'deep grind', 'commit grind', 'query grind', 'tree path',
        'fri path', 'last layer',
    ].span() {
        if *check == name {
            return true;
        }
    }
    false
}

#[test]
fn each_felt_of_the_head_counts() {
    refuses_each(0, 1, 10);
}
#[test]
fn felts_before_the_queries_count() {
    refuses_each(10, 23, 640);
}
#[test]
fn felts_of_the_queries_count() {
    refuses_each(640, 211, 4125);
}

/// The proof with felt `at` changed is refused as not well formed.
#[feature("safe_dispatcher")]
fn refuses_form(verifier: IProofVerifierSafeDispatcher, at: u32, by: felt252) {
    let proof = PROOF.span();
    let mut other = array![];
    other.append_span(proof.slice(0, at));
    other.append(*proof[at] + by);
    other.append_span(proof.slice(at + 1, proof.len() - at - 1));
    match verifier.verify(expectation(proof), other.span().into()) {
        Ok(_) => panic!("accepted with felt {} changed", at),
        Err(data) => assert!(*data[0] == 'form', "felt {}: {}", at, *data[0]),
    }
}

const BIT_32: felt252 = 0x100000000;
const BIT_64: felt252 = 0x10000000000000000;
const BIT_128: felt252 = 0x100000000000000000000000000000000;
const BIT_224: felt252 = 0x100000000000000000000000000000000000000000000000000000000;
const BIT_248: felt252 = 0x100000000000000000000000000000000000000000000000000000000000000;

/// Where the fields of the proof begin: 10 felts of head, 32 of a cap; 1 and 1 of input and output;
/// 6 and 6 of the 11 and 12 claims; 279 of samples; 3 FRI layers; 32 of the last layer. A query: 3, 33,
/// 22, 1 felts of values, each with a path of 17, then 8 of siblings.
const PROGRAM_CAP: u32 = 10;
const INPUT: u32 = 42;
const LOOKUP_NONCE: u32 = 76;
const PRODUCTS: u32 = 77;
const SAMPLES: u32 = 153;
const LAST_LAYER: u32 = 532;
const QUERIES: u32 = 565;
const SIBLINGS: u32 = 692;

#[test]
fn unused_bits_are_refused() {
    let v = IProofVerifierSafeDispatcher { contract_address: address() };
    refuses_form(v, PROGRAM_CAP, BIT_224);
    refuses_form(v, INPUT, BIT_32);
    refuses_form(v, LOOKUP_NONCE, BIT_64);
    refuses_form(v, PRODUCTS + 5, BIT_128);
    refuses_form(v, SAMPLES, BIT_248);
    refuses_form(v, LAST_LAYER + 31, BIT_248);
    refuses_form(v, QUERIES, BIT_248);
    refuses_form(v, QUERIES + 2, BIT_128);
    refuses_form(v, QUERIES + 3, BIT_224);
    refuses_form(v, SIBLINGS + 7, BIT_128);
    refuses_form(v, SIBLINGS + 8, BIT_224);
}

/// P in the place of the first element of a felt.
fn refuses_p(v: IProofVerifierSafeDispatcher, at: u32) {
    let value: u256 = (*PROOF.span()[at]).into();
    refuses_form(v, at, (0x7fffffff - value.low % 0x80000000).into());
}
#[test]
fn elements_not_below_p_are_refused() {
    let v = IProofVerifierSafeDispatcher { contract_address: address() };
    refuses_p(v, PRODUCTS);
    refuses_p(v, SAMPLES + 100);
    refuses_p(v, LAST_LAYER);
    refuses_p(v, QUERIES + 1);
    refuses_p(v, SIBLINGS + 3);
}
