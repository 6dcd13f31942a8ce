//! The order of the checks; mirror of verifier/verify.c. Returns for a proof of what is required, and
//! panics with the name of the check for anything else.
use crate::air::{Challenges, constraint_sum};
use crate::boundary::{boundary_product, check_bounds};
use crate::channel::{Channel, ChannelTrait};
use crate::fields::{m31, qm31};
use crate::fields::qm31::QM31;
use crate::fri::betas;
use crate::oods::{check_oods, oods_points};
use crate::packed::{lanes, read_qm31s};
use crate::params::{
    CAP, GRIND_COMMIT, GRIND_DEEP, GRIND_LOOKUP, GRIND_QUERY, LAST_LAYER, QUERIES, domain_size,
};
use crate::proof::{Statement, read_bytes, read_head, take};
use crate::query::{Committed, Layer, check_query};
use crate::quotients::quotient;
use crate::shape::COMPOSITION_COLUMNS;
use crate::statement::{Required, check_statement, draw_challenges, mix};

/// The proved statement.
pub fn verify(required: Required, proof: Span<felt252>) -> Statement {
    let mut felts = proof;
    let (statement, boxed_shape) = read_head(ref felts);
    let (s, shape) = (statement.unbox(), boxed_shape.unbox());
    let program_cap = take(ref felts, CAP);
    let input = read_bytes(ref felts, s.input_bytes);
    let output = read_bytes(ref felts, s.output_bytes);
    check_statement(statement, boxed_shape, program_cap, input, output, required);
    check_bounds(statement);

    let mut ch = ChannelTrait::new();
    mix(ref ch, statement);
    let main_cap = take(ref felts, CAP);
    ch.mix_cap(main_cap);
    ch.grind(next(ref felts), GRIND_LOOKUP, 'lookup grind');
    let challenges = BoxTrait::new(draw_challenges(ref ch));

    let mut message = ch.message();
    let prod = read_qm31s(take(ref felts, half(shape.n_prod)), shape.n_prod, ref message);
    let sum = read_qm31s(take(ref felts, half(shape.n_sum)), shape.n_sum, ref message);
    check_claims(statement, input, output, challenges, prod, sum);
    ch.mix(message);
    let interaction_cap = take(ref felts, CAP);
    ch.mix_cap(interaction_cap);
    let rho = ch.draw_felt();
    let composition_cap = take(ref felts, CAP);
    ch.mix_cap(composition_cap);

    let z = oods_points(ref ch, shape.n_max);
    let [z0, _] = z;
    let n_samples = shape.n_at + shape.n_before;
    let mut message = ch.message();
    let samples = read_qm31s(take(ref felts, half(n_samples)), n_samples, ref message);
    let image_end = m31::read(s.image_end).expect('addresses');
    let (left, van) = constraint_sum(
        s.slots, shape.n_max, samples, @challenges.unbox(), prod, sum, image_end, z0, rho,
    );
    let composition = samples.slice(shape.n_at - COMPOSITION_COLUMNS, COMPOSITION_COLUMNS);
    check_oods(left, composition, van);
    ch.mix(message);
    ch.grind(next(ref felts), GRIND_DEEP, 'deep grind');
    let quotient = quotient(boxed_shape, z, samples, ch.draw_felt());

    let layers = read_layers(ref felts, shape.folds, ref ch);
    let mut message = ch.message();
    let mut last_layer = array![];
    for x in read_qm31s(take(ref felts, LAST_LAYER / 2), LAST_LAYER, ref message) {
        let l = lanes(*x);
        last_layer.append(l.re);
        last_layer.append(l.im);
    }
    ch.mix(message);
    ch.grind(next(ref felts), GRIND_QUERY, 'query grind');
    let size = domain_size(shape.n_max);
    let positions = ch.draw_queries(QUERIES, size);
    let size: u32 = size.into();
    let committed = BoxTrait::new(Committed {
        shape,
        program_cap,
        main_cap,
        interaction_cap,
        composition_cap,
        quotient: BoxTrait::new(quotient),
        layers,
        last_layer: last_layer.span(),
        half: (size / 2).try_into().unwrap(),
        below_cap: (size / 64).try_into().unwrap(),
    });
    for position in positions {
        check_query(committed, position, ref felts);
    }
    s
}

/// Number of felts of n elements, two in a felt.
fn half(n: u32) -> u32 {
    (n + 1) / 2
}

fn next(ref felts: Span<felt252>) -> felt252 {
    *felts.pop_front().unwrap()
}

/// The product of the claims times the boundary is 1, the sum of the claims is 0.
fn check_claims(
    s: Box<Statement>,
    input: Span<u32>,
    output: Span<u32>,
    c: Box<Challenges>,
    prod: Span<QM31>,
    sum: Span<QM31>,
) {
    let (mut r, w) = boundary_product(s, input, output, c);
    for x in prod {
        r = qm31::mul(r, *x);
    }
    let mut total = qm31::ZERO;
    for x in sum {
        total = qm31::add(total, *x);
    }
    // A zero product on both sides would say nothing.
    assert(r == w && !qm31::is_zero(w), 'product');
    assert(qm31::is_zero(total), 'sum');
}

fn read_layers(ref felts: Span<felt252>, mut folds: Span<u32>, ref ch: Channel) -> Span<Layer> {
    let mut layers = array![];
    while let Some(fold) = folds.pop_front() {
        let cap = take(ref felts, CAP);
        ch.mix_cap(cap);
        ch.grind(next(ref felts), GRIND_COMMIT, 'commit grind');
        layers.append(Layer { fold: *fold, cap, betas: betas(ch.draw_felt()) });
    }
    layers.span()
}
