//! The walk of an opening to the cap of its tree (docs/protocol.md 2). A digest is a felt of the proof
//! on a path, and the first seven words of a hash on the way up.
use core::blake::blake2s_finalize;
use core::box::BoxTrait;
use crate::blake2s::{Hash, hash_words, sp_leaf, sp_node, sp_node_c};
use crate::words::{append_seven, digest, seven};

/// Columns start .. start + len - 1 of a tree.
pub type Range = (u32, u32);

/// Where the values of a tree's columns enter: at the leaves, and at each step of a path, bottom up.
#[derive(Copy, Drop)]
pub struct Levels {
    pub leaf: Span<Range>,
    pub above: Span<Span<Range>>,
}

/// Appends the values of the columns in the ranges.
fn append_values(ref message: Array<u32>, values: Span<u32>, mut ranges: Span<Range>) {
    while let Some(range) = ranges.pop_front() {
        let (start, len) = *range;
        let mut part = values.slice(start, len);
        while let Some(eight) = part.multi_pop_front::<8>() {
            let [a, b, c, d, e, f, g, h] = (*eight).unbox();
            message.append(a);
            message.append(b);
            message.append(c);
            message.append(d);
            message.append(e);
            message.append(f);
            message.append(g);
            message.append(h);
        }
        if let Some(four) = part.multi_pop_front::<4>() {
            let [a, b, c, d] = (*four).unbox();
            message.append(a);
            message.append(b);
            message.append(c);
            message.append(d);
        }
        while let Some(value) = part.pop_front() {
            message.append(*value);
        }
    }
}

/// A node without values. bit = 0: the node is the left one.
#[inline(always)]
fn parent(start: Hash, bit: u32, node: Hash, sibling: felt252) -> Hash {
    let [a, b, c, d, e, f, g, _] = node.unbox();
    let (h, i, j, k, l, m, n) = seven(sibling);
    if bit == 0 {
        blake2s_finalize(start, 56, BoxTrait::new([a, b, c, d, e, f, g, h, i, j, k, l, m, n, 0, 0]))
    } else {
        blake2s_finalize(start, 56, BoxTrait::new([h, i, j, k, l, m, n, a, b, c, d, e, f, g, 0, 0]))
    }
}

/// A node with the values of the columns in the ranges.
fn parent_with(
    bit: u32, node: Hash, sibling: felt252, values: Span<u32>, ranges: Span<Range>,
) -> Hash {
    let [a, b, c, d, e, f, g, _] = node.unbox();
    let mut message = array![];
    if bit == 0 {
        message = array![a, b, c, d, e, f, g];
        append_seven(ref message, sibling);
    } else {
        append_seven(ref message, sibling);
        message.append(a);
        message.append(b);
        message.append(c);
        message.append(d);
        message.append(e);
        message.append(f);
        message.append(g);
    }
    append_values(ref message, values, ranges);
    hash_words(sp_node_c(), message)
}

/// The digest of the node of the cap above the opened values. bits: of the leaf's index, low first,
/// one for each digest of the path at least.
pub fn root_of(
    levels: @Levels, mut bits: Span<u32>, values: Span<u32>, mut path: Span<felt252>,
) -> felt252 {
    let mut message = array![];
    append_values(ref message, values, *levels.leaf);
    let mut node = hash_words(sp_leaf(), message);
    let mut above = *levels.above;
    let start = sp_node();
    while let Some(sibling) = path.pop_front() {
        let bit = *bits.pop_front().unwrap();
        let ranges = *above.pop_front().unwrap();
        node =
            if ranges.is_empty() {
                parent(start, bit, node, *sibling)
            } else {
                parent_with(bit, node, *sibling, values, ranges)
            };
    }
    digest(node)
}

/// The same for a tree with leaves only, whose leaf is given.
pub fn root_of_leaf(leaf: Hash, mut bits: Span<u32>, mut path: Span<felt252>) -> felt252 {
    let start = sp_node();
    let mut node = leaf;
    while let Some(sibling) = path.pop_front() {
        node = parent(start, *bits.pop_front().unwrap(), node, *sibling);
    }
    digest(node)
}
