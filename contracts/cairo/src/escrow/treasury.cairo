//! Fees that could not be paid with their claim: a token that refuses the treasury holds up no
//! provider. What is owed to the treasury stays in the contract until anybody has it paid.

use starknet::ContractAddress;

#[starknet::interface]
pub trait ITreasury<TState> {
    /// Anybody may call; it goes to the treasury of now.
    fn collect_fees(ref self: TState, token_address: ContractAddress);
    fn get_uncollected_fees(self: @TState, token_address: ContractAddress) -> u256;
}

#[starknet::component]
pub mod TreasuryComponent {
    use core::num::traits::Zero;
    use starknet::ContractAddress;
    use starknet::storage::{Map, StorageMapReadAccess, StorageMapWriteAccess};
    use crate::components::lock::LockComponent;
    use crate::components::lock::LockComponent::InternalTrait as LockInternalTrait;
    use crate::escrow::admin::AdminComponent;
    use crate::escrow::admin::AdminComponent::InternalTrait as AdminInternalTrait;
    use crate::escrow::{errors, money};

    #[storage]
    pub struct Storage {
        uncollected_fees: Map<ContractAddress, u256>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        FeeDeferred: FeeDeferred,
        DeferredFeesPaid: DeferredFeesPaid,
    }

    /// Follows the events of a claim whose fee the token did not take to the treasury.
    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct FeeDeferred {
        #[key]
        pub task_id: u256,
        pub token_address: ContractAddress,
        pub amount: u256,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct DeferredFeesPaid {
        #[key]
        pub token_address: ContractAddress,
        pub treasury: ContractAddress,
        pub amount: u256,
    }

    #[embeddable_as(TreasuryImpl)]
    impl Treasury<
        TContractState,
        +HasComponent<TContractState>,
        impl Admin: AdminComponent::HasComponent<TContractState>,
        impl Lock: LockComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of super::ITreasury<ComponentState<TContractState>> {
        fn collect_fees(
            ref self: ComponentState<TContractState>, token_address: ContractAddress,
        ) {
            get_dep_component_mut!(ref self, Lock).lock();
            let amount = self.uncollected_fees.read(token_address);
            assert(!amount.is_zero(), errors::NO_FEES);
            let treasury = get_dep_component!(@self, Admin).treasury();
            self.uncollected_fees.write(token_address, 0);
            self.emit(DeferredFeesPaid { token_address, treasury, amount });
            let before = money::held(token_address);
            assert(before >= amount, errors::BALANCE);
            money::pay(token_address, treasury, amount, before, errors::TREASURY_PAYMENT);
            get_dep_component_mut!(ref self, Lock).unlock();
        }

        fn get_uncollected_fees(
            self: @ComponentState<TContractState>, token_address: ContractAddress,
        ) -> u256 {
            self.uncollected_fees.read(token_address)
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState,
        +HasComponent<TContractState>,
        impl Admin: AdminComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of InternalTrait<TContractState> {
        /// Pays the fee of what is held before, or notes that it is owed. The sum of what is owed cannot pass what the
        /// contract holds, hence not 2^256.
        fn pay_fee(
            ref self: ComponentState<TContractState>,
            task_id: u256,
            token_address: ContractAddress,
            amount: u256,
            before: u256,
        ) {
            let treasury = get_dep_component!(@self, Admin).treasury();
            let error = errors::TREASURY_PAYMENT;
            if !money::try_pay(token_address, treasury, amount, before, error) {
                let owed = self.uncollected_fees.read(token_address);
                self.uncollected_fees.write(token_address, owed + amount);
                self.emit(FeeDeferred { task_id, token_address, amount });
            }
        }
    }
}
