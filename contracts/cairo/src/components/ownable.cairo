//! One owner, replaced in two steps: the old one proposes, the new one accepts with its own key.

use starknet::ContractAddress;

#[starknet::interface]
pub trait IOwnable<TState> {
    fn owner(self: @TState) -> ContractAddress;
    fn pending_owner(self: @TState) -> ContractAddress;
    fn transfer_ownership(ref self: TState, new_owner: ContractAddress);
    fn accept_ownership(ref self: TState);
    fn renounce_ownership(ref self: TState);
}

#[starknet::component]
pub mod OwnableComponent {
    use core::num::traits::Zero;
    use starknet::storage::{StoragePointerReadAccess, StoragePointerWriteAccess};
    use starknet::{ContractAddress, get_caller_address};

    pub mod Errors {
        pub const NOT_OWNER: felt252 = 'Caller is not the owner';
        pub const NOT_PENDING_OWNER: felt252 = 'Caller is not the pending owner';
        pub const ZERO_OWNER: felt252 = 'New owner is the zero address';
        pub const NOT_SUPPORTED: felt252 = 'Mode not supported';
    }

    #[storage]
    pub struct Storage {
        current_owner: ContractAddress,
        proposed_owner: ContractAddress,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        OwnershipTransferred: OwnershipTransferred,
        OwnershipTransferStarted: OwnershipTransferStarted,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct OwnershipTransferred {
        #[key]
        pub previous_owner: ContractAddress,
        #[key]
        pub new_owner: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct OwnershipTransferStarted {
        #[key]
        pub previous_owner: ContractAddress,
        #[key]
        pub new_owner: ContractAddress,
    }

    /// Who cannot become owner is for the contract to say; asked when ownership is accepted, since
    /// before that the answer can change.
    pub trait NewOwnerTrait<TContractState> {
        fn assert_may_own(self: @TContractState, candidate: ContractAddress);
    }

    #[embeddable_as(OwnableImpl)]
    impl Ownable<
        TContractState,
        +HasComponent<TContractState>,
        +NewOwnerTrait<TContractState>,
        +Drop<TContractState>,
    > of super::IOwnable<ComponentState<TContractState>> {
        fn owner(self: @ComponentState<TContractState>) -> ContractAddress {
            self.current_owner.read()
        }

        fn pending_owner(self: @ComponentState<TContractState>) -> ContractAddress {
            self.proposed_owner.read()
        }

        /// A proposal replaces the one before; proposing oneself withdraws it.
        fn transfer_ownership(
            ref self: ComponentState<TContractState>, new_owner: ContractAddress,
        ) {
            self.assert_only_owner();
            assert(!new_owner.is_zero(), Errors::ZERO_OWNER);
            self.proposed_owner.write(new_owner);
            self
                .emit(
                    OwnershipTransferStarted {
                        previous_owner: self.current_owner.read(), new_owner,
                    },
                );
        }

        fn accept_ownership(ref self: ComponentState<TContractState>) {
            let caller = get_caller_address();
            let proposed = self.proposed_owner.read();
            assert(!proposed.is_zero() && caller == proposed, Errors::NOT_PENDING_OWNER);
            self.get_contract().assert_may_own(caller);
            self.proposed_owner.write(Zero::zero());
            self.set_owner(caller);
        }

        /// Refused: without an owner a pause could never end.
        fn renounce_ownership(ref self: ComponentState<TContractState>) {
            self.assert_only_owner();
            core::panic_with_felt252(Errors::NOT_SUPPORTED);
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        fn initializer(ref self: ComponentState<TContractState>, owner: ContractAddress) {
            assert(!owner.is_zero(), Errors::ZERO_OWNER);
            self.set_owner(owner);
        }

        fn read_owner(self: @ComponentState<TContractState>) -> ContractAddress {
            self.current_owner.read()
        }

        fn assert_only_owner(self: @ComponentState<TContractState>) {
            assert(get_caller_address() == self.current_owner.read(), Errors::NOT_OWNER);
        }

        fn set_owner(ref self: ComponentState<TContractState>, new_owner: ContractAddress) {
            let previous_owner = self.current_owner.read();
            self.current_owner.write(new_owner);
            self.emit(OwnershipTransferred { previous_owner, new_owner });
        }
    }
}
