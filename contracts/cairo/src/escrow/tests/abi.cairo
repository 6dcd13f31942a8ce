//! The interface felt by felt: selectors, keys and data of events, calldata of another shape.

use starknet::testing::pop_log_raw;
use crate::components::ownable::IOwnableDispatcherTrait;
use crate::components::pausable::IPausableDispatcherTrait;
use crate::components::timelock::TimelockComponent::DELAY;
use crate::escrow::interfaces::{
    IEscrowAdminDispatcherTrait, IEscrowDispatcherTrait, IEscrowViewsDispatcherTrait,
};
use crate::escrow::nodes::INodesDispatcherTrait;
use crate::escrow::statement::task_hash;
use crate::escrow::tests::mocks::{
    IMockTokenDispatcherTrait, Manner, NextVersion, RefusingVerifier,
};
use crate::escrow::tests::world::*;
use crate::escrow::tiers::ITiersDispatcherTrait;
use crate::escrow::treasury::ITreasuryDispatcherTrait;

fn emitted(world: World, keys: Array<felt252>, data: Array<felt252>) {
    let (got_keys, got_data) = pop_log_raw(world.at).expect('no event');
    assert!(got_keys == keys.span(), "keys {:?} for {:?}", got_keys, keys);
    assert!(got_data == data.span(), "data {:?} for {:?}", got_data, data);
}

#[test]
fn selectors_are_those_that_clients_know() {
    assert!(
        selector!(
            "submit_proof_and_claim",
        ) == 0x75c888494131c67e4692c484df4ea5760d83ba1742cee7fc92b55c21fe7891,
    );
    assert!(
        selector!(
            "create_task",
        ) == 0x23165f4ff824061ce4ce5fa6c82659044b938193ae3626e8fde4d3f1b28eca,
    );
    assert!(
        selector!(
            "assign_task",
        ) == 0xebb1ca8e4eca446f7dac587c055e24b67355111a2e4668c8763dcaf3850239,
    );
    assert!(
        selector!(
            "cancel_task",
        ) == 0x35ecf4b8e92b8a10b3b4acb9b7d5a82dde68cd387ab761c87067da185daf9e8,
    );
}

#[test]
fn a_claim_emits_four_events_in_order() {
    let world = world();
    let id = world.task();
    let statement = world.views().statement_of(id, PROVIDER(), RESULT).statement_hash;
    world.drop_events();
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, world.proof(id, PROVIDER()).into());
    let provider: felt252 = PROVIDER().into();
    emitted(world, array![selector!("ProofVerified"), 1, 0], array![statement, CYCLES.into()]);
    emitted(world, array![selector!("TaskCompleted"), 1, 0, provider], array![RESULT]);
    emitted(
        world,
        array![selector!("FeeCollected"), 1, 0],
        array![120_000_000, 0, 30_000_000, 0, 850_000_007, 0],
    );
    emitted(
        world,
        array![selector!("PayoutReleased"), 1, 0, provider],
        array![880_000_007, 0, world.token.into()],
    );
    world.no_more_events();
}

#[test]
fn creations_emit_what_was_agreed() {
    let world = world();
    world.drop_events();
    let creator: felt252 = CREATOR().into();
    let token: felt252 = world.token.into();
    let amount: felt252 = 1_000_000_007;
    as_(CREATOR());
    world.tasks().create_tiered_task(world.token, AMOUNT, 2, 'hash');
    emitted(
        world,
        array![selector!("TaskCreated"), 1, 0, creator],
        array![token, 2_200_000_015, 0, amount, 0, 2_200_000_015, 0, 2, 'hash'],
    );
    world.no_more_events();
    world.task();
    let hash = task_hash(PROGRAM, INPUT, MAX_CYCLES);
    emitted(
        world,
        array![selector!("TaskCreated"), 2, 0, creator],
        array![token, amount, 0, amount, 0, amount, 0, 1, hash],
    );
    emitted(
        world,
        array![selector!("TaskTerms"), 2, 0, PROGRAM],
        array![INPUT, MAX_CYCLES.into(), (START + DAY).into()],
    );
    world.no_more_events();
}

#[test]
fn assignments_and_refunds_emit_one_event_each() {
    let world = world();
    world.assigned_task();
    world.task();
    world.task();
    world.drop_events();
    let provider: felt252 = PROVIDER().into();
    world.tasks().assign_task(2, PROVIDER(), START + 5);
    let until: felt252 = (START + 5).into();
    emitted(world, array![selector!("TaskAssigned"), 2, 0, provider], array![until]);
    now(START + 6);
    world.tasks().unassign_expired(2);
    emitted(world, array![selector!("TaskUnassigned"), 2, 0, provider], array![]);
    world.tasks().cancel_task(3);
    emitted(world, array![selector!("TaskCancelled"), 3, 0], array![]);
    now(START + DAY + 1);
    world.tasks().claim_expired(1);
    emitted(world, array![selector!("TaskExpired"), 1, 0], array![AMOUNT.low.into(), 0]);
    world.no_more_events();
}

#[test]
fn nodes_and_owner_leave_a_trace() {
    let world = world();
    world.drop_events();
    let owner: felt252 = OWNER().into();
    let stranger: felt252 = STRANGER().into();
    as_(STRANGER());
    world.nodes().register_node();
    emitted(world, array![selector!("NodeRegistered"), stranger], array![]);
    world.nodes().set_node_info('key', 1);
    emitted(world, array![selector!("NodeInfoSet"), stranger], array!['key', 1]);
    world.nodes().set_provider_public_key('yek');
    emitted(world, array![selector!("NodeInfoSet"), stranger], array!['yek', 1]);
    world.nodes().deactivate_node();
    emitted(world, array![selector!("NodeDeactivated"), stranger], array![]);
    as_(OWNER());
    world.nodes().grant_tier(STRANGER(), 2);
    emitted(world, array![selector!("TierGranted"), stranger], array![2]);
    world.nodes().suspend_node(STRANGER());
    emitted(world, array![selector!("NodeSuspended"), stranger], array![]);
    world.nodes().reinstate_node(STRANGER());
    emitted(world, array![selector!("NodeReinstated"), stranger], array![]);
    world.admin().set_relayer(STRANGER());
    emitted(world, array![selector!("RelayerSet")], array![RELAYER().into(), stranger]);
    world.admin().set_treasury(CREATOR());
    emitted(
        world, array![selector!("TreasurySet")], array![TREASURY().into(), CREATOR().into()],
    );
    world.admin().set_token_allowed(world.token, false);
    emitted(world, array![selector!("TokenAllowed"), world.token.into()], array![0]);
    world.tiers().set_tier_multipliers(10000, 20000, 30000);
    emitted(
        world, array![selector!("TierMultipliersSet")], array![10000, 0, 20000, 0, 30000, 0],
    );
    world.pausable().pause();
    emitted(world, array![selector!("Paused")], array![owner]);
    world.pausable().unpause();
    emitted(world, array![selector!("Unpaused")], array![owner]);
    let class = RefusingVerifier::TEST_CLASS_HASH;
    let next = NextVersion::TEST_CLASS_HASH;
    let ready: felt252 = (START + DELAY).into();
    world.admin().schedule_verifier(class);
    emitted(
        world, array![selector!("ChangeScheduled"), 'verifier'], array![class.into(), ready],
    );
    world.admin().cancel_verifier();
    emitted(world, array![selector!("ChangeCancelled"), 'verifier'], array![class.into()]);
    world.admin().schedule_verifier(class);
    world.admin().schedule_upgrade(next);
    world.drop_events();
    now(START + DELAY);
    let (old, _) = world.views().get_verifier_params();
    world.admin().set_verifier(class);
    emitted(world, array![selector!("VerifierSet")], array![old.into(), class.into()]);
    world.ownable().transfer_ownership(STRANGER());
    emitted(world, array![selector!("OwnershipTransferStarted"), owner, stranger], array![]);
    world.admin().upgrade(next);
    emitted(world, array![selector!("Upgraded")], array![next.into()]);
    world.no_more_events();
}

#[test]
fn a_deferred_fee_is_an_event_more() {
    let world = world();
    let id = world.task();
    let proof = world.proof(id, PROVIDER());
    world.mock().set_manner_to(Manner::REFUSES, TREASURY());
    world.drop_events();
    world.tasks().submit_proof_and_claim(id, PROVIDER(), RESULT, proof.into());
    for name in [
        selector!("ProofVerified"), selector!("TaskCompleted"), selector!("FeeCollected"),
        selector!("PayoutReleased"),
    ].span() {
        let (keys, _) = pop_log_raw(world.at).unwrap();
        assert!(keys[0] == name);
    }
    let token = world.token.into();
    emitted(world, array![selector!("FeeDeferred"), 1, 0], array![token, 120_000_000, 0]);
    world.no_more_events();
    world.mock().set_manner(Manner::HONEST);
    world.treasury().collect_fees(world.token);
    let treasury = TREASURY().into();
    emitted(
        world, array![selector!("DeferredFeesPaid"), token], array![treasury, 120_000_000, 0],
    );
    world.no_more_events();
}

#[test]
fn acceptance_is_an_event() {
    let world = world();
    as_(OWNER());
    world.ownable().transfer_ownership(STRANGER());
    world.drop_events();
    as_(STRANGER());
    world.ownable().accept_ownership();
    let keys = array![selector!("OwnershipTransferred"), OWNER().into(), STRANGER().into()];
    emitted(world, keys, array![]);
}

/// Callers that send a u256 as one felt: the arguments shift, and nothing of it may pass.
#[test]
fn a_u256_sent_as_one_felt() {
    let world = world();
    let id = world.task();
    as_(CREATOR());
    let token = world.token.into();
    let create = selector!("create_task");
    assert!(world.raw(create, array![token, 5, 'hash'].span()).is_err());
    assert!(world.raw(create, array![token, 5, 0, 'hash', 0].span()).is_err());
    assert!(world.raw(create, array![token, 5, 0].span()).is_err());
    assert!(world.raw(selector!("cancel_task"), array![1].span()).is_err());
    assert!(world.raw(selector!("get_task"), array![1].span()).is_err());
    let mut claim = array![1, PROVIDER().into(), RESULT];
    world.proof(id, PROVIDER()).serialize(ref claim);
    assert!(world.raw(selector!("submit_proof_and_claim"), claim.span()).is_err());
    assert!(world.status(id) == 0 && world.balance(world.at) == AMOUNT);
    assert!(world.views().get_task_count() == 1);
}

#[test]
fn calldata_cut_short_or_too_long() {
    let world = world();
    let id = world.task();
    let claim = selector!("submit_proof_and_claim");
    let mut whole = array![1, 0, PROVIDER().into(), RESULT];
    world.proof(id, PROVIDER()).serialize(ref whole);
    let n = whole.len();
    let mut longer = array![];
    for felt in whole.span() {
        longer.append(*felt);
    }
    longer.append(0);
    assert!(world.raw(claim, longer.span()).is_err());
    for length in 0..n {
        assert!(world.raw(claim, whole.span().slice(0, length)).is_err(), "{} felts", length);
    }
    assert!(world.status(id) == 0);
    assert!(world.raw(claim, whole.span()).is_ok() && world.status(id) == 2);
}

/// Every felt of the calldata, altered: nobody else is paid and no other task.
#[test]
fn each_felt_of_a_claim_altered() {
    let world = world();
    let id = world.task();
    world.task();
    let claim = selector!("submit_proof_and_claim");
    let mut whole = array![1, 0, PROVIDER().into(), RESULT];
    world.proof(id, PROVIDER()).serialize(ref whole);
    // The last felt is the number of cycles; the real verifier binds it, the test's believes it.
    for at in 0..whole.len() - 1 {
        for change in [1, -1, 0x100000000].span() {
            let mut calldata = array![];
            for i in 0..whole.len() {
                calldata.append(*whole[i] + if i == at {
                    *change
                } else {
                    0
                });
            }
            assert!(world.raw(claim, calldata.span()).is_err(), "felt {}", at);
        }
    }
    assert!(world.balance(world.at) == 2 * AMOUNT && world.balance(PROVIDER()) == 0);
}

#[test]
fn nothing_of_the_old_calldata_pays() {
    let world = world();
    world.task();
    as_(RELAYER());
    let old = array![1, 0, PROVIDER().into(), RESULT, 'r', 's'].span();
    assert!(world.raw(selector!("submit_proof_and_claim"), old).is_err());
    assert!(world.balance(PROVIDER()) == 0);
}
