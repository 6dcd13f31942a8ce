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
