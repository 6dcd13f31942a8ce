//! Entry points of the live interface that pay on a signature: they are there, and refuse.

#[starknet::component]
pub mod UnsupportedComponent {
    use starknet::ContractAddress;
    use crate::escrow::errors;
    use crate::escrow::interfaces::IUnsupported;

    #[storage]
    pub struct Storage {}

    #[event]
    #[derive(Drop, starknet::Event)]
    pub enum Event {}

    #[embeddable_as(UnsupportedImpl)]
    impl Unsupported<
        TContractState, +HasComponent<TContractState>,
    > of IUnsupported<ComponentState<TContractState>> {
        fn pull_and_execute(
            ref self: ComponentState<TContractState>,
            user: ContractAddress,
            token_address: ContractAddress,
            amount: u256,
            prompt_hash: felt252,
        ) -> u256 {
            core::panic_with_felt252(errors::NOT_SUPPORTED)
        }

        fn settle_with_effort(
            ref self: ComponentState<TContractState>,
            task_id: u256,
            provider: ContractAddress,
            result_hash: felt252,
            actual_cost: u256,
            effort_score: u256,
            signature_r: felt252,
            signature_s: felt252,
        ) {
            core::panic_with_felt252(errors::NOT_SUPPORTED)
        }

        fn settle_with_effort_and_affiliate(
            ref self: ComponentState<TContractState>,
            task_id: u256,
            provider: ContractAddress,
            affiliate: ContractAddress,
            result_hash: felt252,
            actual_cost: u256,
            effort_score: u256,
            signature_r: felt252,
            signature_s: felt252,
        ) {
            core::panic_with_felt252(errors::NOT_SUPPORTED)
        }
    }
}
