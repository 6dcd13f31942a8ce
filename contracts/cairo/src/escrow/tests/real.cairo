//! The contract, the verifier class and a proof made by sprove: the whole way from a task to the
//! money. The contract stands at the address that the proof's context names (docs/chain.md).

use core::testing::get_available_gas;
use starknet::ContractAddress;
use starknet::testing::{
    set_block_timestamp, set_caller_address, set_chain_id, set_contract_address,
};
use crate::chain_verifier::ChainVerifier;
use crate::escrow::contract::Escrow;
use crate::escrow::interfaces::{
    IErc20Dispatcher, IErc20DispatcherTrait, IEscrowDispatcherTrait, IEscrowLibraryDispatcher,
    IEscrowSafeDispatcherTrait, IEscrowSafeLibraryDispatcher, IEscrowViewsDispatcherTrait,
    IEscrowViewsLibraryDispatcher,
};
use crate::escrow::nodes::{INodesDispatcherTrait, INodesLibraryDispatcher};
use crate::escrow::tests::real_proof::PROOF;
use crate::escrow::tests::world::{
    CHAIN_ID, CREATOR, DAY, OWNER, RIVAL, START, STRANGER, TREASURY, address, fund, new_token,
    refused,
};

const AT: felt252 = 0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d;
const PAID: felt252 = 0x34ba56f92265f0868c57d3fe72ecab144fc96f97954bbbc4252cef8e8a979ba;

/// Places of the head's felts: docs/proof-format.md 2.
const PROGRAM: u32 = 2;
const CONTEXT: u32 = 3;
const IO: u32 = 4;
const INPUT: u32 = 6;
const OUTPUT: u32 = 7;

/// Calls that follow run the contract's class in the place of AT.
fn tasks() -> IEscrowLibraryDispatcher {
    IEscrowLibraryDispatcher { class_hash: Escrow::TEST_CLASS_HASH }
}

fn views() -> IEscrowViewsLibraryDispatcher {
    IEscrowViewsLibraryDispatcher { class_hash: Escrow::TEST_CLASS_HASH }
}

fn register(node: ContractAddress) {
    set_caller_address(node);
    INodesLibraryDispatcher { class_hash: Escrow::TEST_CLASS_HASH }.register_node();
}

fn create(token: ContractAddress, max_cycles: u64) -> u256 {
    let proof = PROOF.span();
    set_caller_address(CREATOR());
    let program = *proof[PROGRAM];
    tasks().create_proved_task(token, 1000, program, *proof[INPUT], max_cycles, START + DAY, 1)
}

fn contract_at_its_address() -> ContractAddress {
    set_chain_id(CHAIN_ID);
    set_block_timestamp(START);
    let token = new_token(0);
    let at = address(AT);
    fund(at, token, CREATOR(), 2000);
    set_contract_address(at);
    let mut state = Escrow::contract_state_for_testing();
    let verifier = ChainVerifier::TEST_CLASS_HASH;
    Escrow::constructor(ref state, OWNER(), TREASURY(), verifier, array![token].span());
    register(address(PAID));
    register(RIVAL());
    token
}

#[test]
#[feature("safe_dispatcher")]
fn a_proof_of_the_prover_pays_its_provider() {
    let token = contract_at_its_address();
    let proof = PROOF.span();
    let result = *proof[OUTPUT];
    let id = create(token, 10_000);
    let second = create(token, 10_000);
    assert!(id == 1);
    let statement = views().statement_of(id, address(PAID), result);
    assert!(statement.context == *proof[CONTEXT] && statement.io_commitment == *proof[IO]);

    set_caller_address(STRANGER());
    let safe = IEscrowSafeLibraryDispatcher { class_hash: Escrow::TEST_CLASS_HASH };
    refused(safe.submit_proof_and_claim(id, RIVAL(), result, proof.into()), 'context');
    refused(safe.submit_proof_and_claim(second, address(PAID), result, proof.into()), 'context');
    let cut = proof.slice(0, proof.len() - 1);
    refused(safe.submit_proof_and_claim(id, address(PAID), result, cut.into()), 'form');

    let before = get_available_gas();
    tasks().submit_proof_and_claim(id, address(PAID), result, proof.into());
    let used = before - get_available_gas();
    println!("gas of a claim: {}", used);
    // What was measured and a tenth.
    assert!(used < 158_500_000);
    let erc20 = IErc20Dispatcher { contract_address: token };
    assert!(erc20.balance_of(address(PAID)) == 880 && erc20.balance_of(TREASURY()) == 120);
    assert!(erc20.balance_of(address(AT)) == 1000 && erc20.balance_of(RIVAL()) == 0);
    let cycles = views().get_task_ext(id).cycles;
    assert!(cycles > 0 && cycles <= 10_000);
}

#[test]
#[feature("safe_dispatcher")]
fn a_proof_of_too_many_cycles_pays_nobody() {
    let token = contract_at_its_address();
    let proof = PROOF.span();
    let id = create(token, 1000);
    let safe = IEscrowSafeLibraryDispatcher { class_hash: Escrow::TEST_CLASS_HASH };
    let claim = safe.submit_proof_and_claim(id, address(PAID), *proof[OUTPUT], proof.into());
    refused(claim, 'Too many cycles');
}
