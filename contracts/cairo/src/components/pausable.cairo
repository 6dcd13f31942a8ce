//! A pause that the owner sets. What it stops is for the contract to say.

#[starknet::interface]
pub trait IPausable<TState> {
    fn pause(ref self: TState);
    fn unpause(ref self: TState);
    fn is_paused(self: @TState) -> bool;
}

#[starknet::component]
pub mod PausableComponent {
    use starknet::storage::{StoragePointerReadAccess, StoragePointerWriteAccess};
    use starknet::{ContractAddress, get_caller_address};
    use crate::components::ownable::OwnableComponent;
    use crate::components::ownable::OwnableComponent::InternalTrait as OwnableInternalTrait;

    pub mod Errors {
        pub const PAUSED: felt252 = 'Pausable: paused';
        pub const NOT_PAUSED: felt252 = 'Pausable: not paused';
    }

    #[storage]
    pub struct Storage {
        paused: bool,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        Paused: Paused,
        Unpaused: Unpaused,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct Paused {
        pub account: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct Unpaused {
        pub account: ContractAddress,
    }

    #[embeddable_as(PausableImpl)]
    impl Pausable<
        TContractState,
        +HasComponent<TContractState>,
        impl Owner: OwnableComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of super::IPausable<ComponentState<TContractState>> {
        fn pause(ref self: ComponentState<TContractState>) {
            get_dep_component!(@self, Owner).assert_only_owner();
            self.assert_not_paused();
            self.paused.write(true);
            self.emit(Paused { account: get_caller_address() });
        }

        fn unpause(ref self: ComponentState<TContractState>) {
            get_dep_component!(@self, Owner).assert_only_owner();
            assert(self.paused.read(), Errors::NOT_PAUSED);
            self.paused.write(false);
            self.emit(Unpaused { account: get_caller_address() });
        }

        fn is_paused(self: @ComponentState<TContractState>) -> bool {
            self.paused.read()
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        fn assert_not_paused(self: @ComponentState<TContractState>) {
            assert(!self.paused.read(), Errors::PAUSED);
        }
    }
}
