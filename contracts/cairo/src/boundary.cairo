//! The boundary pairs of a statement and their product (docs/protocol.md 6).
use crate::air::Challenges;
use crate::fields::qm31;
use crate::fields::qm31::QM31;
use crate::packed::{Lanes, lanes, reduce_lanes};
use crate::params::{
    DIGEST_REG, EXIT_REG, HALT_PC, INPUT_ADDR, IO_WORDS, MAX_CYCLES, OUTPUT_ADDR, RAM, RAM_WORDS,
};
use crate::proof::Statement;
use crate::statement::io_digest;

/// docs/air.md, bounds: what the memory argument needs of the public numbers.
pub fn check_bounds(s: Box<Statement>) {
    let s = s.unbox();
    let cycles: u64 = (s.cycles_high).into() * 0x100000000 + (s.cycles_low).into();
    assert(cycles >= 1 && cycles <= MAX_CYCLES, 'time');
    let (word, over) = DivRem::div_rem(s.entry, 4);
    assert(over == 0 && word < RAM_WORDS, 'addresses');
    assert(s.image_end >= RAM && s.image_end < RAM + INPUT_ADDR / 4, 'addresses');
}

/// The challenges in lanes: F(addr, ts, lo, hi) and F_state(ts, pc) are sums of their multiples.
#[derive(Copy, Drop)]
struct Sums {
    gamma: Lanes,
    alpha: Lanes,
    alpha2: Lanes,
    alpha3: Lanes,
    alpha4: Lanes,
}

#[inline(always)]
fn term(x: Lanes, n: felt252) -> Lanes {
    Lanes { re: x.re * n, im: x.im * n }
}

/// F and F at the time after. Every summand is below 2^62 a lane.
fn accesses(f: Box<Sums>, addr: u32, ts: u32, word: u32) -> (QM31, QM31) {
    let f = f.unbox();
    let (hi, lo) = DivRem::div_rem(word, 0x10000);
    let (t, l, h) = (
        term(f.alpha, ts.into()), term(f.alpha2, lo.into()), term(f.alpha3, hi.into()),
    );
    let re = f.gamma.re + addr.into() + t.re + l.re + h.re;
    let im = f.gamma.im + t.im + l.im + h.im;
    (
        reduce_lanes(Lanes { re, im }),
        reduce_lanes(Lanes { re: re + f.alpha.re, im: im + f.alpha.im }),
    )
}

/// F_state(ts, pc)
fn state(f: Box<Sums>, ts: u32, pc: u32) -> QM31 {
    let f = f.unbox();
    let (t, p) = (term(f.alpha, ts.into()), term(f.alpha2, pc.into()));
    reduce_lanes(
        Lanes {
            re: f.gamma.re + f.alpha4.re + t.re + p.re, im: f.gamma.im + f.alpha4.im + t.im + p.im,
        },
    )
}

/// The products of all R and of all W; check_bounds has passed.
pub fn boundary_product(
    s: Box<Statement>, input: Span<u32>, output: Span<u32>, c: Box<Challenges>,
) -> (QM31, QM31) {
    let s = s.unbox();
    let c = c.unbox();
    let end = 4 * (s.cycles_low + 1);
    let [_, alpha, alpha2, alpha3, alpha4, _, _, _, _, _, _, _] = c.alpha;
    let f = BoxTrait::new(Sums {
        gamma: lanes(c.gamma),
        alpha: lanes(alpha),
        alpha2: lanes(alpha2),
        alpha3: lanes(alpha3),
        alpha4: lanes(alpha4),
    });
    let mut r = state(f, end, HALT_PC / 4);
    let mut w = state(f, 4, s.entry / 4);
    if s.io_mode == IO_WORDS {
        let first = RAM + INPUT_ADDR / 4;
        input_word(ref r, ref w, f, first, s.input_bytes);
        let mut addr = first + 1;
        for word in input {
            input_word(ref r, ref w, f, addr, *word);
            addr += 1;
        }
        let first = RAM + OUTPUT_ADDR / 4;
        final_word(ref r, ref w, f, first, end, s.output_bytes);
        let mut addr = first + 1;
        for word in output {
            final_word(ref r, ref w, f, addr, end, *word);
            addr += 1;
        }
    }
    final_word(ref r, ref w, f, EXIT_REG, end, s.exit_code);
    if s.io_mode != IO_WORDS {
        let mut addr = DIGEST_REG;
        for word in io_digest(s.h_in, s.h_out).unbox().span() {
            final_word(ref r, ref w, f, addr, end, *word);
            addr += 1;
        }
    }
    (r, w)
}

/// R = F(addr, 0, 0, 0), W = F(addr, 1, lo, hi).
fn input_word(ref r: QM31, ref w: QM31, f: Box<Sums>, addr: u32, word: u32) {
    let (empty, _) = accesses(f, addr, 0, 0);
    let (_, full) = accesses(f, addr, 0, word);
    r = qm31::mul(r, empty);
    w = qm31::mul(w, full);
}

/// R = F(addr, T, lo, hi), W = F(addr, T + 1, lo, hi).
fn final_word(ref r: QM31, ref w: QM31, f: Box<Sums>, addr: u32, end: u32, word: u32) {
    let (read, written) = accesses(f, addr, end, word);
    r = qm31::mul(r, read);
    w = qm31::mul(w, written);
}
