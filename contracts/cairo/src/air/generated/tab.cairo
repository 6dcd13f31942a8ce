//! The constraints of TABLES, printed by tools/air_cairo from air/tab.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use super::ops::*;

/// acc rho^1 + the sum over the constraints c of rho^c C_c.
pub fn tab(
    ref samples: Samples, fixed: Box<Fixed>, powers: Box<Powers>, claim: Claim, is_first: QM31, acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [p0, p1, p2, p3, p4, p5] = (*samples.pre.multi_pop_back::<6>().unwrap()).unbox();
    let p0 = q(p0);
    let p1 = q(p1);
    let p2 = q(p2);
    let p3 = q(p3);
    let p4 = q(p4);
    let p5 = q(p5);
    let [m0, m1] = (*samples.main.multi_pop_back::<2>().unwrap()).unbox();
    let m0 = q(m0);
    let m1 = q(m1);
    let [i0, i1, i2, i3] = (*samples.inter.multi_pop_back::<4>().unwrap()).unbox();
    let sum0 = combine(i0, i1, i2, i3);
    let [b0, b1, b2, b3] = (*samples.before.multi_pop_back::<4>().unwrap()).unbox();
    let sum_before = combine(b0, b1, b2, b3);
    let sum = q(claim.sum);
    let is_first = q(is_first);
    // constraints 0 to 0
    let s0_0 = mul_31_31(q(acc), q(powers.rho1));
    let n4 = mul_31_31(sum, is_first);
    let n5 = sub_65(up(sum_before), n4);
    let n6 = sub_66(up(sum0), n5);
    let n9 = q(fixed.f12);
    let n10 = q(fixed.alpha1);
    let n12 = mul_31_31(n10, p0);
    let n13 = sub_65(up(n9), n12);
    let n15 = sub_66(n13, up(p1));
    let n16 = mul_67_67(n6, n15);
    let n19 = const_sub_31(0, m0);
    let n20 = sub_137(n16, up(n19));
    let n23 = q(fixed.f33);
    let n25 = mul_31_31(n10, p3);
    let n26 = q(fixed.alpha2);
    let n28 = mul_31_31(n26, p4);
    let n29 = add_65(n25, n28);
    let n30 = q(fixed.alpha3);
    let n32 = mul_31_31(n30, p5);
    let n33 = add_66(n29, up(n32));
    let n34 = sub_67(up(n23), n33);
    let n36 = sub_68(n34, up(p2));
    let n20 = q(reduce(up(n20)));
    let n37 = mul_31_69(n20, n36);
    let n39 = const_sub_31(0, m1);
    let n40 = mul_32_67(n39, n15);
    let n41 = sub_103(n37, up(n40));
    let s0_1 = add_148(up(s0_0), up(n41));
    let acc = reduce(up(s0_1));
    core::internal::revoke_ap_tracking();
    acc
}
