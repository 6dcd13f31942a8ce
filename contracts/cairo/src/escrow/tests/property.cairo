//! Random calls by random parties on two tokens, against a model: no money is made or lost, and the
//! contract holds exactly what open tasks are worth.

use crate::escrow::contract::Escrow::RELAYER_WINDOW;
use crate::escrow::fees::split;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait,
    IEscrowViewsDispatcherTrait,
};
use crate::escrow::tests::mocks::{IMockTokenDispatcherTrait, Manner};
use crate::escrow::tests::random::{Random, RandomTrait};
use crate::escrow::tests::world::*;
use crate::escrow::treasury::{ITreasuryDispatcherTrait, ITreasurySafeDispatcherTrait};

/// So that all tasks of a run fit: each token has 2^256 - 1 in all.
const AMOUNT_MAX: u256 = 0x3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;

#[derive(Copy, Drop)]
struct Model {
    token: u32,
    amount: u256,
    status: u8,
    provider: starknet::ContractAddress,
    deadline: u64,
    assign_deadline: u64,
    relayer_until: u64,
}

#[derive(Copy, Drop)]
struct Sums {
    /// In open tasks, of token 0 and 1.
    open: (u256, u256),
    paid: (u256, u256),
    fees: (u256, u256),
    /// What the tokens would not carry to the treasury.
    owed: (u256, u256),
}

fn plus(sums: (u256, u256), token: u32, amount: u256) -> (u256, u256) {
    let (zero, one) = sums;
    if token == 0 {
        (zero + amount, one)
    } else {
        (zero, one + amount)
    }
}

fn minus(sums: (u256, u256), token: u32, amount: u256) -> (u256, u256) {
    let (zero, one) = sums;
    if token == 0 {
        (zero - amount, one)
    } else {
        (zero, one - amount)
    }
}

fn replaced(models: Span<Model>, index: u32, model: Model) -> Array<Model> {
    let mut copy = array![];
    for i in 0..models.len() {
        copy.append(if i == index {
            model
        } else {
            *models[i]
        });
    }
    copy
}

fn check(worlds: [World; 2], sums: Sums) {
    let [first, second] = worlds;
    check_token(first, sums, 0);
    check_token(second, sums, 1);
}

fn part(sums: (u256, u256), token: u32) -> u256 {
    let (zero, one) = sums;
    if token == 0 {
        zero
    } else {
        one
    }
}

fn check_token(world: World, sums: Sums, token: u32) {
    let all = [world.at, PROVIDER(), RIVAL(), TREASURY(), CREATOR()].span();
    let balances = world.mock().balances_of(all);
    let held = *balances[0];
    let providers = *balances[1] + *balances[2];
    let treasury = *balances[3];
    let owed = part(sums.owed, token);
    assert!(held == part(sums.open, token) + owed, "held is not what is open and owed");
    assert!(world.treasury().get_uncollected_fees(world.token) == owed, "owed");
    assert!(providers == part(sums.paid, token), "providers");
    assert!(treasury == part(sums.fees, token), "treasury");
    let views = world.views();
    let earned = views.get_user_earnings(PROVIDER(), world.token)
        + views.get_user_earnings(RIVAL(), world.token);
    assert!(earned == providers, "earnings");
    // The supply never changes.
    let max = core::num::traits::Bounded::<u256>::MAX;
    assert!(*balances[4] + held + providers + treasury == max, "supply");
}

#[feature("safe_dispatcher")]
fn run(seed: felt252, steps: u32) {
    let mut random = Random { state: seed };
    let first = world();
    let second = World { at: first.at, token: new_token(1) };
    as_(OWNER());
    first.admin().set_token_allowed(second.token, true);
    let max = core::num::traits::Bounded::<u256>::MAX;
    first.mock().burn(CREATOR(), WEALTH);
    fund(first.at, first.token, CREATOR(), max);
    fund(first.at, second.token, CREATOR(), max);
    let worlds = [first, second];

    let mut time = START;
    let mut models: Array<Model> = array![];
    let mut sums = Sums { open: (0, 0), paid: (0, 0), fees: (0, 0), owed: (0, 0) };
    for _ in 0..steps {
        time += random.below(2 * HOUR);
        now(time);
        let action = random.below(9);
        if models.len() == 0 || action == 0 || action == 1 {
            let token = random.below(2).try_into().unwrap();
            let world = if token == 0 {
                first
            } else {
                second
            };
            let shift: u256 = if random.below(2) == 0 {
                1
            } else {
                0x100000000000000000000000000000000000000000000
            };
            let amount = random.wide() % AMOUNT_MAX / shift + 1;
            let deadline = time + 1 + random.below(3 * DAY);
            as_(CREATOR());
            // A creator out of money is refused by the token.
            if world.balance(CREATOR()) >= amount {
                let id = world
                    .tasks()
                    .create_proved_task(
                        world.token, amount, PROGRAM, INPUT, MAX_CYCLES, deadline, 1,
                    );
                models
                    .append(
                        Model {
                            token,
                            amount,
                            status: 0,
                            provider: address(0),
                            deadline,
                            assign_deadline: 0,
                            relayer_until: 0,
                        },
                    );
                assert!(id == models.len().into());
                sums.open = plus(sums.open, token, amount);
            }
        } else {
            let index: u32 = random.below(models.len().into()).try_into().unwrap();
            let id: u256 = index.into() + 1;
            let mut model = *models[index];
            let provider = if random.below(2) == 0 {
                PROVIDER()
            } else {
                RIVAL()
            };
            let is_open = model.status == 0 || model.status == 1;
            let tasks = first.try_tasks();
            let was_accepted = if action == 2 {
                let assign_deadline = time + 1 + random.below(30 * HOUR);
                as_(RELAYER());
                let relayer_until = if model.relayer_until == 0 {
                    time + RELAYER_WINDOW
                } else {
                    model.relayer_until
                };
                let expected = model.status == 0
                    && assign_deadline <= model.deadline
                    && assign_deadline <= relayer_until;
                if expected {
                    model.relayer_until = relayer_until;
                    model.status = 1;
                    model.provider = provider;
                    model.assign_deadline = assign_deadline;
                }
                tasks.assign_task(id, provider, assign_deadline).is_ok() == expected
            } else if action == 3 {
                as_(STRANGER());
                let expected = model.status == 1 && time > model.assign_deadline;
                if expected {
                    model.status = 0;
                }
                tasks.unassign_expired(id).is_ok() == expected
            } else if action == 4 {
                as_(CREATOR());
                let expected = model.status == 0
                    || (model.status == 1 && time > model.assign_deadline);
                if expected {
                    model.status = 3;
                    sums.open = minus(sums.open, model.token, model.amount);
                }
                tasks.cancel_task(id).is_ok() == expected
            } else if action == 5 {
                as_(STRANGER());
                let expected = is_open && time > model.deadline;
                if expected {
                    model.status = 3;
                    sums.open = minus(sums.open, model.token, model.amount);
                }
                tasks.claim_expired(id).is_ok() == expected
            } else if action == 6 {
                as_(STRANGER());
                let world = *worlds.span()[model.token];
                let owed = part(sums.owed, model.token);
                let expected = owed != 0;
                sums.owed = minus(sums.owed, model.token, owed);
                sums.fees = plus(sums.fees, model.token, owed);
                first.try_treasury().collect_fees(world.token).is_ok() == expected
            } else {
                as_(STRANGER());
                let refuses = random.below(2) == 0;
                let expected = time <= model.deadline
                    && (model.status == 0 || (model.status == 1 && provider == model.provider));
                if expected {
                    model.status = 2;
                    let parts = split(model.amount);
                    sums.open = minus(sums.open, model.token, model.amount);
                    let reward = parts.provider_payout + parts.gas_subsidy;
                    sums.paid = plus(sums.paid, model.token, reward);
                    if refuses {
                        sums.owed = plus(sums.owed, model.token, parts.treasury_fee);
                    } else {
                        sums.fees = plus(sums.fees, model.token, parts.treasury_fee);
                    }
                }
                let proof = first.proof(id, provider);
                let world = *worlds.span()[model.token];
                if refuses {
                    world.mock().set_manner_to(Manner::PANICS, TREASURY());
                }
                let claim = tasks.submit_proof_and_claim(id, provider, RESULT, proof.into());
                world.mock().set_manner(Manner::HONEST);
                claim.is_ok() == expected
            };
            assert!(was_accepted, "action {} on status {}", action, *models[index].status);
            assert!(first.status(id) == model.status);
            models = replaced(models.span(), index, model);
        }
        check(worlds, sums);
    }
}

#[test]
fn random_calls_conserve_funds() {
    run('first seed', 60);
}

#[test]
fn other_random_calls_conserve_funds() {
    run('second seed', 60);
}
