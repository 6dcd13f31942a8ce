//! Who is paid, for what, and how much.

use crate::escrow::tests::mocks::Manner;
use crate::escrow::tests::world::*;
use crate::escrow::tests::mocks::IMockTokenDispatcherTrait;
use crate::escrow::interfaces::{IEscrowSafeDispatcherTrait, IEscrowDispatcherTrait};

#[test]
#[feature("safe_dispatcher")]
fn a_refused_call_leaves_no_trace() {
    let world = world();
    let id = world.task();
    world.mock().set_manner(Manner::REFUSES);
    refused(world.try_tasks().cancel_task(id), 'Refund transfer failed');
    assert!(world.status(id) == 0);
    world.mock().set_manner(Manner::HONEST);
    world.tasks().cancel_task(id);
    assert!(world.status(id) == 3);
}
