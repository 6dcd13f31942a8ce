//! One query: the opened values belong to the commitments, their quotient to the first FRI layer, and
//! every fold to the next one (docs/protocol.md 9).
use core::blake::{blake2s_compress, blake2s_finalize};
use crate::blake2s::{Hash, sp_leaf};
use crate::circle::{Point, conj};
use crate::domain::{
    Inverses, Leaf, clear_low, double, inverse_y, inverses_16, inverses_8, leaf_points, point_at,
};
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;
use crate::fri::{Betas, eval_last, fold_16, fold_8, fold_circle};
use crate::merkle::{root_of, root_of_leaf};
use crate::packed::{append_qm31, eight};
use crate::params::CAP_LOG;
use crate::proof::{path_len, take, values_len};
use crate::quotients::{Quotient, open, quotient_at};
use crate::shape::{COMPOSITION_COLUMNS, Shape};

#[derive(Copy, Drop)]
pub struct Layer {
    pub fold: u32,
    pub cap: Span<felt252>,
    pub betas: Betas,
}

/// What all queries are checked against.
#[derive(Copy, Drop)]
pub struct Committed {
    pub shape: Shape,
    pub program_cap: Span<felt252>,
    pub main_cap: Span<felt252>,
    pub interaction_cap: Span<felt252>,
    pub composition_cap: Span<felt252>,
    pub quotient: Box<Quotient>,
    pub layers: Span<Layer>,
    /// Lanes of the last layer's coefficients.
    pub last_layer: Span<felt252>,
    /// 2^(M-1) and 2^(M-6): a position is flag, index of a cap node of the layers, rest.
    pub half: NonZero<u32>,
    pub below_cap: NonZero<u32>,
}

/// The lowest n bits.
fn bits_of(position: u32, n: u32) -> Span<u32> {
    let mut bits = array![];
    let mut rest = position;
    while bits.len() != n {
        let (high, bit) = DivRem::div_rem(rest, 2);
        bits.append(bit);
        rest = high;
    }
    bits.span()
}

fn after(bits: Span<u32>, n: u32) -> Span<u32> {
    bits.slice(n, bits.len() - n)
}

/// Checks the felts of one query, which it takes. In boxes, since an argument is copied whole.
pub fn check_query(committed: Box<Committed>, position: u32, ref felts: Span<felt252>) {
    let c = committed.unbox();
    let s = c.shape;
    let top = s.top;
    let bits = bits_of(position, top);
    let (flag, index) = DivRem::div_rem(position, c.half);
    let (layer_cap, _) = DivRem::div_rem(index, c.below_cap);
    let cap = 16 * flag + layer_cap / 2;

    let program = take(ref felts, values_len(s.program.n_columns));
    let program_path = take(ref felts, path_len(@s.program));
    let main = take(ref felts, values_len(s.main.n_columns));
    let main_path = take(ref felts, path_len(@s.main));
    let interaction = take(ref felts, values_len(s.interaction.n_columns));
    let interaction_path = take(ref felts, path_len(@s.interaction));
    let composition = take(ref felts, values_len(COMPOSITION_COLUMNS));
    let composition_path = take(ref felts, top - CAP_LOG);
    let opened = open(
        c.quotient,
        program,
        main,
        interaction,
        composition,
        s.program.n_columns,
        s.main.n_columns,
        s.interaction.n_columns,
    );

    let root = root_of(
        @s.program.levels, after(bits, top - s.program.top), opened.program, program_path,
    );
    assert(root == *c.program_cap[cap], 'tree path');
    let root = root_of(@s.main.levels, after(bits, top - s.main.top), opened.main, main_path);
    assert(root == *c.main_cap[cap], 'tree path');
    let root = root_of(
        @s.interaction.levels,
        after(bits, top - s.interaction.top),
        opened.interaction,
        interaction_path,
    );
    assert(root == *c.interaction_cap[cap], 'tree path');
    let root = root_of_leaf(hash_8(opened.composition), bits, composition_path);
    assert(root == *c.composition_cap[cap], 'tree path');

    // The points of the layers, up to the last one's x; then the inverses from there backwards.
    let point = point_at(top, index);
    let (leaves, end) = leaves_of(s.folds, point, index, flag);
    let p = if flag == 0 {
        point
    } else {
        conj(point)
    };
    let (mut value, inv) = quotient_at(c.quotient, opened, p, end.y);
    let mut inverses = inverses_of(s.folds, leaves, inv);

    let mut layers = c.layers;
    let n_layers = layers.len();
    let mut leaves = leaves;
    let mut bits = after(bits, 3);
    while let Some(layer) = layers.pop_front() {
        let fold = *layer.fold;
        let (_, inside) = *leaves.pop_front().unwrap();
        let i = inverses.pop_back().unwrap();
        let is_first = layers.len() + 1 == n_layers;
        let n = if fold == 4 {
            8
        } else {
            4
        };
        let words = leaf_words(take(ref felts, n), inside, value);
        let mut blocks = words.span();
        let first = *blocks.multi_pop_front().unwrap();
        let second = *blocks.multi_pop_front().unwrap();
        let mut leaf = blake2s_compress(sp_leaf(), 64, first);
        if fold == 4 {
            let third = *blocks.multi_pop_front().unwrap();
            let fourth = *blocks.multi_pop_front().unwrap();
            leaf = blake2s_compress(leaf, 128, second);
            leaf = blake2s_compress(leaf, 192, third);
            leaf = blake2s_finalize(leaf, 256, fourth);
            value =
                if is_first {
                    fold_circle(first, second, third, fourth, i, layer.betas)
                } else {
                    fold_16(first, second, third, fourth, i, layer.betas)
                };
        } else {
            leaf = blake2s_finalize(leaf, 128, second);
            value = fold_8(first, second, i, layer.betas);
        }
        if !is_first {
            bits = after(bits, fold);
        }
        let path = take(ref felts, bits.len() - 1 - CAP_LOG);
        let root = root_of_leaf(leaf, bits, path);
        assert(root == *(*layer.cap)[layer_cap], 'fri path');
    }
    assert(value == eval_last(c.last_layer, end.x), 'last layer');
}

fn hash_8(values: Span<u32>) -> Hash {
    let mut values = values;
    let eight: @Box<[u32; 8]> = values.multi_pop_front().unwrap();
    let [a, b, c, d, e, f, g, h] = (*eight).unbox();
    blake2s_finalize(
        sp_leaf(), 32, BoxTrait::new([a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0]),
    )
}

/// The points of every layer's leaf and the place inside it, and the point of the last layer. The
/// first layer always folds sixteen values.
fn leaves_of(
    mut folds: Span<u32>, point: Point, index: u32, flag: u32,
) -> (Span<(Leaf, u32)>, Point) {
    let _ = folds.pop_front();
    let (mut at, inside) = DivRem::div_rem(index, 8);
    let leaf = leaf_points(clear_low(point, inside));
    let mut leaves = array![(leaf, inside + 8 * flag)];
    let mut point = leaf.w;
    while let Some(fold) = folds.pop_front() {
        if *fold == 4 {
            let (next, inside) = DivRem::div_rem(at, 16);
            let leaf = leaf_points(clear_low(point, inside));
            leaves.append((leaf, inside));
            point = double(leaf.w);
            at = next;
        } else {
            let (next, inside) = DivRem::div_rem(at, 8);
            let leaf = leaf_points(clear_low(point, inside));
            leaves.append((leaf, inside));
            point = leaf.w;
            at = next;
        }
    }
    (leaves.span(), point)
}

/// The inverses of all layers, last layer first, from 1/y of the last layer's point.
fn inverses_of(mut folds: Span<u32>, mut leaves: Span<(Leaf, u32)>, inv: M31) -> Span<Inverses> {
    let mut inverses = array![];
    let mut inv = inv;
    while let Some(leaf) = leaves.pop_back() {
        let fold = *folds.pop_back().unwrap();
        let (points, inside) = leaf;
        let i = if fold == 4 && !leaves.is_empty() {
            inverses_16(points, inv)
        } else {
            inverses_8(points, inv)
        };
        inv = inverse_y(@i, *inside);
        inverses.append(i);
    }
    inverses.span()
}

/// The words of a leaf: its siblings with the value put at its place.
fn leaf_words(mut siblings: Span<felt252>, inside: u32, value: QM31) -> Array<u32> {
    let mut words = array![];
    let mut at = 0;
    while let Some(felt) = siblings.pop_front() {
        let (v0, v1, v2, v3, v4, v5, v6, v7) = eight(*felt);
        if at == inside {
            append_qm31(ref words, value);
            at += 1;
        }
        words.append(v0);
        words.append(v1);
        words.append(v2);
        words.append(v3);
        at += 1;
        if at == inside {
            append_qm31(ref words, value);
            at += 1;
        }
        if siblings.is_empty() {
            assert(v4 == 0 && v5 == 0 && v6 == 0 && v7 == 0, 'form');
            break;
        }
        words.append(v4);
        words.append(v5);
        words.append(v6);
        words.append(v7);
        at += 1;
    }
    words
}
