//! What a proof for a task must say, as numbers that client, prover and contract compute alike
//! (docs/chain.md).

use core::blake::{blake2s_compress, blake2s_finalize};
use core::num::traits::Zero;
use core::poseidon::poseidon_hash_span;
use starknet::{ContractAddress, get_contract_address, get_tx_info};
use crate::escrow::errors;

/// The longest run that the protocol can state: 2^27 - 2 cycles (docs/protocol.md 9).
pub const MAX_CYCLES: u64 = 0x7fffffe;

const TWO_224: u256 = 0x100000000000000000000000000000000000000000000000000000000;
const TWO_248: u256 = 0x100000000000000000000000000000000000000000000000000000000000000;

/// "sprove ctx", little endian.
const CONTEXT_TAG: u128 = 0x7874632065766f727073;
/// "sprove io": the first eight bytes in two words, and the ninth, little endian.
const IO_TAG_0: u32 = 0x6f727073;
const IO_TAG_1: u32 = 0x69206576;
const IO_TAG_BYTE: u256 = 0x6f;

const STATEMENT_TAG: felt252 = 'sprove statement';

/// task_hash of the live interface, with a meaning: it commits to all that the demander fixes.
pub fn task_hash(program_id: felt252, input_commitment: felt252, max_cycles: u64) -> felt252 {
    poseidon_hash_span([program_id, input_commitment, max_cycles.into()].span())
}

/// One number for the whole statement; the exit code has no place in it, since only 0 pays.
pub fn statement_hash(task_hash: felt252, context: felt252, result_hash: felt252) -> felt252 {
    poseidon_hash_span([STATEMENT_TAG, task_hash, context, result_hash].span())
}

pub fn assert_terms(program_id: felt252, input_commitment: felt252, max_cycles: u64) {
    assert(!program_id.is_zero() && program_id.into() < TWO_224, errors::INVALID_PROGRAM);
    assert(!input_commitment.is_zero() && input_commitment.into() < TWO_248, errors::INVALID_INPUT);
    assert(max_cycles >= 1 && max_cycles <= MAX_CYCLES, errors::INVALID_MAX_CYCLES);
}

pub fn assert_result(result_hash: felt252) {
    assert(!result_hash.is_zero() && result_hash.into() < TWO_248, errors::INVALID_RESULT);
}

/// The context of a proof: BLAKE2s-256 of six numbers of 32 bytes, little endian: the tag, chain
/// id, contract, low and high half of the task id, provider; cut to 28 bytes. The fields have fixed
/// places, so two tasks with one context are a collision of the hash cut to 224 bits.
pub fn context(
    chain_id: felt252, contract: ContractAddress, task_id: u256, provider: ContractAddress,
) -> felt252 {
    let contract: felt252 = contract.into();
    let provider: felt252 = provider.into();
    let mut words = array![];
    append_number(ref words, CONTEXT_TAG.into());
    append_number(ref words, chain_id.into());
    append_number(ref words, contract.into());
    append_number(ref words, task_id.low.into());
    append_number(ref words, task_id.high.into());
    append_number(ref words, provider.into());
    let [w0, w1, w2, w3, w4, w5, w6, _] = blake2s(words.span(), 192);
    from_words([w0, w1, w2, w3, w4, w5, w6, 0])
}

/// The context of this chain and contract.
pub fn context_here(task_id: u256, provider: ContractAddress) -> felt252 {
    context(get_tx_info().chain_id, get_contract_address(), task_id, provider)
}

/// BLAKE2s-256 of "sprove io", H_in, H_out (9 + 31 + 31 bytes), cut to 31 bytes.
pub fn io_commitment(input_commitment: felt252, output_commitment: felt252) -> felt252 {
    let input: u256 = input_commitment.into();
    let mut words = array![IO_TAG_0, IO_TAG_1];
    // The tag's last byte and H_in are 32 bytes together: words 2 to 9.
    append_number(ref words, input * 256 + IO_TAG_BYTE);
    append_number(ref words, output_commitment.into());
    while words.len() != 32 {
        words.append(0);
    }
    let [w0, w1, w2, w3, w4, w5, w6, w7] = blake2s(words.span(), 71);
    from_words([w0, w1, w2, w3, w4, w5, w6, w7 & 0xffffff])
}

/// BLAKE2s-256 (RFC 7693), no key, no salt, no personalisation, of whole blocks of words, of which
/// the first n_bytes bytes count and the rest are zero; n_bytes ends in the last block.
fn blake2s(mut words: Span<u32>, n_bytes: u32) -> [u32; 8] {
    let mut state = BoxTrait::new(
        [
            0x6b08e647, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
            0x5be0cd19,
        ],
    );
    let mut done = 0;
    while words.len() > 16 {
        let block: @Box<[u32; 16]> = words.multi_pop_front().unwrap();
        done += 64;
        state = blake2s_compress(state, done, *block);
    }
    let block: @Box<[u32; 16]> = words.multi_pop_front().unwrap();
    blake2s_finalize(state, n_bytes, *block).unbox()
}

fn append_number(ref words: Array<u32>, n: u256) {
    append_half(ref words, n.low);
    append_half(ref words, n.high);
}

fn append_half(ref words: Array<u32>, n: u128) {
    const TWO_32: NonZero<u128> = 0x100000000;
    let (n, w0) = DivRem::div_rem(n, TWO_32);
    let (n, w1) = DivRem::div_rem(n, TWO_32);
    let (w3, w2) = DivRem::div_rem(n, TWO_32);
    words.append(w0.try_into().unwrap());
    words.append(w1.try_into().unwrap());
    words.append(w2.try_into().unwrap());
    words.append(w3.try_into().unwrap());
}

/// The words as one little endian number, below 2^248.
fn from_words(words: [u32; 8]) -> felt252 {
    let mut n: felt252 = 0;
    let mut weight: felt252 = 1;
    for word in words.span() {
        n += weight * (*word).into();
        weight *= 0x100000000;
    }
    n
}
