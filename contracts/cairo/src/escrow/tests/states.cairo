//! Every state of a task times every call on a task: accepted or refused for its reason, and the
//! money afterwards where it must be. And all of it again while the contract is paused and a new class
//! may come in a week, which is `bound`: the one stops assignments, the other lets creators go.

use crate::components::pausable::IPausableDispatcherTrait;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait, IEscrowViewsDispatcherTrait,
};
use crate::escrow::statement::io_commitment;
use crate::escrow::tests::mocks::{IMockTokenDispatcherTrait, NextVersion};
use crate::escrow::tests::world::*;

#[derive(Copy, Drop, PartialEq, Debug)]
enum State {
    Missing,
    Created,
    /// The deadline is over, nobody said so.
    CreatedLate,
    Assigned,
    /// The assignment is over, nobody said so.
    AssignedOverdue,
    AssignedLate,
    /// Taken back from the provider.
    Unassigned,
    Completed,
    Cancelled,
    Expired,
}

#[derive(Copy, Drop, PartialEq, Debug)]
enum Call {
    AssignByCreator,
    AssignByRelayer,
    AssignByStranger,
    Unassign,
    CancelByCreator,
    CancelByRelayer,
    CancelByProvider,
    ClaimForProvider,
    ClaimForRival,
    ClaimByAlias,
    ClaimExpired,
}

const CALLS: [Call; 11] = [
    Call::AssignByCreator, Call::AssignByRelayer, Call::AssignByStranger, Call::Unassign,
    Call::CancelByCreator, Call::CancelByRelayer, Call::CancelByProvider, Call::ClaimForProvider,
    Call::ClaimForRival, Call::ClaimByAlias, Call::ClaimExpired,
];

/// A task in that state, and the clock as the state wants it.
fn make(world: World, state: State) -> u256 {
    now(START);
    if state == State::Missing {
        return world.views().get_task_count() + 1;
    }
    let id = world.task();
    let tasks = world.tasks();
    let is_assigned = state == State::Assigned
        || state == State::AssignedOverdue
        || state == State::AssignedLate
        || state == State::Unassigned;
    if is_assigned {
        tasks.assign_task(id, PROVIDER(), START + HOUR);
    }
    match state {
        State::AssignedOverdue => now(START + HOUR + 1),
        State::Unassigned => {
            now(START + HOUR + 1);
            tasks.unassign_expired(id);
        },
        State::CreatedLate | State::AssignedLate => now(START + DAY + 1),
        State::Completed => tasks
            .submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into()),
        State::Cancelled => tasks.cancel_task(id),
        State::Expired => {
            now(START + DAY + 1);
            tasks.claim_expired(id);
        },
        _ => {},
    }
    id
}

#[feature("safe_dispatcher")]
fn perform(world: World, id: u256, call: Call) -> Result<(), Array<felt252>> {
    let tasks = world.try_tasks();
    let assign_deadline = starknet::get_block_timestamp() + 60;
    let caller = match call {
        Call::AssignByCreator | Call::CancelByCreator => CREATOR(),
        Call::AssignByRelayer | Call::CancelByRelayer => RELAYER(),
        Call::CancelByProvider => PROVIDER(),
        _ => STRANGER(),
    };
    as_(caller);
    match call {
        Call::AssignByCreator | Call::AssignByRelayer |
        Call::AssignByStranger => tasks.assign_task(id, RIVAL(), assign_deadline),
        Call::Unassign => tasks.unassign_expired(id),
        Call::CancelByCreator | Call::CancelByRelayer |
        Call::CancelByProvider => tasks.cancel_task(id),
        Call::ClaimForProvider => tasks
            .submit_proof_and_claim(id, PROVIDER(), RESULT, proof_for(world, id, PROVIDER()).into()),
        Call::ClaimForRival => tasks
            .submit_proof_and_claim(id, RIVAL(), RESULT, proof_for(world, id, RIVAL()).into()),
        Call::ClaimByAlias => {
            let mut proof = array![RESULT];
            for felt in proof_for(world, id, PROVIDER()) {
                proof.append(*felt);
            }
            let io = io_commitment(INPUT, RESULT);
            match tasks.submit_and_verify_with_io_binding(proof.span().into(), io, id) {
                Ok(_) => Ok(()),
                Err(reason) => Err(reason),
            }
        },
        Call::ClaimExpired => tasks.claim_expired(id),
    }
}

/// A proof that would be right; also where there is no task to ask for its statement.
fn proof_for(world: World, id: u256, provider: starknet::ContractAddress) -> Span<felt252> {
    let context = crate::escrow::statement::context(CHAIN_ID, world.at, id, provider);
    array![PROGRAM, context, INPUT, RESULT, 0, CYCLES.into()].span()
}

/// Why the call is refused; zero when it is accepted.
fn reason(state: State, call: Call, bound: bool) -> felt252 {
    match call {
        Call::AssignByCreator | Call::AssignByRelayer |
        Call::AssignByStranger => assign_reason(state, call, bound),
        Call::Unassign => match state {
            State::AssignedOverdue | State::AssignedLate => 0,
            State::Assigned => 'Deadline not passed',
            _ => 'Invalid task status',
        },
        Call::CancelByRelayer | Call::CancelByProvider => 'Only creator can cancel',
        Call::CancelByCreator => match state {
            State::Missing => 'Only creator can cancel',
            State::Created | State::CreatedLate | State::Unassigned | State::AssignedOverdue |
            State::AssignedLate => 0,
            State::Assigned => if bound {
                0
            } else {
                'Task cannot be cancelled'
            },
            _ => 'Task cannot be cancelled',
        },
        Call::ClaimForProvider => claim_reason(state),
        Call::ClaimForRival => match state {
            State::Assigned | State::AssignedOverdue => 'Provider not assigned',
            _ => claim_reason(state),
        },
        Call::ClaimByAlias => match state {
            State::Missing | State::Created | State::CreatedLate |
            State::Unassigned => 'Provider not assigned',
            _ => claim_reason(state),
        },
        Call::ClaimExpired => match state {
            State::CreatedLate | State::AssignedLate => 0,
            State::Created | State::Assigned | State::AssignedOverdue |
            State::Unassigned => 'Deadline not passed',
            _ => 'Invalid task status',
        },
    }
}

fn assign_reason(state: State, call: Call, paused: bool) -> felt252 {
    if paused {
        return 'Pausable: paused';
    }
    if call == Call::AssignByStranger {
        return 'Unauthorized relayer';
    }
    match state {
        // Nobody created it; the relayer may ask.
        State::Missing => if call == Call::AssignByCreator {
            'Unauthorized relayer'
        } else {
            'Invalid task status'
        },
        State::Created | State::Unassigned => 0,
        State::CreatedLate => 'Invalid deadline',
        _ => 'Invalid task status',
    }
}

fn claim_reason(state: State) -> felt252 {
    match state {
        State::Created | State::Assigned | State::AssignedOverdue | State::Unassigned => 0,
        State::CreatedLate | State::AssignedLate => 'Deadline passed',
        _ => 'Invalid task status',
    }
}

/// Contract, creator, and all who may be paid.
fn money(world: World) -> (u256, u256, u256) {
    let all = [world.at, CREATOR(), PROVIDER(), RIVAL(), TREASURY()].span();
    let held = world.mock().balances_of(all);
    (*held[0], *held[1], *held[2] + *held[3] + *held[4])
}

fn status_before(state: State) -> u8 {
    match state {
        State::Missing | State::Created | State::CreatedLate | State::Unassigned => 0,
        State::Assigned | State::AssignedOverdue | State::AssignedLate => 1,
        State::Completed => 2,
        State::Cancelled | State::Expired => 3,
    }
}

fn status_after(call: Call) -> u8 {
    match call {
        Call::AssignByCreator | Call::AssignByRelayer | Call::AssignByStranger => 1,
        Call::Unassign => 0,
        Call::CancelByCreator | Call::CancelByRelayer | Call::CancelByProvider |
        Call::ClaimExpired => 3,
        Call::ClaimForProvider | Call::ClaimForRival | Call::ClaimByAlias => 2,
    }
}

fn case(world: World, state: State, call: Call, bound: bool) {
    let id = make(world, state);
    if bound {
        as_(OWNER());
        world.pausable().pause();
    }
    let (kept, rest, paid) = money(world);
    let expected = reason(state, call, bound);
    let mut status = status_before(state);
    match perform(world, id, call) {
        Ok(_) => {
            assert!(expected == 0, "{:?} {:?}: accepted", state, call);
            status = status_after(call);
        },
        Err(data) => {
            let got = *data[0];
            assert!(got == expected, "{:?} {:?}: {} for {}", state, call, got, expected);
        },
    }
    assert!(world.status(id) == status, "{:?} {:?}: status", state, call);
    // The amount moves when an open task is paid or refunded, and at no other time.
    let was_open = status_before(state) <= 1;
    let to_provider = if was_open && status == 2 {
        AMOUNT
    } else {
        0
    };
    let to_creator = if was_open && status == 3 {
        AMOUNT
    } else {
        0
    };
    let (kept_now, rest_now, paid_now) = money(world);
    assert!(paid_now == paid + to_provider, "{:?} {:?}: paid", state, call);
    assert!(rest_now == rest + to_creator, "{:?} {:?}: refunded", state, call);
    assert!(kept_now == kept - to_provider - to_creator, "{:?} {:?}: kept", state, call);
    if bound {
        as_(OWNER());
        world.pausable().unpause();
    }
}

fn all_calls(state: State) {
    let mut salt = 0;
    for bound in [false, true].span() {
        let world = numbered_world(salt);
        salt += 1;
        if *bound {
            now(START - DAY);
            as_(OWNER());
            world.admin().schedule_upgrade(NextVersion::TEST_CLASS_HASH);
        }
        for call in CALLS.span() {
            case(world, state, *call, *bound);
            world.drop_events();
        }
    }
}

#[test]
fn every_call_when_missing() {
    all_calls(State::Missing);
}
#[test]
fn every_call_when_created() {
    all_calls(State::Created);
}
#[test]
fn every_call_when_created_late() {
    all_calls(State::CreatedLate);
}
#[test]
fn every_call_when_assigned() {
    all_calls(State::Assigned);
}
#[test]
fn every_call_when_assigned_overdue() {
    all_calls(State::AssignedOverdue);
}
#[test]
fn every_call_when_assigned_late() {
    all_calls(State::AssignedLate);
}
#[test]
fn every_call_when_unassigned() {
    all_calls(State::Unassigned);
}
#[test]
fn every_call_when_completed() {
    all_calls(State::Completed);
}
#[test]
fn every_call_when_cancelled() {
    all_calls(State::Cancelled);
}
#[test]
fn every_call_when_expired() {
    all_calls(State::Expired);
}

#[test]
fn a_second_assignment_is_one() {
    let world = world();
    let id = make(world, State::Unassigned);
    assert!(world.views().get_task_ext(id).provider == address(0));
    as_(RELAYER());
    world.tasks().assign_task(id, RIVAL(), START + 2 * HOUR);
    let task = world.views().get_task_ext(id);
    assert!(task.provider == RIVAL() && task.assigned_at == START + HOUR + 1);
    #[feature("safe_dispatcher")]
    let claim = world
        .try_tasks()
        .submit_proof_and_claim(id, PROVIDER(), RESULT, proof_for(world, id, PROVIDER()).into());
    refused(claim, 'Provider not assigned');
}
