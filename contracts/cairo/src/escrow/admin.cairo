//! What the owner sets: relayer, treasury, allowed tokens, and after a delay the verifier and the
//! class of the contract itself.

#[starknet::component]
pub mod AdminComponent {
    use core::num::traits::Zero;
    use starknet::storage::{
        Map, StorageMapReadAccess, StorageMapWriteAccess, StoragePointerReadAccess,
        StoragePointerWriteAccess,
    };
    use starknet::syscalls::replace_class_syscall;
    use starknet::{ClassHash, ContractAddress, SyscallResultTrait, get_contract_address};
    use crate::components::ownable::OwnableComponent;
    use crate::components::ownable::OwnableComponent::InternalTrait as OwnableInternalTrait;
    use crate::components::timelock::TimelockComponent;
    use crate::components::timelock::TimelockComponent::{
        InternalTrait as TimelockInternalTrait, Scheduled,
    };
    use crate::escrow::errors;
    use crate::escrow::interfaces::IEscrowAdmin;
    use crate::escrow::proof_verifier::assert_verifier;

    const UPGRADE: felt252 = 'upgrade';
    const VERIFIER: felt252 = 'verifier';

    #[storage]
    pub struct Storage {
        relayer: ContractAddress,
        treasury: ContractAddress,
        verifier: ClassHash,
        allowed_tokens: Map<ContractAddress, bool>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        RelayerSet: RelayerSet,
        TreasurySet: TreasurySet,
        TokenAllowed: TokenAllowed,
        VerifierSet: VerifierSet,
        Upgraded: Upgraded,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct RelayerSet {
        pub old_relayer: ContractAddress,
        pub new_relayer: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct TreasurySet {
        pub old_treasury: ContractAddress,
        pub new_treasury: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct TokenAllowed {
        #[key]
        pub token_address: ContractAddress,
        pub allowed: bool,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct VerifierSet {
        pub old_class_hash: ClassHash,
        pub new_class_hash: ClassHash,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct Upgraded {
        pub class_hash: ClassHash,
    }

    #[embeddable_as(AdminImpl)]
    impl Admin<
        TContractState,
        +HasComponent<TContractState>,
        impl Owner: OwnableComponent::HasComponent<TContractState>,
        impl Timelock: TimelockComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of IEscrowAdmin<ComponentState<TContractState>> {
        /// One key for one role: the relayer is not the owner, nor where the fees go.
        fn set_relayer(ref self: ComponentState<TContractState>, new_relayer: ContractAddress) {
            get_dep_component!(@self, Owner).assert_only_owner();
            assert(
                !new_relayer.is_zero()
                    && new_relayer != get_dep_component!(@self, Owner).read_owner()
                    && new_relayer != self.treasury.read(),
                errors::INVALID_RELAYER,
            );
            let old_relayer = self.relayer.read();
            self.relayer.write(new_relayer);
            self.emit(RelayerSet { old_relayer, new_relayer });
        }

        fn set_treasury(ref self: ComponentState<TContractState>, new_treasury: ContractAddress) {
            get_dep_component!(@self, Owner).assert_only_owner();
            self.write_treasury(new_treasury);
        }

        /// For new tasks: those that exist are paid and refunded in their token whatever happens.
        fn set_token_allowed(
            ref self: ComponentState<TContractState>, token_address: ContractAddress, allowed: bool,
        ) {
            get_dep_component!(@self, Owner).assert_only_owner();
            self.write_token_allowed(token_address, allowed);
        }

        fn schedule_upgrade(ref self: ComponentState<TContractState>, new_class_hash: ClassHash) {
            get_dep_component!(@self, Owner).assert_only_owner();
            get_dep_component_mut!(ref self, Timelock).schedule(UPGRADE, new_class_hash.into());
        }

        fn cancel_upgrade(ref self: ComponentState<TContractState>) {
            get_dep_component!(@self, Owner).assert_only_owner();
            get_dep_component_mut!(ref self, Timelock).cancel(UPGRADE);
        }

        fn upgrade(ref self: ComponentState<TContractState>, new_class_hash: ClassHash) {
            get_dep_component!(@self, Owner).assert_only_owner();
            get_dep_component_mut!(ref self, Timelock).take(UPGRADE, new_class_hash.into());
            replace_class_syscall(new_class_hash).unwrap_syscall();
            self.emit(Upgraded { class_hash: new_class_hash });
        }

        fn get_scheduled_upgrade(self: @ComponentState<TContractState>) -> Scheduled {
            get_dep_component!(self, Timelock).get(UPGRADE)
        }

        fn schedule_verifier(ref self: ComponentState<TContractState>, new_class_hash: ClassHash) {
            get_dep_component!(@self, Owner).assert_only_owner();
            assert_verifier(new_class_hash);
            get_dep_component_mut!(ref self, Timelock).schedule(VERIFIER, new_class_hash.into());
        }

        fn cancel_verifier(ref self: ComponentState<TContractState>) {
            get_dep_component!(@self, Owner).assert_only_owner();
            get_dep_component_mut!(ref self, Timelock).cancel(VERIFIER);
        }

        fn set_verifier(ref self: ComponentState<TContractState>, new_class_hash: ClassHash) {
            get_dep_component!(@self, Owner).assert_only_owner();
            get_dep_component_mut!(ref self, Timelock).take(VERIFIER, new_class_hash.into());
            self.write_verifier(new_class_hash);
        }

        fn get_scheduled_verifier(self: @ComponentState<TContractState>) -> Scheduled {
            get_dep_component!(self, Timelock).get(VERIFIER)
        }
    }

    #[generate_trait]
    pub impl DelayedImpl<
        TContractState,
        +HasComponent<TContractState>,
        impl Timelock: TimelockComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of DelayedTrait<TContractState> {
        /// A class or verifier that was announced may replace the present one in at most 7 days.
        fn is_change_imminent(self: @ComponentState<TContractState>) -> bool {
            let timelock = get_dep_component!(self, Timelock);
            timelock.is_imminent(UPGRADE) || timelock.is_imminent(VERIFIER)
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        fn relayer(self: @ComponentState<TContractState>) -> ContractAddress {
            self.relayer.read()
        }

        fn treasury(self: @ComponentState<TContractState>) -> ContractAddress {
            self.treasury.read()
        }

        fn verifier(self: @ComponentState<TContractState>) -> ClassHash {
            self.verifier.read()
        }

        fn is_allowed(self: @ComponentState<TContractState>, token: ContractAddress) -> bool {
            self.allowed_tokens.read(token)
        }

        fn write_treasury(ref self: ComponentState<TContractState>, new_treasury: ContractAddress) {
            assert(
                !new_treasury.is_zero()
                    && new_treasury != get_contract_address()
                    && new_treasury != self.relayer.read(),
                errors::INVALID_TREASURY,
            );
            let old_treasury = self.treasury.read();
            self.treasury.write(new_treasury);
            self.emit(TreasurySet { old_treasury, new_treasury });
        }

        fn write_verifier(ref self: ComponentState<TContractState>, new_class_hash: ClassHash) {
            let old_class_hash = self.verifier.read();
            self.verifier.write(new_class_hash);
            self.emit(VerifierSet { old_class_hash, new_class_hash });
        }

        fn write_token_allowed(
            ref self: ComponentState<TContractState>, token_address: ContractAddress, allowed: bool,
        ) {
            assert(!token_address.is_zero(), errors::INVALID_TOKEN);
            self.allowed_tokens.write(token_address, allowed);
            self.emit(TokenAllowed { token_address, allowed });
        }
    }
}
