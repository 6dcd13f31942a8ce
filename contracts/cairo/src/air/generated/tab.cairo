//! The constraints of TABLES, printed by tools/air_cairo from air/tab.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use super::ops::*;

/// acc rho^1 + the sum over the constraints c of rho^c C_c.
pub fn tab(
    ref samples: Samples,
    fixed: Box<Fixed>,
    powers: Box<Powers>,
    claim: Claim,
    is_first: QM31,
    acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [p0, p1, p2, p3, p4, p5] = (*samples.pre.multi_pop_back::<6>().unwrap()).unbox();
    let [m0, m1] = (*samples.main.multi_pop_back::<2>().unwrap()).unbox();
    let [i0, i1, i2, i3] = (*samples.inter.multi_pop_back::<4>().unwrap()).unbox();
    let sum0 = combine(i0, i1, i2, i3);
    let [b0, b1, b2, b3] = (*samples.before.multi_pop_back::<4>().unwrap()).unbox();
    let sum_before = combine(b0, b1, b2, b3);
    let p0 = q(p0);
    let p1 = q(p1);
    let p2 = q(p2);
    let p3 = q(p3);
    let p4 = q(p4);
    let p5 = q(p5);
    let m0 = q(m0);
    let m1 = q(m1);
    let sum = q(claim.sum);
    let is_first = q(is_first);
    let rho1 = q(powers.rho1);
    // constraints 0 to 0
    let acc = q(acc);
    let t0 = mul_32_32(up(rho1), up(acc));
    let n4 = mul_32_32(up(sum), up(is_first));
    let n5 = sub_67(up(sum_before), n4);
    let n6 = sub_68(up(sum0), n5);
    let n9 = q(fixed.f12);
    let n10 = q(fixed.alpha1);
    let n12 = mul_32_32(up(n10), up(p0));
    let n13 = sub_67(up(n9), n12);
    let n15 = sub_68(n13, up(p1));
    let n16 = mul_76_76(up(n6), up(n15));
    let n19 = const_sub_31(0, m0);
    let n20 = sub_155(n16, up(n19));
    let n23 = q(fixed.f33);
    let n25 = mul_32_32(up(n10), up(p3));
    let n26 = q(fixed.alpha2);
    let n28 = mul_32_32(up(n26), up(p4));
    let n29 = add_67(n25, n28);
    let n30 = q(fixed.alpha3);
    let n32 = mul_32_32(up(n30), up(p5));
    let n33 = add_68(n29, up(n32));
    let n34 = sub_69(up(n23), n33);
    let n36 = sub_70(n34, up(p2));
    let n20 = q(reduce(up(n20)));
    let n37 = mul_32_76(up(n20), up(n36));
    let n39 = const_sub_31(0, m1);
    let n40 = mul_32_76(n39, up(n15));
    let n41 = sub_111(n37, n40);
    let t1 = add_112(up(t0), n41);
    let acc = reduce(up(t1));
    core::internal::revoke_ap_tracking();
    acc
}
