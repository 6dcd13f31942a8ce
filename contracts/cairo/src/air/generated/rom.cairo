//! The constraints of ROM, printed by tools/air_cairo from air/rom.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use crate::air::ops::*;

/// acc rho^1 + the sum over the constraints c of rho^c C_c.
pub fn rom(
    ref samples: Samples,
    fixed: Box<Fixed>,
    powers: Box<Powers>,
    claim: Claim,
    is_first: QM31,
    acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = (*samples.pre.multi_pop_back::<11>().unwrap()).unbox();
    let [m0] = (*samples.main.multi_pop_back::<1>().unwrap()).unbox();
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
    let p6 = q(p6);
    let p7 = q(p7);
    let p8 = q(p8);
    let p9 = q(p9);
    let p10 = q(p10);
    let m0 = q(m0);
    let sum = q(claim.sum);
    let is_first = q(is_first);
    let rho1 = q(powers.rho1);
    // constraints 0 to 0
    let acc = q(acc);
    let t0 = mul(rho1, acc);
    let n4 = mul(sum, is_first);
    let n5 = sub(sum_before, n4);
    let n6 = sub(sum0, n5);
    let n11 = q(fixed.f20);
    let n12 = q(fixed.alpha1);
    let n14 = mul(n12, p1);
    let n15 = q(fixed.alpha2);
    let n17 = mul(n15, p2);
    let n18 = add(n14, n17);
    let n19 = q(fixed.alpha3);
    let n21 = mul(n19, p3);
    let n22 = add(n18, n21);
    let n23 = q(fixed.alpha4);
    let n25 = mul(n23, p4);
    let n26 = add(n22, n25);
    let n27 = q(fixed.alpha5);
    let n29 = mul(n27, p5);
    let n30 = add(n26, n29);
    let n31 = q(fixed.alpha6);
    let n33 = mul(n31, p6);
    let n34 = add(n30, n33);
    let n35 = q(fixed.alpha7);
    let n37 = mul(n35, p7);
    let n38 = add(n34, n37);
    let n39 = q(fixed.alpha8);
    let n41 = mul(n39, p8);
    let n42 = add(n38, n41);
    let n43 = q(fixed.alpha9);
    let n45 = mul(n43, p9);
    let n46 = add(n42, n45);
    let n47 = q(fixed.alpha10);
    let n49 = mul(n47, p10);
    let n50 = add(n46, n49);
    let n51 = sub(n11, n50);
    let n53 = sub(n51, p0);
    let n54 = mul(n6, n53);
    let n57 = const_sub(0, m0);
    let n58 = sub(n54, n57);
    let t1 = add(t0, n58);
    let acc = reduce(t1);
    core::internal::revoke_ap_tracking();
    acc
}
