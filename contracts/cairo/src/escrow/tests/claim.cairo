//! Who is paid, for what, and how much; and what is no proof of it.

use core::num::traits::Bounded;
use starknet::testing::set_chain_id;
use crate::components::pausable::IPausableDispatcherTrait;
use crate::escrow::interfaces::{
    IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait, IEscrowViewsDispatcherTrait,
};
use crate::escrow::nodes::INodesDispatcherTrait;
use crate::escrow::statement::{io_commitment, statement_hash, task_hash};
use crate::escrow::task::Status;
use crate::escrow::tests::mocks::IMockTokenDispatcherTrait;
use crate::escrow::tests::world::*;

/// The proof with one felt replaced.
fn altered(proof: Span<felt252>, at: u32, felt: felt252) -> Span<felt252> {
    let mut copy = array![];
    for i in 0..proof.len() {
        copy.append(if i == at {
            felt
        } else {
            *proof[i]
        });
    }
    copy.span()
}

fn joined(head: Span<felt252>, tail: Span<felt252>) -> Span<felt252> {
    let mut all = array![];
    for felt in head {
        all.append(*felt);
    }
    for felt in tail {
        all.append(*felt);
    }
    all.span()
}

#[feature("safe_dispatcher")]
fn claim_refused(world: World, id: u256, proof: Span<felt252>, reason: felt252) {
    refused(world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into()), reason);
    assert!(world.status(id) != Status::COMPLETED);
    assert!(world.balance(PROVIDER()) == 0 && world.balance(TREASURY()) == 0);
}

#[test]
fn a_proof_pays_provider_and_treasury() {
    let world = world();
    let id = world.task();
    assert!(world.balance(world.at) == AMOUNT && world.balance(CREATOR()) == WEALTH - AMOUNT);
    now(START + HOUR);
    as_(STRANGER());
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    assert!(world.balance(PROVIDER()) == 880_000_007);
    assert!(world.balance(TREASURY()) == 120_000_000);
    assert!(world.balance(world.at) == 0 && world.balance(STRANGER()) == 0);

    let views = world.views();
    let task = views.get_task_ext(id);
    assert!(task.status == Status::COMPLETED && task.provider == PROVIDER());
    assert!(task.result_hash == RESULT && task.cycles == CYCLES);
    assert!(task.created_at == START && task.settled_at == START + HOUR);
    assert!(task.provider_payout == 850_000_007);
    assert!(task.gas_subsidy == 30_000_000 && task.treasury_fee == 120_000_000);
    let statement = views.statement_of(id, PROVIDER(), RESULT);
    assert!(task.statement_hash == statement.statement_hash);
    assert!(views.is_proof_verified(task.statement_hash));
    assert!(views.get_job_for_proof(task.statement_hash) == id);
    assert!(views.get_verified_count() == 1);
    assert!(views.get_user_earnings(PROVIDER(), world.token) == 880_000_007);
    assert!(views.get_user_earnings(RIVAL(), world.token) == 0);
}

#[test]
fn unproved_statements_are_not_verified() {
    let world = world();
    let id = world.task();
    let statement = world.views().statement_of(id, PROVIDER(), RESULT);
    assert!(!world.views().is_proof_verified(statement.statement_hash));
    assert!(world.views().get_job_for_proof(statement.statement_hash) == 0);
    assert!(!world.views().is_proof_verified(0));
    assert!(world.views().get_verified_count() == 0);
}

#[test]
fn statement_of_is_what_the_verifier_is_asked() {
    let world = world();
    let id = world.task();
    let statement = world.views().statement_of(id, PROVIDER(), RESULT);
    assert!(statement.program_id == PROGRAM && statement.input_commitment == INPUT);
    assert!(statement.max_cycles == MAX_CYCLES && statement.exit_code == 0);
    assert!(statement.output_commitment == RESULT);
    assert!(statement.io_commitment == io_commitment(INPUT, RESULT));
    let context = crate::escrow::statement::context(CHAIN_ID, world.at, id, PROVIDER());
    assert!(statement.context == context);
    let hash = statement_hash(task_hash(PROGRAM, INPUT, MAX_CYCLES), context, RESULT);
    assert!(statement.statement_hash == hash);
}

#[test]
fn a_proof_copied_by_another_pays_its_owner_only() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    as_(RIVAL());
    #[feature("safe_dispatcher")]
    let copied = world.try_tasks().submit_proof_and_claim(id, RIVAL(), RESULT, proof.into());
    refused(copied, 'context');
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    assert!(world.balance(RIVAL()) == 0 && world.balance(PROVIDER()) == 880_000_007);
}

#[test]
fn a_proof_serves_one_task() {
    let world = world();
    let first = world.task();
    let second = world.task();
    let proof = world.proof(first, PROVIDER());
    claim_refused(world, second, proof, 'context');
    world.tasks().submit_proof_and_claim(first, PROVIDER(), RESULT, proof.into());
    #[feature("safe_dispatcher")]
    let again = world.try_tasks().submit_proof_and_claim(second, PROVIDER(), RESULT, proof.into());
    refused(again, 'context');
    #[feature("safe_dispatcher")]
    let again = world.try_tasks().submit_proof_and_claim(first, PROVIDER(), RESULT, proof.into());
    refused(again, 'Invalid task status');
    assert!(world.balance(PROVIDER()) == 880_000_007);
}

#[test]
fn a_proof_of_another_chain() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    set_chain_id('SN_MAIN');
    claim_refused(world, id, proof, 'context');
}

#[test]
fn a_proof_for_another_contract() {
    let world = world();
    let id = world.task();
    let at = deploy(1, array![world.token].span());
    let twin = World { at, token: world.token };
    as_(PROVIDER());
    twin.nodes().register_node();
    fund(at, world.token, CREATOR(), WEALTH);
    assert!(twin.task() == id && at != world.at);
    claim_refused(twin, id, world.proof(id, PROVIDER()), 'context');
}

#[test]
fn a_proof_of_something_else() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    claim_refused(world, id, altered(proof, 0, PROGRAM - 1), 'program id');
    claim_refused(world, id, altered(proof, 1, *proof[1] + 1), 'context');
    claim_refused(world, id, altered(proof, 1, 0), 'context');
    claim_refused(world, id, altered(proof, 2, INPUT - 1), 'input');
    claim_refused(world, id, altered(proof, 3, RESULT - 1), 'output');
    claim_refused(world, id, altered(proof, 4, 1), 'exit code');
    claim_refused(world, id, altered(proof, 4, 101), 'exit code');
    claim_refused(world, id, array![].span(), 'form');
    claim_refused(world, id, joined(proof, array![0].span()), 'form');
}

#[test]
fn the_caller_cannot_choose_the_result() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    #[feature("safe_dispatcher")]
    let other = world.try_tasks().submit_proof_and_claim(id, PROVIDER(), RESULT + 1, proof.into());
    refused(other, 'output');
    for bad in [0, -1, 0x100000000000000000000000000000000000000000000000000000000000000].span() {
        #[feature("safe_dispatcher")]
        let other = world.try_tasks().submit_proof_and_claim(id, PROVIDER(), *bad, proof.into());
        refused(other, 'Invalid result hash');
    }
}

#[test]
fn cycles_up_to_the_bound_are_paid() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    claim_refused(world, id, altered(proof, 5, MAX_CYCLES.into() + 1), 'Too many cycles');
    claim_refused(world, id, altered(proof, 5, 0xffffffffffffffff), 'Too many cycles');
    let proof = altered(proof, 5, MAX_CYCLES.into());
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    assert!(world.views().get_task_ext(id).cycles == MAX_CYCLES);
}

#[test]
fn the_deadline_is_the_last_second() {
    let world = world();
    let id = world.task();
    let late = world.task();
    now(START + DAY);
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    now(START + DAY + 1);
    #[feature("safe_dispatcher")]
    let claim = world
        .try_tasks()
        .submit_proof_and_claim(late, PROVIDER(), RESULT, world.proof(late, PROVIDER()).into());
    refused(claim, 'Deadline passed');
}

#[test]
fn a_refunded_task_pays_nobody() {
    let world = world();
    let cancelled = world.task();
    let expired = world.task();
    world.tasks().cancel_task(cancelled);
    claim_refused(world, cancelled, world.proof(cancelled, PROVIDER()), 'Invalid task status');
    now(START + DAY + 1);
    world.tasks().claim_expired(expired);
    claim_refused(world, expired, world.proof(expired, PROVIDER()), 'Invalid task status');
    // Nor when the clock runs back.
    now(START);
    claim_refused(world, expired, world.proof(expired, PROVIDER()), 'Invalid task status');
}

#[test]
fn providers_must_be_active() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    as_(PROVIDER());
    world.nodes().deactivate_node();
    claim_refused(world, id, proof, 'Provider not active');
    world.nodes().register_node();
    as_(OWNER());
    world.nodes().suspend_node(PROVIDER());
    claim_refused(world, id, proof, 'Provider not active');
    #[feature("safe_dispatcher")]
    let claim = world.try_tasks().submit_proof_and_claim(id, address(0), RESULT, proof.into());
    refused(claim, 'Invalid provider address');
    let stranger = world.proof(id, STRANGER());
    #[feature("safe_dispatcher")]
    let claim = world.try_tasks().submit_proof_and_claim(id, STRANGER(), RESULT, stranger.into());
    refused(claim, 'Provider not active');
    world.nodes().reinstate_node(PROVIDER());
    as_(PROVIDER());
    world.nodes().register_node();
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
}

#[test]
fn providers_must_be_of_the_tier() {
    let world = world();
    as_(CREATOR());
    let id = world
        .tasks()
        .create_proved_task(world.token, AMOUNT, PROGRAM, INPUT, MAX_CYCLES, START + DAY, 3);
    let proof = world.proof(id, PROVIDER());
    claim_refused(world, id, proof, 'Provider tier too low');
    as_(OWNER());
    world.nodes().grant_tier(PROVIDER(), 3);
    // Granted, but not taken up.
    claim_refused(world, id, proof, 'Provider tier too low');
    as_(PROVIDER());
    world.nodes().set_node_info('key', 2);
    claim_refused(world, id, proof, 'Provider tier too low');
    world.nodes().set_node_info('key', 3);
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    assert!(world.status(id) == Status::COMPLETED);
}

#[test]
fn an_assigned_task_pays_the_assigned_provider_only() {
    let world = world();
    let id = world.assigned_task();
    let rival = world.proof(id, RIVAL());
    #[feature("safe_dispatcher")]
    let claim = world.try_tasks().submit_proof_and_claim(id, RIVAL(), RESULT, rival.into());
    refused(claim, 'Provider not assigned');
    // Overdue, but nobody took it away yet.
    now(START + HOUR + 1);
    #[feature("safe_dispatcher")]
    let claim = world.try_tasks().submit_proof_and_claim(id, RIVAL(), RESULT, rival.into());
    refused(claim, 'Provider not assigned');
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    let task = world.views().get_task_ext(id);
    assert!(task.assigned_at == START && task.assign_deadline == START + HOUR);
    assert!(task.provider == PROVIDER() && world.balance(PROVIDER()) == 880_000_007);
}

#[test]
fn after_the_assignment_lapsed_another_is_paid() {
    let world = world();
    let id = world.assigned_task();
    now(START + HOUR + 1);
    as_(STRANGER());
    world.tasks().unassign_expired(id);
    world.tasks().submit_proof_and_claim(id, RIVAL(), RESULT, world.proof(id, RIVAL()).into());
    assert!(world.balance(RIVAL()) == 880_000_007 && world.balance(PROVIDER()) == 0);
}

#[test]
fn a_task_that_is_a_hash_wants_its_preimage() {
    let world = world();
    as_(CREATOR());
    let hash = task_hash(PROGRAM, INPUT, MAX_CYCLES);
    let id = world.tasks().create_task(world.token, AMOUNT, hash);
    let proof = world.proof(id, PROVIDER());
    let head = array![PROGRAM, INPUT, MAX_CYCLES.into()].span();
    claim_refused(world, id, proof.slice(0, 2), 'Proof too short');
    claim_refused(world, id, array![].span(), 'Proof too short');
    claim_refused(world, id, joined(altered(head, 0, 1), proof), 'Task hash mismatch');
    claim_refused(world, id, joined(altered(head, 1, 1), proof), 'Task hash mismatch');
    claim_refused(world, id, joined(altered(head, 2, 1), proof), 'Task hash mismatch');
    claim_refused(world, id, joined(altered(head, 0, 0), proof), 'Invalid program id');
    claim_refused(world, id, joined(altered(head, 1, -1), proof), 'Invalid input commitment');
    claim_refused(world, id, joined(altered(head, 2, 0), proof), 'Invalid max cycles');
    claim_refused(world, id, joined(altered(head, 2, -1), proof), 'Invalid max cycles');
    claim_refused(world, id, joined(head, altered(proof, 4, 1)), 'exit code');
    claim_refused(
        world, id, joined(head, altered(proof, 5, MAX_CYCLES.into() + 1)), 'Too many cycles',
    );
    let statement = world.views().statement_of(id, PROVIDER(), RESULT);
    assert!(statement.program_id == 0 && statement.io_commitment == 0);
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, joined(head, proof).into());
    assert!(world.balance(PROVIDER()) == 880_000_007);
    assert!(world.views().is_proof_verified(statement.statement_hash));
}

#[test]
fn a_hash_without_meaning_pays_nobody_and_is_refunded() {
    let world = world();
    as_(CREATOR());
    let id = world.tasks().create_task(world.token, AMOUNT, 0);
    let proof = world.proof(id, PROVIDER());
    let head = array![PROGRAM, INPUT, MAX_CYCLES.into()].span();
    claim_refused(world, id, joined(head, proof), 'Task hash mismatch');
    now(START + 7 * DAY + 1);
    world.tasks().claim_expired(id);
    assert!(world.balance(CREATOR()) == WEALTH);
}

#[test]
fn alias_with_the_io_commitment_pays_the_assigned_provider() {
    let world = world();
    let id = world.assigned_task();
    let proof = joined(array![RESULT].span(), world.proof(id, PROVIDER()));
    as_(STRANGER());
    let io = io_commitment(INPUT, RESULT);
    assert!(world.tasks().submit_and_verify_with_io_binding(proof.into(), io, id));
    assert!(world.balance(PROVIDER()) == 880_000_007);
    assert!(world.views().get_task_ext(id).result_hash == RESULT);
}

#[test]
#[feature("safe_dispatcher")]
fn alias_takes_no_expectation_from_the_caller() {
    let world = world();
    let id = world.task();
    let io = io_commitment(INPUT, RESULT);
    let bare = world.proof(id, PROVIDER());
    let proof = joined(array![RESULT].span(), bare);
    let tasks = world.try_tasks();
    // Nobody is assigned.
    refused(tasks.submit_and_verify_with_io_binding(proof.into(), io, id), 'Provider not assigned');
    as_(CREATOR());
    world.tasks().assign_task(id, PROVIDER(), START + HOUR);
    refused(tasks.submit_and_verify_with_io_binding(proof.into(), 0, id), 'Zero io commitment');
    let other = io_commitment(INPUT, RESULT + 1);
    refused(tasks.submit_and_verify_with_io_binding(proof.into(), other, id), 'Io commitment mismatch');
    // Another result that fits the expectation, but not the proof.
    let forged = joined(array![RESULT + 1].span(), bare);
    refused(tasks.submit_and_verify_with_io_binding(forged.into(), other, id), 'output');
    refused(
        tasks.submit_and_verify_with_io_binding(array![].span().into(), io, id), 'Proof too short',
    );
    let missing = tasks.submit_and_verify_with_io_binding(proof.into(), io, id + 1);
    refused(missing, 'Provider not assigned');
    let rivals = joined(array![RESULT].span(), world.proof(id, RIVAL()));
    refused(tasks.submit_and_verify_with_io_binding(rivals.into(), io, id), 'context');
    accepted(tasks.submit_and_verify_with_io_binding(proof.into(), io, id));
    refused(tasks.submit_and_verify_with_io_binding(proof.into(), io, id), 'Invalid task status');
}

#[test]
fn alias_for_a_task_that_is_a_hash() {
    let world = world();
    as_(CREATOR());
    let hash = task_hash(PROGRAM, INPUT, MAX_CYCLES);
    let id = world.tasks().create_task(world.token, AMOUNT, hash);
    world.tasks().assign_task(id, PROVIDER(), START + HOUR);
    let head = array![RESULT, PROGRAM, INPUT, MAX_CYCLES.into()].span();
    let proof = joined(head, world.proof(id, PROVIDER()));
    let io = io_commitment(INPUT, RESULT);
    assert!(world.tasks().submit_and_verify_with_io_binding(proof.into(), io, id));
    assert!(world.balance(PROVIDER()) == 880_000_007);
}

#[test]
fn ids_that_never_were() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    for missing in [
        0_u256, 2, 0x10000000000000001, u256 { low: 1, high: 1 }, Bounded::<u256>::MAX,
    ]
        .span() {
        #[feature("safe_dispatcher")]
        let claim = world.try_tasks().submit_proof_and_claim(*missing, PROVIDER(), RESULT, proof.into());
        refused(claim, 'Invalid task status');
    }
}

#[test]
fn missing_money_is_not_taken_from_nowhere() {
    let world = world();
    let id = world.task();
    world.mock().burn(world.at, 1);
    claim_refused(world, id, world.proof(id, PROVIDER()), 'Insufficient contract balance');
    world.mock().mint(world.at, 1);
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
}

#[test]
fn the_largest_amount_is_paid_exactly() {
    let world = world();
    let max = Bounded::<u256>::MAX;
    world.mock().burn(CREATOR(), WEALTH);
    fund(world.at, world.token, CREATOR(), max);
    let id = world.task_of(max);
    let reward = max - max / 10000 * 1200 - (max % 10000) * 1200 / 10000;
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    assert!(world.balance(PROVIDER()) == reward);
    assert!(world.balance(PROVIDER()) + world.balance(TREASURY()) == max);
    assert!(world.balance(world.at) == 0);
}

#[test]
fn earnings_that_pass_the_largest_number_trap_no_claim() {
    let world = world();
    let max = Bounded::<u256>::MAX;
    for _ in 0..2_u32 {
        world.mock().burn(CREATOR(), world.balance(CREATOR()));
        fund(world.at, world.token, CREATOR(), max);
        let id = world.task_of(max);
        world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
        world.mock().burn(PROVIDER(), world.balance(PROVIDER()));
        world.mock().burn(TREASURY(), world.balance(TREASURY()));
    }
    assert!(world.views().get_user_earnings(PROVIDER(), world.token) == max);
}

#[test]
fn amounts_too_small_for_a_fee_are_the_providers() {
    let world = world();
    for amount in 1..9_u256 {
        let id = world.task_of(amount);
        world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    }
    assert!(world.balance(TREASURY()) == 0 && world.balance(PROVIDER()) == 36);
    let id = world.task_of(9);
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    assert!(world.balance(TREASURY()) == 1 && world.balance(PROVIDER()) == 44);
}

#[test]
fn a_pause_holds_no_claim_up() {
    let world = world();
    let open = world.task();
    let assigned = world.assigned_task();
    as_(OWNER());
    world.pausable().pause();
    world.tasks().submit_proof_and_claim(open, PROVIDER(), RESULT, world.proof(open, PROVIDER()).into());
    let proof = joined(array![RESULT].span(), world.proof(assigned, PROVIDER()));
    let io = io_commitment(INPUT, RESULT);
    world.tasks().submit_and_verify_with_io_binding(proof.into(), io, assigned);
    assert!(world.balance(PROVIDER()) == 1_760_000_014);
}
