//! The constraints of IMAGE, printed by tools/air_cairo from air/img.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use crate::air::ops::*;

/// acc rho^2 + the sum over the constraints c of rho^c C_c.
pub fn img(
    ref samples: Samples,
    fixed: Box<Fixed>,
    powers: Box<Powers>,
    claim: Claim,
    is_first: QM31,
    acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [p0, p1, p2] = (*samples.pre.multi_pop_back::<3>().unwrap()).unbox();
    let [m0, m1, m2] = (*samples.main.multi_pop_back::<3>().unwrap()).unbox();
    let [i0, i1, i2, i3] = (*samples.inter.multi_pop_back::<4>().unwrap()).unbox();
    let prod0 = combine(i0, i1, i2, i3);
    let [b0, b1, b2, b3] = (*samples.before.multi_pop_back::<4>().unwrap()).unbox();
    let prod_before = combine(b0, b1, b2, b3);
    let p0 = q(p0);
    let p1 = q(p1);
    let p2 = q(p2);
    let m0 = q(m0);
    let m1 = q(m1);
    let m2 = q(m2);
    let prod = q(claim.prod);
    let is_first = q(is_first);
    let rho1 = q(powers.rho1);
    let rho2 = q(powers.rho2);
    // constraints 0 to 1
    let acc = q(acc);
    let t0 = mul(rho2, acc);
    let n1 = q(fixed.gamma);
    let n2 = q(fixed.alpha2);
    let n4 = mul(n2, p1);
    let n5 = q(fixed.alpha3);
    let n7 = mul(n5, p2);
    let n8 = add(n4, n7);
    let n9 = add(n1, n8);
    let n11 = add(n9, p0);
    let n12 = mul(prod0, n11);
    let n16 = add_const(prod, -1);
    let n18 = mul(n16, is_first);
    let n19 = sub(prod_before, n18);
    let n20 = q(fixed.alpha1);
    let n22 = mul(n20, m0);
    let n24 = mul(n2, m1);
    let n25 = add(n22, n24);
    let n27 = mul(n5, m2);
    let n28 = add(n25, n27);
    let n29 = add(n1, n28);
    let n30 = add(n29, p0);
    let n31 = mul(n19, n30);
    let n32 = sub(n12, n31);
    let n33 = sub(prod_before, prod);
    let n34 = mul(n33, is_first);
    let t1 = mul(rho1, n34);
    let t2 = add(t0, t1);
    let t3 = add(t2, n32);
    let acc = reduce(t3);
    core::internal::revoke_ap_tracking();
    acc
}
