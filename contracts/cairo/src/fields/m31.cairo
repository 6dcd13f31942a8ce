//! M31: the integers modulo P = 2^31 - 1. A value is canonical, below P: the type says so.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{
    AddHelper, BoundedInt, DivRemHelper, MulHelper, SubHelper, UnitInt, add as int_add, constrain,
    ConstrainHelper, div_rem, downcast, mul as int_mul, sub as int_sub, upcast,
};
use super::ranges::S68;

pub const P: u32 = 0x7fffffff;
pub type M31 = BoundedInt<0, 0x7ffffffe>;
const ONE: M31 = 1;
const P_INT: UnitInt<0x7fffffff> = 0x7fffffff;
const P_NZ: NonZero<UnitInt<0x7fffffff>> = 0x7fffffff;

/// None: v >= P.
pub fn read(v: u32) -> Option<M31> {
    downcast(v)
}
pub fn to_felt(x: M31) -> felt252 {
    upcast(x)
}
pub fn is_zero(x: M31) -> bool {
    to_felt(x) == 0
}

impl AddM31 of AddHelper<M31, M31> {
    type Result = BoundedInt<0, 0xfffffffc>;
}
impl SubM31 of SubHelper<M31, M31> {
    type Result = BoundedInt<-0x7ffffffe, 0x7ffffffe>;
}
/// The sum of two is below 2 P, a difference above -P: one comparison, one subtraction or addition.
impl ConstrainSum of ConstrainHelper<BoundedInt<0, 0xfffffffc>, 0x7fffffff> {
    type LowT = M31;
    type HighT = BoundedInt<0x7fffffff, 0xfffffffc>;
}
impl SumLessP of SubHelper<BoundedInt<0x7fffffff, 0xfffffffc>, UnitInt<0x7fffffff>> {
    type Result = BoundedInt<0, 0x7ffffffd>;
}
impl ConstrainDifference of ConstrainHelper<BoundedInt<-0x7ffffffe, 0x7ffffffe>, 0> {
    type LowT = BoundedInt<-0x7ffffffe, -1>;
    type HighT = M31;
}
impl DifferencePlusP of AddHelper<BoundedInt<-0x7ffffffe, -1>, UnitInt<0x7fffffff>> {
    type Result = BoundedInt<1, 0x7ffffffe>;
}

#[inline]
pub fn add(x: M31, y: M31) -> M31 {
    match constrain::<_, 0x7fffffff>(int_add(x, y)) {
        Ok(low) => low,
        Err(high) => upcast(int_sub::<_, _, SumLessP>(high, P_INT)),
    }
}
#[inline]
pub fn sub(x: M31, y: M31) -> M31 {
    match constrain::<_, 0>(int_sub::<_, _, SubM31>(x, y)) {
        Ok(low) => upcast(int_add::<_, _, DifferencePlusP>(low, P_INT)),
        Err(high) => high,
    }
}
pub fn neg(x: M31) -> M31 {
    sub(0, x)
}

impl MulM31 of MulHelper<M31, M31> {
    type Result = BoundedInt<0, 0x3ffffffe00000004>;
}
impl ReduceProduct of DivRemHelper<BoundedInt<0, 0x3ffffffe00000004>, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0x7ffffffd>;
    type RemT = M31;
}
#[inline]
pub fn mul(x: M31, y: M31) -> M31 {
    let (_, r) = div_rem::<_, _, ReduceProduct>(int_mul(x, y), P_NZ);
    r
}

/// A sum of products of canonical values within -2^68 ..= 2^68, modulo P.
pub fn reduce(x: S68) -> M31 {
    let (_, r) = div_rem::<_, _, ReduceS68>(int_add::<_, _, LiftS68>(x, LIFT), P_NZ);
    r
}
/// P * ceil(2^68 / P)
const LIFT: UnitInt<0x10000000007fffffbf> = 0x10000000007fffffbf;
impl LiftS68 of AddHelper<S68, UnitInt<0x10000000007fffffbf>> {
    type Result = BoundedInt<0x7fffffbf, 0x20000000007fffffbf>;
}
impl ReduceS68 of DivRemHelper<
    BoundedInt<0x7fffffbf, 0x20000000007fffffbf>, UnitInt<0x7fffffff>,
> {
    type DivT = BoundedInt<0, 0x4000000081>;
    type RemT = M31;
}

/// The integer 0 <= x < 2^252 that a felt stands for, modulo P. 2^128 = 2^4 modulo P.
pub fn from_felt(x: felt252) -> M31 {
    let u256 { low, high } = x.into();
    let sum = int_add::<_, _, LowPlusHigh>(low, int_mul::<_, _, High16>(high, 16));
    let (_, r) = div_rem::<_, _, ReduceSum>(sum, P_NZ);
    r
}
impl High16 of MulHelper<u128, UnitInt<16>> {
    type Result = BoundedInt<0, 0xffffffffffffffffffffffffffffffff0>;
}
impl LowPlusHigh of AddHelper<
    u128, BoundedInt<0, 0xffffffffffffffffffffffffffffffff0>,
> {
    type Result = BoundedInt<0, 0x10ffffffffffffffffffffffffffffffef>;
}
impl ReduceSum of DivRemHelper<
    BoundedInt<0, 0x10ffffffffffffffffffffffffffffffef>, UnitInt<0x7fffffff>,
> {
    type DivT = BoundedInt<0, 0x22000000440000008800000110>;
    type RemT = M31;
}

type U31 = BoundedInt<0, 0x80000000>;
type U62 = BoundedInt<0, 0x4000000000000000>;
type U124 = BoundedInt<0, 0x10000000000000000000000000000000>;
type U155 = BoundedInt<0, 0x800000000000000000000000000000000000000>;
impl MulU31 of MulHelper<U31, U31> {
    type Result = U62;
}
impl MulU62 of MulHelper<U62, U62> {
    type Result = U124;
}
impl MulU124 of MulHelper<U124, U31> {
    type Result = U155;
}
impl ReduceU155 of DivRemHelper<U155, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0x10000000200000004000000080000001>;
    type RemT = M31;
}
/// x^4 y, with one reduction.
#[inline(always)]
fn square_twice_mul(x: M31, y: M31) -> M31 {
    let x = upcast::<_, U31>(x);
    let square = int_mul::<_, _, MulU31>(x, x);
    let product = int_mul::<_, _, MulU124>(int_mul::<_, _, MulU62>(square, square), upcast(y));
    let (_, r) = div_rem::<_, _, ReduceU155>(product, P_NZ);
    r
}
/// 1 / x, and 0 for x = 0: x^(P - 2). e<n> is x^(2^n - 1); P - 2 = 4 (2 (2^28 - 1) + 1) + 1.
pub fn inv(x: M31) -> M31 {
    let e2 = mul(mul(x, x), x);
    let e4 = square_twice_mul(e2, e2);
    let e6 = square_twice_mul(e4, e2);
    let e12 = square_twice_mul(
        square_twice_mul(square_twice_mul(e6, ONE), ONE), e6,
    );
    let t = square_twice_mul(square_twice_mul(square_twice_mul(e12, ONE), ONE), ONE);
    let e24 = square_twice_mul(square_twice_mul(square_twice_mul(t, ONE), ONE), e12);
    let e28 = square_twice_mul(square_twice_mul(e24, ONE), e4);
    let e29 = mul(mul(e28, e28), x);
    square_twice_mul(e29, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        let last: M31 = 0x7ffffffe;
        assert!(read(0x7ffffffe) == Some(last) && read(0x7fffffff).is_none());
        assert!(add(last, 1) == 0 && add(last, last) == 0x7ffffffd && add(0, 0) == 0);
        assert!(sub(0, last) == 1 && sub(0, 1) == last && sub(last, last) == 0 && neg(0) == 0);
        assert!(mul(last, last) == 1 && mul(last, 0) == 0);
        assert!(inv(0) == 0 && inv(1) == 1 && inv(last) == last && inv(2) == 0x40000000);
    }
    #[test]
    fn inverse_inverts() {
        let mut x: M31 = 3;
        for _ in 0..50_u32 {
            assert!(mul(x, inv(x)) == 1);
            x = mul(x, 1268011823);
        }
    }
    #[test]
    fn felts_are_reduced_as_integers() {
        assert!(from_felt(0x7fffffff) == 0 && from_felt(0x100000000000000000000000000000000) == 16);
        // -1 is 2^251 + 17 2^192: 2^3 + 17 2^6
        assert!(from_felt(-1) == 1096);
    }
}
