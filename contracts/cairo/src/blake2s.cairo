//! BLAKE2s-256 (RFC 7693) with the tag in the personalisation of its parameter block
//! (docs/protocol.md 2), over the block function of the chain.
use core::blake::{blake2s_compress, blake2s_finalize};
use core::box::BoxTrait;

/// Eight words: a chaining value, or a hash.
pub type Hash = Box<[u32; 8]>;

/// The chaining value before the first block: the initial values, of which word 0 is combined with
/// 0x01010020 (32 bytes, no key, fanout 1, depth 1) and words 6 and 7 with the tag, little endian.
#[inline(always)]
fn start(w6: u32, w7: u32) -> Hash {
    BoxTrait::new(
        [
            0x6b08e647, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, w6, w7,
        ],
    )
}
pub fn plain() -> Hash {
    start(0x1f83d9ab, 0x5be0cd19)
}
pub fn sp_leaf() -> Hash {
    start(0x7acfa9d8, 0x5be0ab78)
}
pub fn sp_node() -> Hash {
    start(0x70cda9d8, 0x5be0a87d)
}
pub fn sp_node_c() -> Hash {
    start(0x70cda9d8, 0x5ba3a87d)
}
pub fn sp_cap() -> Hash {
    start(0x7ec0a9d8, 0x5be0cd69)
}
pub fn sp_mix() -> Hash {
    start(0x76cea9d8, 0x5be0cd61)
}
pub fn sp_draw() -> Hash {
    start(0x6dc7a9d8, 0x5be0ba78)
}
pub fn sp_grind() -> Hash {
    start(0x6dc4a9d8, 0x5b84a370)
}
pub fn sp_prog() -> Hash {
    start(0x6dd3a9d8, 0x5be0aa76)
}

/// The hash of the first n_bytes bytes of the words; bytes after them in the last word are zero.
/// 4 (words - 1) < n_bytes <= 4 words, or both are 0.
pub fn hash(start: Hash, mut words: Array<u32>, n_bytes: u32) -> Hash {
    let (_, over) = DivRem::div_rem(words.len(), 16);
    if over != 0 || n_bytes == 0 {
        pad(ref words, over);
    }
    let mut blocks = words.span();
    let mut state = start;
    let mut done = 64;
    while done < n_bytes {
        state = blake2s_compress(state, done, *blocks.multi_pop_front::<16>().unwrap());
        done += 64;
    }
    blake2s_finalize(state, n_bytes, *blocks.multi_pop_front::<16>().unwrap())
}

/// Fills the last block, which has `over` < 16 words, with zeros. As a table: by a loop it would cost
/// more than the hash.
fn pad(ref words: Array<u32>, over: u32) {
    match over {
        0 => {
            zeros_8(ref words);
            zeros_8(ref words);
        },
        1 => {
            zeros_8(ref words);
            zeros_7(ref words);
        },
        2 => {
            zeros_8(ref words);
            zeros_6(ref words);
        },
        3 => {
            zeros_8(ref words);
            zeros_5(ref words);
        },
        4 => {
            zeros_8(ref words);
            zeros_4(ref words);
        },
        5 => {
            zeros_8(ref words);
            zeros_3(ref words);
        },
        6 => {
            zeros_8(ref words);
            zeros_2(ref words);
        },
        7 => {
            zeros_8(ref words);
            words.append(0);
        },
        8 => zeros_8(ref words),
        9 => zeros_7(ref words),
        10 => zeros_6(ref words),
        11 => zeros_5(ref words),
        12 => zeros_4(ref words),
        13 => zeros_3(ref words),
        14 => zeros_2(ref words),
        _ => words.append(0),
    }
}
#[inline(always)]
fn zeros_2(ref words: Array<u32>) {
    words.append(0);
    words.append(0);
}
#[inline(always)]
fn zeros_3(ref words: Array<u32>) {
    zeros_2(ref words);
    words.append(0);
}
#[inline(always)]
fn zeros_4(ref words: Array<u32>) {
    zeros_2(ref words);
    zeros_2(ref words);
}
#[inline(always)]
fn zeros_5(ref words: Array<u32>) {
    zeros_4(ref words);
    words.append(0);
}
#[inline(always)]
fn zeros_6(ref words: Array<u32>) {
    zeros_4(ref words);
    zeros_2(ref words);
}
#[inline(always)]
fn zeros_7(ref words: Array<u32>) {
    zeros_4(ref words);
    zeros_3(ref words);
}
#[inline(always)]
fn zeros_8(ref words: Array<u32>) {
    zeros_4(ref words);
    zeros_4(ref words);
}

/// The hash of words.
pub fn hash_words(start: Hash, words: Array<u32>) -> Hash {
    let n_bytes = 4 * words.len();
    hash(start, words, n_bytes)
}
