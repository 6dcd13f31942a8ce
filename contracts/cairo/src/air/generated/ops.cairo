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
pub fn sub_65(x: Q<S65>, y: Q<S65>) -> Q<S66> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_66(x: Q<S66>, y: Q<S66>) -> Q<S67> {
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
pub fn scale_66_8(x: Q<S66>, c: S8) -> Q<S74> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
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
pub fn add_const_67(x: Q<S67>, c: S67) -> Q<S68> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn scale_67_8(x: Q<S67>, c: S8) -> Q<S75> {
    Q { a: mul(x.a, c), b: mul(x.b, c), c: mul(x.c, c), d: mul(x.d, c) }
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
pub fn add_69(x: Q<S69>, y: Q<S69>) -> Q<S70> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_69(x: Q<S69>, y: Q<S69>) -> Q<S70> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
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
pub fn add_const_70(x: Q<S70>, c: S70) -> Q<S71> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
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
pub fn add_const_72(x: Q<S72>, c: S72) -> Q<S73> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
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
pub fn add_79(x: Q<S79>, y: Q<S79>) -> Q<S80> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_79(x: Q<S79>, y: Q<S79>) -> Q<S80> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_80(x: Q<S80>, y: Q<S80>) -> Q<S81> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_81(x: Q<S81>, y: Q<S81>) -> Q<S82> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_82(x: Q<S82>, y: Q<S82>) -> Q<S83> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_82(x: Q<S82>, y: Q<S82>) -> Q<S83> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_83(x: Q<S83>, y: Q<S83>) -> Q<S84> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_83(x: Q<S83>, y: Q<S83>) -> Q<S84> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_84(x: Q<S84>, y: Q<S84>) -> Q<S85> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_84(x: Q<S84>, y: Q<S84>) -> Q<S85> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_85(x: Q<S85>, y: Q<S85>) -> Q<S86> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_85(x: Q<S85>, y: Q<S85>) -> Q<S86> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_86(x: Q<S86>, y: Q<S86>) -> Q<S87> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_87(x: Q<S87>, y: Q<S87>) -> Q<S88> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_89(x: Q<S89>, y: Q<S89>) -> Q<S90> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_90(x: Q<S90>, y: Q<S90>) -> Q<S91> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_91(x: Q<S91>, y: Q<S91>) -> Q<S92> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_99(x: Q<S99>, y: Q<S99>) -> Q<S100> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_100(x: Q<S100>, y: Q<S100>) -> Q<S101> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_100(x: Q<S100>, y: Q<S100>) -> Q<S101> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_101(x: Q<S101>, y: Q<S101>) -> Q<S102> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_101(x: Q<S101>, y: Q<S101>) -> Q<S102> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_102(x: Q<S102>, y: Q<S102>) -> Q<S103> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_102(x: Q<S102>, y: Q<S102>) -> Q<S103> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_102(x: Q<S102>, c: S102) -> Q<S103> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_103(x: Q<S103>, y: Q<S103>) -> Q<S104> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_103(x: Q<S103>, y: Q<S103>) -> Q<S104> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_104(x: Q<S104>, y: Q<S104>) -> Q<S105> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_104(x: Q<S104>, y: Q<S104>) -> Q<S105> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_105(x: Q<S105>, y: Q<S105>) -> Q<S106> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_106(x: Q<S106>, y: Q<S106>) -> Q<S107> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_106(x: Q<S106>, c: S106) -> Q<S107> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn sub_107(x: Q<S107>, y: Q<S107>) -> Q<S108> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_107(x: Q<S107>, c: S107) -> Q<S108> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn sub_108(x: Q<S108>, y: Q<S108>) -> Q<S109> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_109(x: Q<S109>, y: Q<S109>) -> Q<S110> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_109(x: Q<S109>, y: Q<S109>) -> Q<S110> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_109(x: Q<S109>, c: S109) -> Q<S110> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn add_110(x: Q<S110>, y: Q<S110>) -> Q<S111> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_110(x: Q<S110>, y: Q<S110>) -> Q<S111> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_111(x: Q<S111>, y: Q<S111>) -> Q<S112> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_112(x: Q<S112>, y: Q<S112>) -> Q<S113> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_121(x: Q<S121>, y: Q<S121>) -> Q<S122> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_122(x: Q<S122>, y: Q<S122>) -> Q<S123> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_123(x: Q<S123>, y: Q<S123>) -> Q<S124> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_124(x: Q<S124>, y: Q<S124>) -> Q<S125> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_137(x: Q<S137>, y: Q<S137>) -> Q<S138> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_138(x: Q<S138>, y: Q<S138>) -> Q<S139> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_138(x: Q<S138>, c: S138) -> Q<S139> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn sub_139(x: Q<S139>, y: Q<S139>) -> Q<S140> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_140(x: Q<S140>, y: Q<S140>) -> Q<S141> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_const_140(x: Q<S140>, c: S140) -> Q<S141> {
    Q { a: add(x.a, c), b: upcast(x.b), c: upcast(x.c), d: upcast(x.d) }
}
#[inline(always)]
pub fn sub_142(x: Q<S142>, y: Q<S142>) -> Q<S143> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_143(x: Q<S143>, y: Q<S143>) -> Q<S144> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn sub_146(x: Q<S146>, y: Q<S146>) -> Q<S147> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_148(x: Q<S148>, y: Q<S148>) -> Q<S149> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_149(x: Q<S149>, y: Q<S149>) -> Q<S150> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_150(x: Q<S150>, y: Q<S150>) -> Q<S151> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn sub_150(x: Q<S150>, y: Q<S150>) -> Q<S151> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn add_151(x: Q<S151>, y: Q<S151>) -> Q<S152> {
    Q { a: add(x.a, y.a), b: add(x.b, y.b), c: add(x.c, y.c), d: add(x.d, y.d) }
}
#[inline(always)]
pub fn add_152(x: Q<S152>, y: Q<S152>) -> Q<S153> {
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
pub fn sub_156(x: Q<S156>, y: Q<S156>) -> Q<S157> {
    Q { a: sub(x.a, y.a), b: sub(x.b, y.b), c: sub(x.c, y.c), d: sub(x.d, y.d) }
}
#[inline(always)]
pub fn mul_31_31(x: Q<S31>, y: Q<S31>) -> Q<S65> {
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
pub fn mul_31_32(x: Q<S31>, y: Q<S32>) -> Q<S66> {
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
pub fn mul_31_33(x: Q<S31>, y: Q<S33>) -> Q<S67> {
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
pub fn mul_31_34(x: Q<S31>, y: Q<S34>) -> Q<S68> {
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
pub fn mul_31_35(x: Q<S31>, y: Q<S35>) -> Q<S69> {
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
pub fn mul_31_36(x: Q<S31>, y: Q<S36>) -> Q<S70> {
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
pub fn mul_31_38(x: Q<S31>, y: Q<S38>) -> Q<S72> {
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
pub fn mul_31_40(x: Q<S31>, y: Q<S40>) -> Q<S74> {
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
pub fn mul_31_41(x: Q<S31>, y: Q<S41>) -> Q<S75> {
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
pub fn mul_31_46(x: Q<S31>, y: Q<S46>) -> Q<S80> {
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
pub fn mul_31_48(x: Q<S31>, y: Q<S48>) -> Q<S82> {
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
pub fn mul_31_49(x: Q<S31>, y: Q<S49>) -> Q<S83> {
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
pub fn mul_31_50(x: Q<S31>, y: Q<S50>) -> Q<S84> {
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
pub fn mul_31_51(x: Q<S31>, y: Q<S51>) -> Q<S85> {
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
pub fn mul_31_52(x: Q<S31>, y: Q<S52>) -> Q<S86> {
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
pub fn mul_31_55(x: Q<S31>, y: Q<S55>) -> Q<S89> {
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
pub fn mul_31_65(x: Q<S31>, y: Q<S65>) -> Q<S99> {
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
pub fn mul_31_66(x: Q<S31>, y: Q<S66>) -> Q<S100> {
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
pub fn mul_31_67(x: Q<S31>, y: Q<S67>) -> Q<S101> {
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
pub fn mul_31_68(x: Q<S31>, y: Q<S68>) -> Q<S102> {
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
pub fn mul_31_69(x: Q<S31>, y: Q<S69>) -> Q<S103> {
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
pub fn mul_31_70(x: Q<S31>, y: Q<S70>) -> Q<S104> {
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
pub fn mul_31_72(x: Q<S31>, y: Q<S72>) -> Q<S106> {
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
pub fn mul_31_73(x: Q<S31>, y: Q<S73>) -> Q<S107> {
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
pub fn mul_31_74(x: Q<S31>, y: Q<S74>) -> Q<S108> {
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
pub fn mul_31_75(x: Q<S31>, y: Q<S75>) -> Q<S109> {
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
pub fn mul_31_76(x: Q<S31>, y: Q<S76>) -> Q<S110> {
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
pub fn mul_31_78(x: Q<S31>, y: Q<S78>) -> Q<S112> {
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
pub fn mul_31_80(x: Q<S31>, y: Q<S80>) -> Q<S114> {
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
pub fn mul_31_83(x: Q<S31>, y: Q<S83>) -> Q<S117> {
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
pub fn mul_31_84(x: Q<S31>, y: Q<S84>) -> Q<S118> {
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
pub fn mul_31_85(x: Q<S31>, y: Q<S85>) -> Q<S119> {
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
pub fn mul_31_86(x: Q<S31>, y: Q<S86>) -> Q<S120> {
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
pub fn mul_31_87(x: Q<S31>, y: Q<S87>) -> Q<S121> {
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
pub fn mul_31_92(x: Q<S31>, y: Q<S92>) -> Q<S126> {
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
pub fn mul_31_100(x: Q<S31>, y: Q<S100>) -> Q<S134> {
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
pub fn mul_31_101(x: Q<S31>, y: Q<S101>) -> Q<S135> {
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
pub fn mul_31_102(x: Q<S31>, y: Q<S102>) -> Q<S136> {
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
pub fn mul_31_103(x: Q<S31>, y: Q<S103>) -> Q<S137> {
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
pub fn mul_31_104(x: Q<S31>, y: Q<S104>) -> Q<S138> {
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
pub fn mul_31_105(x: Q<S31>, y: Q<S105>) -> Q<S139> {
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
pub fn mul_31_106(x: Q<S31>, y: Q<S106>) -> Q<S140> {
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
pub fn mul_31_107(x: Q<S31>, y: Q<S107>) -> Q<S141> {
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
pub fn mul_31_109(x: Q<S31>, y: Q<S109>) -> Q<S143> {
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
pub fn mul_31_110(x: Q<S31>, y: Q<S110>) -> Q<S144> {
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
pub fn mul_31_111(x: Q<S31>, y: Q<S111>) -> Q<S145> {
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
pub fn mul_31_114(x: Q<S31>, y: Q<S114>) -> Q<S148> {
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
pub fn mul_32_35(x: Q<S32>, y: Q<S35>) -> Q<S70> {
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
pub fn mul_32_41(x: Q<S32>, y: Q<S41>) -> Q<S76> {
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
pub fn mul_32_47(x: Q<S32>, y: Q<S47>) -> Q<S82> {
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
pub fn mul_32_48(x: Q<S32>, y: Q<S48>) -> Q<S83> {
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
pub fn mul_32_65(x: Q<S32>, y: Q<S65>) -> Q<S100> {
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
pub fn mul_32_66(x: Q<S32>, y: Q<S66>) -> Q<S101> {
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
pub fn mul_32_67(x: Q<S32>, y: Q<S67>) -> Q<S102> {
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
pub fn mul_32_71(x: Q<S32>, y: Q<S71>) -> Q<S106> {
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
pub fn mul_32_86(x: Q<S32>, y: Q<S86>) -> Q<S121> {
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
pub fn mul_32_102(x: Q<S32>, y: Q<S102>) -> Q<S137> {
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
pub fn mul_33_40(x: Q<S33>, y: Q<S40>) -> Q<S76> {
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
pub fn mul_33_68(x: Q<S33>, y: Q<S68>) -> Q<S104> {
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
pub fn mul_34_67(x: Q<S34>, y: Q<S67>) -> Q<S104> {
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
pub fn mul_35_40(x: Q<S35>, y: Q<S40>) -> Q<S78> {
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
pub fn mul_35_48(x: Q<S35>, y: Q<S48>) -> Q<S86> {
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
pub fn mul_35_67(x: Q<S35>, y: Q<S67>) -> Q<S105> {
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
pub fn mul_35_68(x: Q<S35>, y: Q<S68>) -> Q<S106> {
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
pub fn mul_35_70(x: Q<S35>, y: Q<S70>) -> Q<S108> {
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
pub fn mul_35_84(x: Q<S35>, y: Q<S84>) -> Q<S122> {
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
pub fn mul_35_102(x: Q<S35>, y: Q<S102>) -> Q<S140> {
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
pub fn mul_35_112(x: Q<S35>, y: Q<S112>) -> Q<S150> {
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
pub fn mul_36_40(x: Q<S36>, y: Q<S40>) -> Q<S79> {
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
pub fn mul_36_67(x: Q<S36>, y: Q<S67>) -> Q<S106> {
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
pub fn mul_36_68(x: Q<S36>, y: Q<S68>) -> Q<S107> {
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
pub fn mul_36_70(x: Q<S36>, y: Q<S70>) -> Q<S109> {
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
pub fn mul_36_75(x: Q<S36>, y: Q<S75>) -> Q<S114> {
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
pub fn mul_36_85(x: Q<S36>, y: Q<S85>) -> Q<S124> {
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
pub fn mul_39_67(x: Q<S39>, y: Q<S67>) -> Q<S109> {
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
pub fn mul_48_48(x: Q<S48>, y: Q<S48>) -> Q<S99> {
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
pub fn mul_48_51(x: Q<S48>, y: Q<S51>) -> Q<S102> {
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
pub fn mul_49_50(x: Q<S49>, y: Q<S50>) -> Q<S102> {
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
pub fn mul_50_51(x: Q<S50>, y: Q<S51>) -> Q<S104> {
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
pub fn mul_50_70(x: Q<S50>, y: Q<S70>) -> Q<S123> {
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
pub fn mul_66_67(x: Q<S66>, y: Q<S67>) -> Q<S136> {
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
pub fn mul_67_67(x: Q<S67>, y: Q<S67>) -> Q<S137> {
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
pub fn mul_67_68(x: Q<S67>, y: Q<S68>) -> Q<S138> {
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
pub fn mul_67_69(x: Q<S67>, y: Q<S69>) -> Q<S139> {
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
pub fn mul_67_70(x: Q<S67>, y: Q<S70>) -> Q<S140> {
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
pub fn mul_67_71(x: Q<S67>, y: Q<S71>) -> Q<S141> {
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
pub fn mul_67_72(x: Q<S67>, y: Q<S72>) -> Q<S142> {
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
pub fn mul_67_76(x: Q<S67>, y: Q<S76>) -> Q<S146> {
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
pub fn mul_67_86(x: Q<S67>, y: Q<S86>) -> Q<S156> {
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
pub fn mul_69_70(x: Q<S69>, y: Q<S70>) -> Q<S142> {
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
pub fn mul_69_78(x: Q<S69>, y: Q<S78>) -> Q<S150> {
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
pub fn mul_70_70(x: Q<S70>, y: Q<S70>) -> Q<S143> {
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
pub fn mul_70_78(x: Q<S70>, y: Q<S78>) -> Q<S151> {
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
pub fn mul_71_71(x: Q<S71>, y: Q<S71>) -> Q<S145> {
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
pub fn mul_71_78(x: Q<S71>, y: Q<S78>) -> Q<S152> {
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
pub type S62 = BoundedInt<-0x4000000000000000, 0x4000000000000000>;
pub type S63 = BoundedInt<-0x8000000000000000, 0x8000000000000000>;
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
pub type S81 = BoundedInt<-0x200000000000000000000, 0x200000000000000000000>;
pub type S82 = BoundedInt<-0x400000000000000000000, 0x400000000000000000000>;
pub type S83 = BoundedInt<-0x800000000000000000000, 0x800000000000000000000>;
pub type S84 = BoundedInt<-0x1000000000000000000000, 0x1000000000000000000000>;
pub type S85 = BoundedInt<-0x2000000000000000000000, 0x2000000000000000000000>;
pub type S86 = BoundedInt<-0x4000000000000000000000, 0x4000000000000000000000>;
pub type S87 = BoundedInt<-0x8000000000000000000000, 0x8000000000000000000000>;
pub type S88 = BoundedInt<-0x10000000000000000000000, 0x10000000000000000000000>;
pub type S89 = BoundedInt<-0x20000000000000000000000, 0x20000000000000000000000>;
pub type S90 = BoundedInt<-0x40000000000000000000000, 0x40000000000000000000000>;
pub type S91 = BoundedInt<-0x80000000000000000000000, 0x80000000000000000000000>;
pub type S92 = BoundedInt<-0x100000000000000000000000, 0x100000000000000000000000>;
pub type S96 = BoundedInt<-0x1000000000000000000000000, 0x1000000000000000000000000>;
pub type S97 = BoundedInt<-0x2000000000000000000000000, 0x2000000000000000000000000>;
pub type S98 = BoundedInt<-0x4000000000000000000000000, 0x4000000000000000000000000>;
pub type S99 = BoundedInt<-0x8000000000000000000000000, 0x8000000000000000000000000>;
pub type S100 = BoundedInt<-0x10000000000000000000000000, 0x10000000000000000000000000>;
pub type S101 = BoundedInt<-0x20000000000000000000000000, 0x20000000000000000000000000>;
pub type S102 = BoundedInt<-0x40000000000000000000000000, 0x40000000000000000000000000>;
pub type S103 = BoundedInt<-0x80000000000000000000000000, 0x80000000000000000000000000>;
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
pub type S119 = BoundedInt<-0x800000000000000000000000000000, 0x800000000000000000000000000000>;
pub type S120 = BoundedInt<-0x1000000000000000000000000000000, 0x1000000000000000000000000000000>;
pub type S121 = BoundedInt<-0x2000000000000000000000000000000, 0x2000000000000000000000000000000>;
pub type S122 = BoundedInt<-0x4000000000000000000000000000000, 0x4000000000000000000000000000000>;
pub type S123 = BoundedInt<-0x8000000000000000000000000000000, 0x8000000000000000000000000000000>;
pub type S124 = BoundedInt<-0x10000000000000000000000000000000, 0x10000000000000000000000000000000>;
pub type S125 = BoundedInt<-0x20000000000000000000000000000000, 0x20000000000000000000000000000000>;
pub type S126 = BoundedInt<-0x40000000000000000000000000000000, 0x40000000000000000000000000000000>;
pub type S131 = BoundedInt<-0x800000000000000000000000000000000, 0x800000000000000000000000000000000>;
pub type S132 = BoundedInt<-0x1000000000000000000000000000000000, 0x1000000000000000000000000000000000>;
pub type S133 = BoundedInt<-0x2000000000000000000000000000000000, 0x2000000000000000000000000000000000>;
pub type S134 = BoundedInt<-0x4000000000000000000000000000000000, 0x4000000000000000000000000000000000>;
pub type S135 = BoundedInt<-0x8000000000000000000000000000000000, 0x8000000000000000000000000000000000>;
pub type S136 = BoundedInt<-0x10000000000000000000000000000000000, 0x10000000000000000000000000000000000>;
pub type S137 = BoundedInt<-0x20000000000000000000000000000000000, 0x20000000000000000000000000000000000>;
pub type S138 = BoundedInt<-0x40000000000000000000000000000000000, 0x40000000000000000000000000000000000>;
pub type S139 = BoundedInt<-0x80000000000000000000000000000000000, 0x80000000000000000000000000000000000>;
pub type S140 = BoundedInt<-0x100000000000000000000000000000000000, 0x100000000000000000000000000000000000>;
pub type S141 = BoundedInt<-0x200000000000000000000000000000000000, 0x200000000000000000000000000000000000>;
pub type S142 = BoundedInt<-0x400000000000000000000000000000000000, 0x400000000000000000000000000000000000>;
pub type S143 = BoundedInt<-0x800000000000000000000000000000000000, 0x800000000000000000000000000000000000>;
pub type S144 = BoundedInt<-0x1000000000000000000000000000000000000, 0x1000000000000000000000000000000000000>;
pub type S145 = BoundedInt<-0x2000000000000000000000000000000000000, 0x2000000000000000000000000000000000000>;
pub type S146 = BoundedInt<-0x4000000000000000000000000000000000000, 0x4000000000000000000000000000000000000>;
pub type S147 = BoundedInt<-0x8000000000000000000000000000000000000, 0x8000000000000000000000000000000000000>;
pub type S148 = BoundedInt<-0x10000000000000000000000000000000000000, 0x10000000000000000000000000000000000000>;
pub type S149 = BoundedInt<-0x20000000000000000000000000000000000000, 0x20000000000000000000000000000000000000>;
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
impl Add62 of AddHelper<S62, S62> {
    type Result = S63;
}
impl Sub62 of SubHelper<S62, S62> {
    type Result = S63;
}
impl Add63 of AddHelper<S63, S63> {
    type Result = S64;
}
impl Sub63 of SubHelper<S63, S63> {
    type Result = S64;
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
impl Sub78 of SubHelper<S78, S78> {
    type Result = S79;
}
impl Add79 of AddHelper<S79, S79> {
    type Result = S80;
}
impl Sub79 of SubHelper<S79, S79> {
    type Result = S80;
}
impl Add80 of AddHelper<S80, S80> {
    type Result = S81;
}
impl Sub80 of SubHelper<S80, S80> {
    type Result = S81;
}
impl Add81 of AddHelper<S81, S81> {
    type Result = S82;
}
impl Sub81 of SubHelper<S81, S81> {
    type Result = S82;
}
impl Add82 of AddHelper<S82, S82> {
    type Result = S83;
}
impl Sub82 of SubHelper<S82, S82> {
    type Result = S83;
}
impl Add83 of AddHelper<S83, S83> {
    type Result = S84;
}
impl Sub83 of SubHelper<S83, S83> {
    type Result = S84;
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
impl Sub86 of SubHelper<S86, S86> {
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
impl Add89 of AddHelper<S89, S89> {
    type Result = S90;
}
impl Add90 of AddHelper<S90, S90> {
    type Result = S91;
}
impl Sub91 of SubHelper<S91, S91> {
    type Result = S92;
}
impl Add96 of AddHelper<S96, S96> {
    type Result = S97;
}
impl Sub96 of SubHelper<S96, S96> {
    type Result = S97;
}
impl Add97 of AddHelper<S97, S97> {
    type Result = S98;
}
impl Sub97 of SubHelper<S97, S97> {
    type Result = S98;
}
impl Add98 of AddHelper<S98, S98> {
    type Result = S99;
}
impl Sub98 of SubHelper<S98, S98> {
    type Result = S99;
}
impl Add99 of AddHelper<S99, S99> {
    type Result = S100;
}
impl Sub99 of SubHelper<S99, S99> {
    type Result = S100;
}
impl Add100 of AddHelper<S100, S100> {
    type Result = S101;
}
impl Sub100 of SubHelper<S100, S100> {
    type Result = S101;
}
impl Add101 of AddHelper<S101, S101> {
    type Result = S102;
}
impl Sub101 of SubHelper<S101, S101> {
    type Result = S102;
}
impl Add102 of AddHelper<S102, S102> {
    type Result = S103;
}
impl Sub102 of SubHelper<S102, S102> {
    type Result = S103;
}
impl Add103 of AddHelper<S103, S103> {
    type Result = S104;
}
impl Sub103 of SubHelper<S103, S103> {
    type Result = S104;
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
impl Sub106 of SubHelper<S106, S106> {
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
impl Sub110 of SubHelper<S110, S110> {
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
impl Add114 of AddHelper<S114, S114> {
    type Result = S115;
}
impl Sub114 of SubHelper<S114, S114> {
    type Result = S115;
}
impl Add115 of AddHelper<S115, S115> {
    type Result = S116;
}
impl Sub115 of SubHelper<S115, S115> {
    type Result = S116;
}
impl Add116 of AddHelper<S116, S116> {
    type Result = S117;
}
impl Sub116 of SubHelper<S116, S116> {
    type Result = S117;
}
impl Add117 of AddHelper<S117, S117> {
    type Result = S118;
}
impl Sub117 of SubHelper<S117, S117> {
    type Result = S118;
}
impl Add118 of AddHelper<S118, S118> {
    type Result = S119;
}
impl Sub118 of SubHelper<S118, S118> {
    type Result = S119;
}
impl Add119 of AddHelper<S119, S119> {
    type Result = S120;
}
impl Sub119 of SubHelper<S119, S119> {
    type Result = S120;
}
impl Add120 of AddHelper<S120, S120> {
    type Result = S121;
}
impl Sub120 of SubHelper<S120, S120> {
    type Result = S121;
}
impl Add121 of AddHelper<S121, S121> {
    type Result = S122;
}
impl Sub121 of SubHelper<S121, S121> {
    type Result = S122;
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
impl Sub124 of SubHelper<S124, S124> {
    type Result = S125;
}
impl Add125 of AddHelper<S125, S125> {
    type Result = S126;
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
impl Sub132 of SubHelper<S132, S132> {
    type Result = S133;
}
impl Add133 of AddHelper<S133, S133> {
    type Result = S134;
}
impl Sub133 of SubHelper<S133, S133> {
    type Result = S134;
}
impl Add134 of AddHelper<S134, S134> {
    type Result = S135;
}
impl Sub134 of SubHelper<S134, S134> {
    type Result = S135;
}
impl Add135 of AddHelper<S135, S135> {
    type Result = S136;
}
impl Sub135 of SubHelper<S135, S135> {
    type Result = S136;
}
impl Add136 of AddHelper<S136, S136> {
    type Result = S137;
}
impl Sub136 of SubHelper<S136, S136> {
    type Result = S137;
}
impl Add137 of AddHelper<S137, S137> {
    type Result = S138;
}
impl Sub137 of SubHelper<S137, S137> {
    type Result = S138;
}
impl Add138 of AddHelper<S138, S138> {
    type Result = S139;
}
impl Sub138 of SubHelper<S138, S138> {
    type Result = S139;
}
impl Add139 of AddHelper<S139, S139> {
    type Result = S140;
}
impl Sub139 of SubHelper<S139, S139> {
    type Result = S140;
}
impl Add140 of AddHelper<S140, S140> {
    type Result = S141;
}
impl Sub140 of SubHelper<S140, S140> {
    type Result = S141;
}
impl Add141 of AddHelper<S141, S141> {
    type Result = S142;
}
impl Sub141 of SubHelper<S141, S141> {
    type Result = S142;
}
impl Add142 of AddHelper<S142, S142> {
    type Result = S143;
}
impl Sub142 of SubHelper<S142, S142> {
    type Result = S143;
}
impl Add143 of AddHelper<S143, S143> {
    type Result = S144;
}
impl Sub143 of SubHelper<S143, S143> {
    type Result = S144;
}
impl Add144 of AddHelper<S144, S144> {
    type Result = S145;
}
impl Sub144 of SubHelper<S144, S144> {
    type Result = S145;
}
impl Add145 of AddHelper<S145, S145> {
    type Result = S146;
}
impl Sub145 of SubHelper<S145, S145> {
    type Result = S146;
}
impl Add146 of AddHelper<S146, S146> {
    type Result = S147;
}
impl Sub146 of SubHelper<S146, S146> {
    type Result = S147;
}
impl Add147 of AddHelper<S147, S147> {
    type Result = S148;
}
impl Sub147 of SubHelper<S147, S147> {
    type Result = S148;
}
impl Add148 of AddHelper<S148, S148> {
    type Result = S149;
}
impl Sub148 of SubHelper<S148, S148> {
    type Result = S149;
}
impl Add149 of AddHelper<S149, S149> {
    type Result = S150;
}
impl Sub149 of SubHelper<S149, S149> {
    type Result = S150;
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
impl Add152 of AddHelper<S152, S152> {
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
impl Sub156 of SubHelper<S156, S156> {
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
impl Mul31_31 of MulHelper<S31, S31> {
    type Result = S62;
}
impl Mul31_32 of MulHelper<S31, S32> {
    type Result = S63;
}
impl Mul31_33 of MulHelper<S31, S33> {
    type Result = S64;
}
impl Mul31_34 of MulHelper<S31, S34> {
    type Result = S65;
}
impl Mul31_35 of MulHelper<S31, S35> {
    type Result = S66;
}
impl Mul31_36 of MulHelper<S31, S36> {
    type Result = S67;
}
impl Mul31_38 of MulHelper<S31, S38> {
    type Result = S69;
}
impl Mul31_40 of MulHelper<S31, S40> {
    type Result = S71;
}
impl Mul31_41 of MulHelper<S31, S41> {
    type Result = S72;
}
impl Mul31_46 of MulHelper<S31, S46> {
    type Result = S77;
}
impl Mul31_48 of MulHelper<S31, S48> {
    type Result = S79;
}
impl Mul31_49 of MulHelper<S31, S49> {
    type Result = S80;
}
impl Mul31_50 of MulHelper<S31, S50> {
    type Result = S81;
}
impl Mul31_51 of MulHelper<S31, S51> {
    type Result = S82;
}
impl Mul31_52 of MulHelper<S31, S52> {
    type Result = S83;
}
impl Mul31_55 of MulHelper<S31, S55> {
    type Result = S86;
}
impl Mul31_65 of MulHelper<S31, S65> {
    type Result = S96;
}
impl Mul31_66 of MulHelper<S31, S66> {
    type Result = S97;
}
impl Mul31_67 of MulHelper<S31, S67> {
    type Result = S98;
}
impl Mul31_68 of MulHelper<S31, S68> {
    type Result = S99;
}
impl Mul31_69 of MulHelper<S31, S69> {
    type Result = S100;
}
impl Mul31_70 of MulHelper<S31, S70> {
    type Result = S101;
}
impl Mul31_72 of MulHelper<S31, S72> {
    type Result = S103;
}
impl Mul31_73 of MulHelper<S31, S73> {
    type Result = S104;
}
impl Mul31_74 of MulHelper<S31, S74> {
    type Result = S105;
}
impl Mul31_75 of MulHelper<S31, S75> {
    type Result = S106;
}
impl Mul31_76 of MulHelper<S31, S76> {
    type Result = S107;
}
impl Mul31_78 of MulHelper<S31, S78> {
    type Result = S109;
}
impl Mul31_80 of MulHelper<S31, S80> {
    type Result = S111;
}
impl Mul31_83 of MulHelper<S31, S83> {
    type Result = S114;
}
impl Mul31_84 of MulHelper<S31, S84> {
    type Result = S115;
}
impl Mul31_85 of MulHelper<S31, S85> {
    type Result = S116;
}
impl Mul31_86 of MulHelper<S31, S86> {
    type Result = S117;
}
impl Mul31_87 of MulHelper<S31, S87> {
    type Result = S118;
}
impl Mul31_92 of MulHelper<S31, S92> {
    type Result = S123;
}
impl Mul31_100 of MulHelper<S31, S100> {
    type Result = S131;
}
impl Mul31_101 of MulHelper<S31, S101> {
    type Result = S132;
}
impl Mul31_102 of MulHelper<S31, S102> {
    type Result = S133;
}
impl Mul31_103 of MulHelper<S31, S103> {
    type Result = S134;
}
impl Mul31_104 of MulHelper<S31, S104> {
    type Result = S135;
}
impl Mul31_105 of MulHelper<S31, S105> {
    type Result = S136;
}
impl Mul31_106 of MulHelper<S31, S106> {
    type Result = S137;
}
impl Mul31_107 of MulHelper<S31, S107> {
    type Result = S138;
}
impl Mul31_109 of MulHelper<S31, S109> {
    type Result = S140;
}
impl Mul31_110 of MulHelper<S31, S110> {
    type Result = S141;
}
impl Mul31_111 of MulHelper<S31, S111> {
    type Result = S142;
}
impl Mul31_114 of MulHelper<S31, S114> {
    type Result = S145;
}
impl Mul32_32 of MulHelper<S32, S32> {
    type Result = S64;
}
impl Mul32_35 of MulHelper<S32, S35> {
    type Result = S67;
}
impl Mul32_41 of MulHelper<S32, S41> {
    type Result = S73;
}
impl Mul32_47 of MulHelper<S32, S47> {
    type Result = S79;
}
impl Mul32_48 of MulHelper<S32, S48> {
    type Result = S80;
}
impl Mul32_65 of MulHelper<S32, S65> {
    type Result = S97;
}
impl Mul32_66 of MulHelper<S32, S66> {
    type Result = S98;
}
impl Mul32_67 of MulHelper<S32, S67> {
    type Result = S99;
}
impl Mul32_71 of MulHelper<S32, S71> {
    type Result = S103;
}
impl Mul32_86 of MulHelper<S32, S86> {
    type Result = S118;
}
impl Mul32_102 of MulHelper<S32, S102> {
    type Result = S134;
}
impl Mul33_16 of MulHelper<S33, S16> {
    type Result = S49;
}
impl Mul33_40 of MulHelper<S33, S40> {
    type Result = S73;
}
impl Mul33_68 of MulHelper<S33, S68> {
    type Result = S101;
}
impl Mul34_15 of MulHelper<S34, S15> {
    type Result = S49;
}
impl Mul34_16 of MulHelper<S34, S16> {
    type Result = S50;
}
impl Mul34_67 of MulHelper<S34, S67> {
    type Result = S101;
}
impl Mul35_15 of MulHelper<S35, S15> {
    type Result = S50;
}
impl Mul35_40 of MulHelper<S35, S40> {
    type Result = S75;
}
impl Mul35_48 of MulHelper<S35, S48> {
    type Result = S83;
}
impl Mul35_67 of MulHelper<S35, S67> {
    type Result = S102;
}
impl Mul35_68 of MulHelper<S35, S68> {
    type Result = S103;
}
impl Mul35_70 of MulHelper<S35, S70> {
    type Result = S105;
}
impl Mul35_84 of MulHelper<S35, S84> {
    type Result = S119;
}
impl Mul35_102 of MulHelper<S35, S102> {
    type Result = S137;
}
impl Mul35_112 of MulHelper<S35, S112> {
    type Result = S147;
}
impl Mul36_36 of MulHelper<S36, S36> {
    type Result = S72;
}
impl Mul36_40 of MulHelper<S36, S40> {
    type Result = S76;
}
impl Mul36_67 of MulHelper<S36, S67> {
    type Result = S103;
}
impl Mul36_68 of MulHelper<S36, S68> {
    type Result = S104;
}
impl Mul36_70 of MulHelper<S36, S70> {
    type Result = S106;
}
impl Mul36_75 of MulHelper<S36, S75> {
    type Result = S111;
}
impl Mul36_85 of MulHelper<S36, S85> {
    type Result = S121;
}
impl Mul39_67 of MulHelper<S39, S67> {
    type Result = S106;
}
impl Mul48_48 of MulHelper<S48, S48> {
    type Result = S96;
}
impl Mul48_51 of MulHelper<S48, S51> {
    type Result = S99;
}
impl Mul49_50 of MulHelper<S49, S50> {
    type Result = S99;
}
impl Mul50_51 of MulHelper<S50, S51> {
    type Result = S101;
}
impl Mul50_70 of MulHelper<S50, S70> {
    type Result = S120;
}
impl Mul51_14 of MulHelper<S51, S14> {
    type Result = S65;
}
impl Mul51_15 of MulHelper<S51, S15> {
    type Result = S66;
}
impl Mul66_8 of MulHelper<S66, S8> {
    type Result = S74;
}
impl Mul66_67 of MulHelper<S66, S67> {
    type Result = S133;
}
impl Mul67_8 of MulHelper<S67, S8> {
    type Result = S75;
}
impl Mul67_67 of MulHelper<S67, S67> {
    type Result = S134;
}
impl Mul67_68 of MulHelper<S67, S68> {
    type Result = S135;
}
impl Mul67_69 of MulHelper<S67, S69> {
    type Result = S136;
}
impl Mul67_70 of MulHelper<S67, S70> {
    type Result = S137;
}
impl Mul67_71 of MulHelper<S67, S71> {
    type Result = S138;
}
impl Mul67_72 of MulHelper<S67, S72> {
    type Result = S139;
}
impl Mul67_76 of MulHelper<S67, S76> {
    type Result = S143;
}
impl Mul67_86 of MulHelper<S67, S86> {
    type Result = S153;
}
impl Mul69_70 of MulHelper<S69, S70> {
    type Result = S139;
}
impl Mul69_78 of MulHelper<S69, S78> {
    type Result = S147;
}
impl Mul70_70 of MulHelper<S70, S70> {
    type Result = S140;
}
impl Mul70_78 of MulHelper<S70, S78> {
    type Result = S148;
}
impl Mul71_71 of MulHelper<S71, S71> {
    type Result = S142;
}
impl Mul71_78 of MulHelper<S71, S78> {
    type Result = S149;
}
impl Mul75_2 of MulHelper<S75, S2> {
    type Result = S77;
}
