//! Tiers of service and what they multiply a price by.

#[starknet::interface]
pub trait ITiers<TState> {
    fn set_tier_multipliers(ref self: TState, basic: u256, pro: u256, premium: u256);
    /// In units of 1/10000; zero for what is no tier.
    fn get_tier_multiplier(self: @TState, tier: u8) -> u256;
}

pub const BASIC: u8 = 1;
pub const PRO: u8 = 2;
pub const PREMIUM: u8 = 3;

#[starknet::component]
pub mod TiersComponent {
    use starknet::storage::{
        Map, StoragePathEntry, StoragePointerReadAccess, StoragePointerWriteAccess,
    };
    use crate::components::ownable::OwnableComponent;
    use crate::components::ownable::OwnableComponent::InternalTrait as OwnableInternalTrait;
    use super::{BASIC, PREMIUM, PRO};

    pub const MULTIPLIER_ONE: u256 = 10000;
    pub const MULTIPLIER_MAX: u256 = 100000;
    /// base * multiplier stays below it; the live interface's bound.
    const PRODUCT_MAX: u256 = 0x8000000000000000000000000000000000000000000000000000000000000000;

    pub mod Errors {
        pub const INVALID_TIER: felt252 = 'Invalid tier';
        pub const OVERFLOW: felt252 = 'Tier calculation overflow';
        pub const INVALID_BASIC: felt252 = 'Invalid basic multiplier';
        pub const INVALID_PRO: felt252 = 'Invalid pro multiplier';
        pub const INVALID_PREMIUM: felt252 = 'Invalid premium multiplier';
    }

    #[storage]
    pub struct Storage {
        multipliers: Map<u8, u32>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        TierMultipliersSet: TierMultipliersSet,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct TierMultipliersSet {
        pub basic_multiplier: u256,
        pub pro_multiplier: u256,
        pub premium_multiplier: u256,
    }

    #[embeddable_as(TiersImpl)]
    impl Tiers<
        TContractState,
        +HasComponent<TContractState>,
        impl Owner: OwnableComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of super::ITiers<ComponentState<TContractState>> {
        /// Tasks that exist keep the multiplier that they were made with.
        fn set_tier_multipliers(
            ref self: ComponentState<TContractState>, basic: u256, pro: u256, premium: u256,
        ) {
            get_dep_component!(@self, Owner).assert_only_owner();
            assert(is_multiplier(basic), Errors::INVALID_BASIC);
            assert(is_multiplier(pro), Errors::INVALID_PRO);
            assert(is_multiplier(premium), Errors::INVALID_PREMIUM);
            self.write_multipliers(basic, pro, premium);
            self
                .emit(
                    TierMultipliersSet {
                        basic_multiplier: basic,
                        pro_multiplier: pro,
                        premium_multiplier: premium,
                    },
                );
        }

        fn get_tier_multiplier(self: @ComponentState<TContractState>, tier: u8) -> u256 {
            self.multipliers.entry(tier).read().into()
        }
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        fn initializer(ref self: ComponentState<TContractState>) {
            self.write_multipliers(10000, 22000, 35000);
        }

        /// The multiplier of a tier, and floor(base * multiplier / 10000): from base to ten times
        /// base, since the multiplier is from 1 to 10.
        fn price(self: @ComponentState<TContractState>, base: u256, tier: u8) -> (u32, u256) {
            assert_tier(tier);
            let multiplier = self.multipliers.entry(tier).read();
            assert(base <= PRODUCT_MAX / multiplier.into(), Errors::OVERFLOW);
            (multiplier, base * multiplier.into() / MULTIPLIER_ONE)
        }

        fn write_multipliers(
            ref self: ComponentState<TContractState>, basic: u256, pro: u256, premium: u256,
        ) {
            self.multipliers.entry(BASIC).write(basic.try_into().unwrap());
            self.multipliers.entry(PRO).write(pro.try_into().unwrap());
            self.multipliers.entry(PREMIUM).write(premium.try_into().unwrap());
        }
    }

    pub fn assert_tier(tier: u8) {
        assert(tier >= BASIC && tier <= PREMIUM, Errors::INVALID_TIER);
    }

    fn is_multiplier(multiplier: u256) -> bool {
        multiplier >= MULTIPLIER_ONE && multiplier <= MULTIPLIER_MAX
    }
}
