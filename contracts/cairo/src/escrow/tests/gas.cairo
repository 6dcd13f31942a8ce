//! What each entry point costs in Sierra gas, as cairo-test counts it: computation and system
//! calls, with the test's token and verifier; not the network's price of calldata and of new
//! storage cells. The bounds are what was measured and a tenth; a change that passes them is looked
//! at.

use core::testing::get_unspent_gas;
use crate::escrow::interfaces::{IEscrowDispatcherTrait, IEscrowViewsDispatcherTrait};
use crate::escrow::nodes::INodesDispatcherTrait;
use crate::escrow::statement::{io_commitment, task_hash};
use crate::escrow::tests::world::*;

/// In a function of its own, so that no code of the test is charged in between.
#[inline(never)]
fn measure<F, impl Call: core::ops::FnOnce<F, ()>, +Drop<Call::Output>, +Drop<F>>(
    call: F,
) -> u128 {
    let before = get_unspent_gas();
    call();
    before - get_unspent_gas()
}

fn report(name: ByteArray, gas: u128, bound: u128) {
    println!("{}: {}", name, gas);
    assert!(gas < bound, "{}: {} gas, bound {}", name, gas, bound);
}

#[test]
fn entry_points_stay_within_their_bounds() {
    let world = world();
    let tasks = world.tasks();
    let views = world.views();
    let token = world.token;
    report("an empty call", measure(|| {}), 10_000);
    as_(STRANGER());
    report("register_node", measure(|| world.nodes().register_node()), 170_000);

    as_(CREATOR());
    let hash = task_hash(PROGRAM, INPUT, MAX_CYCLES);
    let gas = measure(|| {
        tasks.create_task(token, AMOUNT, hash);
    });
    report("create_task", gas, 1_266_000);
    let gas = measure(|| {
        tasks.create_tiered_task(token, AMOUNT, 3, hash);
    });
    report("create_tiered_task", gas, 1_306_000);
    for _ in 0..4_u32 {
        let gas = measure(
            || {
                tasks
                    .create_proved_task(
                        token, AMOUNT, PROGRAM, INPUT, MAX_CYCLES, START + DAY, 1,
                    );
            },
        );
        report("create_proved_task", gas, 1_250_000);
    }
    let gas = measure(|| tasks.assign_task(4, PROVIDER(), START + HOUR));
    report("assign_task", gas, 578_000);
    tasks.assign_task(5, PROVIDER(), START + HOUR);

    let gas = measure(|| {
        views.statement_of(3, PROVIDER(), RESULT);
    });
    report("statement_of", gas, 650_000);
    let proof = world.proof(3, PROVIDER());
    let gas = measure(|| tasks.submit_proof_and_claim(3, PROVIDER(), RESULT, proof.into()));
    report("submit_proof_and_claim", gas, 2_309_000);
    let mut head = array![PROGRAM, INPUT, MAX_CYCLES.into()];
    head.append_span(world.proof(1, PROVIDER()));
    let proof = head.span();
    let gas = measure(|| tasks.submit_proof_and_claim(1, PROVIDER(), RESULT, proof.into()));
    report("submit_proof_and_claim of a hash", gas, 2_325_000);
    let mut head = array![RESULT];
    head.append_span(world.proof(4, PROVIDER()));
    let proof = head.span();
    let io = io_commitment(INPUT, RESULT);
    let gas = measure(|| {
        tasks.submit_and_verify_with_io_binding(proof.into(), io, 4);
    });
    report("submit_and_verify_with_io_binding", gas, 2_430_000);
    let gas = measure(|| {
        views.get_task(3);
    });
    report("get_task", gas, 380_000);
    let gas = measure(|| {
        views.get_task_ext(3);
    });
    report("get_task_ext", gas, 660_000);
    report("cancel_task", measure(|| tasks.cancel_task(6)), 1_090_000);
    now(START + DAY + 1);
    report("unassign_expired", measure(|| tasks.unassign_expired(5)), 490_000);
    report("claim_expired", measure(|| tasks.claim_expired(5)), 1_075_000);
}
