//! Changes that must be announced: a value is scheduled, and may be applied from DELAY seconds
//! later on, for WINDOW seconds. The last EXIT seconds before that, and until the change is applied,
//! withdrawn or lapsed, it is imminent. The name of the change (`what`) is the contract's.

#[starknet::component]
pub mod TimelockComponent {
    use core::num::traits::Zero;
    use starknet::get_block_timestamp;
    use starknet::storage::{
        Map, StoragePathEntry, StoragePointerReadAccess, StoragePointerWriteAccess,
    };

    /// 1 day: who is bound when a change is announced has this long to finish under the old terms.
    pub const NOTICE: u64 = 86400;
    /// 7 days: whoever dislikes an announced change has this long to leave, at the least.
    pub const EXIT: u64 = 604800;
    /// No change is applied that was not imminent for all of EXIT before.
    pub const DELAY: u64 = NOTICE + EXIT;
    /// 7 days: an announcement that nobody applied is no standing threat.
    pub const WINDOW: u64 = 604800;

    pub mod Errors {
        pub const ZERO_VALUE: felt252 = 'Invalid scheduled value';
        pub const NOT_SCHEDULED: felt252 = 'Change not scheduled';
        pub const TOO_EARLY: felt252 = 'Timelock not expired';
        pub const TOO_LATE: felt252 = 'Scheduled change lapsed';
    }

    #[derive(Copy, Drop, Serde, PartialEq, starknet::Store)]
    pub struct Scheduled {
        /// Zero: nothing is scheduled.
        pub value: felt252,
        pub ready_at: u64,
    }

    #[storage]
    pub struct Storage {
        scheduled: Map<felt252, Scheduled>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        ChangeScheduled: ChangeScheduled,
        ChangeCancelled: ChangeCancelled,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct ChangeScheduled {
        #[key]
        pub what: felt252,
        pub value: felt252,
        pub ready_at: u64,
    }

    #[derive(Drop, PartialEq, starknet::Event)]
    pub struct ChangeCancelled {
        #[key]
        pub what: felt252,
        pub value: felt252,
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        /// Replaces what was scheduled under this name; the delay starts anew.
        fn schedule(ref self: ComponentState<TContractState>, what: felt252, value: felt252) {
            assert(!value.is_zero(), Errors::ZERO_VALUE);
            let ready_at = get_block_timestamp() + DELAY;
            self.scheduled.entry(what).write(Scheduled { value, ready_at });
            self.emit(ChangeScheduled { what, value, ready_at });
        }

        fn cancel(ref self: ComponentState<TContractState>, what: felt252) {
            let value = self.scheduled.entry(what).read().value;
            assert(!value.is_zero(), Errors::NOT_SCHEDULED);
            self.clear(what);
            self.emit(ChangeCancelled { what, value });
        }

        /// Spends the announcement of exactly this value, in its window.
        fn take(ref self: ComponentState<TContractState>, what: felt252, value: felt252) {
            let scheduled = self.scheduled.entry(what).read();
            assert(!value.is_zero() && scheduled.value == value, Errors::NOT_SCHEDULED);
            let now = get_block_timestamp();
            assert(now >= scheduled.ready_at, Errors::TOO_EARLY);
            assert(now - scheduled.ready_at < WINDOW, Errors::TOO_LATE);
            self.clear(what);
        }

        fn is_imminent(self: @ComponentState<TContractState>, what: felt252) -> bool {
            let Scheduled { value, ready_at } = self.scheduled.entry(what).read();
            let now = get_block_timestamp();
            !value.is_zero() && now + EXIT >= ready_at && now < ready_at + WINDOW
        }

        fn get(self: @ComponentState<TContractState>, what: felt252) -> Scheduled {
            self.scheduled.entry(what).read()
        }

        fn clear(ref self: ComponentState<TContractState>, what: felt252) {
            self.scheduled.entry(what).write(Scheduled { value: 0, ready_at: 0 });
        }
    }
}
