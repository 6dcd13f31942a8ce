//! A whole proof of profile chain: accepted, and refused under another requirement or with a felt
//! changed, by the check that must.
use crate::statement::{Required, RequiredIo};
use crate::verifier::verify;
use super::proof::PROOF;

/// What the proof states, as the caller would know it.
fn required() -> Required {
    let p = PROOF.span();
    Required { program_id: *p[2], context: *p[3], io: RequiredIo::Commitment(*p[4]), exit_code: 0 }
}

/// Felt `at` with `by` added.
fn changed(at: u32, by: felt252) -> Span<felt252> {
    let p = PROOF.span();
    let mut out = array![];
    out.append_span(p.slice(0, at));
    out.append(*p[at] + by);
    out.append_span(p.slice(at + 1, p.len() - at - 1));
    out.span()
}
pub fn verify_changed(at: u32, by: felt252) {
    let _ = verify(required(), changed(at, by));
}

#[test]
fn a_proof_is_accepted() {
    let s = verify(required(), PROOF.span());
    assert!(s.exit_code == 0 && s.cycles_low != 0 && s.cycles_high == 0);
}
#[test]
fn input_and_output_hashes_may_be_required() {
    let p = PROOF.span();
    let io = RequiredIo::Hashes((*p[6], *p[7]));
    let _ = verify(Required { io, ..required() }, p);
}

#[test]
#[should_panic(expected: 'program id')]
fn another_program() {
    let r = required();
    let _ = verify(Required { program_id: r.program_id + 1, ..r }, PROOF.span());
}
#[test]
#[should_panic(expected: 'context')]
fn another_context() {
    let r = required();
    let _ = verify(Required { context: r.context + 1, ..r }, PROOF.span());
}
#[test]
#[should_panic(expected: 'expected io')]
fn another_commitment() {
    let _ = verify(Required { io: RequiredIo::Commitment(1), ..required() }, PROOF.span());
}
#[test]
#[should_panic(expected: 'expected io')]
fn another_input() {
    let p = PROOF.span();
    let io = RequiredIo::Hashes((*p[6] + 1, *p[7]));
    let _ = verify(Required { io, ..required() }, p);
}
#[test]
#[should_panic(expected: 'expected io')]
fn another_output() {
    let p = PROOF.span();
    let io = RequiredIo::Hashes((*p[6], *p[7] + 1));
    let _ = verify(Required { io, ..required() }, p);
}
#[test]
#[should_panic(expected: 'exit code')]
fn another_exit_code() {
    let _ = verify(Required { exit_code: 1, ..required() }, PROOF.span());
}

#[test]
#[should_panic(expected: 'form')]
fn magic() {
    verify_changed(0, 1);
}
#[test]
#[should_panic(expected: 'form')]
fn version() {
    verify_changed(0, 0x100000000);
}
/// Profile 5 is known, but not this one.
#[test]
#[should_panic(expected: 'profile')]
fn profile() {
    verify_changed(0, 0x10000000000000000);
}
#[test]
#[should_panic(expected: 'form')]
fn unknown_profile() {
    verify_changed(0, 2 * 0x10000000000000000);
}
#[test]
#[should_panic(expected: 'form')]
fn length_in_the_header() {
    verify_changed(0, 0x1000000000000000000000000);
}
#[test]
#[should_panic(expected: 'form')]
fn bits_above_the_header() {
    verify_changed(0, 0x100000000000000000000000000000000);
}
#[test]
#[should_panic(expected: 'form')]
fn air_id() {
    verify_changed(1, 1);
}
#[test]
#[should_panic(expected: 'io commitment')]
fn io_commitment() {
    let p = PROOF.span();
    let io = RequiredIo::Hashes((*p[6], *p[7]));
    let _ = verify(Required { io, ..required() }, changed(4, 1));
}
#[test]
#[should_panic(expected: 'form')]
fn mode_2() {
    verify_changed(5, 2 * 0x1000000000000000000000000);
}
#[test]
#[should_panic(expected: 'input')]
fn input_hash() {
    verify_changed(6, 1);
}
#[test]
#[should_panic(expected: 'output')]
fn output_hash() {
    verify_changed(7, 1);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_chip_of_log_size_4() {
    verify_changed(8, -1);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_second_instance() {
    verify_changed(8, 0x500);
}
#[test]
#[should_panic(expected: 'program hash')]
fn entry() {
    verify_changed(9, 4);
}
#[test]
#[should_panic(expected: 'program hash')]
fn program_cap() {
    verify_changed(10, 1);
}
#[test]
#[should_panic(expected: 'input')]
fn input() {
    verify_changed(42, 1);
}
#[test]
#[should_panic(expected: 'time')]
fn cycles_of_64_bits() {
    verify_changed(5, 0x10000000000000000);
}

#[test]
#[should_panic(expected: 'form')]
fn a_trailing_felt() {
    let mut out = array![];
    out.append_span(PROOF.span());
    out.append(0);
    let _ = verify(required(), out.span());
}
#[test]
#[should_panic(expected: 'form')]
fn a_missing_felt() {
    let p = PROOF.span();
    let _ = verify(required(), p.slice(0, p.len() - 1));
}
#[test]
#[should_panic(expected: 'form')]
fn a_head_alone() {
    let _ = verify(required(), PROOF.span().slice(0, 9));
}
#[test]
#[should_panic(expected: 'form')]
fn nothing() {
    let _ = verify(required(), array![].span());
}
