//! A deployed contract with tokens, parties and shorthands. A call made as somebody says so.

use starknet::syscalls::{call_contract_syscall, deploy_syscall};
use starknet::testing::{set_block_timestamp, set_chain_id, set_contract_address};
use starknet::{ContractAddress, SyscallResultTrait};
use crate::components::ownable::{IOwnableDispatcher, IOwnableSafeDispatcher};
use crate::components::pausable::{IPausableDispatcher, IPausableSafeDispatcher};
use crate::escrow::contract::Escrow;
use crate::escrow::interfaces::{
    IErc20Dispatcher, IErc20DispatcherTrait, IEscrowAdminDispatcher, IEscrowAdminDispatcherTrait,
    IEscrowAdminSafeDispatcher, IEscrowDispatcher, IEscrowDispatcherTrait, IEscrowSafeDispatcher,
    IEscrowViewsDispatcher, IEscrowViewsDispatcherTrait, IEscrowViewsSafeDispatcher,
    IUnsupportedSafeDispatcher,
};
use crate::escrow::nodes::{INodesDispatcher, INodesDispatcherTrait, INodesSafeDispatcher};
use crate::escrow::tests::mocks::{
    IMockTokenDispatcher, IMockTokenDispatcherTrait, MockToken, MockVerifier,
};
use crate::escrow::tiers::{BASIC, ITiersDispatcher, ITiersSafeDispatcher};
use crate::escrow::treasury::{ITreasuryDispatcher, ITreasurySafeDispatcher};

pub const CHAIN_ID: felt252 = 'SN_SEPOLIA';
pub const START: u64 = 1_700_000_000;
pub const DAY: u64 = 86400;
pub const HOUR: u64 = 3600;

/// Any 28 and 31 bytes: the largest, and ones with a pattern.
pub const PROGRAM: felt252 = 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
pub const INPUT: felt252 = 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
pub const RESULT: felt252 = 0x1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201;
pub const MAX_CYCLES: u64 = 1_048_576;
pub const CYCLES: u64 = 1_000_000;
pub const AMOUNT: u256 = 1_000_000_007;
pub const WEALTH: u256 = 1_000_000_000_000_000_000;

pub fn address(name: felt252) -> ContractAddress {
    name.try_into().unwrap()
}

pub fn OWNER() -> ContractAddress {
    address('owner')
}

pub fn TREASURY() -> ContractAddress {
    address('treasury')
}

pub fn RELAYER() -> ContractAddress {
    address('relayer')
}

pub fn CREATOR() -> ContractAddress {
    address('creator')
}

pub fn PROVIDER() -> ContractAddress {
    address('provider')
}

pub fn RIVAL() -> ContractAddress {
    address('rival')
}

pub fn STRANGER() -> ContractAddress {
    address('stranger')
}

#[derive(Copy, Drop)]
pub struct World {
    pub at: ContractAddress,
    pub token: ContractAddress,
}

/// The contract with one allowed token; a rich creator who trusts it; a relayer; two active nodes.
pub fn world() -> World {
    numbered_world(0)
}

/// Addresses follow from the salt: one test makes several worlds under several numbers.
pub fn numbered_world(salt: felt252) -> World {
    set_chain_id(CHAIN_ID);
    now(START);
    let token = new_token(salt);
    let at = deploy(salt, array![token].span());
    let world = World { at, token };
    as_(OWNER());
    world.admin().set_relayer(RELAYER());
    as_(PROVIDER());
    world.nodes().register_node();
    as_(RIVAL());
    world.nodes().register_node();
    fund(at, token, CREATOR(), WEALTH);
    as_(STRANGER());
    world
}

pub fn deploy(salt: felt252, tokens: Span<ContractAddress>) -> ContractAddress {
    let verifier = MockVerifier::TEST_CLASS_HASH;
    let mut calldata = array![OWNER().into(), TREASURY().into(), verifier.into()];
    tokens.serialize(ref calldata);
    let class_hash = Escrow::TEST_CLASS_HASH;
    let (at, _) = deploy_syscall(class_hash, salt, calldata.span(), false).unwrap_syscall();
    at
}

pub fn new_token(salt: felt252) -> ContractAddress {
    let class_hash = MockToken::TEST_CLASS_HASH;
    let (at, _) = deploy_syscall(class_hash, salt, array![].span(), false).unwrap_syscall();
    at
}

pub fn fund(
    at: ContractAddress, token: ContractAddress, who: ContractAddress, amount: u256,
) {
    as_(who);
    let mock = IMockTokenDispatcher { contract_address: token };
    mock.mint(who, amount);
    mock.approve(at, amount);
}

/// Who makes the calls that follow.
pub fn as_(caller: ContractAddress) {
    set_contract_address(caller);
}

pub fn now(timestamp: u64) {
    set_block_timestamp(timestamp);
}

#[generate_trait]
pub impl WorldImpl of WorldTrait {
    fn tasks(self: World) -> IEscrowDispatcher {
        IEscrowDispatcher { contract_address: self.at }
    }
    fn try_tasks(self: World) -> IEscrowSafeDispatcher {
        IEscrowSafeDispatcher { contract_address: self.at }
    }
    fn views(self: World) -> IEscrowViewsDispatcher {
        IEscrowViewsDispatcher { contract_address: self.at }
    }
    fn try_views(self: World) -> IEscrowViewsSafeDispatcher {
        IEscrowViewsSafeDispatcher { contract_address: self.at }
    }
    fn admin(self: World) -> IEscrowAdminDispatcher {
        IEscrowAdminDispatcher { contract_address: self.at }
    }
    fn try_admin(self: World) -> IEscrowAdminSafeDispatcher {
        IEscrowAdminSafeDispatcher { contract_address: self.at }
    }
    fn nodes(self: World) -> INodesDispatcher {
        INodesDispatcher { contract_address: self.at }
    }
    fn try_nodes(self: World) -> INodesSafeDispatcher {
        INodesSafeDispatcher { contract_address: self.at }
    }
    fn tiers(self: World) -> ITiersDispatcher {
        ITiersDispatcher { contract_address: self.at }
    }
    fn try_tiers(self: World) -> ITiersSafeDispatcher {
        ITiersSafeDispatcher { contract_address: self.at }
    }
    fn treasury(self: World) -> ITreasuryDispatcher {
        ITreasuryDispatcher { contract_address: self.at }
    }
    fn try_treasury(self: World) -> ITreasurySafeDispatcher {
        ITreasurySafeDispatcher { contract_address: self.at }
    }
    fn ownable(self: World) -> IOwnableDispatcher {
        IOwnableDispatcher { contract_address: self.at }
    }
    fn try_ownable(self: World) -> IOwnableSafeDispatcher {
        IOwnableSafeDispatcher { contract_address: self.at }
    }
    fn pausable(self: World) -> IPausableDispatcher {
        IPausableDispatcher { contract_address: self.at }
    }
    fn try_pausable(self: World) -> IPausableSafeDispatcher {
        IPausableSafeDispatcher { contract_address: self.at }
    }
    fn try_unsupported(self: World) -> IUnsupportedSafeDispatcher {
        IUnsupportedSafeDispatcher { contract_address: self.at }
    }
    fn mock(self: World) -> IMockTokenDispatcher {
        IMockTokenDispatcher { contract_address: self.token }
    }

    fn balance(self: World, who: ContractAddress) -> u256 {
        IErc20Dispatcher { contract_address: self.token }.balance_of(who)
    }

    /// A proved task of CREATOR for AMOUNT, with a day to go.
    fn task(self: World) -> u256 {
        self.task_of(AMOUNT)
    }

    fn task_of(self: World, amount: u256) -> u256 {
        self.new_task(amount, starknet::get_block_timestamp() + DAY)
    }

    fn task_until(self: World, deadline: u64) -> u256 {
        self.new_task(AMOUNT, deadline)
    }

    fn new_task(self: World, amount: u256, deadline: u64) -> u256 {
        as_(CREATOR());
        self
            .tasks()
            .create_proved_task(
                self.token, amount, PROGRAM, INPUT, MAX_CYCLES, deadline, BASIC,
            )
    }

    /// The same, and PROVIDER has an hour for it.
    fn assigned_task(self: World) -> u256 {
        let id = self.task();
        let assign_deadline = starknet::get_block_timestamp() + HOUR;
        self.tasks().assign_task(id, PROVIDER(), assign_deadline);
        id
    }

    fn completed_task(self: World) -> u256 {
        let id = self.task();
        self.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, self.proof(id, PROVIDER()).into());
        id
    }

    /// What the test verifier accepts for this task and provider.
    fn proof(self: World, id: u256, provider: ContractAddress) -> Span<felt252> {
        let context = self.views().statement_of(id, provider, RESULT).context;
        array![PROGRAM, context, INPUT, RESULT, 0, CYCLES.into()].span()
    }

    fn status(self: World, id: u256) -> u8 {
        self.views().get_task_ext(id).status
    }

    /// Forgets the events so far.
    fn drop_events(self: World) {
        while starknet::testing::pop_log_raw(self.at).is_some() {}
    }

    fn no_more_events(self: World) {
        assert!(starknet::testing::pop_log_raw(self.at).is_none(), "an event too many");
    }

    fn raw(
        self: World, selector: felt252, calldata: Span<felt252>,
    ) -> Result<Span<felt252>, Array<felt252>> {
        call_contract_syscall(self.at, selector, calldata)
    }
}

/// The call was refused, for this reason.
pub fn refused<T, +Drop<T>>(result: Result<T, Array<felt252>>, reason: felt252) {
    match result {
        Ok(_) => panic!("accepted; expected {}", as_text(reason)),
        Err(data) => {
            let got = *data[0];
            assert!(got == reason, "refused: {}; expected {}", as_text(got), as_text(reason));
        },
    }
}

pub fn accepted<T, +Drop<T>>(result: Result<T, Array<felt252>>) {
    if let Err(data) = result {
        panic!("refused: {}", as_text(*data[0]));
    }
}

fn as_text(reason: felt252) -> ByteArray {
    let mut text = "";
    let mut rest: u256 = reason.into();
    while rest != 0 {
        text.append_byte((rest % 256).try_into().unwrap());
        rest = rest / 256;
    }
    text.rev()
}
