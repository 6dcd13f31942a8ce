//! The register of providers: who may be assigned and paid, and for which tier.

use starknet::ContractAddress;

#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct NodeInfo {
    pub status: u8,
    /// What the node offers; at most what the owner granted.
    pub tier: u8,
    pub granted_tier: u8,
    pub public_key: felt252,
}

#[starknet::interface]
pub trait INodes<TState> {
    fn register_node(ref self: TState);
    fn deactivate_node(ref self: TState);
    fn suspend_node(ref self: TState, node_address: ContractAddress);
    fn reinstate_node(ref self: TState, node_address: ContractAddress);
    fn grant_tier(ref self: TState, node_address: ContractAddress, tier: u8);
    fn set_node_info(ref self: TState, node_pubkey: felt252, tier: u8);
    fn set_provider_public_key(ref self: TState, public_key: felt252);
    fn get_node_status(self: @TState, node_address: ContractAddress) -> u8;
    fn get_node_info(self: @TState, node_address: ContractAddress) -> NodeInfo;
    fn get_provider_public_key(self: @TState, provider: ContractAddress) -> felt252;
}

pub mod NodeStatus {
    pub const INACTIVE: u8 = 0;
    pub const ACTIVE: u8 = 1;
    pub const SUSPENDED: u8 = 2;
}

#[starknet::component]
pub mod NodesComponent {
    use core::num::traits::Zero;
    use starknet::storage::{
        Map, StoragePathEntry, StoragePointerReadAccess, StoragePointerWriteAccess,
    };
    use starknet::{ContractAddress, get_caller_address};
    use crate::components::ownable::OwnableComponent;
    use crate::components::ownable::OwnableComponent::InternalTrait as OwnableInternalTrait;
    use crate::components::pausable::PausableComponent;
    use crate::components::pausable::PausableComponent::InternalTrait as PausableInternalTrait;
    use crate::escrow::tiers::BASIC;
    use crate::escrow::tiers::TiersComponent::assert_tier;
    use super::{NodeInfo, NodeStatus};

    pub mod Errors {
        pub const ALREADY_ACTIVE: felt252 = 'Node already active';
        pub const NOT_ACTIVE: felt252 = 'Node not active';
        pub const SUSPENDED: felt252 = 'Node suspended';
        pub const NOT_SUSPENDED: felt252 = 'Node not suspended';
        pub const INVALID_KEY: felt252 = 'Invalid public key';
        pub const TIER_NOT_GRANTED: felt252 = 'Tier not granted';
        pub const PROVIDER_NOT_ACTIVE: felt252 = 'Provider not active';
        pub const PROVIDER_TIER: felt252 = 'Provider tier too low';
    }

    #[derive(Copy, Drop, starknet::Store)]
    struct Node {
        status: u8,
        /// Zero stands for BASIC in both, so that a plain registration writes one cell.
        tier: u8,
        granted_tier: u8,
        public_key: felt252,
    }

    #[storage]
    pub struct Storage {
        nodes: Map<ContractAddress, Node>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        NodeRegistered: NodeRegistered,
        NodeDeactivated: NodeDeactivated,
        NodeSuspended: NodeSuspended,
        NodeReinstated: NodeReinstated,
        TierGranted: TierGranted,
        NodeInfoSet: NodeInfoSet,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct NodeRegistered {
        #[key]
        pub node_address: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct NodeDeactivated {
        #[key]
        pub node_address: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct NodeSuspended {
        #[key]
        pub node_address: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct NodeReinstated {
        #[key]
        pub node_address: ContractAddress,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct TierGranted {
        #[key]
        pub node_address: ContractAddress,
        pub tier: u8,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct NodeInfoSet {
        #[key]
        pub node_address: ContractAddress,
        pub node_pubkey: felt252,
        pub tier: u8,
    }

    #[embeddable_as(NodesImpl)]
    impl Nodes<
        TContractState,
        +HasComponent<TContractState>,
        impl Owner: OwnableComponent::HasComponent<TContractState>,
        impl Pause: PausableComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of super::INodes<ComponentState<TContractState>> {
        fn register_node(ref self: ComponentState<TContractState>) {
            get_dep_component!(@self, Pause).assert_not_paused();
            let node_address = get_caller_address();
            let status = self.nodes.entry(node_address).status.read();
            assert(status != NodeStatus::ACTIVE, Errors::ALREADY_ACTIVE);
            assert(status != NodeStatus::SUSPENDED, Errors::SUSPENDED);
            self.nodes.entry(node_address).status.write(NodeStatus::ACTIVE);
            self.emit(NodeRegistered { node_address });
        }

        fn deactivate_node(ref self: ComponentState<TContractState>) {
            let node_address = self.active_caller();
            self.nodes.entry(node_address).status.write(NodeStatus::INACTIVE);
            self.emit(NodeDeactivated { node_address });
        }

        /// Of an inactive node too: else a node that is about to be suspended steps aside, and is
        /// back afterwards.
        fn suspend_node(ref self: ComponentState<TContractState>, node_address: ContractAddress) {
            get_dep_component!(@self, Owner).assert_only_owner();
            let status = self.nodes.entry(node_address).status.read();
            assert(status != NodeStatus::SUSPENDED, Errors::NOT_ACTIVE);
            self.nodes.entry(node_address).status.write(NodeStatus::SUSPENDED);
            self.emit(NodeSuspended { node_address });
        }

        /// The node is inactive then, and may register again.
        fn reinstate_node(ref self: ComponentState<TContractState>, node_address: ContractAddress) {
            get_dep_component!(@self, Owner).assert_only_owner();
            let status = self.nodes.entry(node_address).status.read();
            assert(status == NodeStatus::SUSPENDED, Errors::NOT_SUSPENDED);
            self.nodes.entry(node_address).status.write(NodeStatus::INACTIVE);
            self.emit(NodeReinstated { node_address });
        }

        /// Lowers what the node offers, if need be.
        fn grant_tier(
            ref self: ComponentState<TContractState>, node_address: ContractAddress, tier: u8,
        ) {
            get_dep_component!(@self, Owner).assert_only_owner();
            assert_tier(tier);
            let node = self.nodes.entry(node_address);
            node.granted_tier.write(tier);
            if node.tier.read() > tier {
                node.tier.write(tier);
            }
            self.emit(TierGranted { node_address, tier });
        }

        fn set_node_info(
            ref self: ComponentState<TContractState>, node_pubkey: felt252, tier: u8,
        ) {
            let node_address = self.active_caller();
            assert(!node_pubkey.is_zero(), Errors::INVALID_KEY);
            assert_tier(tier);
            let node = self.nodes.entry(node_address);
            assert(tier <= at_least_basic(node.granted_tier.read()), Errors::TIER_NOT_GRANTED);
            node.public_key.write(node_pubkey);
            node.tier.write(tier);
            self.emit(NodeInfoSet { node_address, node_pubkey, tier });
        }

        fn set_provider_public_key(ref self: ComponentState<TContractState>, public_key: felt252) {
            let node_address = self.active_caller();
            assert(!public_key.is_zero(), Errors::INVALID_KEY);
            let node = self.nodes.entry(node_address);
            node.public_key.write(public_key);
            let tier = at_least_basic(node.tier.read());
            self.emit(NodeInfoSet { node_address, node_pubkey: public_key, tier });
        }

        fn get_node_status(
            self: @ComponentState<TContractState>, node_address: ContractAddress,
        ) -> u8 {
            self.nodes.entry(node_address).status.read()
        }

        fn get_node_info(
            self: @ComponentState<TContractState>, node_address: ContractAddress,
        ) -> NodeInfo {
            let node = self.nodes.entry(node_address).read();
            NodeInfo {
                status: node.status,
                tier: at_least_basic(node.tier),
                granted_tier: at_least_basic(node.granted_tier),
                public_key: node.public_key,
            }
        }

        fn get_provider_public_key(
            self: @ComponentState<TContractState>, provider: ContractAddress,
        ) -> felt252 {
            self.nodes.entry(provider).public_key.read()
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        /// Active, and of the tier.
        fn assert_serves(
            self: @ComponentState<TContractState>, provider: ContractAddress, required_tier: u8,
        ) {
            let node = self.nodes.entry(provider);
            assert(node.status.read() == NodeStatus::ACTIVE, Errors::PROVIDER_NOT_ACTIVE);
            // No lookup for the lowest tier: every node has it.
            assert(
                required_tier <= BASIC || node.tier.read() >= required_tier, Errors::PROVIDER_TIER,
            );
        }

        fn active_caller(self: @ComponentState<TContractState>) -> ContractAddress {
            let caller = get_caller_address();
            let status = self.nodes.entry(caller).status.read();
            assert(status == NodeStatus::ACTIVE, Errors::NOT_ACTIVE);
            caller
        }
    }

    fn at_least_basic(tier: u8) -> u8 {
        if tier < BASIC {
            BASIC
        } else {
            tier
        }
    }
}
