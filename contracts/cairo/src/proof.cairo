//! The fields of a proof as felts (docs/proof-format.md): views into one span. The head and the
//! number of felts are checked first; the form of each later field when it is read, so that a proof
//! with several defects may be refused for another one of them than by verifier/.
use crate::params::{
    AIR_ID, CAP, CAP_LOG, IO_DIGEST, IO_WORDS, LAST_LAYER, MAGIC, PROFILE, PROFILES, QUERIES, VERSION,
    WINDOW_BYTES,
};
use crate::shape::{Shape, Tree, shape};
use crate::words::{append_seven, seven};

/// The statement, and the numbers of the program header that a proof brings.
#[derive(Copy, Drop)]
pub struct Statement {
    pub program_id: felt252,
    pub context: felt252,
    pub io_commitment: felt252,
    pub h_in: felt252,
    pub h_out: felt252,
    pub exit_code: u32,
    pub cycles_low: u32,
    pub cycles_high: u32,
    pub io_mode: u32,
    pub input_bytes: u32,
    pub output_bytes: u32,
    /// Log sizes of the 22 slots.
    pub slots: Span<u32>,
    pub entry: u32,
    pub image_end: u32,
}

/// The next n felts.
pub fn take(ref felts: Span<felt252>, n: u32) -> Span<felt252> {
    let part = felts.slice(0, n);
    felts = felts.slice(n, felts.len() - n);
    part
}

/// Reads the head and the program header, and leaves the rest, which begins with the program cap and
/// is exactly as long as the shape says.
pub fn read_head(ref felts: Span<felt252>) -> (Box<Statement>, Box<Shape>) {
    let n_felts = felts.len();
    let head: Option<@Box<[felt252; 10]>> = felts.multi_pop_front();
    let [header, air_id, program_id, context, io_commitment, numbers, h_in, h_out, logs, program] =
        (*head
        .expect('form'))
        .unbox();
    let (magic, version, profile, n_bytes, a, b, c) = seven(header);
    assert(magic == MAGIC && version == VERSION && a == 0 && b == 0 && c == 0, 'form');
    assert(profile != 0 && profile <= PROFILES && air_id == AIR_ID, 'form');
    assert(profile == PROFILE, 'profile');
    let (exit_code, cycles_low, cycles_high, io_mode, input_bytes, output_bytes, a) = seven(numbers);
    assert(a == 0 && io_mode <= IO_DIGEST, 'form');
    assert(input_bytes <= WINDOW_BYTES && output_bytes <= WINDOW_BYTES, 'form');
    assert(io_mode == IO_WORDS || (input_bytes == 0 && output_bytes == 0), 'form');
    let slots = read_slots(logs);
    let (entry, image_end, a, b, c, d, e) = seven(program);
    assert(a == 0 && b == 0 && c == 0 && d == 0 && e == 0, 'form');

    let shape = shape(slots);
    let (bytes, count) = lengths(@shape, input_bytes, output_bytes);
    assert(n_bytes.into() == bytes && n_felts.into() == count, 'form');
    (
        BoxTrait::new(Statement {
            program_id,
            context,
            io_commitment,
            h_in,
            h_out,
            exit_code,
            cycles_low,
            cycles_high,
            io_mode,
            input_bytes,
            output_bytes,
            slots,
            entry,
            image_end,
        }),
        BoxTrait::new(shape),
    )
}

/// 22 log sizes, four in a word, low byte first; then two bytes of zero.
fn read_slots(logs: felt252) -> Span<u32> {
    let (a, b, c, d, e, f, over) = seven(logs);
    assert(over == 0 && f < 0x10000, 'form');
    let mut slots = array![];
    for word in [a, b, c, d, e, f].span() {
        let (rest, byte) = DivRem::div_rem(*word, 0x100);
        slots.append(byte);
        let (rest, byte) = DivRem::div_rem(rest, 0x100);
        slots.append(byte);
        let (high, byte) = DivRem::div_rem(rest, 0x100);
        slots.append(byte);
        slots.append(high);
    }
    slots.span().slice(0, 22)
}

#[inline(never)]
fn ceil(n: u32, per: NonZero<u32>) -> felt252 {
    let (q, r) = DivRem::div_rem(n, per);
    if r == 0 {
        q.into()
    } else {
        q.into() + 1
    }
}

/// Digests of a path of a tree, and felts of its opened values.
pub fn path_len(tree: @Tree) -> u32 {
    *tree.top - CAP_LOG
}
pub fn values_len(n_columns: u32) -> u32 {
    (n_columns + 7) / 8
}

/// Length in bytes and in felts of the whole proof. In felts, which need no check for overflow: the
/// counts are below 2^20.
pub fn lengths(s: @Shape, input_bytes: u32, output_bytes: u32) -> (felt252, felt252) {
    let n_at: felt252 = (*s.n_at).into();
    let n_samples = *s.n_at + *s.n_before;
    let n_layers: felt252 = (*s.folds).len().into();
    let mut log: felt252 = (*s.top).into();
    let mut path = (*s.program.top).into() + (*s.main.top).into() + (*s.interaction.top).into();
    path += log - 4 * CAP_LOG.into();
    let mut siblings = 0;
    for fold in *s.folds {
        log -= (*fold).into();
        path += log - CAP_LOG.into();
        siblings += if *fold == 4 {
            8
        } else {
            4
        };
    }
    // The composition tree has one felt of values.
    let values = ceil(*s.program.n_columns, 8)
        + ceil(*s.main.n_columns, 8)
        + ceil(*s.interaction.n_columns, 8)
        + 1;
    // 2 siblings - 1 of a leaf's elements, two in a felt, the last felt half full.
    let query_bytes = 4 * n_at + 16 * (2 * siblings - n_layers) + 28 * path;
    let query_felts = values + siblings + path;
    let elements: felt252 = (*s.n_prod + *s.n_sum + n_samples + LAST_LAYER).into();
    let caps = CAP.into() * (4 + n_layers);
    let bytes = 252
        + 28 * caps
        + 4 * (ceil(input_bytes, 4) + ceil(output_bytes, 4))
        + 8 * (3 + n_layers)
        + 16 * elements
        + QUERIES.into() * query_bytes;
    let felts = 10
        + caps
        + ceil(input_bytes, 28)
        + ceil(output_bytes, 28)
        + 3
        + n_layers
        + ceil(*s.n_prod, 2)
        + ceil(*s.n_sum, 2)
        + ceil(n_samples, 2)
        + 32
        + QUERIES.into() * query_felts;
    (bytes, felts)
}

/// The words of n_bytes bytes; what follows them in the last word and the last felt is zero.
pub fn read_bytes(ref felts: Span<felt252>, n_bytes: u32) -> Span<u32> {
    let mut words = array![];
    let n_words = (n_bytes + 3) / 4;
    let mut part = take(ref felts, (n_words + 6) / 7);
    while let Some(felt) = part.pop_front() {
        append_seven(ref words, *felt);
    }
    let mut over = words.span();
    let words = take_words(ref over, n_words);
    for word in over {
        assert(*word == 0, 'form');
    }
    let (_, tail) = DivRem::div_rem(n_bytes, 4);
    if tail != 0 {
        let last = *words[n_words - 1];
        let end: u32 = if tail == 1 {
            0x100
        } else if tail == 2 {
            0x10000
        } else {
            0x1000000
        };
        assert(last < end, 'form');
    }
    words
}

fn take_words(ref words: Span<u32>, n: u32) -> Span<u32> {
    let part = words.slice(0, n);
    words = words.slice(n, words.len() - n);
    part
}
