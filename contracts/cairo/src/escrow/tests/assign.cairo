//! What an assignment binds, whom, and how long.

use crate::escrow::contract::Escrow::RELAYER_WINDOW;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait,
    IEscrowViewsDispatcherTrait,
};
use crate::escrow::nodes::INodesDispatcherTrait;
use crate::escrow::task::Status;
use crate::escrow::tests::world::*;

#[feature("safe_dispatcher")]
fn assign(
    world: World, caller: starknet::ContractAddress, id: u256, until: u64,
) -> Result<(), Array<felt252>> {
    as_(caller);
    world.try_tasks().assign_task(id, PROVIDER(), until)
}

#[test]
fn a_relayer_keeps_a_task_for_a_day_and_no_longer() {
    assert!(RELAYER_WINDOW == DAY);
    let world = world();
    let id = world.task_until(START + 30 * DAY);
    now(START + DAY);
    refused(assign(world, RELAYER(), id, START + 2 * DAY + 1), 'Invalid deadline');
    accepted(assign(world, RELAYER(), id, START + DAY + HOUR));
    // Again and again, but the day counts from the first time.
    now(START + DAY + HOUR + 1);
    world.tasks().unassign_expired(id);
    refused(assign(world, RELAYER(), id, START + 2 * DAY + 1), 'Invalid deadline');
    accepted(assign(world, RELAYER(), id, START + 2 * DAY));
    now(START + 2 * DAY + 1);
    world.tasks().unassign_expired(id);
    refused(assign(world, RELAYER(), id, START + 2 * DAY + 2), 'Invalid deadline');
    // Another relayer has no other day.
    as_(OWNER());
    world.admin().set_relayer(STRANGER());
    refused(assign(world, STRANGER(), id, START + 2 * DAY + 2), 'Invalid deadline');
    // The creator may, and the relayer's day is over still.
    accepted(assign(world, CREATOR(), id, START + 10 * DAY));
    now(START + 10 * DAY + 1);
    world.tasks().unassign_expired(id);
    refused(assign(world, STRANGER(), id, START + 10 * DAY + 2), 'Invalid deadline');
}

#[test]
fn what_the_creator_assigns_is_not_of_the_relayers_day() {
    let world = world();
    let id = world.task_until(START + 30 * DAY);
    accepted(assign(world, CREATOR(), id, START + 5 * DAY));
    now(START + 5 * DAY + 1);
    world.tasks().unassign_expired(id);
    refused(assign(world, RELAYER(), id, START + 6 * DAY + 2), 'Invalid deadline');
    accepted(assign(world, RELAYER(), id, START + 6 * DAY + 1));
}

/// Else a relayer would assign again before the creator's turn.
#[test]
#[feature("safe_dispatcher")]
fn a_creator_leaves_when_the_assignment_is_over() {
    let world = world();
    let id = world.task();
    accepted(assign(world, RELAYER(), id, START + HOUR));
    now(START + HOUR);
    as_(CREATOR());
    refused(world.try_tasks().cancel_task(id), 'Task cannot be cancelled');
    now(START + HOUR + 1);
    world.tasks().cancel_task(id);
    assert!(world.status(id) == Status::CANCELLED && world.balance(CREATOR()) == WEALTH);
}

fn task_of_tier_2(world: World) -> u256 {
    as_(OWNER());
    world.nodes().grant_tier(PROVIDER(), 2);
    as_(PROVIDER());
    world.nodes().set_node_info('key', 2);
    as_(CREATOR());
    let id = world
        .tasks()
        .create_proved_task(world.token, AMOUNT, PROGRAM, INPUT, MAX_CYCLES, START + DAY, 2);
    id
}

/// The owner takes no assigned work away by lowering a tier.
#[test]
#[feature("safe_dispatcher")]
fn the_tier_counts_when_the_task_is_assigned() {
    let world = world();
    let assigned = task_of_tier_2(world);
    accepted(assign(world, CREATOR(), assigned, START + HOUR));
    let open = task_of_tier_2(world);
    as_(OWNER());
    world.nodes().grant_tier(PROVIDER(), 1);
    let proof = world.proof(open, PROVIDER());
    let claim = world.try_tasks().submit_proof_and_claim(open, PROVIDER(), RESULT, proof.into());
    refused(claim, 'Provider tier too low');
    let proof = world.proof(assigned, PROVIDER());
    world.tasks().submit_proof_and_claim(assigned, PROVIDER(), RESULT, proof.into());
    assert!(world.balance(PROVIDER()) == 880_000_007);
    // After the assignment it counts anew.
    assert!(world.views().get_task_ext(open).status == Status::CREATED);
    refused(assign(world, CREATOR(), open, START + HOUR), 'Provider tier too low');
}

#[test]
#[feature("safe_dispatcher")]
fn an_assigned_provider_must_be_active_to_be_paid() {
    let world = world();
    let id = world.assigned_task();
    as_(OWNER());
    world.nodes().suspend_node(PROVIDER());
    let proof = world.proof(id, PROVIDER());
    let claim = world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    refused(claim, 'Provider not active');
}
