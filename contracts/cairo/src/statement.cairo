//! What a proof states: its hashes, how it enters the transcript, and what the caller requires of it
//! (docs/protocol.md 4).
use crate::air::Challenges;
use crate::blake2s::{hash, hash_words, plain, sp_prog};
use crate::channel::{Channel, ChannelTrait};
use crate::fields::qm31;
use crate::params::{
    AIR_ID, CAP, HALT_PC, INPUT_ADDR, IO_WORDS, OUTPUT_ADDR, PROFILE, TABLES_LOG, VERSION,
    WINDOW_BYTES,
};
use crate::proof::Statement;
use crate::shape::{Shape, image_log, rom_log};
use crate::words::{append_digests, append_eight, append_seven, digest, eight, hash31};

/// What the proof must state. Digests and hashes are the integers of their little-endian bytes.
#[derive(Copy, Drop)]
pub struct Required {
    pub program_id: felt252,
    pub context: felt252,
    pub io: RequiredIo,
    pub exit_code: u32,
}

#[derive(Copy, Drop)]
pub enum RequiredIo {
    Commitment: felt252,
    /// H_in and H_out
    Hashes: (felt252, felt252),
}

/// H = BLAKE2s-256(le32(n), bytes) cut to 31 bytes; the words hold the n bytes.
pub fn hash_io(words: Span<u32>, n_bytes: u32) -> felt252 {
    let mut message = array![n_bytes];
    message.append_span(words);
    hash31(hash(plain(), message, 4 + n_bytes))
}

/// The uncut BLAKE2s-256("sprove io", H_in, H_out): 9 + 31 + 31 bytes. The label ends after one byte
/// of word 2, so that H_in is shifted by a byte and H_out begins with word 10.
pub fn io_digest(h_in: felt252, h_out: felt252) -> Box<[u32; 8]> {
    let (a, b, c, d, e, f, g, h) = eight(h_in);
    let mut message = array![0x6f727073, 0x69206576];
    let mut carry: u32 = 0x6f;
    for word in [a, b, c, d, e, f, g, h].span() {
        let (high, low) = DivRem::div_rem(*word, 0x1000000);
        message.append(low * 0x100 + carry);
        carry = high;
    }
    append_eight(ref message, h_out);
    hash(plain(), message, 71)
}

/// program_id of the header and cap that the proof brings.
pub fn program_hash(
    s: Box<Statement>, rom_log: u32, image_log: u32, cap: Span<felt252>,
) -> felt252 {
    let s = s.unbox();
    let mut message = array![];
    append_seven(ref message, AIR_ID);
    for word in [
        PROFILE, s.entry, HALT_PC, s.image_end, rom_log, TABLES_LOG, image_log, s.io_mode,
        INPUT_ADDR, WINDOW_BYTES, OUTPUT_ADDR, WINDOW_BYTES, CAP,
    ].span() {
        message.append(*word);
    }
    append_digests(ref message, cap);
    digest(hash_words(sp_prog(), message))
}

pub fn mix(ref ch: Channel, s: Box<Statement>) {
    let s = s.unbox();
    let mut message = ch.message();
    message.append(VERSION);
    append_seven(ref message, AIR_ID);
    message.append(PROFILE);
    append_seven(ref message, s.program_id);
    append_seven(ref message, s.context);
    append_eight(ref message, s.io_commitment);
    message.append(s.exit_code);
    message.append(s.cycles_low);
    message.append(s.cycles_high);
    message.append(s.io_mode);
    append_eight(ref message, s.h_in);
    append_eight(ref message, s.h_out);
    message.append_span(s.slots);
    ch.mix(message);
}

/// The statement is the one required, and hangs together. input and output are words, empty in digest
/// mode.
pub fn check_statement(
    statement: Box<Statement>,
    shape: Box<Shape>,
    cap: Span<felt252>,
    input: Span<u32>,
    output: Span<u32>,
    required: Required,
) {
    let s = statement.unbox();
    let shape = shape.unbox();
    assert(s.program_id == required.program_id, 'program id');
    assert(s.program_id == program_hash(statement, rom_log(@shape), image_log(@shape), cap), 'program hash');
    assert(s.context == required.context, 'context');
    if s.io_mode == IO_WORDS {
        assert(s.h_in == hash_io(input, s.input_bytes), 'input');
        assert(s.h_out == hash_io(output, s.output_bytes), 'output');
    }
    assert(s.io_commitment == hash31(io_digest(s.h_in, s.h_out)), 'io commitment');
    match required.io {
        RequiredIo::Commitment(io) => assert(s.io_commitment == io, 'expected io'),
        RequiredIo::Hashes((
            h_in, h_out,
        )) => assert(s.h_in == h_in && s.h_out == h_out, 'expected io'),
    }
    assert(s.exit_code == required.exit_code, 'exit code');
}

/// Step 3 of the transcript.
pub fn draw_challenges(ref ch: Channel) -> Challenges {
    let gamma = ch.draw_felt();
    let alpha = ch.draw_felt();
    let mut powers = array![qm31::ONE, alpha];
    let mut power = alpha;
    while powers.len() != 12 {
        power = qm31::mul(power, alpha);
        powers.append(power);
    }
    let mut powers = powers.span();
    Challenges {
        gamma,
        alpha: (*powers.multi_pop_front::<12>().unwrap()).unbox(),
        z: ch.draw_felt(),
    }
}
