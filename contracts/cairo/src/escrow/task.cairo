//! A task as it is stored and as it is shown.

use core::num::traits::Zero;
use starknet::ContractAddress;
use starknet::storage_access::StorePacking;
use crate::escrow::{errors, statement};

pub mod Status {
    pub const CREATED: u8 = 0;
    pub const ASSIGNED: u8 = 1;
    pub const COMPLETED: u8 = 2;
    /// Cancelled or expired: the amount went back to the creator.
    pub const CANCELLED: u8 = 3;
    /// Of the live interface; never entered here.
    pub const SETTLED: u8 = 4;
}

/// Fixed at creation.
#[derive(Copy, Drop, PartialEq, Debug)]
pub struct Terms {
    /// False: only task_hash is stored, its preimage comes with the proof.
    pub has_preimage: bool,
    pub required_tier: u8,
    pub multiplier: u32,
    /// Seconds; deadlines too are below 2^40.
    pub created_at: u64,
    pub deadline: u64,
    pub max_cycles: u64,
}

/// What changes.
#[derive(Copy, Drop, PartialEq, Debug)]
pub struct Progress {
    pub status: u8,
    pub assigned_at: u64,
    pub assign_deadline: u64,
    pub settled_at: u64,
    pub cycles: u64,
    /// The relayer assigns no later than up to this; zero before its first assignment.
    pub relayer_until: u64,
}

/// Cells that stay zero cost nothing, so what is not needed is left out: base_reward when it is the
/// amount, provider and result_hash until there is one.
#[derive(Copy, Drop, starknet::Store)]
pub struct Task {
    pub creator: ContractAddress,
    pub token: ContractAddress,
    pub amount: u256,
    pub base_reward: u256,
    /// program_id, or task_hash when the terms have no preimage.
    pub program: felt252,
    pub input_commitment: felt252,
    pub terms: Terms,
    pub progress: Progress,
    pub provider: ContractAddress,
    pub result_hash: felt252,
}

/// All that get_task leaves out.
#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct TaskExt {
    /// Assigned or paid; zero when there is none.
    pub provider: ContractAddress,
    pub status: u8,
    pub created_at: u64,
    pub assigned_at: u64,
    pub assign_deadline: u64,
    pub deadline: u64,
    pub settled_at: u64,
    /// Zero for a task that stores only its hash.
    pub program_id: felt252,
    pub input_commitment: felt252,
    pub max_cycles: u64,
    /// From here on zero until the task is completed.
    pub result_hash: felt252,
    pub cycles: u64,
    pub provider_payout: u256,
    pub gas_subsidy: u256,
    pub treasury_fee: u256,
    pub statement_hash: felt252,
}

/// What a proof that pays this provider for this task must state.
#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct Statement {
    /// Zero for a task that stores only its hash, as are the next two and io_commitment.
    pub program_id: felt252,
    pub input_commitment: felt252,
    pub max_cycles: u64,
    pub context: felt252,
    pub output_commitment: felt252,
    pub io_commitment: felt252,
    pub exit_code: u32,
    pub statement_hash: felt252,
}

const TWO_8: felt252 = 0x100;
const TWO_32: felt252 = 0x100000000;
const TWO_40: felt252 = 0x10000000000;
const TWO_64: felt252 = 0x10000000000000000;
const DIV_8: NonZero<u128> = 0x100;
const DIV_32: NonZero<u128> = 0x100000000;
const DIV_40: NonZero<u128> = 0x10000000000;
const DIV_64: NonZero<u128> = 0x10000000000000000;

/// 40 bits hold seconds for 34,800 years; the tests of packing rely on this bound being enforced.
pub const MAX_TIME: u64 = 0xffffffffff;

/// From the top down: max_cycles (64 bits); deadline (40), created_at (40), multiplier (32),
/// required_tier (8), has_preimage (8), which are the low 128 bits.
impl TermsPacking of StorePacking<Terms, felt252> {
    fn pack(value: Terms) -> felt252 {
        assert(value.deadline <= MAX_TIME && value.created_at <= MAX_TIME, 'Time out of range');
        let flag: felt252 = if value.has_preimage {
            1
        } else {
            0
        };
        let mut packed: felt252 = value.max_cycles.into();
        packed = packed * TWO_40 + value.deadline.into();
        packed = packed * TWO_40 + value.created_at.into();
        packed = packed * TWO_32 + value.multiplier.into();
        packed = packed * TWO_8 + value.required_tier.into();
        packed * TWO_8 + flag
    }

    fn unpack(value: felt252) -> Terms {
        let value: u256 = value.into();
        let (rest, flag) = DivRem::div_rem(value.low, DIV_8);
        let (rest, required_tier) = DivRem::div_rem(rest, DIV_8);
        let (rest, multiplier) = DivRem::div_rem(rest, DIV_32);
        let (deadline, created_at) = DivRem::div_rem(rest, DIV_40);
        Terms {
            has_preimage: !flag.is_zero(),
            required_tier: required_tier.try_into().unwrap(),
            multiplier: multiplier.try_into().unwrap(),
            created_at: created_at.try_into().unwrap(),
            deadline: deadline.try_into().unwrap(),
            max_cycles: value.high.try_into().unwrap(),
        }
    }
}

/// From the top down: relayer_until (40 bits), cycles (64); settled_at (40), assign_deadline (40),
/// assigned_at (40), status (8), which are the low 128 bits.
impl ProgressPacking of StorePacking<Progress, felt252> {
    fn pack(value: Progress) -> felt252 {
        assert(
            value.settled_at <= MAX_TIME
                && value.assign_deadline <= MAX_TIME
                && value.assigned_at <= MAX_TIME
                && value.relayer_until <= MAX_TIME,
            'Time out of range',
        );
        let mut packed: felt252 = value.relayer_until.into();
        packed = packed * TWO_64 + value.cycles.into();
        packed = packed * TWO_40 + value.settled_at.into();
        packed = packed * TWO_40 + value.assign_deadline.into();
        packed = packed * TWO_40 + value.assigned_at.into();
        packed * TWO_8 + value.status.into()
    }

    fn unpack(value: felt252) -> Progress {
        let value: u256 = value.into();
        let (rest, status) = DivRem::div_rem(value.low, DIV_8);
        let (rest, assigned_at) = DivRem::div_rem(rest, DIV_40);
        let (settled_at, assign_deadline) = DivRem::div_rem(rest, DIV_40);
        let (relayer_until, cycles) = DivRem::div_rem(value.high, DIV_64);
        Progress {
            status: status.try_into().unwrap(),
            assigned_at: assigned_at.try_into().unwrap(),
            assign_deadline: assign_deadline.try_into().unwrap(),
            settled_at: settled_at.try_into().unwrap(),
            cycles: cycles.try_into().unwrap(),
            relayer_until: relayer_until.try_into().unwrap(),
        }
    }
}

/// The amount is still here.
pub fn assert_open(task: Task) {
    let status = task.progress.status;
    assert(
        !task.creator.is_zero() && (status == Status::CREATED || status == Status::ASSIGNED),
        errors::INVALID_STATUS,
    );
}

/// Program, input and bound on cycles: stored, or the preimage of the stored hash at the head of
/// the span, which is taken off.
pub fn terms_of(task: Task, ref proof: Span<felt252>) -> (felt252, felt252, u64) {
    if task.terms.has_preimage {
        return (task.program, task.input_commitment, task.terms.max_cycles);
    }
    let [program_id, input_commitment, max_cycles]: [felt252; 3] = (*proof
        .multi_pop_front::<3>()
        .expect(errors::SHORT_PROOF))
        .unbox();
    let max_cycles: u64 = max_cycles.try_into().expect(errors::INVALID_MAX_CYCLES);
    statement::assert_terms(program_id, input_commitment, max_cycles);
    assert(
        statement::task_hash(program_id, input_commitment, max_cycles) == task.program,
        errors::TASK_HASH,
    );
    (program_id, input_commitment, max_cycles)
}

pub fn hash_of(task: Task) -> felt252 {
    if task.terms.has_preimage {
        statement::task_hash(task.program, task.input_commitment, task.terms.max_cycles)
    } else {
        task.program
    }
}

pub fn base_reward(task: Task) -> u256 {
    if task.base_reward.is_zero() {
        task.amount
    } else {
        task.base_reward
    }
}
