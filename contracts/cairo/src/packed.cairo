//! A felt of the proof as eight field elements (docs/proof-format.md 4), and sums of products of
//! field elements in two lanes of one felt, without reduction.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{
    AddHelper, BoundedInt, DivRemHelper, MulHelper, UnitInt, add, div_rem, downcast, mul, upcast,
};
use crate::fields::{m31, qm31};
use crate::fields::qm31::QM31;

type U4 = BoundedInt<0, 0xf>;
type U27 = BoundedInt<0, 0x7ffffff>;
type U31 = BoundedInt<0, 0x7fffffff>;
type U35 = BoundedInt<0, 0x7ffffffff>;
type U58 = BoundedInt<0, 0x3ffffffffffffff>;
type U62 = BoundedInt<0, 0x3fffffffffffffff>;
type U66 = BoundedInt<0, 0x3ffffffffffffffff>;
type U120 = BoundedInt<0, 0xffffffffffffffffffffffffffffff>;
type TwoTo31 = UnitInt<0x80000000>;
type TwoTo62 = UnitInt<0x4000000000000000>;

impl Div128 of DivRemHelper<u128, TwoTo62> {
    type DivT = U66;
    type RemT = U62;
}
impl Div120 of DivRemHelper<U120, TwoTo62> {
    type DivT = U58;
    type RemT = U62;
}
impl Div66 of DivRemHelper<U66, TwoTo31> {
    type DivT = U35;
    type RemT = U31;
}
impl Div62 of DivRemHelper<U62, TwoTo31> {
    type DivT = U31;
    type RemT = U31;
}
impl Div58 of DivRemHelper<U58, TwoTo31> {
    type DivT = U27;
    type RemT = U31;
}
impl Div35 of DivRemHelper<U35, TwoTo31> {
    type DivT = U4;
    type RemT = U31;
}
impl Mul27 of MulHelper<U27, UnitInt<16>> {
    type Result = BoundedInt<0, 0x7ffffff0>;
}
impl Add4 of AddHelper<U4, BoundedInt<0, 0x7ffffff0>> {
    type Result = U31;
}

/// Eight canonical elements, as words and as felts at no cost.
pub type Eight = (u32, u32, u32, u32, u32, u32, u32, u32);

const P: felt252 = 0x7fffffff;

/// The eight numbers of 31 bits of a felt: v0..v3 at bits 0, 31, 62, 93; the low 4 bits of v7 at 124;
/// v4..v6 at 128, 159, 190; the high 27 bits of v7 at 221. 'form' when a bit above is set.
#[inline(always)]
fn split(felt: felt252) -> (U31, U31, U31, U31, U31, U31, U31, U31) {
    let halves: u256 = felt.into();
    let high: U120 = downcast(halves.high).expect('form');
    let (v237, v01) = div_rem::<_, TwoTo62>(halves.low, 0x4000000000000000);
    let (v1, v0) = div_rem::<_, TwoTo31>(v01, 0x80000000);
    let (v37, v2) = div_rem::<_, TwoTo31>(v237, 0x80000000);
    let (v7_low, v3) = div_rem::<_, TwoTo31>(v37, 0x80000000);
    let (v67, v45) = div_rem::<_, TwoTo62>(high, 0x4000000000000000);
    let (v5, v4) = div_rem::<_, TwoTo31>(v45, 0x80000000);
    let (v7_high, v6) = div_rem::<_, TwoTo31>(v67, 0x80000000);
    (v0, v1, v2, v3, v4, v5, v6, add(v7_low, mul::<_, UnitInt<16>>(v7_high, 16)))
}

/// The eight elements of a felt; 'form' when one of them is P, or a bit above is set.
#[inline(always)]
pub fn eight(felt: felt252) -> Eight {
    let (v0, v1, v2, v3, v4, v5, v6, v7) = split(felt);
    // A product below 2^248: zero only when a factor is.
    let gaps = (P - upcast(v0))
        * (P - upcast(v1))
        * (P - upcast(v2))
        * (P - upcast(v3))
        * (P - upcast(v4))
        * (P - upcast(v5))
        * (P - upcast(v6))
        * (P - upcast(v7));
    assert(gaps != 0, 'form');
    (
        upcast(v0), upcast(v1), upcast(v2), upcast(v3), upcast(v4), upcast(v5), upcast(v6),
        upcast(v7),
    )
}

/// The two QM31 of a felt; 'form' when a coordinate is P, or a bit above is set.
pub fn two(felt: felt252) -> (QM31, QM31) {
    let (v0, v1, v2, v3, v4, v5, v6, v7) = split(felt);
    (
        QM31 { a: element(v0), b: element(v1), c: element(v2), d: element(v3) },
        QM31 { a: element(v4), b: element(v5), c: element(v6), d: element(v7) },
    )
}
#[inline(always)]
fn element(v: U31) -> m31::M31 {
    downcast(v).expect('form')
}

/// Appends the four words.
#[inline(always)]
pub fn append_qm31(ref out: Array<u32>, x: QM31) {
    out.append(upcast(x.a));
    out.append(upcast(x.b));
    out.append(upcast(x.c));
    out.append(upcast(x.d));
}

/// Takes n elements from a whole field, and appends their words to a message.
pub fn read_qm31s(mut field: Span<felt252>, n: u32, ref message: Array<u32>) -> Span<QM31> {
    let mut elements = array![];
    let mut rest = n;
    while rest != 0 {
        let (x, y) = two(*field.pop_front().unwrap());
        elements.append(x);
        append_qm31(ref message, x);
        if rest == 1 {
            assert(y == qm31::ZERO, 'form');
            break;
        }
        elements.append(y);
        append_qm31(ref message, y);
        rest -= 2;
    }
    elements.span()
}

/// The distance of the two lanes of a felt.
pub const LANE: felt252 = 0x100000000000000000000000000000000;

/// Two felts of two lanes each: the coordinates of 1 and i, and those of u and iu. A lane holds a
/// sum of products, below 2^123.
#[derive(Copy, Drop)]
pub struct Lanes {
    pub re: felt252,
    pub im: felt252,
}

pub const NO_LANES: Lanes = Lanes { re: 0, im: 0 };

#[inline(always)]
pub fn lanes(x: QM31) -> Lanes {
    Lanes {
        re: m31::to_felt(x.a) + LANE * m31::to_felt(x.b),
        im: m31::to_felt(x.c) + LANE * m31::to_felt(x.d),
    }
}

impl ReduceLane of DivRemHelper<u128, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0x2000000040000000800000010>;
    type RemT = m31::M31;
}

/// Each lane modulo P; lanes are not negative, and below 2^128 and 2^123.
pub fn reduce_lanes(x: Lanes) -> QM31 {
    let re: u256 = x.re.into();
    let im: u256 = x.im.into();
    let (_, a) = div_rem::<_, UnitInt<0x7fffffff>>(re.low, 0x7fffffff);
    let (_, b) = div_rem::<_, UnitInt<0x7fffffff>>(re.high, 0x7fffffff);
    let (_, c) = div_rem::<_, UnitInt<0x7fffffff>>(im.low, 0x7fffffff);
    let (_, d) = div_rem::<_, UnitInt<0x7fffffff>>(im.high, 0x7fffffff);
    QM31 { a, b, c, d }
}
