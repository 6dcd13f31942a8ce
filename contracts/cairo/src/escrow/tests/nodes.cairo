//! The register of providers and their tiers.

use crate::escrow::interfaces::{IEscrowDispatcherTrait, IEscrowSafeDispatcherTrait};
use crate::escrow::nodes::{INodesDispatcherTrait, INodesSafeDispatcherTrait, NodeInfo, NodeStatus};
use crate::escrow::tests::world::*;

#[test]
#[feature("safe_dispatcher")]
fn a_node_comes_and_goes() {
    let world = world();
    as_(STRANGER());
    let nodes = world.try_nodes();
    assert!(world.nodes().get_node_status(STRANGER()) == NodeStatus::INACTIVE);
    refused(nodes.deactivate_node(), 'Node not active');
    accepted(nodes.register_node());
    assert!(world.nodes().get_node_status(STRANGER()) == NodeStatus::ACTIVE);
    refused(nodes.register_node(), 'Node already active');
    accepted(nodes.deactivate_node());
    assert!(world.nodes().get_node_status(STRANGER()) == NodeStatus::INACTIVE);
    accepted(nodes.register_node());
}

#[test]
#[feature("safe_dispatcher")]
fn a_suspended_node_cannot_let_itself_in() {
    let world = world();
    as_(OWNER());
    world.nodes().suspend_node(PROVIDER());
    refused(world.try_nodes().suspend_node(PROVIDER()), 'Node not active');
    as_(PROVIDER());
    let nodes = world.try_nodes();
    refused(nodes.register_node(), 'Node suspended');
    refused(nodes.deactivate_node(), 'Node not active');
    refused(nodes.set_node_info('key', 1), 'Node not active');
    refused(nodes.set_provider_public_key('key'), 'Node not active');
    assert!(world.nodes().get_node_status(PROVIDER()) == NodeStatus::SUSPENDED);
    as_(OWNER());
    world.nodes().reinstate_node(PROVIDER());
    refused(world.try_nodes().reinstate_node(PROVIDER()), 'Node not suspended');
    assert!(world.nodes().get_node_status(PROVIDER()) == NodeStatus::INACTIVE);
    as_(PROVIDER());
    accepted(nodes.register_node());
}

#[test]
#[feature("safe_dispatcher")]
fn a_node_that_stepped_aside_is_suspended_all_the_same() {
    let world = world();
    as_(PROVIDER());
    world.nodes().deactivate_node();
    as_(OWNER());
    world.nodes().suspend_node(PROVIDER());
    as_(PROVIDER());
    refused(world.try_nodes().register_node(), 'Node suspended');
}

#[test]
#[feature("safe_dispatcher")]
fn tiers_are_granted_then_taken_up() {
    let world = world();
    as_(PROVIDER());
    let nodes = world.try_nodes();
    let info = NodeInfo { status: 1, tier: 1, granted_tier: 1, public_key: 0 };
    assert!(world.nodes().get_node_info(PROVIDER()) == info);
    refused(nodes.set_node_info(0, 1), 'Invalid public key');
    refused(nodes.set_node_info('key', 0), 'Invalid tier');
    refused(nodes.set_node_info('key', 4), 'Invalid tier');
    refused(nodes.set_node_info('key', 2), 'Tier not granted');
    accepted(nodes.set_node_info('key', 1));
    as_(OWNER());
    refused(nodes.grant_tier(PROVIDER(), 0), 'Invalid tier');
    refused(nodes.grant_tier(PROVIDER(), 4), 'Invalid tier');
    accepted(nodes.grant_tier(PROVIDER(), 2));
    as_(PROVIDER());
    refused(nodes.set_node_info('key', 3), 'Tier not granted');
    accepted(nodes.set_node_info('other key', 2));
    let info = NodeInfo { status: 1, tier: 2, granted_tier: 2, public_key: 'other key' };
    assert!(world.nodes().get_node_info(PROVIDER()) == info);
    // What is granted no longer is offered no longer.
    as_(OWNER());
    accepted(nodes.grant_tier(PROVIDER(), 1));
    assert!(world.nodes().get_node_info(PROVIDER()).tier == 1);
}

#[test]
#[feature("safe_dispatcher")]
fn the_public_key_is_the_nodes() {
    let world = world();
    as_(PROVIDER());
    let nodes = world.try_nodes();
    refused(nodes.set_provider_public_key(0), 'Invalid public key');
    accepted(nodes.set_provider_public_key('key'));
    assert!(world.nodes().get_provider_public_key(PROVIDER()) == 'key');
    assert!(world.nodes().get_provider_public_key(RIVAL()) == 0);
    as_(STRANGER());
    refused(nodes.set_provider_public_key('key'), 'Node not active');
}

#[test]
#[feature("safe_dispatcher")]
fn only_a_node_that_serves_is_assigned() {
    let world = world();
    as_(CREATOR());
    let id = world
        .tasks()
        .create_proved_task(world.token, AMOUNT, PROGRAM, INPUT, MAX_CYCLES, START + DAY, 2);
    let tasks = world.try_tasks();
    let until = START + HOUR;
    refused(tasks.assign_task(id, address(0), until), 'Invalid provider address');
    refused(tasks.assign_task(id, STRANGER(), until), 'Provider not active');
    refused(tasks.assign_task(id, PROVIDER(), until), 'Provider tier too low');
    as_(OWNER());
    world.nodes().grant_tier(PROVIDER(), 2);
    as_(PROVIDER());
    world.nodes().set_node_info('key', 2);
    as_(CREATOR());
    refused(tasks.assign_task(id, PROVIDER(), START), 'Invalid deadline');
    refused(tasks.assign_task(id, PROVIDER(), START + DAY + 1), 'Invalid deadline');
    accepted(tasks.assign_task(id, PROVIDER(), START + DAY));
}
