//! QM31 as four felts that stand for integers, signed and not reduced. Every function says how large
//! its results are; a felt holds integers within -2^250 .. 2^250.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{
    AddHelper, BoundedInt, DivRemHelper, MulHelper, UnitInt, add as int_add, div_rem, mul as int_mul,
};
use crate::fields::m31;
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;

#[derive(Copy, Drop)]
pub struct Lazy {
    pub a: felt252,
    pub b: felt252,
    pub c: felt252,
    pub d: felt252,
}

#[inline(always)]
pub fn from_qm31(x: QM31) -> Lazy {
    Lazy {
        a: m31::to_felt(x.a), b: m31::to_felt(x.b), c: m31::to_felt(x.c), d: m31::to_felt(x.d),
    }
}
#[inline(always)]
pub fn from_words(a: u32, b: u32, c: u32, d: u32) -> Lazy {
    Lazy { a: a.into(), b: b.into(), c: c.into(), d: d.into() }
}
#[inline(always)]
pub fn add(x: Lazy, y: Lazy) -> Lazy {
    Lazy { a: x.a + y.a, b: x.b + y.b, c: x.c + y.c, d: x.d + y.d }
}
#[inline(always)]
pub fn sub(x: Lazy, y: Lazy) -> Lazy {
    Lazy { a: x.a - y.a, b: x.b - y.b, c: x.c - y.c, d: x.d - y.d }
}
/// Coordinates times s.
#[inline(always)]
pub fn scale(x: Lazy, s: felt252) -> Lazy {
    Lazy { a: x.a * s, b: x.b * s, c: x.c * s, d: x.d * s }
}
/// Within 8 times the product of the bounds: a coordinate is a sum of 8 products.
#[inline(always)]
pub fn mul(x: Lazy, y: Lazy) -> Lazy {
    // s + t i = the product of the coefficients of u, which counts 2 + i times
    let s = x.c * y.c - x.d * y.d;
    let t = x.c * y.d + x.d * y.c;
    Lazy {
        a: x.a * y.a - x.b * y.b + s + s - t,
        b: x.a * y.b + x.b * y.a + t + t + s,
        c: x.a * y.c - x.b * y.d + x.c * y.a - x.d * y.b,
        d: x.a * y.d + x.b * y.c + x.c * y.b + x.d * y.a,
    }
}

/// P * ceil(2^232 / P)
const LIFT: felt252 = 0x1000000000000000000000000000000000000000000000000007fff7fff;

/// Coordinates within -2^232 .. 2^232, modulo P.
pub fn reduce(x: Lazy) -> QM31 {
    QM31 {
        a: m31::from_felt(x.a + LIFT),
        b: m31::from_felt(x.b + LIFT),
        c: m31::from_felt(x.c + LIFT),
        d: m31::from_felt(x.d + LIFT),
    }
}

/// x / 8 modulo P, for coordinates within -2^232 .. 2^232.
pub fn eighth(x: Lazy) -> QM31 {
    QM31 { a: eighth_of(x.a), b: eighth_of(x.b), c: eighth_of(x.c), d: eighth_of(x.d) }
}
/// x / 16 modulo P, likewise.
pub fn sixteenth(x: Lazy) -> QM31 {
    QM31 { a: sixteenth_of(x.a), b: sixteenth_of(x.b), c: sixteenth_of(x.c), d: sixteenth_of(x.d) }
}

type Eighth = BoundedInt<0, 0x10000001ffffffffffffffffffffffffeffffffe>;
type EighthLow = BoundedInt<0, 0xffffffffffffffffffffffffffffffff0000000>;
type EighthHigh = BoundedInt<0, 0x1fffffffffffffffffffffffffffffffe>;
impl MulEighth of MulHelper<u128, UnitInt<0x10000000>> {
    type Result = EighthLow;
}
impl MulEighthHigh of MulHelper<u128, UnitInt<2>> {
    type Result = EighthHigh;
}
impl AddEighth of AddHelper<EighthLow, EighthHigh> {
    type Result = Eighth;
}
impl ReduceEighth of DivRemHelper<Eighth, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0x20000004400000088000001100000021>;
    type RemT = M31;
}
/// 2^-3 = 2^28 and 2^(128 - 3) = 2 modulo P.
fn eighth_of(x: felt252) -> M31 {
    let u256 { low, high } = (x + LIFT).into();
    let low = int_mul::<_, UnitInt<0x10000000>>(low, 0x10000000);
    let high = int_mul::<_, UnitInt<2>>(high, 2);
    let (_, r) = div_rem::<_, UnitInt<0x7fffffff>>(int_add(low, high), 0x7fffffff);
    r
}

type Sixteenth = BoundedInt<0, 0x8000000fffffffffffffffffffffffff7ffffff>;
type SixteenthLow = BoundedInt<0, 0x7fffffffffffffffffffffffffffffff8000000>;
impl MulSixteenth of MulHelper<u128, UnitInt<0x8000000>> {
    type Result = SixteenthLow;
}
impl AddSixteenth of AddHelper<SixteenthLow, u128> {
    type Result = Sixteenth;
}
impl ReduceSixteenth of DivRemHelper<Sixteenth, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0x10000002200000044000000880000010>;
    type RemT = M31;
}
/// 2^-4 = 2^27 and 2^(128 - 4) = 1 modulo P.
fn sixteenth_of(x: felt252) -> M31 {
    let u256 { low, high } = (x + LIFT).into();
    let low = int_mul::<_, UnitInt<0x8000000>>(low, 0x8000000);
    let (_, r) = div_rem::<_, UnitInt<0x7fffffff>>(int_add(low, high), 0x7fffffff);
    r
}
