//! A token that misbehaves on request, for the attacks on a devnet.

use starknet::ContractAddress;

/// What it does with a transfer.
pub mod Manner {
    pub const HONEST: u8 = 0;
    /// A hundredth is burned on the way.
    pub const FEE: u8 = 1;
    /// Says true and moves nothing.
    pub const PRETENDS: u8 = 2;
    /// The sender pays a hundredth more.
    pub const TAKES_MORE: u8 = 3;
    /// Makes the prepared call first, and panics with what that panicked with.
    pub const CALLS: u8 = 4;
    /// The same, but goes on whatever came of it.
    pub const CALLS_QUIETLY: u8 = 5;
}

#[starknet::interface]
pub trait IBadToken<TState> {
    fn mint(ref self: TState, to: ContractAddress, amount: u256);
    fn set_manner(ref self: TState, manner: u8);
    fn set_call(
        ref self: TState, target: ContractAddress, selector: felt252, calldata: Span<felt252>,
    );
    /// How many calls were made since set_call, and what the last one panicked with; 0: it passed.
    fn call_result(self: @TState) -> (u32, felt252);
    fn balance_of(self: @TState, account: ContractAddress) -> u256;
    fn approve(ref self: TState, spender: ContractAddress, amount: u256) -> bool;
    fn transfer(ref self: TState, recipient: ContractAddress, amount: u256) -> bool;
    fn transfer_from(
        ref self: TState, sender: ContractAddress, recipient: ContractAddress, amount: u256,
    ) -> bool;
}

#[starknet::contract]
pub mod BadToken {
    use starknet::storage::{
        Map, MutableVecTrait, StorageMapReadAccess, StorageMapWriteAccess,
        StoragePointerReadAccess, StoragePointerWriteAccess, Vec,
    };
    use starknet::syscalls::call_contract_syscall;
    use starknet::{ContractAddress, get_caller_address};
    use super::Manner;

    #[storage]
    struct Storage {
        balances: Map<ContractAddress, u256>,
        allowances: Map<(ContractAddress, ContractAddress), u256>,
        manner: u8,
        target: ContractAddress,
        selector: felt252,
        calldata: Vec<felt252>,
        calls: u32,
        result: felt252,
    }

    #[abi(embed_v0)]
    impl Token of super::IBadToken<ContractState> {
        fn mint(ref self: ContractState, to: ContractAddress, amount: u256) {
            self.balances.write(to, self.balances.read(to) + amount);
        }

        fn set_manner(ref self: ContractState, manner: u8) {
            self.manner.write(manner);
        }

        fn set_call(
            ref self: ContractState,
            target: ContractAddress,
            selector: felt252,
            calldata: Span<felt252>,
        ) {
            self.target.write(target);
            self.selector.write(selector);
            while self.calldata.pop().is_some() {}
            for felt in calldata {
                self.calldata.push(*felt);
            }
            self.calls.write(0);
            self.result.write(0);
        }

        fn call_result(self: @ContractState) -> (u32, felt252) {
            (self.calls.read(), self.result.read())
        }

        fn balance_of(self: @ContractState, account: ContractAddress) -> u256 {
            self.balances.read(account)
        }

        fn approve(ref self: ContractState, spender: ContractAddress, amount: u256) -> bool {
            self.allowances.write((get_caller_address(), spender), amount);
            true
        }

        fn transfer(ref self: ContractState, recipient: ContractAddress, amount: u256) -> bool {
            self.send(get_caller_address(), recipient, amount)
        }

        fn transfer_from(
            ref self: ContractState,
            sender: ContractAddress,
            recipient: ContractAddress,
            amount: u256,
        ) -> bool {
            let caller = get_caller_address();
            let allowance = self.allowances.read((sender, caller));
            assert(allowance >= amount, 'ERC20: insufficient allowance');
            self.allowances.write((sender, caller), allowance - amount);
            self.send(sender, recipient, amount)
        }
    }

    #[generate_trait]
    impl Internal of InternalTrait {
        fn send(
            ref self: ContractState, from: ContractAddress, to: ContractAddress, amount: u256,
        ) -> bool {
            let manner = self.manner.read();
            if manner == Manner::PRETENDS {
                return true;
            }
            if manner == Manner::CALLS || manner == Manner::CALLS_QUIETLY {
                let result = self.call();
                if manner == Manner::CALLS && result != 0 {
                    core::panic_with_felt252(result);
                }
            }
            let hundredth = amount / 100;
            let taken = amount + if manner == Manner::TAKES_MORE {
                hundredth
            } else {
                0
            };
            let given = amount - if manner == Manner::FEE {
                hundredth
            } else {
                0
            };
            let balance = self.balances.read(from);
            assert(balance >= taken, 'ERC20: insufficient balance');
            self.balances.write(from, balance - taken);
            self.balances.write(to, self.balances.read(to) + given);
            true
        }

        fn call(ref self: ContractState) -> felt252 {
            let mut calldata = array![];
            for i in 0..self.calldata.len() {
                calldata.append(self.calldata.at(i).read());
            }
            let made = call_contract_syscall(
                self.target.read(), self.selector.read(), calldata.span(),
            );
            let result = match made {
                Ok(_) => 0,
                Err(reason) => *reason[0],
            };
            self.calls.write(self.calls.read() + 1);
            self.result.write(result);
            result
        }
    }
}
