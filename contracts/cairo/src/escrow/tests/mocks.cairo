//! A token with bad manners on request, and a verifier that believes what it is told but checks
//! what it is asked.

/// How the token treats a transfer.
pub mod Manner {
    pub const HONEST: u8 = 0;
    /// A hundredth is burned on the way.
    pub const FEE: u8 = 1;
    /// Says false and moves nothing.
    pub const REFUSES: u8 = 2;
    /// Says true and moves nothing.
    pub const PRETENDS: u8 = 3;
    /// Moves it, and calls the prepared entry point first; notes what came of it.
    pub const CALLS_BACK: u8 = 4;
    /// The sender pays a hundredth more.
    pub const TAKES_MORE: u8 = 5;
    /// Moves it and says false.
    pub const DENIES: u8 = 6;
    /// The recipient gets a hundredth more, out of nothing.
    pub const GIVES_MORE: u8 = 7;
    /// Panics.
    pub const PANICS: u8 = 8;
}

#[starknet::interface]
pub trait IMockToken<TState> {
    fn mint(ref self: TState, to: starknet::ContractAddress, amount: u256);
    fn burn(ref self: TState, from: starknet::ContractAddress, amount: u256);
    fn approve(ref self: TState, spender: starknet::ContractAddress, amount: u256) -> bool;
    /// Of several at once: in cairo-test a call takes long, whatever it does.
    fn balances_of(self: @TState, accounts: Span<starknet::ContractAddress>) -> Array<u256>;
    /// Towards everybody.
    fn set_manner(ref self: TState, manner: u8);
    /// Towards this recipient; honest towards others.
    fn set_manner_to(ref self: TState, manner: u8, recipient: starknet::ContractAddress);
    fn set_callback(
        ref self: TState,
        target: starknet::ContractAddress,
        selector: felt252,
        calldata: Span<felt252>,
    );
    /// How many callbacks were made, and the last panic's first felt; zero when it went through.
    fn callback_result(self: @TState) -> (u32, felt252);
}

#[starknet::contract]
pub mod MockToken {
    use core::num::traits::Zero;
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
        only_to: ContractAddress,
        target: ContractAddress,
        selector: felt252,
        calldata: Vec<felt252>,
        calls: u32,
        result: felt252,
    }

    #[abi(embed_v0)]
    impl Mock of super::IMockToken<ContractState> {
        fn mint(ref self: ContractState, to: ContractAddress, amount: u256) {
            self.balances.write(to, self.balances.read(to) + amount);
        }

        fn burn(ref self: ContractState, from: ContractAddress, amount: u256) {
            self.balances.write(from, self.balances.read(from) - amount);
        }

        fn approve(ref self: ContractState, spender: ContractAddress, amount: u256) -> bool {
            self.allowances.write((get_caller_address(), spender), amount);
            true
        }

        fn balances_of(self: @ContractState, accounts: Span<ContractAddress>) -> Array<u256> {
            let mut balances = array![];
            for account in accounts {
                balances.append(self.balances.read(*account));
            }
            balances
        }

        fn set_manner(ref self: ContractState, manner: u8) {
            self.manner.write(manner);
            self.only_to.write(Zero::zero());
        }

        fn set_manner_to(ref self: ContractState, manner: u8, recipient: ContractAddress) {
            self.manner.write(manner);
            self.only_to.write(recipient);
        }

        fn set_callback(
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

        fn callback_result(self: @ContractState) -> (u32, felt252) {
            (self.calls.read(), self.result.read())
        }
    }

    #[abi(embed_v0)]
    impl Erc20 of crate::escrow::interfaces::IErc20<ContractState> {
        fn balance_of(self: @ContractState, account: ContractAddress) -> u256 {
            self.balances.read(account)
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
            let only_to = self.only_to.read();
            let manner = if only_to.is_zero() || to == only_to {
                self.manner.read()
            } else {
                Manner::HONEST
            };
            if manner == Manner::REFUSES {
                return false;
            }
            if manner == Manner::PRETENDS {
                return true;
            }
            if manner == Manner::PANICS {
                core::panic_with_felt252('token panics');
            }
            if manner == Manner::CALLS_BACK {
                self.call_back();
            }
            let extra = amount / 100;
            let taken = if manner == Manner::TAKES_MORE {
                amount + extra
            } else {
                amount
            };
            let given = if manner == Manner::FEE {
                amount - extra
            } else if manner == Manner::GIVES_MORE {
                amount + extra
            } else {
                amount
            };
            let balance = self.balances.read(from);
            assert(balance >= taken, 'ERC20: insufficient balance');
            self.balances.write(from, balance - taken);
            self.balances.write(to, self.balances.read(to) + given);
            manner != Manner::DENIES
        }

        fn call_back(ref self: ContractState) {
            let mut calldata = array![];
            for i in 0..self.calldata.len() {
                calldata.append(self.calldata.at(i).read());
            }
            let call = call_contract_syscall(
                self.target.read(), self.selector.read(), calldata.span(),
            );
            self.calls.write(self.calls.read() + 1);
            self.result.write(match call {
                Ok(_) => 0,
                Err(reason) => *reason[0],
            });
        }
    }
}

/// Its "proof" is the statement in the clear: program_id, context, input hash, output hash, exit
/// code, cycles.
#[starknet::contract]
pub mod MockVerifier {
    use crate::escrow::proof_verifier::{Expectation, IProofVerifier, Verified, VerifierParams};
    use crate::proof_argument::ProofArgument;

    #[storage]
    struct Storage {}

    #[abi(embed_v0)]
    impl Verifier of IProofVerifier<ContractState> {
        fn verify(
            self: @ContractState, expectation: Expectation, proof: ProofArgument,
        ) -> Verified {
            let proof = proof.felts;
            assert(proof.len() == 6, 'form');
            assert(*proof[0] == expectation.program_id, 'program id');
            assert(*proof[1] == expectation.context, 'context');
            assert(*proof[2] == expectation.input_hash, 'input');
            assert(*proof[3] == expectation.output_hash, 'output');
            assert(*proof[4] == expectation.exit_code.into(), 'exit code');
            assert(expectation.exit_code == 0, 'asked for another exit code');
            Verified { cycles: (*proof[5]).try_into().expect('form') }
        }

        fn params(self: @ContractState) -> VerifierParams {
            VerifierParams {
                version: 1,
                profile: 4,
                air_id: 'mock',
                log_blowup: 4,
                queries: 20,
                grind_lookup: 24,
                grind_oods: 0,
                grind_deep: 10,
                grind_commit: 4,
                grind_query: 24,
                cap_log: 5,
                last_layer_log: 6,
            }
        }
    }
}

/// Accepts nothing; what it says of itself depends on the number of the block: 0 what is right, 1
/// another profile, 2 and 3 no digest as air id.
#[starknet::contract]
pub mod RefusingVerifier {
    use starknet::get_block_number;
    use crate::escrow::proof_verifier::{Expectation, IProofVerifier, Verified, VerifierParams};
    use crate::proof_argument::ProofArgument;

    const TWO_224: felt252 = 0x100000000000000000000000000000000000000000000000000000000;

    #[storage]
    struct Storage {}

    #[abi(embed_v0)]
    impl Verifier of IProofVerifier<ContractState> {
        fn verify(
            self: @ContractState, expectation: Expectation, proof: ProofArgument,
        ) -> Verified {
            core::panic_with_felt252('refused by the verifier')
        }

        fn params(self: @ContractState) -> VerifierParams {
            let block = get_block_number();
            VerifierParams {
                version: 1,
                profile: if block == 1 {
                    3
                } else {
                    4
                },
                air_id: if block == 2 {
                    0
                } else if block == 3 {
                    TWO_224
                } else {
                    TWO_224 - 1
                },
                log_blowup: 4,
                queries: 20,
                grind_lookup: 24,
                grind_oods: 0,
                grind_deep: 10,
                grind_commit: 4,
                grind_query: 24,
                cap_log: 5,
                last_layer_log: 6,
            }
        }
    }
}

/// What the contract is upgraded to: same storage, another class.
#[starknet::interface]
pub trait INextVersion<TState> {
    fn version(self: @TState) -> u32;
    fn get_treasury(self: @TState) -> starknet::ContractAddress;
}

#[starknet::contract]
pub mod NextVersion {
    use starknet::ContractAddress;
    use starknet::storage::StoragePointerReadAccess;

    #[storage]
    struct Storage {
        treasury: ContractAddress,
    }

    #[abi(embed_v0)]
    impl Next of super::INextVersion<ContractState> {
        fn version(self: @ContractState) -> u32 {
            2
        }

        fn get_treasury(self: @ContractState) -> ContractAddress {
            self.treasury.read()
        }
    }
}
