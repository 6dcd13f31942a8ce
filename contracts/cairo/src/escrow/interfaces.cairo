//! The entry points of the marketplace contract that are not a component's. Names, arguments and
//! results of the live interface are kept; what they mean stands in docs/chain.md.

use starknet::{ClassHash, ContractAddress};
use crate::components::timelock::TimelockComponent::Scheduled;
use crate::escrow::proof_verifier::VerifierParams;
use crate::escrow::task::{Statement, TaskExt};
use crate::proof_argument::ProofArgument;

#[starknet::interface]
pub trait IErc20<TState> {
    fn balance_of(self: @TState, account: ContractAddress) -> u256;
    fn transfer(ref self: TState, recipient: ContractAddress, amount: u256) -> bool;
    fn transfer_from(
        ref self: TState, sender: ContractAddress, recipient: ContractAddress, amount: u256,
    ) -> bool;
}

#[starknet::interface]
pub trait IEscrow<TState> {
    fn create_task(
        ref self: TState, token_address: ContractAddress, amount: u256, task_hash: felt252,
    ) -> u256;
    fn create_tiered_task(
        ref self: TState,
        token_address: ContractAddress,
        base_amount: u256,
        required_tier: u8,
        task_hash: felt252,
    ) -> u256;
    fn create_proved_task(
        ref self: TState,
        token_address: ContractAddress,
        amount: u256,
        program_id: felt252,
        input_commitment: felt252,
        max_cycles: u64,
        deadline: u64,
        required_tier: u8,
    ) -> u256;
    fn assign_task(
        ref self: TState, task_id: u256, provider: ContractAddress, assign_deadline: u64,
    );
    fn unassign_expired(ref self: TState, task_id: u256);
    fn cancel_task(ref self: TState, task_id: u256);
    fn claim_expired(ref self: TState, task_id: u256);
    fn submit_proof_and_claim(
        ref self: TState,
        task_id: u256,
        provider: ContractAddress,
        result_hash: felt252,
        proof: ProofArgument,
    );
    fn submit_and_verify_with_io_binding(
        ref self: TState, proof_data: ProofArgument, expected_io_hash: felt252, job_id: u256,
    ) -> bool;
}

/// Entry points of the live interface that pay without a proof: all refuse.
#[starknet::interface]
pub trait IUnsupported<TState> {
    fn pull_and_execute(
        ref self: TState,
        user: ContractAddress,
        token_address: ContractAddress,
        amount: u256,
        prompt_hash: felt252,
    ) -> u256;
    fn settle_with_effort(
        ref self: TState,
        task_id: u256,
        provider: ContractAddress,
        result_hash: felt252,
        actual_cost: u256,
        effort_score: u256,
        signature_r: felt252,
        signature_s: felt252,
    );
    fn settle_with_effort_and_affiliate(
        ref self: TState,
        task_id: u256,
        provider: ContractAddress,
        affiliate: ContractAddress,
        result_hash: felt252,
        actual_cost: u256,
        effort_score: u256,
        signature_r: felt252,
        signature_s: felt252,
    );
}

#[starknet::interface]
pub trait IEscrowViews<TState> {
    /// creator, token_address, amount, base_reward, tier_multiplier, adjusted_reward,
    /// required_tier, task_hash, status; zeros for a task that does not exist.
    fn get_task(
        self: @TState, task_id: u256,
    ) -> (ContractAddress, ContractAddress, u256, u256, u256, u256, u8, felt252, u8);
    fn get_task_ext(self: @TState, task_id: u256) -> TaskExt;
    fn get_task_count(self: @TState) -> u256;
    /// Tasks that the user created, oldest first; at most 100 a call.
    fn get_user_tasks(
        self: @TState, user: ContractAddress, offset: u64, limit: u64,
    ) -> Array<u256>;
    fn get_user_task_count(self: @TState, user: ContractAddress) -> u64;
    fn get_user_earnings(
        self: @TState, provider: ContractAddress, token_address: ContractAddress,
    ) -> u256;
    fn statement_of(
        self: @TState, task_id: u256, provider: ContractAddress, result_hash: felt252,
    ) -> Statement;
    fn is_proof_verified(self: @TState, proof_hash: felt252) -> bool;
    fn get_job_for_proof(self: @TState, proof_hash: felt252) -> u256;
    fn get_verified_count(self: @TState) -> u64;
    fn get_verifier_params(self: @TState) -> (ClassHash, VerifierParams);
    fn get_fee_percent(self: @TState) -> u256;
    fn get_gas_subsidy_percent(self: @TState) -> u256;
    fn get_relayer(self: @TState) -> ContractAddress;
    fn get_treasury(self: @TState) -> ContractAddress;
    fn is_token_allowed(self: @TState, token_address: ContractAddress) -> bool;
}

#[starknet::interface]
pub trait IEscrowAdmin<TState> {
    fn set_relayer(ref self: TState, new_relayer: ContractAddress);
    fn set_treasury(ref self: TState, new_treasury: ContractAddress);
    fn set_token_allowed(ref self: TState, token_address: ContractAddress, allowed: bool);
    fn schedule_upgrade(ref self: TState, new_class_hash: ClassHash);
    fn cancel_upgrade(ref self: TState);
    fn upgrade(ref self: TState, new_class_hash: ClassHash);
    fn get_scheduled_upgrade(self: @TState) -> Scheduled;
    fn schedule_verifier(ref self: TState, new_class_hash: ClassHash);
    fn cancel_verifier(ref self: TState);
    fn set_verifier(ref self: TState, new_class_hash: ClassHash);
    fn get_scheduled_verifier(self: @TState) -> Scheduled;
}
