//! The constraints of TABLES, printed by tools/air_cairo from air/tab.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use crate::air::ops::*;

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
    let t0 = mul(rho1, acc);
    let n4 = mul(sum, is_first);
    let n5 = sub(sum_before, n4);
    let n6 = sub(sum0, n5);
    let n9 = q(fixed.f12);
    let n10 = q(fixed.alpha1);
    let n12 = mul(n10, p0);
    let n13 = sub(n9, n12);
    let n15 = sub(n13, p1);
    let n16 = mul(n6, n15);
    let n19 = const_sub(0, m0);
    let n20 = sub(n16, n19);
    let n23 = q(fixed.f33);
    let n25 = mul(n10, p3);
    let n26 = q(fixed.alpha2);
    let n28 = mul(n26, p4);
    let n29 = add(n25, n28);
    let n30 = q(fixed.alpha3);
    let n32 = mul(n30, p5);
    let n33 = add(n29, n32);
    let n34 = sub(n23, n33);
    let n36 = sub(n34, p2);
    let n37 = mul(n20, n36);
    let n39 = const_sub(0, m1);
    let n40 = mul(n15, n39);
    let n41 = sub(n37, n40);
    let t1 = add(t0, n41);
    let acc = reduce(t1);
    core::internal::revoke_ap_tracking();
    acc
}
