//! How tasks are made, and what the views say of them.

use core::num::traits::Bounded;
use starknet::storage_access::StorePacking;
use crate::escrow::interfaces::{
    IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait, IEscrowViewsDispatcherTrait,
    IEscrowViewsSafeDispatcherTrait,
};
use crate::escrow::statement::{MAX_CYCLES as LONGEST, task_hash};
use crate::escrow::task::{MAX_TIME, Progress, Status, Terms};
use crate::escrow::tests::mocks::IMockTokenDispatcherTrait;
use crate::escrow::tests::world::*;
use crate::escrow::tiers::{ITiersDispatcherTrait, ITiersSafeDispatcherTrait};

#[test]
fn a_proved_task_is_stored_as_given() {
    let world = world();
    let id = world.task();
    assert!(id == 1 && world.views().get_task_count() == 1);
    let task = world.views().get_task(id);
    let hash = task_hash(PROGRAM, INPUT, MAX_CYCLES);
    let token = world.token;
    assert!(task == (CREATOR(), token, AMOUNT, AMOUNT, 10000, AMOUNT, 1, hash, 0));
    let more = world.views().get_task_ext(id);
    assert!(more.program_id == PROGRAM && more.input_commitment == INPUT);
    assert!(more.max_cycles == MAX_CYCLES && more.deadline == START + DAY);
    assert!(more.created_at == START && more.status == Status::CREATED);
    assert!(more.provider == address(0) && more.result_hash == 0 && more.cycles == 0);
    assert!(more.settled_at == 0 && more.assigned_at == 0 && more.assign_deadline == 0);
    assert!(more.provider_payout == 0 && more.treasury_fee == 0 && more.gas_subsidy == 0);
    assert!(more.statement_hash == 0);
}

#[test]
fn a_task_with_a_hash_has_seven_days() {
    let world = world();
    as_(CREATOR());
    let id = world.tasks().create_task(world.token, AMOUNT, 'hash');
    let task = world.views().get_task(id);
    let token = world.token;
    assert!(task == (CREATOR(), token, AMOUNT, AMOUNT, 10000, AMOUNT, 1, 'hash', 0));
    let more = world.views().get_task_ext(id);
    assert!(more.deadline == START + 7 * DAY && more.program_id == 0);
    assert!(more.input_commitment == 0 && more.max_cycles == 0);
}

#[test]
fn tiers_multiply_the_price() {
    let world = world();
    as_(CREATOR());
    let token = world.token;
    let id = world.tasks().create_tiered_task(token, AMOUNT, 2, 'hash');
    let task = world.views().get_task(id);
    // floor(1000000007 * 2.2)
    let price = 2_200_000_015;
    assert!(task == (CREATOR(), token, price, AMOUNT, 22000, price, 2, 'hash', 0));
    assert!(world.balance(world.at) == price);
    let id = world.tasks().create_tiered_task(token, AMOUNT, 3, 'hash');
    let price = 3_500_000_024;
    let task = world.views().get_task(id);
    assert!(task == (CREATOR(), token, price, AMOUNT, 35000, price, 3, 'hash', 0));
    world.tasks().cancel_task(id);
    world.tasks().cancel_task(1);
    assert!(world.balance(CREATOR()) == WEALTH);
}

#[test]
#[feature("safe_dispatcher")]
fn multipliers_are_one_to_ten() {
    let world = world();
    as_(CREATOR());
    let before = world.tasks().create_tiered_task(world.token, AMOUNT, 2, 'hash');
    as_(OWNER());
    let tiers = world.try_tiers();
    refused(tiers.set_tier_multipliers(9999, 10000, 10000), 'Invalid basic multiplier');
    refused(tiers.set_tier_multipliers(100001, 10000, 10000), 'Invalid basic multiplier');
    refused(tiers.set_tier_multipliers(10000, 9999, 10000), 'Invalid pro multiplier');
    refused(tiers.set_tier_multipliers(10000, 100001, 10000), 'Invalid pro multiplier');
    refused(tiers.set_tier_multipliers(10000, 10000, 9999), 'Invalid premium multiplier');
    let huge = Bounded::<u256>::MAX;
    refused(tiers.set_tier_multipliers(10000, 10000, huge), 'Invalid premium multiplier');
    accepted(tiers.set_tier_multipliers(10001, 100000, 50000));
    assert!(world.tiers().get_tier_multiplier(0) == 0);
    assert!(world.tiers().get_tier_multiplier(1) == 10001);
    assert!(world.tiers().get_tier_multiplier(2) == 100000);
    assert!(world.tiers().get_tier_multiplier(3) == 50000);
    assert!(world.tiers().get_tier_multiplier(4) == 0);
    as_(CREATOR());
    let after = world.tasks().create_tiered_task(world.token, 7, 2, 'hash');
    let (_, _, amount, _, multiplier, _, _, _, _) = world.views().get_task(after);
    assert!(amount == 70 && multiplier == 100000);
    let (_, _, _, _, multiplier, _, _, _, _) = world.views().get_task(before);
    assert!(multiplier == 22000);
}

#[test]
#[feature("safe_dispatcher")]
fn what_makes_no_task() {
    let world = world();
    as_(CREATOR());
    let tasks = world.try_tasks();
    let token = world.token;
    refused(tasks.create_task(token, 0, 'hash'), 'Amount must be positive');
    refused(tasks.create_task(address(0), 1, 'hash'), 'Invalid token address');
    refused(tasks.create_tiered_task(token, 0, 1, 'hash'), 'Amount must be positive');
    refused(tasks.create_tiered_task(token, 1, 0, 'hash'), 'Invalid tier');
    refused(tasks.create_tiered_task(token, 1, 4, 'hash'), 'Invalid tier');
    let half: u256 = 0x8000000000000000000000000000000000000000000000000000000000000000;
    let bound = half / 35000;
    refused(tasks.create_tiered_task(token, bound + 1, 3, 'hash'), 'Tier calculation overflow');
    // At the bound it is the token that has too little.
    let made = tasks.create_tiered_task(token, bound, 3, 'hash');
    refused(made, 'ERC20: insufficient allowance');

    let until = START + DAY;
    let make = |amount, program, input, cycles, deadline, tier| {
        tasks.create_proved_task(token, amount, program, input, cycles, deadline, tier)
    };
    refused(make(0, PROGRAM, INPUT, 1, until, 1), 'Amount must be positive');
    refused(make(1, 0, INPUT, 1, until, 1), 'Invalid program id');
    refused(make(1, PROGRAM + 1, INPUT, 1, until, 1), 'Invalid program id');
    refused(make(1, PROGRAM, 0, 1, until, 1), 'Invalid input commitment');
    refused(make(1, PROGRAM, INPUT + 1, 1, until, 1), 'Invalid input commitment');
    refused(make(1, PROGRAM, INPUT, 0, until, 1), 'Invalid max cycles');
    refused(make(1, PROGRAM, INPUT, LONGEST + 1, until, 1), 'Invalid max cycles');
    refused(make(1, PROGRAM, INPUT, 1, START, 1), 'Invalid deadline');
    refused(make(1, PROGRAM, INPUT, 1, 0, 1), 'Invalid deadline');
    refused(make(1, PROGRAM, INPUT, 1, START + 365 * DAY + 1, 1), 'Invalid deadline');
    refused(make(1, PROGRAM, INPUT, 1, Bounded::MAX, 1), 'Invalid deadline');
    refused(make(1, PROGRAM, INPUT, 1, until, 0), 'Invalid tier');
    refused(make(1, PROGRAM, INPUT, 1, until, 4), 'Invalid tier');
    let made = tasks.create_proved_task(address(0), 1, PROGRAM, INPUT, 1, until, 1);
    refused(made, 'Invalid token address');
    assert!(world.views().get_task_count() == 0);

    accepted(make(1, PROGRAM, INPUT, LONGEST, START + 1, 3));
    accepted(make(1, 1, 1, 1, START + 365 * DAY, 2));
}

/// Ids count on: a finished task's id is never another's.
#[test]
fn ids_are_not_used_twice() {
    let world = world();
    let first = world.task();
    world.tasks().cancel_task(first);
    assert!(world.task() == first + 1);
    assert!(world.status(first) == Status::CANCELLED);
}

#[test]
#[feature("safe_dispatcher")]
fn a_task_that_is_not_there_is_all_zero() {
    let world = world();
    world.task();
    let nobody = address(0);
    let none = (nobody, nobody, 0, 0, 0, 0, 0, 0, 0);
    for id in [0_u256, 2, 0x10000000000000001, Bounded::<u256>::MAX].span() {
        assert!(world.views().get_task(*id) == none);
        assert!(world.views().get_task_ext(*id).created_at == 0);
        let views = world.try_views();
        refused(views.statement_of(*id, PROVIDER(), RESULT), 'Invalid task status');
    }
    let views = world.try_views();
    refused(views.statement_of(1, nobody, RESULT), 'Invalid provider address');
    refused(views.statement_of(1, PROVIDER(), 0), 'Invalid result hash');
    let long = 0x100000000000000000000000000000000000000000000000000000000000000;
    refused(views.statement_of(1, PROVIDER(), long), 'Invalid result hash');
}

#[test]
fn tasks_of_a_user_in_pages() {
    let world = world();
    fund(world.at, world.token, STRANGER(), WEALTH);
    for i in 0..6_u32 {
        as_(if i % 3 == 2 {
            STRANGER()
        } else {
            CREATOR()
        });
        world.tasks().create_task(world.token, 1, 'hash');
    }
    let views = world.views();
    assert!(views.get_user_tasks(CREATOR(), 0, 100) == array![1, 2, 4, 5]);
    assert!(views.get_user_tasks(STRANGER(), 0, 100) == array![3, 6]);
    assert!(views.get_user_tasks(CREATOR(), 1, 2) == array![2, 4]);
    assert!(views.get_user_tasks(CREATOR(), 3, 2) == array![5]);
    assert!(views.get_user_tasks(CREATOR(), 4, 2) == array![]);
    assert!(views.get_user_tasks(CREATOR(), 0, 0) == array![]);
    let max = Bounded::<u64>::MAX;
    assert!(views.get_user_tasks(CREATOR(), max, max) == array![]);
    assert!(views.get_user_tasks(CREATOR(), 1, max) == array![2, 4, 5]);
    assert!(views.get_user_task_count(CREATOR()) == 4);
    assert!(views.get_user_tasks(PROVIDER(), 0, 10) == array![]);
}

#[test]
fn the_largest_amount_is_held_and_refunded() {
    let world = world();
    let max = Bounded::<u256>::MAX;
    world.mock().burn(CREATOR(), WEALTH);
    fund(world.at, world.token, CREATOR(), max);
    let id = world.task_of(max);
    assert!(world.balance(world.at) == max);
    world.tasks().cancel_task(id);
    assert!(world.balance(CREATOR()) == max);
}

#[test]
fn percents_are_those_of_the_live_interface() {
    let world = world();
    assert!(world.views().get_fee_percent() == 15);
    assert!(world.views().get_gas_subsidy_percent() == 3);
}

#[test]
fn packing_keeps_every_bit() {
    let largest = Terms {
        has_preimage: true,
        required_tier: Bounded::MAX,
        multiplier: Bounded::MAX,
        created_at: MAX_TIME,
        deadline: MAX_TIME,
        max_cycles: Bounded::MAX,
    };
    let packed: felt252 = StorePacking::pack(largest);
    assert!(packed.into() == 0xffffffffffffffffffffffffffffffffffffffffffffff01_u256);
    assert!(StorePacking::unpack(packed) == largest);
    let each = Terms {
        has_preimage: false,
        required_tier: 1,
        multiplier: 2,
        created_at: 3,
        deadline: 4,
        max_cycles: 5,
    };
    assert!(StorePacking::unpack(StorePacking::<Terms, felt252>::pack(each)) == each);
    let largest = Progress {
        status: Bounded::MAX,
        assigned_at: MAX_TIME,
        assign_deadline: MAX_TIME,
        settled_at: MAX_TIME,
        cycles: Bounded::MAX,
        relayer_until: MAX_TIME,
    };
    let packed: felt252 = StorePacking::pack(largest);
    assert!(packed.into() == 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffff_u256);
    assert!(StorePacking::unpack(packed) == largest);
    let each = Progress {
        status: 1, assigned_at: 2, assign_deadline: 3, settled_at: 4, cycles: 5, relayer_until: 6,
    };
    assert!(StorePacking::unpack(StorePacking::<Progress, felt252>::pack(each)) == each);
}

#[test]
#[should_panic(expected: 'Time out of range')]
fn packing_refuses_a_time_that_would_spill() {
    let terms = Terms {
        has_preimage: true,
        required_tier: 1,
        multiplier: 1,
        created_at: 0,
        deadline: MAX_TIME + 1,
        max_cycles: 1,
    };
    let _packed: felt252 = StorePacking::pack(terms);
}

#[test]
#[should_panic(expected: 'Time out of range')]
fn packing_refuses_a_late_settlement() {
    let progress = Progress {
        status: 1,
        assigned_at: 2,
        assign_deadline: 3,
        settled_at: MAX_TIME + 1,
        cycles: 5,
        relayer_until: 6,
    };
    let _packed: felt252 = StorePacking::pack(progress);
}

#[test]
#[should_panic(expected: 'Time out of range')]
fn packing_refuses_a_late_relayer() {
    let progress = Progress {
        status: 1,
        assigned_at: 2,
        assign_deadline: 3,
        settled_at: 4,
        cycles: 5,
        relayer_until: MAX_TIME + 1,
    };
    let _packed: felt252 = StorePacking::pack(progress);
}
