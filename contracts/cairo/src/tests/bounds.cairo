//! Sizes, and bounds of the public numbers: the smallest and the largest, and one past each.
use core::box::BoxTrait;
use crate::boundary::check_bounds;
use crate::proof::{Statement, read_head};
use crate::shape::shape;
use super::proof::PROOF;

/// Slots where every component has 2^log rows; then one is changed.
fn sized(log: u32, slot: u32, other: u32) -> u32 {
    let mut slots = array![];
    for i in 0..22_u32 {
        slots
            .append(
                if i == slot {
                    other
                } else if i == 21 {
                    18
                } else if i < 18 && i % 2 == 1 {
                    0
                } else {
                    log
                },
            );
    }
    shape(slots.span()).n_max
}

const ROM: u32 = 20;
const TABLES: u32 = 21;

#[test]
fn sizes_of_the_profile() {
    assert!(sized(5, TABLES, 18) == 18 && sized(20, TABLES, 18) == 20);
    assert!(sized(5, 0, 0) == 18 && sized(18, 16, 19) == 19);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_chip_of_16_rows() {
    let _ = sized(5, 0, 4);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_chip_of_2_to_the_21_rows() {
    let _ = sized(5, 0, 21);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_chip_of_2_to_the_255_rows() {
    let _ = sized(5, 16, 255);
}
#[test]
#[should_panic(expected: 'sizes')]
fn no_initfin() {
    let _ = sized(5, 18, 0);
}
#[test]
#[should_panic(expected: 'sizes')]
fn no_image() {
    let _ = sized(5, 19, 0);
}
#[test]
#[should_panic(expected: 'sizes')]
fn no_rom() {
    let _ = sized(5, ROM, 0);
}
#[test]
#[should_panic(expected: 'sizes')]
fn no_tables() {
    let _ = sized(5, TABLES, 0);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_rom_of_2_to_the_21_rows() {
    let _ = sized(5, ROM, 21);
}
#[test]
#[should_panic(expected: 'sizes')]
fn smaller_tables() {
    let _ = sized(5, TABLES, 17);
}
#[test]
#[should_panic(expected: 'sizes')]
fn larger_tables() {
    let _ = sized(5, TABLES, 19);
}
#[test]
#[should_panic(expected: 'sizes')]
fn a_second_instance_of_the_last_chip() {
    let _ = sized(5, 17, 5);
}

/// The head of a proof without public bytes, of this io mode.
fn read_mode(mode: felt252) {
    let p = PROOF.span();
    let s = statement();
    let mut out = array![*p[0] - 8 * 0x1000000000000000000000000];
    out.append_span(p.slice(1, 4));
    out.append(s.cycles_low.into() * 0x100000000 + mode * 0x1000000000000000000000000);
    out.append_span(p.slice(6, 36));
    out.append_span(p.slice(44, p.len() - 44));
    let mut felts = out.span();
    let _ = read_head(ref felts);
}
#[test]
fn digest_mode_is_the_last() {
    read_mode(0);
    read_mode(1);
}
#[test]
#[should_panic(expected: 'form')]
fn mode_2_without_public_bytes() {
    read_mode(2);
}

fn statement() -> Statement {
    let mut felts = PROOF.span();
    let (s, _) = read_head(ref felts);
    s.unbox()
}
fn cycles(low: u32, high: u32) {
    check_bounds(BoxTrait::new(Statement { cycles_low: low, cycles_high: high, ..statement() }));
}
fn entry(entry: u32) {
    check_bounds(BoxTrait::new(Statement { entry, ..statement() }));
}
fn image_end(image_end: u32) {
    check_bounds(BoxTrait::new(Statement { image_end, ..statement() }));
}

/// cycles <= 2^27 - 2; entry a multiple of 4 below 2^30; 2^15 <= image_end < 2^15 + 2^27.
#[test]
fn the_smallest_and_the_largest() {
    cycles(1, 0);
    cycles(0x7fffffe, 0);
    entry(0);
    entry(0x3ffffffc);
    image_end(0x8000);
    image_end(0x8007fff);
}
#[test]
#[should_panic(expected: 'time')]
fn no_cycles() {
    cycles(0, 0);
}
#[test]
#[should_panic(expected: 'time')]
fn a_cycle_too_many() {
    cycles(0x7ffffff, 0);
}
#[test]
#[should_panic(expected: 'time')]
fn two_to_the_32_cycles() {
    cycles(0, 1);
}
#[test]
#[should_panic(expected: 'time')]
fn two_to_the_32_cycles_more() {
    cycles(24, 1);
}
#[test]
#[should_panic(expected: 'addresses')]
fn an_entry_between_words() {
    entry(2);
}
#[test]
#[should_panic(expected: 'addresses')]
fn an_entry_beyond_memory() {
    entry(0x40000000);
}
#[test]
#[should_panic(expected: 'addresses')]
fn an_image_that_ends_below_ram() {
    image_end(0x7fff);
}
#[test]
#[should_panic(expected: 'addresses')]
fn an_image_that_ends_in_the_windows() {
    image_end(0x8008000);
}
