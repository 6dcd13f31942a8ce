//! A lock that one entry point holds while it calls foreign code: a second entry is refused.

#[starknet::component]
pub mod LockComponent {
    use starknet::storage::{StoragePointerReadAccess, StoragePointerWriteAccess};

    pub mod Errors {
        pub const LOCKED: felt252 = 'Task locked';
    }

    #[storage]
    pub struct Storage {
        lock_held: bool,
    }

    #[event]
    #[derive(Drop, starknet::Event)]
    pub enum Event {}

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        /// Every entry point that may reach a token takes the lock first and gives it back last. A
        /// revert gives it back too, so it cannot stay held between transactions.
        fn lock(ref self: ComponentState<TContractState>) {
            assert(!self.lock_held.read(), Errors::LOCKED);
            self.lock_held.write(true);
        }

        fn unlock(ref self: ComponentState<TContractState>) {
            self.lock_held.write(false);
        }
    }
}
