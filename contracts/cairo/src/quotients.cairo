//! The DEEP quotient of all columns at a queried position (docs/protocol.md 7).
use crate::circle::{Point, PointQ};
use crate::fields::cm31::CM31;
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;
use crate::fields::{cm31, m31, qm31};
use crate::lazy;
use crate::lazy::{Lazy, from_qm31};
use crate::packed::{Lanes, NO_LANES, eight, lanes, reduce_lanes};
use crate::shape::{Before, COMPOSITION_COLUMNS, Shape};

/// Of some samples s_i with the weights w_i: the sums of w_i times each coordinate of s_i.
#[derive(Copy, Drop)]
struct Sums {
    a: Lanes,
    b: Lanes,
    c: Lanes,
    d: Lanes,
}
const NO_SUMS: Sums = Sums { a: NO_LANES, b: NO_LANES, c: NO_LANES, d: NO_LANES };

/// A lane grows by less than 2^62 for each of at most 2^11 samples.
#[inline(always)]
fn add_term(sum: Lanes, w: Lanes, s: felt252) -> Lanes {
    Lanes { re: sum.re + w.re * s, im: sum.im + w.im * s }
}

/// Takes n samples: adds them to the sums, and gives their weights, two felts each, filled up with
/// weights of zero to a multiple of eight.
fn weigh(
    ref samples: Span<QM31>, n: u32, ref power: QM31, delta: QM31, ref sums: Sums,
) -> Span<felt252> {
    let mut weights = array![];
    let mut i = 0;
    while i != n {
        let s = *samples.pop_front().unwrap();
        let w = lanes(power);
        weights.append(w.re);
        weights.append(w.im);
        sums =
            Sums {
                a: add_term(sums.a, w, m31::to_felt(s.a)),
                b: add_term(sums.b, w, m31::to_felt(s.b)),
                c: add_term(sums.c, w, m31::to_felt(s.c)),
                d: add_term(sums.d, w, m31::to_felt(s.d)),
            };
        power = qm31::mul(power, delta);
        i += 1;
    }
    let (_, over) = DivRem::div_rem(n, 8);
    if over != 0 {
        let mut i = over;
        while i != 8 {
            weights.append(0);
            weights.append(0);
            i += 1;
        }
    }
    weights.span()
}

/// One point Z with its samples. With S = sum w_i s_i and T = sum w_i im(s_i), a = -2 u T, the value
/// (c num - a p.y - b) of the C code is c (num - S) + a (Z.y - p.y), as b = c S - a Z.y.
#[derive(Copy, Drop)]
pub struct QuotientPoint {
    c: Lazy,
    a: Lazy,
    s: Lazy,
    y: Lazy,
    /// re(Z.x) im(Z.y) - re(Z.y) im(Z.x)
    den: CM31,
    x_im: CM31,
    y_im: CM31,
}

fn quotient_point(z: PointQ, sums: Sums) -> QuotientPoint {
    let (a, b) = (reduce_lanes(sums.a), reduce_lanes(sums.b));
    let (c, d) = (reduce_lanes(sums.c), reduce_lanes(sums.d));
    let s = qm31::from_coordinates(a, b, c, d);
    let u_t = qm31::from_coordinates(qm31::ZERO, qm31::ZERO, c, d);
    let (x_im, y_im) = (qm31::im(z.x), qm31::im(z.y));
    QuotientPoint {
        c: from_qm31(qm31::sub(qm31::conj(z.y), z.y)),
        a: from_qm31(qm31::neg(qm31::add(u_t, u_t))),
        s: from_qm31(s),
        y: from_qm31(z.y),
        den: cm31::sub(cm31::mul(qm31::re(z.x), y_im), cm31::mul(qm31::re(z.y), x_im)),
        x_im,
        y_im,
    }
}

/// den(p), and its norm to M31.
fn denominator(q: @QuotientPoint, p: Point) -> (CM31, M31) {
    let a = m31::sub(m31::mul(p.y, *q.x_im.a), m31::mul(p.x, *q.y_im.a));
    let b = m31::sub(m31::mul(p.y, *q.x_im.b), m31::mul(p.x, *q.y_im.b));
    let den = cm31::add(*q.den, CM31 { a, b });
    (den, m31::from_felt(square(den.a) + square(den.b)))
}
fn square(x: M31) -> felt252 {
    let x = m31::to_felt(x);
    x * x
}

/// (c (num - S) + a (Z.y - p.y)) / den(p), not reduced: the lanes of num are below 2^72, so the first
/// factor is within 2^107 and the result within 2^139.
fn value(q: @QuotientPoint, num: Lanes, p: Point, den: CM31, inv_norm: M31) -> Lazy {
    let re: u256 = num.re.into();
    let im: u256 = num.im.into();
    let num = Lazy { a: re.low.into(), b: re.high.into(), c: im.low.into(), d: im.high.into() };
    let y = *q.y;
    let y = Lazy { a: y.a - m31::to_felt(p.y), b: y.b, c: y.c, d: y.d };
    let v = lazy::add(lazy::mul(*q.c, lazy::sub(num, *q.s)), lazy::mul(*q.a, y));
    // 1 / den = (r, -s) with den = (a, b), r = a / norm, s = b / norm
    let r = m31::to_felt(m31::mul(den.a, inv_norm));
    let s = m31::to_felt(m31::mul(den.b, inv_norm));
    Lazy {
        a: v.a * r + v.b * s, b: v.b * r - v.a * s, c: v.c * r + v.d * s, d: v.d * r - v.c * s,
    }
}

#[derive(Copy, Drop)]
pub struct Quotient {
    z0: QuotientPoint,
    z1: QuotientPoint,
    /// Weights by tree, and of the samples at Z1.
    program: Span<felt252>,
    main: Span<felt252>,
    interaction: Span<felt252>,
    composition: Span<felt252>,
    before: Span<felt252>,
    columns_before: Span<Before>,
}

/// Sample i has the weight delta^i.
pub fn quotient(
    shape: Box<Shape>, z: [PointQ; 2], samples: Span<QM31>, delta: QM31,
) -> Quotient {
    let shape = shape.unbox();
    let [z0, z1] = z;
    let mut samples = samples;
    let mut power = qm31::ONE;
    let mut sums = NO_SUMS;
    let program = weigh(ref samples, shape.program.n_columns, ref power, delta, ref sums);
    let main = weigh(ref samples, shape.main.n_columns, ref power, delta, ref sums);
    let interaction = weigh(ref samples, shape.interaction.n_columns, ref power, delta, ref sums);
    let composition = weigh(ref samples, COMPOSITION_COLUMNS, ref power, delta, ref sums);
    let mut sums_before = NO_SUMS;
    let before = weigh(ref samples, shape.n_before, ref power, delta, ref sums_before);
    Quotient {
        z0: quotient_point(z0, sums),
        z1: quotient_point(z1, sums_before),
        program,
        main,
        interaction,
        composition,
        before,
        columns_before: shape.before,
    }
}

/// The opened values of the trees at one position, column order, as words.
#[derive(Copy, Drop)]
pub struct Opened {
    pub program: Span<u32>,
    pub main: Span<u32>,
    pub interaction: Span<u32>,
    pub composition: Span<u32>,
    /// The sums of weight times value, at Z0.
    num: Lanes,
}

/// Reads the values of one position; tells nothing of whether they are the committed ones.
pub fn open(
    q: Box<Quotient>,
    program: Span<felt252>,
    main: Span<felt252>,
    interaction: Span<felt252>,
    composition: Span<felt252>,
    n_program: u32,
    n_main: u32,
    n_interaction: u32,
) -> Opened {
    let q = q.unbox();
    let mut num = NO_LANES;
    let program = open_tree(program, n_program, q.program, ref num);
    let main = open_tree(main, n_main, q.main, ref num);
    let interaction = open_tree(interaction, n_interaction, q.interaction, ref num);
    let composition = open_tree(composition, COMPOSITION_COLUMNS, q.composition, ref num);
    Opened { program, main, interaction, composition, num }
}

fn open_tree(
    mut felts: Span<felt252>, n_columns: u32, mut weights: Span<felt252>, ref sum: Lanes,
) -> Span<u32> {
    let mut values = array![];
    let (mut re, mut im) = (sum.re, sum.im);
    while let Some(felt) = felts.pop_front() {
        let (v0, v1, v2, v3, v4, v5, v6, v7) = eight(*felt);
        values.append(v0);
        values.append(v1);
        values.append(v2);
        values.append(v3);
        values.append(v4);
        values.append(v5);
        values.append(v6);
        values.append(v7);
        let w: @Box<[felt252; 16]> = weights.multi_pop_front().unwrap();
        let [a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7] = (*w).unbox();
        re = re
            + a0 * v0.into()
            + a1 * v1.into()
            + a2 * v2.into()
            + a3 * v3.into()
            + a4 * v4.into()
            + a5 * v5.into()
            + a6 * v6.into()
            + a7 * v7.into();
        im = im
            + b0 * v0.into()
            + b1 * v1.into()
            + b2 * v2.into()
            + b3 * v3.into()
            + b4 * v4.into()
            + b5 * v5.into()
            + b6 * v6.into()
            + b7 * v7.into();
    }
    sum = Lanes { re, im };
    let all = values.span();
    let mut over = all.slice(n_columns, all.len() - n_columns);
    while let Some(v) = over.pop_front() {
        assert(*v == 0, 'form');
    }
    all.slice(0, n_columns)
}

/// The sum of weight times value of the columns read at the row before.
fn sum_before(
    mut columns: Span<Before>, mut weights: Span<felt252>, main: Span<u32>, interaction: Span<u32>,
) -> Lanes {
    let (mut re, mut im) = (0, 0);
    while let Some(column) = columns.pop_front() {
        match column {
            Before::Main(first) => {
                let mut values = main.slice(*first, 2);
                while let Some(v) = values.pop_front() {
                    let v = (*v).into();
                    re += v * *weights.pop_front().unwrap();
                    im += v * *weights.pop_front().unwrap();
                }
            },
            Before::Interaction(first) => {
                let mut values = interaction.slice(*first, 4);
                let v: @Box<[u32; 4]> = values.multi_pop_front().unwrap();
                let [v0, v1, v2, v3] = (*v).unbox();
                let w: @Box<[felt252; 8]> = weights.multi_pop_front().unwrap();
                let [a0, b0, a1, b1, a2, b2, a3, b3] = (*w).unbox();
                re += a0 * v0.into() + a1 * v1.into() + a2 * v2.into() + a3 * v3.into();
                im += b0 * v0.into() + b1 * v1.into() + b2 * v2.into() + b3 * v3.into();
            },
        }
    }
    Lanes { re, im }
}

/// The quotient at p of the opened values, and 1 / y: one inverse serves for all.
pub fn quotient_at(q: Box<Quotient>, opened: Opened, p: Point, y: M31) -> (QM31, M31) {
    let q = q.unbox();
    let (den0, norm0) = denominator(@q.z0, p);
    let (den1, norm1) = denominator(@q.z1, p);
    let norms = m31::mul(norm0, norm1);
    // The C code takes 1 / 0 as 0; no honest proof comes here but with probability 2^-60.
    assert(!m31::is_zero(norms), 'fri path');
    let inv = m31::inv(m31::mul(norms, y));
    let inv_norms = m31::mul(inv, y);
    let before = sum_before(q.columns_before, q.before, opened.main, opened.interaction);
    let v0 = value(@q.z0, opened.num, p, den0, m31::mul(inv_norms, norm1));
    let v1 = value(@q.z1, before, p, den1, m31::mul(inv_norms, norm0));
    (lazy::reduce(lazy::add(v0, v1)), m31::mul(inv, norms))
}
