//! Folding a leaf, and the last layer (docs/protocol.md 7). Folds leave out the factor 1/2 of each
//! binary fold; the leaf's result is multiplied by all of them at once.
use crate::domain::Inverses;
use crate::fields::m31::M31;
use crate::fields::qm31;
use crate::fields::qm31::QM31;
use crate::domain::double_x;
use crate::fields::m31;
use crate::lazy::{
    Lazy, add, eighth, from_qm31, from_words, mul, reduce, scale, sixteenth, sub,
};
use crate::packed::{Lanes, NO_LANES, reduce_lanes};

/// The challenge of a layer and its powers 2, 4, 8.
#[derive(Copy, Drop)]
pub struct Betas {
    pub beta: Lazy,
    pub beta2: Lazy,
    pub beta4: Lazy,
    pub beta8: Lazy,
}

pub fn betas(beta: QM31) -> Betas {
    let beta2 = qm31::mul(beta, beta);
    let beta4 = qm31::mul(beta2, beta2);
    let beta8 = qm31::mul(beta4, beta4);
    Betas {
        beta: from_qm31(beta),
        beta2: from_qm31(beta2),
        beta4: from_qm31(beta4),
        beta8: from_qm31(beta8),
    }
}

/// f0 + f1 + beta (f0 - f1) inv. From values within 2^k to values within 2^(k+66) + 2^(k+1): the
/// difference is within 2^(k+1), times inv 2^(k+32), times beta 2^(k+63), eight of these 2^(k+66).
#[inline(always)]
fn pair(f0: Lazy, f1: Lazy, inv: felt252, beta: Lazy) -> Lazy {
    add(add(f0, f1), mul(beta, scale(sub(f0, f1), inv)))
}

/// Four values, each of four words.
type Words = Box<[u32; 16]>;

/// The pairs (v0, v1), (v2, v3), (v4, v5), (v6, v7) with the inverses i0..i3, then two with j0, j1,
/// then one with k: within 2^230, 31 + 3 * 66 being 229. The four pairs are those of two blocks of words.
#[inline(always)]
fn fold_pairs(
    v: [Lazy; 8],
    i0: felt252,
    i1: felt252,
    i2: felt252,
    i3: felt252,
    j0: felt252,
    j1: felt252,
    k: felt252,
    b0: Lazy,
    b1: Lazy,
    b2: Lazy,
) -> Lazy {
    let [v0, v1, v2, v3, v4, v5, v6, v7] = v;
    let w0 = pair(v0, v1, i0, b0);
    let w1 = pair(v2, v3, i1, b0);
    let w2 = pair(v4, v5, i2, b0);
    let w3 = pair(v6, v7, i3, b0);
    pair(pair(w0, w1, j0, b1), pair(w2, w3, j1, b1), k, b2)
}

/// The values of two blocks, neighbours paired.
#[inline(always)]
fn neighbours(first: Words, second: Words) -> [Lazy; 8] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = first.unbox();
    let [q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1] = second.unbox();
    [
        from_words(a, b, c, d), from_words(e, f, g, h), from_words(i, j, k, l),
        from_words(m, n, o, p), from_words(q, r, s, t), from_words(u, v, w, x),
        from_words(y, z, a1, b1), from_words(c1, d1, e1, f1),
    ]
}

/// The values of two blocks, each of the first paired with its like of the second.
#[inline(always)]
fn opposites(first: Words, second: Words) -> [Lazy; 8] {
    let [a, b, c, d, e, f, g, h] = neighbours(first, second);
    [a, e, b, f, c, g, d, h]
}

/// A leaf of eight values of a line layer.
pub fn fold_8(first: Words, second: Words, i: @Inverses, b: @Betas) -> QM31 {
    let Inverses { q0, q1, q2: _, q3: _, r0, r1: _, u, w: _ } = *i;
    let r = fold_pairs(
        neighbours(first, second), q0.x, q0.y, q1.x, q1.y, r0.x, r0.y, u.x, *b.beta, *b.beta2,
        *b.beta4,
    );
    eighth(r)
}

/// A leaf of sixteen values of a line layer.
pub fn fold_16(
    first: Words, second: Words, third: Words, fourth: Words, i: @Inverses, b: @Betas,
) -> QM31 {
    let low = half_low(first, second, i, b);
    let high = half_high(third, fourth, i, b);
    last_of_16(low, high, *i.w, *b.beta8)
}
fn half_low(first: Words, second: Words, i: @Inverses, b: @Betas) -> Lazy {
    let Inverses { q0, q1, q2: _, q3: _, r0, r1: _, u, w: _ } = *i;
    fold_pairs(
        neighbours(first, second), q0.x, q0.y, q1.x, q1.y, r0.x, r0.y, u.x, *b.beta, *b.beta2,
        *b.beta4,
    )
}
fn half_high(first: Words, second: Words, i: @Inverses, b: @Betas) -> Lazy {
    let Inverses { q0: _, q1: _, q2, q3, r0: _, r1, u, w: _ } = *i;
    fold_pairs(
        neighbours(first, second), q2.x, q2.y, q3.x, q3.y, r1.x, r1.y, u.y, *b.beta, *b.beta2,
        *b.beta4,
    )
}

/// A leaf of sixteen values of the circle layer: eight with flag 0, eight with flag 1, first folded by
/// y, whose signs at q0, -q0, q0 omega_2, -q0 omega_2 are those of y, -y, -x, x.
pub fn fold_circle(
    first: Words, second: Words, third: Words, fourth: Words, i: @Inverses, b: @Betas,
) -> QM31 {
    let low = circle_low(first, third, i, b);
    let high = circle_high(second, fourth, i, b);
    last_of_16(low, high, *i.u.x, *b.beta8)
}
fn circle_low(first: Words, third: Words, i: @Inverses, b: @Betas) -> Lazy {
    let Inverses { q0, q1: _, q2: _, q3: _, r0, r1: _, u: _, w: _ } = *i;
    fold_pairs(
        opposites(first, third), q0.y, -q0.y, -q0.x, q0.x, q0.x, q0.y, r0.x, *b.beta, *b.beta2,
        *b.beta4,
    )
}
fn circle_high(second: Words, fourth: Words, i: @Inverses, b: @Betas) -> Lazy {
    let Inverses { q0: _, q1, q2: _, q3: _, r0, r1: _, u: _, w: _ } = *i;
    fold_pairs(
        opposites(second, fourth), q1.y, -q1.y, -q1.x, q1.x, q1.x, q1.y, r0.y, *b.beta, *b.beta2,
        *b.beta4,
    )
}

/// low + high + beta (low - high) inv, over 16: the difference is reduced first.
fn last_of_16(low: Lazy, high: Lazy, inv: felt252, beta: Lazy) -> QM31 {
    let difference = from_qm31(reduce(sub(low, high)));
    sixteenth(add(add(low, high), mul(beta, scale(difference, inv))))
}

/// The last layer's polynomial at x; its 2^6 coefficients as lanes, coordinates of 1 and i, then of
/// u and iu. Factor l, pi^l(x), belongs to bit l of the index.
pub fn eval_last(mut coefficients: Span<felt252>, x: M31) -> QM31 {
    let (low, x) = products(x);
    let (high, _) = products(x);
    let [l0, l1, l2, l3, l4, l5, l6, l7] = low.unbox();
    let mut high = high.unbox().span();
    let mut sum = NO_LANES;
    while let Some(factor) = high.pop_front() {
        let eight: @Box<[felt252; 16]> = coefficients.multi_pop_front().unwrap();
        let [a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7] = (*eight).unbox();
        // below 2^65 a lane; times the factor and over eight of them, below 2^99
        let re = a0 * l0 + a1 * l1 + a2 * l2 + a3 * l3 + a4 * l4 + a5 * l5 + a6 * l6 + a7 * l7;
        let im = b0 * l0 + b1 * l1 + b2 * l2 + b3 * l3 + b4 * l4 + b5 * l5 + b6 * l6 + b7 * l7;
        sum = Lanes { re: sum.re + re * *factor, im: sum.im + im * *factor };
    }
    reduce_lanes(sum)
}

/// The eight products of x, pi(x), pi^2(x); and pi^3(x).
fn products(x: M31) -> (Box<[felt252; 8]>, M31) {
    let x1 = double_x(x);
    let x2 = double_x(x1);
    let x01 = m31::mul(x, x1);
    let x02 = m31::mul(x, x2);
    let x12 = m31::mul(x1, x2);
    let x012 = m31::mul(x01, x2);
    (
        BoxTrait::new(
            [
                1, m31::to_felt(x), m31::to_felt(x1), m31::to_felt(x01), m31::to_felt(x2),
                m31::to_felt(x02), m31::to_felt(x12), m31::to_felt(x012),
            ],
        ),
        double_x(x2),
    )
}
