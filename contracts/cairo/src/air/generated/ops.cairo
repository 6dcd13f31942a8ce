//! QM31 values over the integers, in bounds that their types name: S<k> holds -2^k ..= 2^k.
//! Printed by tools/air_cairo, for the operations that the constraints need. Do not edit.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{
    AddHelper, BoundedInt, DivRemHelper, MulHelper, SubHelper, UnitInt, add, div_rem, mul, sub, upcast,
};
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;

#[derive(Copy, Drop)]
pub struct Q<T> {
    pub a: T,
    pub b: T,
    pub c: T,
    pub d: T,
}

#[inline(always)]
pub fn q(x: QM31) -> Q<S31> {
    Q { a: upcast(x.a), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn q_m31(x: M31) -> Q<S31> {
    Q { a: upcast(x), b: 0, c: 0, d: 0 }
}
/// The same value in wider bounds.
#[inline(always)]
pub fn up<X, Y>(x: Q<X>) -> Q<Y> {
    let Q { a, b, c, d } = x;
    Q { a: upcast(a), b: upcast(b), c: upcast(c), d: upcast(d) }
}
/// f0 + i f1 + u f2 + iu f3: a QM31 column at a point from its coordinate columns there.
#[inline(always)]
pub fn combine(f0: QM31, f1: QM31, f2: QM31, f3: QM31) -> Q<S35> {
    let (f0, f1, f2, f3) = (q(f0), q(f1), q(f2), q(f3));
    let s = sub(f2.c, f3.d);
    let t = add(f2.d, f3.c);
    Q {
        a: upcast(add(add(s, s), sub(sub(f0.a, f1.b), t))),
        b: upcast(add(add(t, t), add(add(f0.b, f1.a), s))),
        c: upcast(add(sub(f0.c, f1.d), sub(f2.a, f3.b))),
        d: upcast(add(add(f0.d, f1.c), add(f2.b, f3.a))),
    }
}
/// Modulo P. Adds P 2^127 > 2^157 first, so that nothing is below zero.
pub fn reduce(x: Q<S157>) -> QM31 {
    QM31 { a: reduce_one(x.a), b: reduce_one(x.b), c: reduce_one(x.c), d: reduce_one(x.d) }
}
fn reduce_one(x: S157) -> M31 {
    let (_, r) = div_rem::<_, _, Reduce>(add::<_, _, Lift>(x, LIFT), 0x7fffffff);
    r
}
const LIFT: UnitInt<0x3fffffff80000000000000000000000000000000> = 0x3fffffff80000000000000000000000000000000;
impl Lift of AddHelper<S157, UnitInt<0x3fffffff80000000000000000000000000000000>> {
    type Result = BoundedInt<0x1fffffff80000000000000000000000000000000, 0x5fffffff80000000000000000000000000000000>;
}
impl Reduce of DivRemHelper<
    BoundedInt<0x1fffffff80000000000000000000000000000000, 0x5fffffff80000000000000000000000000000000>, UnitInt<0x7fffffff>,
> {
    type DivT = BoundedInt<0x3fffffff7ffffffefffffffdfffffffb, 0xc0000000800000010000000200000004>;
    type RemT = M31;
}
#[inline(always)]
pub fn add_31(x: Q<S31>, y: Q<S31>) -> Q<S32> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_31(x: Q<S31>, y: Q<S31>) -> Q<S32> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_31(x: Q<S31>, c: S31) -> Q<S32> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn const_sub_31(c: S31, x: Q<S31>) -> Q<S32> {
    Q { a: sub(c, x.a), b: sub(0, x.b), c: sub(0, x.c), d: sub(0, x.d) }
}
#[inline(always)]
pub fn scale_31_1(x: Q<S31>, c: S1) -> Q<S32> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_2(x: Q<S31>, c: S2) -> Q<S33> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_4(x: Q<S31>, c: S4) -> Q<S35> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_5(x: Q<S31>, c: S5) -> Q<S36> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_8(x: Q<S31>, c: S8) -> Q<S39> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_14(x: Q<S31>, c: S14) -> Q<S45> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_15(x: Q<S31>, c: S15) -> Q<S46> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_16(x: Q<S31>, c: S16) -> Q<S47> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_31_23(x: Q<S31>, c: S23) -> Q<S54> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_32(x: Q<S32>, y: Q<S32>) -> Q<S33> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_32(x: Q<S32>, y: Q<S32>) -> Q<S33> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn const_sub_32(c: S32, x: Q<S32>) -> Q<S33> {
    Q { a: sub(c, x.a), b: sub(0, x.b), c: sub(0, x.c), d: sub(0, x.d) }
}
#[inline(always)]
pub fn add_33(x: Q<S33>, y: Q<S33>) -> Q<S34> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_33(x: Q<S33>, y: Q<S33>) -> Q<S34> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_33(x: Q<S33>, c: S33) -> Q<S34> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn scale_33_16(x: Q<S33>, c: S16) -> Q<S49> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn sub_34(x: Q<S34>, y: Q<S34>) -> Q<S35> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn scale_34_15(x: Q<S34>, c: S15) -> Q<S49> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_34_16(x: Q<S34>, c: S16) -> Q<S50> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_35(x: Q<S35>, y: Q<S35>) -> Q<S36> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_35(x: Q<S35>, y: Q<S35>) -> Q<S36> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn scale_35_15(x: Q<S35>, c: S15) -> Q<S50> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_36(x: Q<S36>, y: Q<S36>) -> Q<S37> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_37(x: Q<S37>, y: Q<S37>) -> Q<S38> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_39(x: Q<S39>, y: Q<S39>) -> Q<S40> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_40(x: Q<S40>, y: Q<S40>) -> Q<S41> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_40(x: Q<S40>, y: Q<S40>) -> Q<S41> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_45(x: Q<S45>, y: Q<S45>) -> Q<S46> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_46(x: Q<S46>, y: Q<S46>) -> Q<S47> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_46(x: Q<S46>, c: S46) -> Q<S47> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_47(x: Q<S47>, y: Q<S47>) -> Q<S48> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_47(x: Q<S47>, y: Q<S47>) -> Q<S48> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_48(x: Q<S48>, y: Q<S48>) -> Q<S49> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_48(x: Q<S48>, y: Q<S48>) -> Q<S49> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_49(x: Q<S49>, y: Q<S49>) -> Q<S50> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_49(x: Q<S49>, y: Q<S49>) -> Q<S50> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_49(x: Q<S49>, c: S49) -> Q<S50> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_50(x: Q<S50>, y: Q<S50>) -> Q<S51> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_50(x: Q<S50>, y: Q<S50>) -> Q<S51> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_50(x: Q<S50>, c: S50) -> Q<S51> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_51(x: Q<S51>, y: Q<S51>) -> Q<S52> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn scale_51_14(x: Q<S51>, c: S14) -> Q<S65> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn scale_51_15(x: Q<S51>, c: S15) -> Q<S66> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn sub_52(x: Q<S52>, y: Q<S52>) -> Q<S53> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_54(x: Q<S54>, y: Q<S54>) -> Q<S55> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_65(x: Q<S65>, y: Q<S65>) -> Q<S66> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_66(x: Q<S66>, y: Q<S66>) -> Q<S67> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_66(x: Q<S66>, c: S66) -> Q<S67> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_67(x: Q<S67>, y: Q<S67>) -> Q<S68> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_67(x: Q<S67>, y: Q<S67>) -> Q<S68> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_68(x: Q<S68>, y: Q<S68>) -> Q<S69> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_68(x: Q<S68>, y: Q<S68>) -> Q<S69> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn scale_68_8(x: Q<S68>, c: S8) -> Q<S76> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_69(x: Q<S69>, y: Q<S69>) -> Q<S70> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_69(x: Q<S69>, y: Q<S69>) -> Q<S70> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_69(x: Q<S69>, c: S69) -> Q<S70> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn scale_69_8(x: Q<S69>, c: S8) -> Q<S77> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_70(x: Q<S70>, y: Q<S70>) -> Q<S71> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_70(x: Q<S70>, y: Q<S70>) -> Q<S71> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_71(x: Q<S71>, y: Q<S71>) -> Q<S72> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_71(x: Q<S71>, y: Q<S71>) -> Q<S72> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_71(x: Q<S71>, c: S71) -> Q<S72> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_72(x: Q<S72>, y: Q<S72>) -> Q<S73> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_72(x: Q<S72>, y: Q<S72>) -> Q<S73> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_73(x: Q<S73>, y: Q<S73>) -> Q<S74> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_73(x: Q<S73>, y: Q<S73>) -> Q<S74> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_73(x: Q<S73>, c: S73) -> Q<S74> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_74(x: Q<S74>, y: Q<S74>) -> Q<S75> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_74(x: Q<S74>, y: Q<S74>) -> Q<S75> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_74(x: Q<S74>, c: S74) -> Q<S75> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_75(x: Q<S75>, y: Q<S75>) -> Q<S76> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_75(x: Q<S75>, y: Q<S75>) -> Q<S76> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_75(x: Q<S75>, c: S75) -> Q<S76> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn scale_75_2(x: Q<S75>, c: S2) -> Q<S77> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
}
#[inline(always)]
pub fn add_76(x: Q<S76>, y: Q<S76>) -> Q<S77> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_76(x: Q<S76>, y: Q<S76>) -> Q<S77> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_76(x: Q<S76>, c: S76) -> Q<S77> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_77(x: Q<S77>, y: Q<S77>) -> Q<S78> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_77(x: Q<S77>, y: Q<S77>) -> Q<S78> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_77(x: Q<S77>, c: S77) -> Q<S78> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_78(x: Q<S78>, y: Q<S78>) -> Q<S79> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_79(x: Q<S79>, y: Q<S79>) -> Q<S80> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_87(x: Q<S87>, y: Q<S87>) -> Q<S88> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_87(x: Q<S87>, y: Q<S87>) -> Q<S88> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_88(x: Q<S88>, y: Q<S88>) -> Q<S89> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_88(x: Q<S88>, y: Q<S88>) -> Q<S89> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_89(x: Q<S89>, y: Q<S89>) -> Q<S90> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_89(x: Q<S89>, y: Q<S89>) -> Q<S90> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_90(x: Q<S90>, y: Q<S90>) -> Q<S91> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_90(x: Q<S90>, y: Q<S90>) -> Q<S91> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_91(x: Q<S91>, y: Q<S91>) -> Q<S92> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_91(x: Q<S91>, y: Q<S91>) -> Q<S92> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_92(x: Q<S92>, y: Q<S92>) -> Q<S93> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_92(x: Q<S92>, c: S92) -> Q<S93> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_93(x: Q<S93>, y: Q<S93>) -> Q<S94> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_94(x: Q<S94>, y: Q<S94>) -> Q<S95> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_107(x: Q<S107>, y: Q<S107>) -> Q<S108> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_107(x: Q<S107>, y: Q<S107>) -> Q<S108> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_108(x: Q<S108>, y: Q<S108>) -> Q<S109> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_111(x: Q<S111>, y: Q<S111>) -> Q<S112> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_111(x: Q<S111>, y: Q<S111>) -> Q<S112> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_111(x: Q<S111>, c: S111) -> Q<S112> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_112(x: Q<S112>, y: Q<S112>) -> Q<S113> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_113(x: Q<S113>, y: Q<S113>) -> Q<S114> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_113(x: Q<S113>, y: Q<S113>) -> Q<S114> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_114(x: Q<S114>, y: Q<S114>) -> Q<S115> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_115(x: Q<S115>, y: Q<S115>) -> Q<S116> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_115(x: Q<S115>, y: Q<S115>) -> Q<S116> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_115(x: Q<S115>, c: S115) -> Q<S116> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn sub_116(x: Q<S116>, y: Q<S116>) -> Q<S117> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_125(x: Q<S125>, y: Q<S125>) -> Q<S126> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_125(x: Q<S125>, y: Q<S125>) -> Q<S126> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_126(x: Q<S126>, y: Q<S126>) -> Q<S127> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_126(x: Q<S126>, y: Q<S126>) -> Q<S127> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_127(x: Q<S127>, y: Q<S127>) -> Q<S128> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_129(x: Q<S129>, y: Q<S129>) -> Q<S130> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_131(x: Q<S131>, y: Q<S131>) -> Q<S132> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_131(x: Q<S131>, y: Q<S131>) -> Q<S132> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_132(x: Q<S132>, y: Q<S132>) -> Q<S133> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_133(x: Q<S133>, y: Q<S133>) -> Q<S134> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_134(x: Q<S134>, y: Q<S134>) -> Q<S135> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_153(x: Q<S153>, y: Q<S153>) -> Q<S154> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_154(x: Q<S154>, y: Q<S154>) -> Q<S155> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_155(x: Q<S155>, y: Q<S155>) -> Q<S156> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_155(x: Q<S155>, y: Q<S155>) -> Q<S156> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_155(x: Q<S155>, c: S155) -> Q<S156> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_156(x: Q<S156>, y: Q<S156>) -> Q<S157> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn mul_32_32(x: Q<S32>, y: Q<S32>) -> Q<S67> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_32_36(x: Q<S32>, y: Q<S36>) -> Q<S71> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_32_52(x: Q<S32>, y: Q<S52>) -> Q<S87> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_32_76(x: Q<S32>, y: Q<S76>) -> Q<S111> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_32_90(x: Q<S32>, y: Q<S90>) -> Q<S125> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_32_118(x: Q<S32>, y: Q<S118>) -> Q<S153> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_36_36(x: Q<S36>, y: Q<S36>) -> Q<S75> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_36_52(x: Q<S36>, y: Q<S52>) -> Q<S91> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_36_76(x: Q<S36>, y: Q<S76>) -> Q<S115> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_36_90(x: Q<S36>, y: Q<S90>) -> Q<S129> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_36_118(x: Q<S36>, y: Q<S118>) -> Q<S157> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_52_52(x: Q<S52>, y: Q<S52>) -> Q<S107> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_52_76(x: Q<S52>, y: Q<S76>) -> Q<S131> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
#[inline(always)]
pub fn mul_76_76(x: Q<S76>, y: Q<S76>) -> Q<S155> {
    let s = sub(mul(x.c, y.c), mul(x.d, y.d));
    let t = add(mul(x.c, y.d), mul(x.d, y.c));
    Q {
        a: add(add(s, s), sub(sub(mul(x.a, y.a), mul(x.b, y.b)), t)),
        b: add(add(t, t), add(add(mul(x.a, y.b), mul(x.b, y.a)), s)),
        c: upcast(
            add(sub(mul(x.a, y.c), mul(x.b, y.d)), sub(mul(x.c, y.a), mul(x.d, y.b))),
        ),
        d: upcast(
            add(add(mul(x.a, y.d), mul(x.b, y.c)), add(mul(x.c, y.b), mul(x.d, y.a))),
        ),
    }
}
pub type S1 = BoundedInt<-0x2, 0x2>;
pub type S2 = BoundedInt<-0x4, 0x4>;
pub type S4 = BoundedInt<-0x10, 0x10>;
pub type S5 = BoundedInt<-0x20, 0x20>;
pub type S8 = BoundedInt<-0x100, 0x100>;
pub type S14 = BoundedInt<-0x4000, 0x4000>;
pub type S15 = BoundedInt<-0x8000, 0x8000>;
pub type S16 = BoundedInt<-0x10000, 0x10000>;
pub type S23 = BoundedInt<-0x800000, 0x800000>;
pub type S31 = BoundedInt<-0x80000000, 0x80000000>;
pub type S32 = BoundedInt<-0x100000000, 0x100000000>;
pub type S33 = BoundedInt<-0x200000000, 0x200000000>;
pub type S34 = BoundedInt<-0x400000000, 0x400000000>;
pub type S35 = BoundedInt<-0x800000000, 0x800000000>;
pub type S36 = BoundedInt<-0x1000000000, 0x1000000000>;
pub type S37 = BoundedInt<-0x2000000000, 0x2000000000>;
pub type S38 = BoundedInt<-0x4000000000, 0x4000000000>;
pub type S39 = BoundedInt<-0x8000000000, 0x8000000000>;
pub type S40 = BoundedInt<-0x10000000000, 0x10000000000>;
pub type S41 = BoundedInt<-0x20000000000, 0x20000000000>;
pub type S45 = BoundedInt<-0x200000000000, 0x200000000000>;
pub type S46 = BoundedInt<-0x400000000000, 0x400000000000>;
pub type S47 = BoundedInt<-0x800000000000, 0x800000000000>;
pub type S48 = BoundedInt<-0x1000000000000, 0x1000000000000>;
pub type S49 = BoundedInt<-0x2000000000000, 0x2000000000000>;
pub type S50 = BoundedInt<-0x4000000000000, 0x4000000000000>;
pub type S51 = BoundedInt<-0x8000000000000, 0x8000000000000>;
pub type S52 = BoundedInt<-0x10000000000000, 0x10000000000000>;
pub type S53 = BoundedInt<-0x20000000000000, 0x20000000000000>;
pub type S54 = BoundedInt<-0x40000000000000, 0x40000000000000>;
pub type S55 = BoundedInt<-0x80000000000000, 0x80000000000000>;
pub type S64 = BoundedInt<-0x10000000000000000, 0x10000000000000000>;
pub type S65 = BoundedInt<-0x20000000000000000, 0x20000000000000000>;
pub type S66 = BoundedInt<-0x40000000000000000, 0x40000000000000000>;
pub type S67 = BoundedInt<-0x80000000000000000, 0x80000000000000000>;
pub type S68 = BoundedInt<-0x100000000000000000, 0x100000000000000000>;
pub type S69 = BoundedInt<-0x200000000000000000, 0x200000000000000000>;
pub type S70 = BoundedInt<-0x400000000000000000, 0x400000000000000000>;
pub type S71 = BoundedInt<-0x800000000000000000, 0x800000000000000000>;
pub type S72 = BoundedInt<-0x1000000000000000000, 0x1000000000000000000>;
pub type S73 = BoundedInt<-0x2000000000000000000, 0x2000000000000000000>;
pub type S74 = BoundedInt<-0x4000000000000000000, 0x4000000000000000000>;
pub type S75 = BoundedInt<-0x8000000000000000000, 0x8000000000000000000>;
pub type S76 = BoundedInt<-0x10000000000000000000, 0x10000000000000000000>;
pub type S77 = BoundedInt<-0x20000000000000000000, 0x20000000000000000000>;
pub type S78 = BoundedInt<-0x40000000000000000000, 0x40000000000000000000>;
pub type S79 = BoundedInt<-0x80000000000000000000, 0x80000000000000000000>;
pub type S80 = BoundedInt<-0x100000000000000000000, 0x100000000000000000000>;
pub type S84 = BoundedInt<-0x1000000000000000000000, 0x1000000000000000000000>;
pub type S85 = BoundedInt<-0x2000000000000000000000, 0x2000000000000000000000>;
pub type S86 = BoundedInt<-0x4000000000000000000000, 0x4000000000000000000000>;
pub type S87 = BoundedInt<-0x8000000000000000000000, 0x8000000000000000000000>;
pub type S88 = BoundedInt<-0x10000000000000000000000, 0x10000000000000000000000>;
pub type S89 = BoundedInt<-0x20000000000000000000000, 0x20000000000000000000000>;
pub type S90 = BoundedInt<-0x40000000000000000000000, 0x40000000000000000000000>;
pub type S91 = BoundedInt<-0x80000000000000000000000, 0x80000000000000000000000>;
pub type S92 = BoundedInt<-0x100000000000000000000000, 0x100000000000000000000000>;
pub type S93 = BoundedInt<-0x200000000000000000000000, 0x200000000000000000000000>;
pub type S94 = BoundedInt<-0x400000000000000000000000, 0x400000000000000000000000>;
pub type S95 = BoundedInt<-0x800000000000000000000000, 0x800000000000000000000000>;
pub type S104 = BoundedInt<-0x100000000000000000000000000, 0x100000000000000000000000000>;
pub type S105 = BoundedInt<-0x200000000000000000000000000, 0x200000000000000000000000000>;
pub type S106 = BoundedInt<-0x400000000000000000000000000, 0x400000000000000000000000000>;
pub type S107 = BoundedInt<-0x800000000000000000000000000, 0x800000000000000000000000000>;
pub type S108 = BoundedInt<-0x1000000000000000000000000000, 0x1000000000000000000000000000>;
pub type S109 = BoundedInt<-0x2000000000000000000000000000, 0x2000000000000000000000000000>;
pub type S110 = BoundedInt<-0x4000000000000000000000000000, 0x4000000000000000000000000000>;
pub type S111 = BoundedInt<-0x8000000000000000000000000000, 0x8000000000000000000000000000>;
pub type S112 = BoundedInt<-0x10000000000000000000000000000, 0x10000000000000000000000000000>;
pub type S113 = BoundedInt<-0x20000000000000000000000000000, 0x20000000000000000000000000000>;
pub type S114 = BoundedInt<-0x40000000000000000000000000000, 0x40000000000000000000000000000>;
pub type S115 = BoundedInt<-0x80000000000000000000000000000, 0x80000000000000000000000000000>;
pub type S116 = BoundedInt<-0x100000000000000000000000000000, 0x100000000000000000000000000000>;
pub type S117 = BoundedInt<-0x200000000000000000000000000000, 0x200000000000000000000000000000>;
pub type S118 = BoundedInt<-0x400000000000000000000000000000, 0x400000000000000000000000000000>;
pub type S122 = BoundedInt<-0x4000000000000000000000000000000, 0x4000000000000000000000000000000>;
pub type S123 = BoundedInt<-0x8000000000000000000000000000000, 0x8000000000000000000000000000000>;
pub type S124 = BoundedInt<-0x10000000000000000000000000000000, 0x10000000000000000000000000000000>;
pub type S125 = BoundedInt<-0x20000000000000000000000000000000, 0x20000000000000000000000000000000>;
pub type S126 = BoundedInt<-0x40000000000000000000000000000000, 0x40000000000000000000000000000000>;
pub type S127 = BoundedInt<-0x80000000000000000000000000000000, 0x80000000000000000000000000000000>;
pub type S128 = BoundedInt<-0x100000000000000000000000000000000, 0x100000000000000000000000000000000>;
pub type S129 = BoundedInt<-0x200000000000000000000000000000000, 0x200000000000000000000000000000000>;
pub type S130 = BoundedInt<-0x400000000000000000000000000000000, 0x400000000000000000000000000000000>;
pub type S131 = BoundedInt<-0x800000000000000000000000000000000, 0x800000000000000000000000000000000>;
pub type S132 = BoundedInt<-0x1000000000000000000000000000000000, 0x1000000000000000000000000000000000>;
pub type S133 = BoundedInt<-0x2000000000000000000000000000000000, 0x2000000000000000000000000000000000>;
pub type S134 = BoundedInt<-0x4000000000000000000000000000000000, 0x4000000000000000000000000000000000>;
pub type S135 = BoundedInt<-0x8000000000000000000000000000000000, 0x8000000000000000000000000000000000>;
pub type S150 = BoundedInt<-0x40000000000000000000000000000000000000, 0x40000000000000000000000000000000000000>;
pub type S151 = BoundedInt<-0x80000000000000000000000000000000000000, 0x80000000000000000000000000000000000000>;
pub type S152 = BoundedInt<-0x100000000000000000000000000000000000000, 0x100000000000000000000000000000000000000>;
pub type S153 = BoundedInt<-0x200000000000000000000000000000000000000, 0x200000000000000000000000000000000000000>;
pub type S154 = BoundedInt<-0x400000000000000000000000000000000000000, 0x400000000000000000000000000000000000000>;
pub type S155 = BoundedInt<-0x800000000000000000000000000000000000000, 0x800000000000000000000000000000000000000>;
pub type S156 = BoundedInt<-0x1000000000000000000000000000000000000000, 0x1000000000000000000000000000000000000000>;
pub type S157 = BoundedInt<-0x2000000000000000000000000000000000000000, 0x2000000000000000000000000000000000000000>;
impl Add31 of AddHelper<S31, S31> {
    type Result = S32;
}
impl Sub31 of SubHelper<S31, S31> {
    type Result = S32;
}
impl Add32 of AddHelper<S32, S32> {
    type Result = S33;
}
impl Sub32 of SubHelper<S32, S32> {
    type Result = S33;
}
impl Add33 of AddHelper<S33, S33> {
    type Result = S34;
}
impl Sub33 of SubHelper<S33, S33> {
    type Result = S34;
}
impl Sub34 of SubHelper<S34, S34> {
    type Result = S35;
}
impl Add35 of AddHelper<S35, S35> {
    type Result = S36;
}
impl Sub35 of SubHelper<S35, S35> {
    type Result = S36;
}
impl Add36 of AddHelper<S36, S36> {
    type Result = S37;
}
impl Sub37 of SubHelper<S37, S37> {
    type Result = S38;
}
impl Add39 of AddHelper<S39, S39> {
    type Result = S40;
}
impl Add40 of AddHelper<S40, S40> {
    type Result = S41;
}
impl Sub40 of SubHelper<S40, S40> {
    type Result = S41;
}
impl Add45 of AddHelper<S45, S45> {
    type Result = S46;
}
impl Add46 of AddHelper<S46, S46> {
    type Result = S47;
}
impl Add47 of AddHelper<S47, S47> {
    type Result = S48;
}
impl Sub47 of SubHelper<S47, S47> {
    type Result = S48;
}
impl Add48 of AddHelper<S48, S48> {
    type Result = S49;
}
impl Sub48 of SubHelper<S48, S48> {
    type Result = S49;
}
impl Add49 of AddHelper<S49, S49> {
    type Result = S50;
}
impl Sub49 of SubHelper<S49, S49> {
    type Result = S50;
}
impl Add50 of AddHelper<S50, S50> {
    type Result = S51;
}
impl Sub50 of SubHelper<S50, S50> {
    type Result = S51;
}
impl Add51 of AddHelper<S51, S51> {
    type Result = S52;
}
impl Sub52 of SubHelper<S52, S52> {
    type Result = S53;
}
impl Add54 of AddHelper<S54, S54> {
    type Result = S55;
}
impl Add64 of AddHelper<S64, S64> {
    type Result = S65;
}
impl Sub64 of SubHelper<S64, S64> {
    type Result = S65;
}
impl Add65 of AddHelper<S65, S65> {
    type Result = S66;
}
impl Sub65 of SubHelper<S65, S65> {
    type Result = S66;
}
impl Add66 of AddHelper<S66, S66> {
    type Result = S67;
}
impl Sub66 of SubHelper<S66, S66> {
    type Result = S67;
}
impl Add67 of AddHelper<S67, S67> {
    type Result = S68;
}
impl Sub67 of SubHelper<S67, S67> {
    type Result = S68;
}
impl Add68 of AddHelper<S68, S68> {
    type Result = S69;
}
impl Sub68 of SubHelper<S68, S68> {
    type Result = S69;
}
impl Add69 of AddHelper<S69, S69> {
    type Result = S70;
}
impl Sub69 of SubHelper<S69, S69> {
    type Result = S70;
}
impl Add70 of AddHelper<S70, S70> {
    type Result = S71;
}
impl Sub70 of SubHelper<S70, S70> {
    type Result = S71;
}
impl Add71 of AddHelper<S71, S71> {
    type Result = S72;
}
impl Sub71 of SubHelper<S71, S71> {
    type Result = S72;
}
impl Add72 of AddHelper<S72, S72> {
    type Result = S73;
}
impl Sub72 of SubHelper<S72, S72> {
    type Result = S73;
}
impl Add73 of AddHelper<S73, S73> {
    type Result = S74;
}
impl Sub73 of SubHelper<S73, S73> {
    type Result = S74;
}
impl Add74 of AddHelper<S74, S74> {
    type Result = S75;
}
impl Sub74 of SubHelper<S74, S74> {
    type Result = S75;
}
impl Add75 of AddHelper<S75, S75> {
    type Result = S76;
}
impl Sub75 of SubHelper<S75, S75> {
    type Result = S76;
}
impl Add76 of AddHelper<S76, S76> {
    type Result = S77;
}
impl Sub76 of SubHelper<S76, S76> {
    type Result = S77;
}
impl Add77 of AddHelper<S77, S77> {
    type Result = S78;
}
impl Sub77 of SubHelper<S77, S77> {
    type Result = S78;
}
impl Add78 of AddHelper<S78, S78> {
    type Result = S79;
}
impl Sub79 of SubHelper<S79, S79> {
    type Result = S80;
}
impl Add84 of AddHelper<S84, S84> {
    type Result = S85;
}
impl Sub84 of SubHelper<S84, S84> {
    type Result = S85;
}
impl Add85 of AddHelper<S85, S85> {
    type Result = S86;
}
impl Sub85 of SubHelper<S85, S85> {
    type Result = S86;
}
impl Add86 of AddHelper<S86, S86> {
    type Result = S87;
}
impl Add87 of AddHelper<S87, S87> {
    type Result = S88;
}
impl Sub87 of SubHelper<S87, S87> {
    type Result = S88;
}
impl Add88 of AddHelper<S88, S88> {
    type Result = S89;
}
impl Sub88 of SubHelper<S88, S88> {
    type Result = S89;
}
impl Add89 of AddHelper<S89, S89> {
    type Result = S90;
}
impl Sub89 of SubHelper<S89, S89> {
    type Result = S90;
}
impl Add90 of AddHelper<S90, S90> {
    type Result = S91;
}
impl Sub90 of SubHelper<S90, S90> {
    type Result = S91;
}
impl Add91 of AddHelper<S91, S91> {
    type Result = S92;
}
impl Sub91 of SubHelper<S91, S91> {
    type Result = S92;
}
impl Add92 of AddHelper<S92, S92> {
    type Result = S93;
}
impl Sub92 of SubHelper<S92, S92> {
    type Result = S93;
}
impl Add93 of AddHelper<S93, S93> {
    type Result = S94;
}
impl Sub94 of SubHelper<S94, S94> {
    type Result = S95;
}
impl Add104 of AddHelper<S104, S104> {
    type Result = S105;
}
impl Sub104 of SubHelper<S104, S104> {
    type Result = S105;
}
impl Add105 of AddHelper<S105, S105> {
    type Result = S106;
}
impl Sub105 of SubHelper<S105, S105> {
    type Result = S106;
}
impl Add106 of AddHelper<S106, S106> {
    type Result = S107;
}
impl Add107 of AddHelper<S107, S107> {
    type Result = S108;
}
impl Sub107 of SubHelper<S107, S107> {
    type Result = S108;
}
impl Add108 of AddHelper<S108, S108> {
    type Result = S109;
}
impl Sub108 of SubHelper<S108, S108> {
    type Result = S109;
}
impl Add109 of AddHelper<S109, S109> {
    type Result = S110;
}
impl Sub109 of SubHelper<S109, S109> {
    type Result = S110;
}
impl Add110 of AddHelper<S110, S110> {
    type Result = S111;
}
impl Add111 of AddHelper<S111, S111> {
    type Result = S112;
}
impl Sub111 of SubHelper<S111, S111> {
    type Result = S112;
}
impl Add112 of AddHelper<S112, S112> {
    type Result = S113;
}
impl Sub112 of SubHelper<S112, S112> {
    type Result = S113;
}
impl Add113 of AddHelper<S113, S113> {
    type Result = S114;
}
impl Sub113 of SubHelper<S113, S113> {
    type Result = S114;
}
impl Add114 of AddHelper<S114, S114> {
    type Result = S115;
}
impl Add115 of AddHelper<S115, S115> {
    type Result = S116;
}
impl Sub115 of SubHelper<S115, S115> {
    type Result = S116;
}
impl Sub116 of SubHelper<S116, S116> {
    type Result = S117;
}
impl Add122 of AddHelper<S122, S122> {
    type Result = S123;
}
impl Sub122 of SubHelper<S122, S122> {
    type Result = S123;
}
impl Add123 of AddHelper<S123, S123> {
    type Result = S124;
}
impl Sub123 of SubHelper<S123, S123> {
    type Result = S124;
}
impl Add124 of AddHelper<S124, S124> {
    type Result = S125;
}
impl Add125 of AddHelper<S125, S125> {
    type Result = S126;
}
impl Sub125 of SubHelper<S125, S125> {
    type Result = S126;
}
impl Add126 of AddHelper<S126, S126> {
    type Result = S127;
}
impl Sub126 of SubHelper<S126, S126> {
    type Result = S127;
}
impl Add127 of AddHelper<S127, S127> {
    type Result = S128;
}
impl Sub127 of SubHelper<S127, S127> {
    type Result = S128;
}
impl Add128 of AddHelper<S128, S128> {
    type Result = S129;
}
impl Sub128 of SubHelper<S128, S128> {
    type Result = S129;
}
impl Add129 of AddHelper<S129, S129> {
    type Result = S130;
}
impl Sub129 of SubHelper<S129, S129> {
    type Result = S130;
}
impl Add130 of AddHelper<S130, S130> {
    type Result = S131;
}
impl Add131 of AddHelper<S131, S131> {
    type Result = S132;
}
impl Sub131 of SubHelper<S131, S131> {
    type Result = S132;
}
impl Add132 of AddHelper<S132, S132> {
    type Result = S133;
}
impl Sub133 of SubHelper<S133, S133> {
    type Result = S134;
}
impl Add134 of AddHelper<S134, S134> {
    type Result = S135;
}
impl Add150 of AddHelper<S150, S150> {
    type Result = S151;
}
impl Sub150 of SubHelper<S150, S150> {
    type Result = S151;
}
impl Add151 of AddHelper<S151, S151> {
    type Result = S152;
}
impl Sub151 of SubHelper<S151, S151> {
    type Result = S152;
}
impl Add152 of AddHelper<S152, S152> {
    type Result = S153;
}
impl Sub152 of SubHelper<S152, S152> {
    type Result = S153;
}
impl Add153 of AddHelper<S153, S153> {
    type Result = S154;
}
impl Sub153 of SubHelper<S153, S153> {
    type Result = S154;
}
impl Add154 of AddHelper<S154, S154> {
    type Result = S155;
}
impl Sub154 of SubHelper<S154, S154> {
    type Result = S155;
}
impl Add155 of AddHelper<S155, S155> {
    type Result = S156;
}
impl Sub155 of SubHelper<S155, S155> {
    type Result = S156;
}
impl Add156 of AddHelper<S156, S156> {
    type Result = S157;
}
impl Mul31_1 of MulHelper<S31, S1> {
    type Result = S32;
}
impl Mul31_2 of MulHelper<S31, S2> {
    type Result = S33;
}
impl Mul31_4 of MulHelper<S31, S4> {
    type Result = S35;
}
impl Mul31_5 of MulHelper<S31, S5> {
    type Result = S36;
}
impl Mul31_8 of MulHelper<S31, S8> {
    type Result = S39;
}
impl Mul31_14 of MulHelper<S31, S14> {
    type Result = S45;
}
impl Mul31_15 of MulHelper<S31, S15> {
    type Result = S46;
}
impl Mul31_16 of MulHelper<S31, S16> {
    type Result = S47;
}
impl Mul31_23 of MulHelper<S31, S23> {
    type Result = S54;
}
impl Mul32_32 of MulHelper<S32, S32> {
    type Result = S64;
}
impl Mul32_36 of MulHelper<S32, S36> {
    type Result = S68;
}
impl Mul32_52 of MulHelper<S32, S52> {
    type Result = S84;
}
impl Mul32_76 of MulHelper<S32, S76> {
    type Result = S108;
}
impl Mul32_90 of MulHelper<S32, S90> {
    type Result = S122;
}
impl Mul32_118 of MulHelper<S32, S118> {
    type Result = S150;
}
impl Mul33_16 of MulHelper<S33, S16> {
    type Result = S49;
}
impl Mul34_15 of MulHelper<S34, S15> {
    type Result = S49;
}
impl Mul34_16 of MulHelper<S34, S16> {
    type Result = S50;
}
impl Mul35_15 of MulHelper<S35, S15> {
    type Result = S50;
}
impl Mul36_36 of MulHelper<S36, S36> {
    type Result = S72;
}
impl Mul36_52 of MulHelper<S36, S52> {
    type Result = S88;
}
impl Mul36_76 of MulHelper<S36, S76> {
    type Result = S112;
}
impl Mul36_90 of MulHelper<S36, S90> {
    type Result = S126;
}
impl Mul36_118 of MulHelper<S36, S118> {
    type Result = S154;
}
impl Mul51_14 of MulHelper<S51, S14> {
    type Result = S65;
}
impl Mul51_15 of MulHelper<S51, S15> {
    type Result = S66;
}
impl Mul52_52 of MulHelper<S52, S52> {
    type Result = S104;
}
impl Mul52_76 of MulHelper<S52, S76> {
    type Result = S128;
}
impl Mul68_8 of MulHelper<S68, S8> {
    type Result = S76;
}
impl Mul69_8 of MulHelper<S69, S8> {
    type Result = S77;
}
impl Mul75_2 of MulHelper<S75, S2> {
    type Result = S77;
}
impl Mul76_76 of MulHelper<S76, S76> {
    type Result = S152;
}
