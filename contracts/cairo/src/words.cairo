//! A felt of the proof as 32-bit words (docs/proof-format.md 4): seven of them, low first, in words,
//! bytes and digests; eight in a hash31, whose last byte is zero; two in a nonce. Bits that carry
//! nothing must be zero, else 'form'.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{BoundedInt, DivRemHelper, UnitInt, div_rem, downcast, upcast};

type U32 = BoundedInt<0, 0xffffffff>;
type U64 = BoundedInt<0, 0xffffffffffffffff>;
type U24 = BoundedInt<0, 0xffffff>;
type U56 = BoundedInt<0, 0xffffffffffffff>;
type U96 = BoundedInt<0, 0xffffffffffffffffffffffff>;
type U120 = BoundedInt<0, 0xffffffffffffffffffffffffffffff>;
type TwoTo32 = UnitInt<0x100000000>;
type TwoTo64 = UnitInt<0x10000000000000000>;

impl Div128 of DivRemHelper<u128, TwoTo64> {
    type DivT = U64;
    type RemT = U64;
}
impl Div64 of DivRemHelper<U64, TwoTo32> {
    type DivT = U32;
    type RemT = U32;
}
impl Div96 of DivRemHelper<U96, TwoTo32> {
    type DivT = U64;
    type RemT = U32;
}
impl Div120 of DivRemHelper<U120, TwoTo64> {
    type DivT = U56;
    type RemT = U64;
}
impl Div56 of DivRemHelper<U56, TwoTo32> {
    type DivT = U24;
    type RemT = U32;
}

#[inline(always)]
fn halve(v: U64) -> (u32, u32) {
    let (high, low) = div_rem::<_, TwoTo32>(v, 0x100000000);
    (upcast(low), upcast(high))
}

#[inline(always)]
fn low_four(v: u128) -> (u32, u32, u32, u32) {
    let (high, low) = div_rem::<_, TwoTo64>(v, 0x10000000000000000);
    let (a, b) = halve(low);
    let (c, d) = halve(high);
    (a, b, c, d)
}

/// The seven words of a felt below 2^224.
#[inline(always)]
pub fn seven(felt: felt252) -> (u32, u32, u32, u32, u32, u32, u32) {
    let halves: u256 = felt.into();
    let (a, b, c, d) = low_four(halves.low);
    let high: U96 = downcast(halves.high).expect('form');
    let (high, e) = div_rem::<_, TwoTo32>(high, 0x100000000);
    let (f, g) = halve(high);
    (a, b, c, d, upcast(e), f, g)
}

/// The eight words of a felt below 2^248.
pub fn eight(felt: felt252) -> (u32, u32, u32, u32, u32, u32, u32, u32) {
    let halves: u256 = felt.into();
    let (a, b, c, d) = low_four(halves.low);
    let high: U120 = downcast(halves.high).expect('form');
    let (high, low) = div_rem::<_, TwoTo64>(high, 0x10000000000000000);
    let (e, f) = halve(low);
    let (h, g) = div_rem::<_, TwoTo32>(high, 0x100000000);
    (a, b, c, d, e, f, upcast(g), upcast(h))
}

/// The two words of a felt below 2^64.
pub fn two(felt: felt252) -> (u32, u32) {
    let v: U64 = downcast(felt).expect('form');
    halve(v)
}

/// Appends the seven words of a digest.
pub fn append_seven(ref out: Array<u32>, felt: felt252) {
    let (a, b, c, d, e, f, g) = seven(felt);
    out.append(a);
    out.append(b);
    out.append(c);
    out.append(d);
    out.append(e);
    out.append(f);
    out.append(g);
}

/// Appends the eight words of a hash31.
pub fn append_eight(ref out: Array<u32>, felt: felt252) {
    let (a, b, c, d, e, f, g, h) = eight(felt);
    out.append(a);
    out.append(b);
    out.append(c);
    out.append(d);
    out.append(e);
    out.append(f);
    out.append(g);
    out.append(h);
}

/// Appends the digests.
pub fn append_digests(ref out: Array<u32>, mut digests: Span<felt252>) {
    while let Some(felt) = digests.pop_front() {
        append_seven(ref out, *felt);
    }
}

const W1: felt252 = 0x100000000;
const W2: felt252 = 0x10000000000000000;
const W3: felt252 = 0x1000000000000000000000000;
const W4: felt252 = 0x100000000000000000000000000000000;
const W5: felt252 = 0x10000000000000000000000000000000000000000;
const W6: felt252 = 0x1000000000000000000000000000000000000000000000000;
const W7: felt252 = 0x100000000000000000000000000000000000000000000000000000000;

/// The digest as a felt: the first seven words of a hash.
pub fn digest(hash: Box<[u32; 8]>) -> felt252 {
    let [a, b, c, d, e, f, g, _] = hash.unbox();
    a.into()
        + b.into() * W1
        + c.into() * W2
        + d.into() * W3
        + e.into() * W4
        + f.into() * W5
        + g.into() * W6
}

/// The first 31 bytes of a hash as a felt.
pub fn hash31(hash: Box<[u32; 8]>) -> felt252 {
    let [_, _, _, _, _, _, _, h] = hash.unbox();
    let (_, low) = DivRem::div_rem(h, 0x1000000);
    digest(hash) + low.into() * W7
}
