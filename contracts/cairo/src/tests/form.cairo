//! Proofs with a bit set that carries nothing, or with P in the place of an element: a test for each kind
//! of felt.
use super::proof::PROOF;
use super::proofs::verify_changed;

const BIT_32: felt252 = 0x100000000;
const BIT_64: felt252 = 0x10000000000000000;
const BIT_96: felt252 = 0x1000000000000000000000000;
const BIT_128: felt252 = 0x100000000000000000000000000000000;
const BIT_159: felt252 = 0x8000000000000000000000000000000000000000;
const BIT_160: felt252 = 0x10000000000000000000000000000000000000000;
const BIT_176: felt252 = 0x100000000000000000000000000000000000000000000;
const BIT_190: felt252 = 0x400000000000000000000000000000000000000000000000;
const BIT_192: felt252 = 0x1000000000000000000000000000000000000000000000000;
const BIT_221: felt252 = 0x20000000000000000000000000000000000000000000000000000000;
const BIT_224: felt252 = 0x100000000000000000000000000000000000000000000000000000000;
const BIT_248: felt252 = 0x100000000000000000000000000000000000000000000000000000000000000;

/// Where the fields of the proof begin: 10 felts of head, 32 of a cap; 1 and 1 of input and output;
/// 6 and 6 of the 11 and 12 claims; 279 of samples; 3 FRI layers; 32 of the last layer. A query: 3, 33,
/// 22, 1 felts of values, each with a path of 17, then 8 of siblings.
const PROGRAM_CAP: u32 = 10;
const INPUT: u32 = 42;
const MAIN_CAP: u32 = 44;
const LOOKUP_NONCE: u32 = 76;
const PRODUCTS: u32 = 77;
const SAMPLES: u32 = 153;
const LAST_LAYER: u32 = 532;
const QUERIES: u32 = 565;
const SIBLINGS: u32 = 692;

#[test]
#[should_panic(expected: 'form')]
fn a_digest_above_224_bits() {
    verify_changed(PROGRAM_CAP, BIT_224);
}

#[test]
#[should_panic(expected: 'form')]
fn a_main_cap_above_224_bits() {
    verify_changed(MAIN_CAP + 31, BIT_224);
}

#[test]
#[should_panic(expected: 'form')]
fn bytes_after_the_input() {
    verify_changed(INPUT, BIT_32);
}

#[test]
#[should_panic(expected: 'form')]
fn a_nonce_above_64_bits() {
    verify_changed(LOOKUP_NONCE, BIT_64);
}

#[test]
#[should_panic(expected: 'form')]
fn an_element_after_the_claimed_products() {
    verify_changed(PRODUCTS + 5, BIT_128);
}

#[test]
#[should_panic(expected: 'form')]
fn a_sample_felt_above_248_bits() {
    verify_changed(SAMPLES, BIT_248);
}

#[test]
#[should_panic(expected: 'form')]
fn a_last_layer_felt_above_248_bits() {
    verify_changed(LAST_LAYER + 31, BIT_248);
}

#[test]
#[should_panic(expected: 'form')]
fn a_value_felt_above_248_bits() {
    verify_changed(QUERIES, BIT_248);
}

#[test]
#[should_panic(expected: 'form')]
fn a_value_after_those_of_the_program_tree() {
    verify_changed(QUERIES + 2, BIT_128);
}

#[test]
#[should_panic(expected: 'form')]
fn a_sibling_above_224_bits() {
    verify_changed(QUERIES + 3, BIT_224);
}

#[test]
#[should_panic(expected: 'form')]
fn a_value_after_the_fri_siblings() {
    verify_changed(SIBLINGS + 7, BIT_128);
}

#[test]
#[should_panic(expected: 'form')]
fn a_fri_sibling_above_224_bits() {
    verify_changed(SIBLINGS + 8, BIT_224);
}

#[test]
#[should_panic(expected: 'form')]
fn bits_above_the_numbers() {
    verify_changed(5, BIT_192);
}

#[test]
#[should_panic(expected: 'form')]
fn a_byte_after_the_log_sizes() {
    verify_changed(8, BIT_176);
}

#[test]
#[should_panic(expected: 'form')]
fn a_word_after_the_log_sizes() {
    verify_changed(8, BIT_192);
}

#[test]
#[should_panic(expected: 'form')]
fn a_word_after_the_program_header() {
    verify_changed(9, BIT_64);
}

#[test]
#[should_panic(expected: 'form')]
fn a_far_word_after_the_program_header() {
    verify_changed(9, BIT_192);
}

#[test]
#[should_panic(expected: 'form')]
fn a_fifth_word_of_the_header() {
    verify_changed(0, BIT_128);
}

#[test]
#[should_panic(expected: 'form')]
fn a_sixth_word_of_the_header() {
    verify_changed(0, BIT_160);
}

#[test]
#[should_panic(expected: 'form')]
fn a_seventh_word_of_the_header() {
    verify_changed(0, BIT_192);
}

#[test]
#[should_panic(expected: 'form')]
fn profile_0() {
    verify_changed(0, -4 * BIT_64);
}

#[test]
#[should_panic(expected: 'form')]
fn digest_mode_with_public_bytes() {
    verify_changed(5, BIT_96);
}

#[test]
#[should_panic(expected: 'form')]
fn a_fourth_word_of_the_program_header() {
    verify_changed(9, BIT_96);
}

#[test]
#[should_panic(expected: 'form')]
fn a_fifth_word_of_the_program_header() {
    verify_changed(9, BIT_128);
}

#[test]
#[should_panic(expected: 'form')]
fn a_sixth_word_of_the_program_header() {
    verify_changed(9, BIT_160);
}

#[test]
#[should_panic(expected: 'form')]
fn a_second_value_after_the_fri_siblings() {
    verify_changed(SIBLINGS + 7, BIT_159);
}

#[test]
#[should_panic(expected: 'form')]
fn a_third_value_after_the_fri_siblings() {
    verify_changed(SIBLINGS + 7, BIT_190);
}

#[test]
#[should_panic(expected: 'form')]
fn a_fourth_value_after_the_fri_siblings() {
    verify_changed(SIBLINGS + 7, BIT_221);
}

/// P for the first element of a felt.
fn with_p(at: u32) {
    let value: u256 = (*PROOF.span()[at]).into();
    verify_changed(at, (0x7fffffff - value.low % 0x80000000).into());
}
#[test]
#[should_panic(expected: 'form')]
fn p_as_a_claimed_product() {
    with_p(PRODUCTS);
}
#[test]
#[should_panic(expected: 'form')]
fn p_as_a_sample() {
    with_p(SAMPLES + 100);
}
#[test]
#[should_panic(expected: 'form')]
fn p_as_a_coefficient() {
    with_p(LAST_LAYER);
}
#[test]
#[should_panic(expected: 'form')]
fn p_as_an_opened_value() {
    with_p(QUERIES + 1);
}
#[test]
#[should_panic(expected: 'form')]
fn p_as_a_fri_sibling() {
    with_p(SIBLINGS + 3);
}
