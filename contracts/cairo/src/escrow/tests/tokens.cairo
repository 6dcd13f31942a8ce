//! Tokens that take a fee, lie, move more than told, or call back in the middle.

use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait,
    IEscrowViewsDispatcherTrait,
};
use crate::escrow::task::Status;
use crate::escrow::tests::mocks::{IMockTokenDispatcherTrait, Manner};
use crate::escrow::tests::world::*;

/// A task that another party paid for, whose money nobody else may touch.
fn others_task(world: World) -> u256 {
    fund(world.at, world.token, STRANGER(), WEALTH);
    world.tasks().create_task(world.token, AMOUNT, 'theirs')
}

#[test]
#[feature("safe_dispatcher")]
fn a_token_with_bad_manners_makes_no_task() {
    let world = world();
    others_task(world);
    as_(CREATOR());
    let reasons = [
        (Manner::FEE, 'Token transfer failed'), (Manner::REFUSES, 'Token transfer failed'),
        (Manner::PRETENDS, 'Token transfer failed'), (Manner::DENIES, 'Token transfer failed'),
        (Manner::GIVES_MORE, 'Token transfer failed'), (Manner::PANICS, 'token panics'),
    ];
    for (manner, reason) in reasons.span() {
        world.mock().set_manner(*manner);
        let tasks = world.try_tasks();
        refused(tasks.create_task(world.token, AMOUNT, 'mine'), *reason);
        let made = tasks
            .create_proved_task(world.token, AMOUNT, PROGRAM, INPUT, 1, START + DAY, 1);
        refused(made, *reason);
        assert!(world.views().get_task_count() == 1);
        assert!(world.views().get_user_task_count(CREATOR()) == 0);
        assert!(world.balance(CREATOR()) == WEALTH && world.balance(world.at) == AMOUNT);
    }
}

#[test]
#[feature("safe_dispatcher")]
fn a_token_that_turns_bad_pays_nobody_and_spares_other_tasks() {
    let world = world();
    others_task(world);
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    let tasks = world.try_tasks();
    let reasons = [
        (Manner::REFUSES, 'Provider payment failed', 'Refund transfer failed'),
        (Manner::PRETENDS, 'Provider payment failed', 'Refund transfer failed'),
        (Manner::DENIES, 'Provider payment failed', 'Refund transfer failed'),
        (Manner::TAKES_MORE, 'Provider payment failed', 'Refund transfer failed'),
        (Manner::PANICS, 'token panics', 'token panics'),
    ];
    for (manner, claim_reason, refund_reason) in reasons.span() {
        world.mock().set_manner(*manner);
        now(START);
        as_(CREATOR());
        refused(tasks.submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into()), *claim_reason);
        refused(tasks.cancel_task(id), *refund_reason);
        now(START + DAY + 1);
        refused(tasks.claim_expired(id), *refund_reason);
        assert!(world.status(id) == Status::CREATED);
        assert!(world.balance(world.at) == 2 * AMOUNT && world.balance(PROVIDER()) == 0);
        assert!(world.balance(TREASURY()) == 0);
        assert!(world.views().get_user_earnings(PROVIDER(), world.token) == 0);
        assert!(world.views().get_verified_count() == 0);
    }
    // It comes to its senses, and nothing was lost.
    world.mock().set_manner(Manner::HONEST);
    now(START);
    accepted(tasks.submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into()));
    assert!(world.balance(world.at) == AMOUNT && world.balance(PROVIDER()) == 880_000_007);
}

/// A fee that is taken from what arrives is the recipient's affair once the task exists.
#[test]
fn a_later_fee_on_what_arrives_is_between_token_and_recipient() {
    let world = world();
    others_task(world);
    let id = world.task();
    world.mock().set_manner(Manner::FEE);
    world.tasks().cancel_task(id);
    assert!(world.balance(world.at) == AMOUNT);
    assert!(world.balance(CREATOR()) == WEALTH - AMOUNT / 100);
}

#[test]
#[feature("safe_dispatcher")]
fn without_allowance_or_balance_there_is_no_task() {
    let world = world();
    as_(STRANGER());
    let tasks = world.try_tasks();
    refused(tasks.create_task(world.token, 1, 'hash'), 'ERC20: insufficient allowance');
    world.mock().approve(world.at, 2);
    refused(tasks.create_task(world.token, 1, 'hash'), 'ERC20: insufficient balance');
    assert!(world.views().get_task_count() == 0);
}

#[test]
#[feature("safe_dispatcher")]
fn only_allowed_tokens_make_tasks() {
    let world = world();
    let other = new_token(1);
    fund(world.at, other, CREATOR(), WEALTH);
    let tasks = world.try_tasks();
    refused(tasks.create_task(other, AMOUNT, 'hash'), 'Token not allowed');
    refused(tasks.create_tiered_task(other, AMOUNT, 2, 'hash'), 'Token not allowed');
    let made = tasks.create_proved_task(other, AMOUNT, PROGRAM, INPUT, 1, START + DAY, 1);
    refused(made, 'Token not allowed');
    as_(OWNER());
    world.admin().set_token_allowed(other, true);
    as_(CREATOR());
    accepted(tasks.create_task(other, AMOUNT, 'hash'));
}

#[test]
fn a_token_that_is_no_longer_allowed_still_pays_and_refunds() {
    let world = world();
    let paid = world.task();
    let refunded = world.task();
    as_(OWNER());
    world.admin().set_token_allowed(world.token, false);
    world.tasks().submit_proof_and_claim(paid, PROVIDER(), RESULT, world.proof(paid, PROVIDER()).into());
    as_(CREATOR());
    world.tasks().cancel_task(refunded);
    assert!(world.balance(world.at) == 0);
    #[feature("safe_dispatcher")]
    let made = world.try_tasks().create_task(world.token, AMOUNT, 'hash');
    refused(made, 'Token not allowed');
}

/// Every entry point that a token might call back into, with arguments that would otherwise serve.
fn callbacks(world: World, id: u256) -> Array<(felt252, Span<felt252>)> {
    let mut claim = array![id.low.into(), 0, PROVIDER().into(), RESULT];
    world.proof(id, PROVIDER()).serialize(ref claim);
    let mut alias = array![];
    array![RESULT].serialize(ref alias);
    alias.append(1);
    alias.append(id.low.into());
    alias.append(0);
    let token = world.token.into();
    array![
        (selector!("submit_proof_and_claim"), claim.span()),
        (selector!("submit_and_verify_with_io_binding"), alias.span()),
        (selector!("collect_fees"), array![token].span()),
        (selector!("cancel_task"), array![id.low.into(), 0].span()),
        (selector!("claim_expired"), array![id.low.into(), 0].span()),
        (selector!("unassign_expired"), array![id.low.into(), 0].span()),
        (
            selector!("assign_task"),
            array![id.low.into(), 0, RIVAL().into(), (START + HOUR).into()].span(),
        ),
        (selector!("create_task"), array![token, 1, 0, 'hash'].span()),
        (selector!("create_tiered_task"), array![token, 1, 0, 1, 'hash'].span()),
        (
            selector!("create_proved_task"),
            array![token, 1, 0, PROGRAM, INPUT, 1, (START + DAY).into(), 1].span(),
        ),
    ]
}

fn calls_back(world: World, selector: felt252, calldata: Span<felt252>) {
    world.mock().set_callback(world.at, selector, calldata);
    world.mock().set_manner(Manner::CALLS_BACK);
}

fn was_locked_out(world: World, times: u32) {
    world.mock().set_manner(Manner::HONEST);
    let (calls, result) = world.mock().callback_result();
    assert!(calls == times, "{} callbacks", calls);
    assert!(result == 'Task locked', "callback came in");
}

#[test]
fn a_token_cannot_call_back_during_a_claim() {
    let world = world();
    others_task(world);
    let other = world.task();
    for (selector, calldata) in callbacks(world, other) {
        let id = world.task();
        let proof = world.proof(id, PROVIDER());
        let held = world.balance(world.at);
        calls_back(world, selector, calldata);
        world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
        was_locked_out(world, 2);
        assert!(world.balance(world.at) == held - AMOUNT);
        assert!(world.status(other) == Status::CREATED);
    }
}

#[test]
fn a_token_cannot_call_back_during_a_refund() {
    let world = world();
    let other = world.task();
    for (selector, calldata) in callbacks(world, other) {
        let id = world.task();
        calls_back(world, selector, calldata);
        world.tasks().cancel_task(id);
        was_locked_out(world, 1);
        let id = world.task();
        now(START + DAY + 1);
        calls_back(world, selector, calldata);
        world.tasks().claim_expired(id);
        was_locked_out(world, 1);
        now(START);
        assert!(world.balance(world.at) == AMOUNT);
    }
}

#[test]
fn a_token_cannot_call_back_during_a_creation() {
    let world = world();
    let other = world.task();
    for (selector, calldata) in callbacks(world, other) {
        let count = world.views().get_task_count();
        calls_back(world, selector, calldata);
        world.task();
        was_locked_out(world, 1);
        assert!(world.views().get_task_count() == count + 1);
    }
}

/// The token is creator, provider and token at once, and wants its refund twice.
#[test]
fn a_token_that_owns_the_task_gets_its_refund_once() {
    let world = world();
    others_task(world);
    fund(world.at, world.token, world.token, WEALTH);
    let id = world.tasks().create_task(world.token, AMOUNT, 'own');
    calls_back(world, selector!("cancel_task"), array![id.low.into(), 0].span());
    world.tasks().cancel_task(id);
    was_locked_out(world, 1);
    assert!(world.balance(world.at) == AMOUNT && world.balance(world.token) == WEALTH);
}

#[test]
fn the_lock_opens_again() {
    let world = world();
    let id = world.task();
    world.mock().set_manner(Manner::PANICS);
    #[feature("safe_dispatcher")]
    let cancelled = world.try_tasks().cancel_task(id);
    refused(cancelled, 'token panics');
    world.mock().set_manner(Manner::HONEST);
    world.tasks().cancel_task(id);
    assert!(world.balance(CREATOR()) == WEALTH);
}
