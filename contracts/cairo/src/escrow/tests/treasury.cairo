//! A token that will not carry a fee to the treasury holds up no claim, and the fee is not lost.

use crate::components::pausable::IPausableDispatcherTrait;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait,
};
use crate::escrow::task::Status;
use crate::escrow::tests::mocks::{IMockTokenDispatcherTrait, Manner};
use crate::escrow::tests::world::*;
use crate::escrow::treasury::{ITreasuryDispatcherTrait, ITreasurySafeDispatcherTrait};

const FEE: u256 = 120_000_000;

fn claim(world: World) {
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    as_(STRANGER());
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    assert!(world.status(id) == Status::COMPLETED);
}

#[test]
#[feature("safe_dispatcher")]
fn a_treasury_that_the_token_refuses_holds_up_no_claim() {
    let world = world();
    let reasons = [
        (Manner::PANICS, 'token panics'), (Manner::REFUSES, 'Treasury payment failed'),
        (Manner::PRETENDS, 'Treasury payment failed'),
    ];
    for (manner, reason) in reasons.span() {
        let paid = world.balance(PROVIDER());
        let owed = world.treasury().get_uncollected_fees(world.token);
        world.mock().set_manner_to(*manner, TREASURY());
        claim(world);
        assert!(world.balance(PROVIDER()) == paid + AMOUNT - FEE);
        assert!(world.balance(TREASURY()) == 0);
        assert!(world.treasury().get_uncollected_fees(world.token) == owed + FEE);
        assert!(world.balance(world.at) == owed + FEE);
        refused(world.try_treasury().collect_fees(world.token), *reason);
        assert!(world.treasury().get_uncollected_fees(world.token) == owed + FEE);
    }
    // The way out: another treasury, to which anybody has it sent, paused or not.
    as_(OWNER());
    world.pausable().pause();
    world.admin().set_treasury(RIVAL());
    as_(STRANGER());
    world.treasury().collect_fees(world.token);
    assert!(world.balance(RIVAL()) == 3 * FEE && world.balance(world.at) == 0);
    assert!(world.treasury().get_uncollected_fees(world.token) == 0);
    refused(world.try_treasury().collect_fees(world.token), 'No uncollected fees');
}

#[test]
fn a_fee_that_is_paid_is_not_owed() {
    let world = world();
    claim(world);
    assert!(world.balance(TREASURY()) == FEE);
    assert!(world.treasury().get_uncollected_fees(world.token) == 0);
    // It says no, but the money went.
    world.mock().set_manner_to(Manner::DENIES, TREASURY());
    claim(world);
    assert!(world.balance(TREASURY()) == 2 * FEE && world.balance(world.at) == 0);
    assert!(world.treasury().get_uncollected_fees(world.token) == 0);
}

/// Some tokens refuse to move nothing.
#[test]
fn where_no_fee_is_due_none_is_owed() {
    let world = world();
    let id = world.task_of(8);
    let proof = world.proof(id, PROVIDER());
    world.mock().set_manner_to(Manner::PANICS, TREASURY());
    world.drop_events();
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    for _ in 0..4_u32 {
        assert!(starknet::testing::pop_log_raw(world.at).is_some());
    }
    world.no_more_events();
    assert!(world.balance(PROVIDER()) == 8);
}

#[test]
#[feature("safe_dispatcher")]
fn a_token_that_takes_more_than_the_fee_pays_nobody() {
    let world = world();
    world.task();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    world.mock().set_manner_to(Manner::TAKES_MORE, TREASURY());
    let claim = world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    refused(claim, 'Treasury payment failed');
    assert!(world.balance(world.at) == 2 * AMOUNT && world.balance(PROVIDER()) == 0);
}

/// What is owed to the treasury is not paid with the money of tasks, nor tasks with what is owed.
#[test]
#[feature("safe_dispatcher")]
fn fees_and_tasks_are_not_each_others() {
    let world = world();
    world.mock().set_manner_to(Manner::PANICS, TREASURY());
    claim(world);
    let id = world.task();
    world.mock().set_manner(Manner::HONEST);
    world.treasury().collect_fees(world.token);
    refused(world.try_treasury().collect_fees(world.token), 'No uncollected fees');
    refused(world.try_treasury().collect_fees(STRANGER()), 'No uncollected fees');
    assert!(world.balance(world.at) == AMOUNT && world.balance(TREASURY()) == FEE);
    as_(CREATOR());
    world.tasks().cancel_task(id);
    assert!(world.balance(world.at) == 0);
}

#[test]
#[feature("safe_dispatcher")]
fn fees_that_are_not_there_are_not_collected() {
    let world = world();
    world.mock().set_manner_to(Manner::PANICS, TREASURY());
    claim(world);
    world.mock().set_manner(Manner::HONEST);
    world.mock().burn(world.at, 1);
    let collected = world.try_treasury().collect_fees(world.token);
    refused(collected, 'Insufficient contract balance');
}

#[test]
fn a_token_cannot_call_back_while_fees_are_collected() {
    let world = world();
    world.mock().set_manner_to(Manner::PANICS, TREASURY());
    claim(world);
    claim(world);
    let again = array![world.token.into()].span();
    world.mock().set_callback(world.at, selector!("collect_fees"), again);
    world.mock().set_manner(Manner::CALLS_BACK);
    world.treasury().collect_fees(world.token);
    assert!(world.mock().callback_result() == (1, 'Task locked'));
    assert!(world.balance(TREASURY()) == 2 * FEE);
}
