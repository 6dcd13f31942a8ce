//! What the contract tells indexers about tasks; names, keys and order of fields of the live
//! interface where it has the event.

use starknet::ContractAddress;

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskCreated {
    #[key]
    pub task_id: u256,
    #[key]
    pub creator: ContractAddress,
    pub token_address: ContractAddress,
    pub amount: u256,
    pub base_reward: u256,
    pub adjusted_reward: u256,
    pub required_tier: u8,
    pub task_hash: felt252,
}

/// Follows TaskCreated when the task stores its program and input.
#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskTerms {
    #[key]
    pub task_id: u256,
    #[key]
    pub program_id: felt252,
    pub input_commitment: felt252,
    pub max_cycles: u64,
    pub deadline: u64,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskAssigned {
    #[key]
    pub task_id: u256,
    #[key]
    pub provider: ContractAddress,
    pub assign_deadline: u64,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskUnassigned {
    #[key]
    pub task_id: u256,
    #[key]
    pub provider: ContractAddress,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskCancelled {
    #[key]
    pub task_id: u256,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskExpired {
    #[key]
    pub task_id: u256,
    pub refund_amount: u256,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct ProofVerified {
    #[key]
    pub task_id: u256,
    pub statement_hash: felt252,
    pub cycles: u64,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct TaskCompleted {
    #[key]
    pub task_id: u256,
    #[key]
    pub provider: ContractAddress,
    pub result_hash: felt252,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct FeeCollected {
    #[key]
    pub task_id: u256,
    pub treasury_fee: u256,
    pub gas_subsidy: u256,
    pub provider_payout: u256,
}

#[derive(Drop, PartialEq, starknet::Event)]
pub struct PayoutReleased {
    #[key]
    pub task_id: u256,
    #[key]
    pub provider: ContractAddress,
    /// Payout and gas subsidy.
    pub amount: u256,
    pub token_address: ContractAddress,
}
