//! What the owner may do, when, and that nobody else may.

use starknet::ClassHash;
use starknet::syscalls::deploy_syscall;
use crate::components::ownable::{IOwnableDispatcherTrait, IOwnableSafeDispatcherTrait};
use crate::components::pausable::{IPausableDispatcherTrait, IPausableSafeDispatcherTrait};
use crate::components::timelock::TimelockComponent::{DELAY, WINDOW};
use crate::escrow::contract::Escrow;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowAdminSafeDispatcherTrait, IEscrowDispatcherTrait,
    IEscrowSafeDispatcherTrait, IEscrowViewsDispatcherTrait, IUnsupportedSafeDispatcherTrait,
};
use crate::escrow::nodes::INodesSafeDispatcherTrait;
use crate::escrow::tests::mocks::{
    INextVersionDispatcher, INextVersionDispatcherTrait, MockVerifier, NextVersion,
    RefusingVerifier,
};
use crate::escrow::tests::world::*;
use crate::escrow::tiers::ITiersSafeDispatcherTrait;

const NOT_OWNER: felt252 = 'Caller is not the owner';

fn next_class() -> ClassHash {
    NextVersion::TEST_CLASS_HASH
}

fn next_verifier() -> ClassHash {
    RefusingVerifier::TEST_CLASS_HASH
}

#[test]
#[feature("safe_dispatcher")]
fn what_is_the_owners_is_nobody_elses() {
    let world = world();
    let class = next_class();
    for caller in [TREASURY(), RELAYER(), CREATOR(), PROVIDER(), STRANGER(), world.at].span() {
        as_(*caller);
        let admin = world.try_admin();
        refused(admin.set_relayer(STRANGER()), NOT_OWNER);
        refused(admin.set_treasury(STRANGER()), NOT_OWNER);
        refused(admin.set_token_allowed(world.token, false), NOT_OWNER);
        refused(admin.schedule_upgrade(class), NOT_OWNER);
        refused(admin.cancel_upgrade(), NOT_OWNER);
        refused(admin.upgrade(class), NOT_OWNER);
        refused(admin.schedule_verifier(class), NOT_OWNER);
        refused(admin.cancel_verifier(), NOT_OWNER);
        refused(admin.set_verifier(class), NOT_OWNER);
        refused(world.try_nodes().suspend_node(PROVIDER()), NOT_OWNER);
        refused(world.try_nodes().reinstate_node(PROVIDER()), NOT_OWNER);
        refused(world.try_nodes().grant_tier(PROVIDER(), 3), NOT_OWNER);
        refused(world.try_tiers().set_tier_multipliers(10000, 10000, 10000), NOT_OWNER);
        refused(world.try_pausable().pause(), NOT_OWNER);
        refused(world.try_pausable().unpause(), NOT_OWNER);
        refused(world.try_ownable().transfer_ownership(STRANGER()), NOT_OWNER);
        refused(world.try_ownable().renounce_ownership(), NOT_OWNER);
    }
}

#[test]
#[feature("safe_dispatcher")]
fn the_owner_cannot_take_the_money() {
    let world = world();
    let id = world.task();
    as_(OWNER());
    refused(world.try_tasks().cancel_task(id), 'Only creator can cancel');
    refused(world.try_tasks().assign_task(id, RIVAL(), START + 1), 'Unauthorized relayer');
    refused(world.try_tasks().claim_expired(id), 'Deadline not passed');
}

#[test]
#[feature("safe_dispatcher")]
fn ownership_moves_in_two_steps() {
    let world = world();
    let ownable = world.ownable();
    assert!(ownable.owner() == OWNER() && ownable.pending_owner() == address(0));
    as_(OWNER());
    refused(
        world.try_ownable().transfer_ownership(address(0)), 'New owner is the zero address',
    );
    ownable.transfer_ownership(STRANGER());
    assert!(ownable.owner() == OWNER() && ownable.pending_owner() == STRANGER());
    refused(world.try_ownable().accept_ownership(), 'Caller is not the pending owner');
    as_(STRANGER());
    refused(world.try_pausable().pause(), NOT_OWNER);
    ownable.accept_ownership();
    assert!(ownable.owner() == STRANGER() && ownable.pending_owner() == address(0));
    accepted(world.try_pausable().pause());
    refused(world.try_ownable().accept_ownership(), 'Caller is not the pending owner');
    as_(OWNER());
    refused(world.try_pausable().unpause(), NOT_OWNER);
}

#[test]
#[feature("safe_dispatcher")]
fn a_proposal_is_replaced_and_withdrawn() {
    let world = world();
    let ownable = world.ownable();
    as_(OWNER());
    ownable.transfer_ownership(STRANGER());
    ownable.transfer_ownership(CREATOR());
    as_(STRANGER());
    refused(world.try_ownable().accept_ownership(), 'Caller is not the pending owner');
    as_(OWNER());
    ownable.transfer_ownership(OWNER());
    ownable.accept_ownership();
    as_(CREATOR());
    refused(world.try_ownable().accept_ownership(), 'Caller is not the pending owner');
    assert!(ownable.owner() == OWNER());
}

#[test]
#[feature("safe_dispatcher")]
fn nobody_accepts_when_nothing_is_proposed() {
    let world = world();
    as_(address(0));
    // The zero address is nobody, though it equals the empty proposal.
    refused(world.try_ownable().accept_ownership(), 'Caller is not the pending owner');
}

#[test]
#[feature("safe_dispatcher")]
fn ownership_is_not_renounced() {
    let world = world();
    as_(OWNER());
    refused(world.try_ownable().renounce_ownership(), 'Mode not supported');
    assert!(world.ownable().owner() == OWNER());
}

#[test]
#[feature("safe_dispatcher")]
fn a_pause_stops_what_begins_and_nothing_else() {
    let world = world();
    let id = world.task();
    as_(OWNER());
    refused(world.try_pausable().unpause(), 'Pausable: not paused');
    world.pausable().pause();
    refused(world.try_pausable().pause(), 'Pausable: paused');
    assert!(world.pausable().is_paused());
    as_(CREATOR());
    let tasks = world.try_tasks();
    refused(tasks.create_task(world.token, 1, 'hash'), 'Pausable: paused');
    refused(tasks.create_tiered_task(world.token, 1, 1, 'hash'), 'Pausable: paused');
    let made = tasks.create_proved_task(world.token, 1, PROGRAM, INPUT, 1, START + DAY, 1);
    refused(made, 'Pausable: paused');
    refused(tasks.assign_task(id, PROVIDER(), START + 1), 'Pausable: paused');
    as_(STRANGER());
    refused(world.try_nodes().register_node(), 'Pausable: paused');
    as_(PROVIDER());
    accepted(world.try_nodes().set_provider_public_key('key'));
    accepted(world.try_nodes().deactivate_node());
    as_(OWNER());
    world.pausable().unpause();
    assert!(!world.pausable().is_paused());
    as_(CREATOR());
    accepted(tasks.create_task(world.token, 1, 'hash'));
}

#[test]
#[feature("safe_dispatcher")]
fn one_key_has_one_role() {
    let world = world();
    as_(OWNER());
    let admin = world.try_admin();
    for bad in [address(0), OWNER(), TREASURY()].span() {
        refused(admin.set_relayer(*bad), 'Invalid relayer address');
    }
    for bad in [address(0), RELAYER(), world.at].span() {
        refused(admin.set_treasury(*bad), 'Invalid treasury address');
    }
    as_(RELAYER());
    world.try_nodes().register_node().unwrap();
    let id = world.task();
    as_(RELAYER());
    let own = world.try_tasks().assign_task(id, RELAYER(), START + 1);
    refused(own, 'Invalid provider address');
}

#[test]
fn fees_go_to_the_new_treasury() {
    let world = world();
    let id = world.task();
    as_(OWNER());
    world.admin().set_treasury(STRANGER());
    assert!(world.views().get_treasury() == STRANGER());
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    assert!(world.balance(STRANGER()) == 120_000_000 && world.balance(TREASURY()) == 0);
}

#[test]
#[feature("safe_dispatcher")]
fn the_new_relayer_assigns_and_the_old_does_not() {
    let world = world();
    let id = world.task();
    as_(OWNER());
    world.admin().set_relayer(STRANGER());
    assert!(world.views().get_relayer() == STRANGER());
    as_(RELAYER());
    let tasks = world.try_tasks();
    refused(tasks.assign_task(id, PROVIDER(), START + 1), 'Unauthorized relayer');
    as_(STRANGER());
    accepted(tasks.assign_task(id, PROVIDER(), START + 1));
}

#[test]
#[feature("safe_dispatcher")]
fn the_class_changes_only_after_the_delay() {
    let world = world();
    let class = next_class();
    as_(OWNER());
    let admin = world.try_admin();
    refused(admin.upgrade(class), 'Change not scheduled');
    refused(admin.schedule_upgrade(0.try_into().unwrap()), 'Invalid scheduled value');
    refused(admin.upgrade(0.try_into().unwrap()), 'Change not scheduled');
    world.admin().schedule_upgrade(class);
    let scheduled = world.admin().get_scheduled_upgrade();
    assert!(scheduled.value == class.into() && scheduled.ready_at == START + DELAY);
    refused(admin.upgrade(class), 'Timelock not expired');
    refused(admin.upgrade(MockVerifier::TEST_CLASS_HASH), 'Change not scheduled');
    // What is announced as a verifier is not an upgrade.
    refused(admin.set_verifier(class), 'Change not scheduled');
    now(START + DELAY - 1);
    refused(admin.upgrade(class), 'Timelock not expired');
    now(START + DELAY + WINDOW);
    refused(admin.upgrade(class), 'Scheduled change lapsed');
    now(START + DELAY);
    accepted(admin.upgrade(class));
    let next = INextVersionDispatcher { contract_address: world.at };
    assert!(next.version() == 2 && next.get_treasury() == TREASURY());
}

#[test]
#[feature("safe_dispatcher")]
fn an_upgrade_is_taken_back_and_announced_anew() {
    let world = world();
    let class = next_class();
    as_(OWNER());
    let admin = world.try_admin();
    refused(admin.cancel_upgrade(), 'Change not scheduled');
    world.admin().schedule_upgrade(class);
    world.admin().cancel_upgrade();
    assert!(world.admin().get_scheduled_upgrade().value == 0);
    now(START + DELAY);
    refused(admin.upgrade(class), 'Change not scheduled');
    world.admin().schedule_upgrade(class);
    refused(admin.upgrade(class), 'Timelock not expired');
    // Scheduling again starts the delay anew.
    now(START + 2 * DELAY - 1);
    world.admin().schedule_upgrade(class);
    now(START + 2 * DELAY);
    refused(admin.upgrade(class), 'Timelock not expired');
}

#[test]
#[feature("safe_dispatcher")]
fn the_verifier_changes_only_after_the_delay() {
    let world = world();
    as_(CREATOR());
    let deadline = START + 30 * DAY;
    let id = world
        .tasks()
        .create_proved_task(world.token, AMOUNT, PROGRAM, INPUT, MAX_CYCLES, deadline, 1);
    let proof = world.proof(id, PROVIDER());
    let (class_hash, params) = world.views().get_verifier_params();
    assert!(class_hash == MockVerifier::TEST_CLASS_HASH && params.profile == 4);
    assert!(params.air_id == 'mock' && params.queries == 20);
    as_(OWNER());
    let admin = world.try_admin();
    refused(admin.set_verifier(next_verifier()), 'Change not scheduled');
    refused(admin.cancel_verifier(), 'Change not scheduled');
    world.admin().schedule_verifier(next_verifier());
    assert!(world.admin().get_scheduled_verifier().value == next_verifier().into());
    refused(admin.set_verifier(next_verifier()), 'Timelock not expired');
    refused(admin.upgrade(next_verifier()), 'Change not scheduled');
    world.admin().cancel_verifier();
    world.admin().schedule_verifier(next_verifier());
    now(START + DELAY);
    world.admin().set_verifier(next_verifier());
    // A class that accepts nothing pays nobody; the money is still the creator's.
    #[feature("safe_dispatcher")]
    let claim = world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    refused(claim, 'refused by the verifier');
    as_(CREATOR());
    world.tasks().cancel_task(id);
    assert!(world.balance(CREATOR()) == WEALTH);
}

fn deployed(
    owner: felt252, treasury: felt252, verifier: felt252, token: felt252,
) -> Result<(), Array<felt252>> {
    let calldata = array![owner, treasury, verifier, 1, token];
    match deploy_syscall(Escrow::TEST_CLASS_HASH, 9, calldata.span(), false) {
        Ok(_) => Ok(()),
        Err(reason) => Err(reason),
    }
}

#[test]
fn the_constructor_refuses_what_is_zero() {
    let verifier: felt252 = MockVerifier::TEST_CLASS_HASH.into();
    refused(deployed(0, 'treasury', verifier, 'token'), 'New owner is the zero address');
    refused(deployed('owner', 0, verifier, 'token'), 'Invalid treasury address');
    refused(deployed('owner', 'treasury', 0, 'token'), 'Invalid verifier class');
    refused(deployed('owner', 'treasury', verifier, 0), 'Invalid token address');
    accepted(deployed('owner', 'treasury', verifier, 'token'));
}

/// What is no class, no verifier, or one for other proofs: at the construction and before a change.
#[test]
#[feature("safe_dispatcher")]
fn a_class_that_does_not_answer_as_a_verifier_is_none() {
    let world = world();
    let next: felt252 = next_class().into();
    as_(OWNER());
    let admin = world.try_admin();
    refused(admin.schedule_verifier(0.try_into().unwrap()), 'Invalid verifier class');
    refused(admin.schedule_verifier(next_class()), 'ENTRYPOINT_NOT_FOUND');
    refused(deployed('owner', 'treasury', next, 'token'), 'ENTRYPOINT_NOT_FOUND');
    assert!(admin.schedule_verifier('no class'.try_into().unwrap()).is_err());
    assert!(deployed('owner', 'treasury', 'no class', 'token').is_err());
    for block in 1..4_u64 {
        starknet::testing::set_block_number(block);
        refused(admin.schedule_verifier(next_verifier()), 'Invalid verifier class');
        let made = deployed('owner', 'treasury', next_verifier().into(), 'token');
        refused(made, 'Invalid verifier class');
    }
    starknet::testing::set_block_number(0);
    accepted(admin.schedule_verifier(next_verifier()));
    accepted(deployed('owner', 'treasury', next_verifier().into(), 'token'));
}

#[test]
#[feature("safe_dispatcher")]
fn the_relayer_does_not_become_owner() {
    let world = world();
    as_(OWNER());
    world.ownable().transfer_ownership(RELAYER());
    as_(RELAYER());
    refused(world.try_ownable().accept_ownership(), 'Invalid owner address');
    as_(OWNER());
    world.ownable().transfer_ownership(STRANGER());
    world.admin().set_relayer(STRANGER());
    as_(STRANGER());
    refused(world.try_ownable().accept_ownership(), 'Invalid owner address');
    as_(OWNER());
    world.admin().set_relayer(RELAYER());
    as_(STRANGER());
    accepted(world.try_ownable().accept_ownership());
    assert!(world.ownable().owner() == STRANGER());
}

#[test]
#[feature("safe_dispatcher")]
fn without_a_relayer_creators_assign() {
    set_chain_and_time();
    let token = new_token(0);
    let at = deploy(0, array![token].span());
    let world = World { at, token };
    fund(at, token, CREATOR(), WEALTH);
    as_(PROVIDER());
    world.try_nodes().register_node().unwrap();
    let id = world.task();
    assert!(world.views().get_relayer() == address(0));
    as_(address(0));
    let assigned = world.try_tasks().assign_task(id, PROVIDER(), START + 1);
    refused(assigned, 'Unauthorized relayer');
    as_(CREATOR());
    accepted(world.try_tasks().assign_task(id, PROVIDER(), START + 1));
}

fn set_chain_and_time() {
    starknet::testing::set_chain_id(CHAIN_ID);
    now(START);
}

#[test]
#[feature("safe_dispatcher")]
fn nothing_is_paid_on_a_signature() {
    let world = world();
    let id = world.task();
    for caller in [RELAYER(), OWNER(), CREATOR()].span() {
        as_(*caller);
        let old = world.try_unsupported();
        refused(old.pull_and_execute(CREATOR(), world.token, 1, 'prompt'), 'Mode not supported');
        let settled = old.settle_with_effort(id, PROVIDER(), RESULT, 1, 10000, 1, 2);
        refused(settled, 'Mode not supported');
        let settled = old
            .settle_with_effort_and_affiliate(id, PROVIDER(), RIVAL(), RESULT, 1, 10000, 1, 2);
        refused(settled, 'Mode not supported');
    }
    assert!(world.balance(world.at) == AMOUNT);
}
