//! Each step of the protocol against the same step of the C code (tests/cairo/protocol_vectors.c).
use crate::channel::ChannelTrait;
use crate::circle::{Point, PointQ, conj, omega};
use crate::domain::{clear_low, double, inverse_y, inverses_16, inverses_8, leaf_points, point_at};
use crate::fields::m31;
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;
use crate::fri::{betas, eval_last, fold_16, fold_8, fold_circle};
use crate::merkle::{Levels, root_of};
use crate::oods::oods_points;
use crate::packed::{append_qm31, lanes, read_qm31s};
use crate::proof::{lengths, path_len, read_bytes, read_head, take, values_len};
use crate::quotients::{open, quotient, quotient_at};
use crate::shape::{Before, INTERACTION, PRODUCTS, Tree, shape};
use crate::statement::{hash_io, io_digest};
use crate::words::hash31;
use super::proof::PROOF;
use super::steps;

fn next(ref v: Span<felt252>) -> felt252 {
    *v.pop_front().unwrap()
}
fn word(ref v: Span<felt252>) -> u32 {
    next(ref v).try_into().unwrap()
}
fn element(ref v: Span<felt252>) -> M31 {
    next(ref v).try_into().unwrap()
}
fn qm31(ref v: Span<felt252>) -> QM31 {
    QM31 { a: element(ref v), b: element(ref v), c: element(ref v), d: element(ref v) }
}
fn is_words(hash: Box<[u32; 8]>, ref v: Span<felt252>) -> bool {
    let mut same = true;
    for w in hash.unbox().span() {
        same = same && (*w).into() == next(ref v);
    }
    same
}

#[test]
fn channel_mixes_and_draws_as_in_c() {
    let mut v = steps::channel();
    let mut ch = ChannelTrait::new();
    assert!(ch.draw_felt() == qm31(ref v) && ch.draw_felt() == qm31(ref v));
    let mut message = ch.message();
    for w in [1_u32, 0xffffffff, 2].span() {
        message.append(*w);
    }
    for _ in 3..20_u32 {
        message.append(0);
    }
    ch.mix(message);
    assert!(is_words(ch.state, ref v));
    for position in ch.draw_queries(20, 0x400000) {
        assert!(position == word(ref v));
    }
    let mut message = ch.message();
    append_qm31(ref message, qm31(ref v));
    ch.mix(message);
    assert!(is_words(ch.state, ref v));
    ch.grind(next(ref v), 0x400, 'no work');
    assert!(ch.draw_felt() == qm31(ref v));
}

#[test]
#[should_panic(expected: 'no work')]
fn nonce_without_work_is_refused() {
    let mut ch = ChannelTrait::new();
    ch.grind(0x123456789, 0x40000000, 'no work');
}

#[test]
fn path_with_values_at_several_levels_as_in_c() {
    let mut v = steps::tree();
    let mut values = array![];
    for _ in 0..28_u32 {
        values.append(word(ref v));
    }
    let path = take(ref v, 3);
    let above = array![
        array![(27, 1)].span(), array![(8, 19), (3, 1)].span(), array![].span(),
    ];
    let levels = Levels { leaf: array![(0, 3), (7, 1)].span(), above: above.span() };
    let values = values.span();
    assert!(root_of(@levels, array![1, 0, 1].span(), values, path) == *v[0]);
    assert!(root_of(@levels, array![0, 0, 1].span(), values, path) != *v[0]);
}

#[test]
fn points_by_position_as_in_c() {
    let mut v = steps::points();
    while !v.is_empty() {
        let p = point_at(word(ref v), word(ref v));
        assert!(p == Point { x: element(ref v), y: element(ref v) });
    }
}

/// Place, sixteen or eight: both kinds of leaf, inverses of its first points.
#[test]
fn inverses_invert() {
    let p = clear_low(point_at(20, 0x23456), 6);
    let leaf = leaf_points(p);
    assert!(leaf.w == double(double(double(p))) && double(p) == crate::domain::turn(p, p));
    for k in 3..5_u32 {
        let end = if k == 4 {
            double(leaf.w)
        } else {
            leaf.w
        };
        let i = if k == 4 {
            inverses_16(@leaf, m31::inv(end.y))
        } else {
            inverses_8(@leaf, m31::inv(end.y))
        };
        let n: u32 = if k == 4 {
            16
        } else {
            8
        };
        for inside in 0..n {
            // The point inside, and back.
            let mut q = p;
            let mut rest: u32 = inside;
            let mut bit = 1;
            while rest != 0 {
                let (high, low) = DivRem::div_rem(rest, 2);
                if low == 1 {
                    q = crate::domain::turn(q, omega(bit));
                }
                rest = high;
                bit += 1;
            }
            assert!(clear_low(q, inside) == p);
            assert!(m31::mul(inverse_y(@i, inside), q.y) == 1);
        }
    }
}

#[test]
fn leaves_fold_as_in_c() {
    let mut v = steps::folds();
    while !v.is_empty() {
        let first = word(ref v) == 1;
        let (k, m, leaf) = (word(ref v), word(ref v), word(ref v));
        let beta = betas(qm31(ref v));
        let n: u32 = if k == 4 {
            16
        } else {
            8
        };
        let mut words = array![];
        for _ in 0..n {
            append_qm31(ref words, qm31(ref v));
        }
        let mut blocks = words.span();
        let a = *blocks.multi_pop_front().unwrap();
        let b = *blocks.multi_pop_front().unwrap();
        let points = leaf_points(point_at(m, if first {
            leaf * 8
        } else {
            leaf * n
        }));
        let folded = if k == 3 {
            fold_8(a, b, @inverses_8(@points, m31::inv(points.w.y)), @beta)
        } else {
            let c = *blocks.multi_pop_front().unwrap();
            let d = *blocks.multi_pop_front().unwrap();
            if first {
                fold_circle(a, b, c, d, @inverses_8(@points, m31::inv(points.w.y)), @beta)
            } else {
                let inv = m31::inv(double(points.w).y);
                fold_16(a, b, c, d, @inverses_16(@points, inv), @beta)
            }
        };
        assert!(folded == qm31(ref v));
    }
}

#[test]
fn last_layer_as_in_c() {
    let mut v = steps::last_layer();
    let mut coefficients = array![];
    for _ in 0..64_u32 {
        let l = lanes(qm31(ref v));
        coefficients.append(l.re);
        coefficients.append(l.im);
    }
    while !v.is_empty() {
        assert!(eval_last(coefficients.span(), element(ref v)) == qm31(ref v));
    }
}

#[test]
fn quotients_as_in_c() {
    let mut v = steps::quotients();
    let mut ch = ChannelTrait::new();
    let mut felts = PROOF.span();
    let (s, boxed_shape) = read_head(ref felts);
    let (s, shape) = (s.unbox(), boxed_shape.unbox());
    let z = oods_points(ref ch, shape.n_max);
    let [z0, z1] = z;
    assert!(z0 == PointQ { x: qm31(ref v), y: qm31(ref v) });
    assert!(z1 == PointQ { x: qm31(ref v), y: qm31(ref v) });
    let delta = ch.draw_felt();
    assert!(delta == qm31(ref v));

    let _ = take(ref felts, 32);
    let _ = read_bytes(ref felts, s.input_bytes);
    let _ = read_bytes(ref felts, s.output_bytes);
    let claims = (shape.n_prod + 1) / 2 + (shape.n_sum + 1) / 2;
    let _ = take(ref felts, 32 + 1 + claims + 64);
    let n = shape.n_at + shape.n_before;
    let mut message = array![];
    let samples = read_qm31s(take(ref felts, (n + 1) / 2), n, ref message);
    let q = BoxTrait::new(quotient(boxed_shape, z, samples, delta));
    let _ = take(ref felts, 1 + 33 * shape.folds.len() + 32 + 1);
    let mut siblings = 0;
    let mut log = shape.top;
    for fold in shape.folds {
        log -= *fold;
        siblings += 8 + log - 5;
    }
    while !v.is_empty() {
        let program = take(ref felts, values_len(shape.program.n_columns));
        let _ = take(ref felts, path_len(@shape.program));
        let main = take(ref felts, values_len(shape.main.n_columns));
        let _ = take(ref felts, path_len(@shape.main));
        let interaction = take(ref felts, values_len(shape.interaction.n_columns));
        let _ = take(ref felts, path_len(@shape.interaction));
        let composition = take(ref felts, 1);
        let _ = take(ref felts, shape.top - 5 + siblings);
        let opened = open(
            q,
            program,
            main,
            interaction,
            composition,
            shape.program.n_columns,
            shape.main.n_columns,
            shape.interaction.n_columns,
        );
        let position = word(ref v);
        let (flag, index) = DivRem::div_rem(position, 0x200000);
        let p = point_at(shape.top, index);
        let p = if flag == 1 {
            conj(p)
        } else {
            p
        };
        let (value, inv) = quotient_at(q, opened, p, 12345);
        assert!(value == qm31(ref v));
        assert!(m31::mul(inv, 12345) == 1);
    }
}

#[test]
fn io_hashes_as_in_c() {
    let mut v = steps::hashes();
    let mut text = array![];
    for w in steps::text() {
        text.append((*w).try_into().unwrap());
    }
    let text = text.span();
    let empty = hash_io(text.slice(0, 0), 0);
    assert!(empty == next(ref v));
    let word: u32 = *text[0];
    let three = hash_io(array![word % 0x1000000].span(), 3);
    assert!(three == next(ref v));
    assert!(hash_io(text.slice(0, 15), 60) == next(ref v));
    assert!(hash_io(text.slice(0, 16), 64) == next(ref v));
    assert!(hash_io(text, 77) == next(ref v));
    let digest = io_digest(empty, three);
    assert!(is_words(digest, ref v));
    assert!(hash31(digest) == next(ref v));
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut felts = array![0x01020304].span();
    assert!(*read_bytes(ref felts, 4)[0] == 0x01020304 && felts.is_empty());
    let mut felts = array![0x030201].span();
    assert!(*read_bytes(ref felts, 3)[0] == 0x030201);
    let mut felts = array![1, 2].span();
    assert!(read_bytes(ref felts, 0).is_empty() && felts.len() == 2);
    let mut felts = array![1, 2].span();
    assert!(read_bytes(ref felts, 29).len() == 8);
}
#[test]
#[should_panic(expected: 'form')]
fn a_fourth_byte_is_refused() {
    let mut felts = array![0x01020304].span();
    let _ = read_bytes(ref felts, 3);
}
#[test]
#[should_panic(expected: 'form')]
fn a_word_after_the_bytes_is_refused() {
    let mut felts = array![0x100000000].span();
    let _ = read_bytes(ref felts, 4);
}

/// The bounds that shape.cairo does not check, since no sizes of the profile reach them: two accesses
/// a product column, six lookups a sum column; four columns of the tree each.
#[test]
fn no_sizes_wrap_the_counts() {
    let (mut accesses, mut lookups) = (0_u64, 0_u64);
    let mut products = PRODUCTS.span();
    for width in INTERACTION.span() {
        let product = *products.pop_front().unwrap();
        accesses += 2 * (product / 4).into() * 0x100000;
        lookups += 6 * ((*width - product) / 4).into() * 0x100000;
    }
    assert!(accesses < 0x7fffffff && lookups < 0x7fffffff);
}

/// Sum of (k + 1) (k + 7) level of column k; and that no column is at two levels.
fn levels(tree: @Tree) -> u64 {
    let mut sum = 0;
    let mut n = 0;
    let mut level = *tree.top;
    let mut ranges = *tree.levels.leaf;
    let mut above = *tree.levels.above;
    loop {
        for range in ranges {
            let (start, len) = *range;
            for k in start..start + len {
                sum += ((k + 1) * (k + 7) * level).into();
                n += 1;
            }
        }
        match above.pop_front() {
            Some(next) => ranges = *next,
            None => { break; },
        }
        level -= 1;
    }
    assert!(n == *tree.n_columns && level == 5);
    sum
}

#[test]
fn shapes_of_any_sizes_as_in_c() {
    let mut v = steps::shapes();
    while !v.is_empty() {
        let mut slots = array![];
        for _ in 0..22_u32 {
            slots.append(word(ref v));
        }
        let s = shape(slots.span());
        let (bytes, felts) = lengths(@s, word(ref v), word(ref v));
        assert!(bytes == next(ref v) && felts == next(ref v));
        for tree in [s.program, s.main, s.interaction].span() {
            assert!(*tree.n_columns == word(ref v));
            assert!(levels(tree).into() == next(ref v));
        }
        assert!(s.n_prod == word(ref v) && s.n_sum == word(ref v));
        assert!(s.n_at == word(ref v) && s.n_before == word(ref v));
        let (mut before, mut k) = (0, 0);
        for columns in s.before {
            let (first, n) = match columns {
                Before::Main(first) => (*first, 2),
                Before::Interaction(first) => (*first, 4),
            };
            for column in first..first + n {
                k += 1;
                before += k * column;
            }
        }
        assert!(before == word(ref v) && k == s.n_before);
    }
}
