//! What an announced change of class or verifier lets people do before it: providers finish, creators
//! leave, and no assignment holds these back.

use crate::components::timelock::TimelockComponent::{DELAY, EXIT, NOTICE, WINDOW};
use crate::escrow::contract::Escrow::DEFAULT_DURATION;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait,
};
use crate::escrow::tests::mocks::{MockVerifier, NextVersion};
use crate::escrow::tests::world::*;

const MONTH: u64 = 30 * DAY;

/// Of CREATOR, who has assigned it to PROVIDER for as long as it lasts.
fn long_task(world: World) -> u256 {
    let id = world.task_until(START + MONTH);
    world.tasks().assign_task(id, PROVIDER(), START + MONTH);
    id
}

#[feature("safe_dispatcher")]
fn cancel(world: World, id: u256) -> Result<(), Array<felt252>> {
    as_(CREATOR());
    world.try_tasks().cancel_task(id)
}

fn schedule(world: World, is_upgrade: bool) {
    as_(OWNER());
    if is_upgrade {
        world.admin().schedule_upgrade(NextVersion::TEST_CLASS_HASH);
    } else {
        world.admin().schedule_verifier(MockVerifier::TEST_CLASS_HASH);
    }
}

fn withdraw(world: World, is_upgrade: bool) {
    as_(OWNER());
    if is_upgrade {
        world.admin().cancel_upgrade();
    } else {
        world.admin().cancel_verifier();
    }
}

#[test]
fn delays_are_eight_days_one_and_seven() {
    assert!(DELAY == 8 * DAY && NOTICE == DAY && EXIT == 7 * DAY && WINDOW == 7 * DAY);
    // A task without a deadline of its own is refundable by anybody a day before the change.
    assert!(DEFAULT_DURATION + DAY <= DELAY);
}

fn assigned_tasks_are_taken_back(is_upgrade: bool) {
    let world = world();
    let [first, second, third, fourth] = [
        long_task(world), long_task(world), long_task(world), long_task(world),
    ];
    schedule(world, is_upgrade);
    now(START + NOTICE - 1);
    refused(cancel(world, first), 'Task cannot be cancelled');
    now(START + NOTICE);
    accepted(cancel(world, first));
    now(START + DELAY);
    accepted(cancel(world, second));
    // Until the change lapses: it may be applied at any moment of this time.
    now(START + DELAY + WINDOW - 1);
    accepted(cancel(world, third));
    now(START + DELAY + WINDOW);
    refused(cancel(world, fourth), 'Task cannot be cancelled');
    assert!(world.balance(CREATOR()) == WEALTH - AMOUNT && world.balance(world.at) == AMOUNT);
}

#[test]
fn assigned_tasks_are_taken_back_before_an_upgrade() {
    assigned_tasks_are_taken_back(true);
}

#[test]
fn assigned_tasks_are_taken_back_before_another_verifier() {
    assigned_tasks_are_taken_back(false);
}

#[test]
fn a_change_that_was_withdrawn_frees_nobody() {
    for is_upgrade in [true, false].span() {
        let world = numbered_world((*is_upgrade).into());
        let id = long_task(world);
        schedule(world, *is_upgrade);
        now(START + 2 * DAY);
        withdraw(world, *is_upgrade);
        refused(cancel(world, id), 'Task cannot be cancelled');
        // Announced anew, it gives providers their day anew.
        schedule(world, *is_upgrade);
        refused(cancel(world, id), 'Task cannot be cancelled');
        now(START + 3 * DAY);
        accepted(cancel(world, id));
    }
}

#[test]
fn once_applied_a_change_frees_nobody() {
    let world = world();
    let id = long_task(world);
    schedule(world, false);
    now(START + DELAY);
    world.admin().set_verifier(MockVerifier::TEST_CLASS_HASH);
    refused(cancel(world, id), 'Task cannot be cancelled');
}

/// The owner, a relayer of his and a provider of theirs: whatever they do, and in the last moment,
/// the creator is out before the change.
#[test]
fn owner_relayer_and_provider_together_hold_no_creator() {
    let world = world();
    let id = world.task_until(START + MONTH);
    schedule(world, true);
    now(START + DELAY - 1);
    as_(OWNER());
    world.admin().set_relayer(STRANGER());
    as_(STRANGER());
    world.tasks().assign_task(id, RIVAL(), START + DELAY + HOUR);
    accepted(cancel(world, id));
    assert!(world.balance(CREATOR()) == WEALTH);
}

/// It is the creator's way out, and stops no claim that comes before.
#[test]
#[feature("safe_dispatcher")]
fn an_imminent_change_stops_no_claim_and_lets_nobody_else_cancel() {
    let world = world();
    let id = long_task(world);
    schedule(world, true);
    now(START + NOTICE);
    for caller in [OWNER(), RELAYER(), PROVIDER(), STRANGER()].span() {
        as_(*caller);
        refused(world.try_tasks().cancel_task(id), 'Only creator can cancel');
        refused(world.try_tasks().unassign_expired(id), 'Deadline not passed');
        refused(world.try_tasks().claim_expired(id), 'Deadline not passed');
    }
    let proof = world.proof(id, PROVIDER());
    accepted(world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into()));
    refused(cancel(world, id), 'Task cannot be cancelled');
}

/// Between announcement and change the deadline of a default task passes; then nobody need be awake
/// but one who calls.
#[test]
fn a_default_task_is_refunded_before_a_change_that_was_announced_after_it() {
    let world = world();
    as_(CREATOR());
    let id = world.tasks().create_task(world.token, AMOUNT, 'hash');
    world.tasks().assign_task(id, PROVIDER(), START + DEFAULT_DURATION);
    schedule(world, true);
    now(START + DEFAULT_DURATION + 1);
    as_(STRANGER());
    world.tasks().claim_expired(id);
    assert!(world.balance(CREATOR()) == WEALTH && starknet::get_block_timestamp() < START + DELAY);
}
