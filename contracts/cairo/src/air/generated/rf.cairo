//! The constraints of REFRESH, printed by tools/air_cairo from air/rf.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use crate::air::ops::*;

/// acc rho^8 + the sum over the constraints c of rho^c C_c.
pub fn rf(
    ref samples: Samples,
    fixed: Box<Fixed>,
    powers: Box<Powers>,
    claim: Claim,
    is_first: QM31,
    acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9] = (*samples.main.multi_pop_back::<10>().unwrap()).unbox();
    let [i0, i1, i2, i3, i4, i5, i6, i7] = (*samples.inter.multi_pop_back::<8>().unwrap()).unbox();
    let prod0 = combine(i0, i1, i2, i3);
    let sum0 = combine(i4, i5, i6, i7);
    let [b0, b1, b2, b3, b4, b5, b6, b7] = (*samples.before.multi_pop_back::<8>().unwrap()).unbox();
    let prod_before = combine(b0, b1, b2, b3);
    let sum_before = combine(b4, b5, b6, b7);
    let m0 = q(m0);
    let m1 = q(m1);
    let m2 = q(m2);
    let m3 = q(m3);
    let m4 = q(m4);
    let m5 = q(m5);
    let m6 = q(m6);
    let m7 = q(m7);
    let m8 = q(m8);
    let m9 = q(m9);
    let prod = q(claim.prod);
    let sum = q(claim.sum);
    let is_first = q(is_first);
    let rho1 = q(powers.rho1);
    let rho2 = q(powers.rho2);
    let rho3 = q(powers.rho3);
    let rho4 = q(powers.rho4);
    let rho5 = q(powers.rho5);
    let rho6 = q(powers.rho6);
    let rho7 = q(powers.rho7);
    let rho8 = q(powers.rho8);
    // constraints 0 to 7
    let acc = q(acc);
    let t0 = mul(rho8, acc);
    let t1 = mul(rho1, m6);
    let t2 = mul(rho2, m7);
    let t3 = add(t1, t2);
    let n4 = const_sub(1, m0);
    let t4 = mul(n4, t3);
    let n2 = add_const(m0, -1);
    let n3 = mul(m0, n2);
    let n12 = mul(m2, m3);
    let n13 = sub(m8, n12);
    let t5 = mul(rho3, n13);
    let n15 = mul(m6, m7);
    let n16 = sub(m9, n15);
    let t6 = mul(rho4, n16);
    let n18 = q(fixed.gamma);
    let n19 = q(fixed.alpha1);
    let n21 = scale(m3, 16384);
    let n22 = add(m2, n21);
    let n23 = mul(n19, n22);
    let n24 = q(fixed.alpha2);
    let n26 = mul(n24, m4);
    let n27 = add(n23, n26);
    let n28 = q(fixed.alpha3);
    let n30 = mul(n28, m5);
    let n31 = add(n27, n30);
    let n32 = add(n18, n31);
    let n34 = add(n32, m1);
    let n35 = mul(prod0, n34);
    let n38 = add_const(prod, -1);
    let n40 = mul(n38, is_first);
    let n41 = sub(prod_before, n40);
    let n42 = scale(m7, 16384);
    let n43 = add(m6, n42);
    let n44 = add(n43, m0);
    let n45 = sub(n22, n44);
    let n46 = mul(n19, n45);
    let n47 = add(n46, n26);
    let n48 = add(n47, n30);
    let n49 = add(n18, n48);
    let n50 = add(n49, m1);
    let n51 = mul(n41, n50);
    let n52 = sub(n35, n51);
    let t7 = mul(rho5, n52);
    let n53 = sub(prod_before, prod);
    let n54 = mul(n53, is_first);
    let t8 = mul(rho6, n54);
    let n58 = mul(sum, is_first);
    let n59 = sub(sum_before, n58);
    let n60 = sub(sum0, n59);
    let n70 = q(fixed.f61);
    let n66 = q(fixed.f45);
    let n71 = mul(n66, m3);
    let n69 = q(fixed.f60);
    let n72 = mul(n69, m2);
    let n73 = add(n71, n72);
    let n74 = sub(n70, n73);
    let n75 = add(n74, m8);
    let n76 = mul(n60, n75);
    let n77 = q(fixed.f62);
    let n78 = add(m2, m3);
    let n79 = sub(n77, n78);
    let n80 = sub(n76, n79);
    let n84 = q(fixed.f16);
    let n83 = q(fixed.f15);
    let n85 = add(m6, m7);
    let n86 = mul(n83, n85);
    let n87 = sub(n84, n86);
    let n88 = add(n87, m9);
    let n89 = mul(n80, n88);
    let n90 = q(fixed.f17);
    let n91 = sub(n90, n85);
    let n92 = mul(n75, n91);
    let n93 = sub(n89, n92);
    let n93 = q(reduce(n93));
    let t9 = mul(rho7, n93);
    let t10 = add(t0, t9);
    let t11 = add(t10, n3);
    let t12 = add(t11, t5);
    let t13 = add(t12, t6);
    let t14 = add(t13, t4);
    let t15 = add(t14, t8);
    let t16 = add(t15, t7);
    let acc = reduce(t16);
    core::internal::revoke_ap_tracking();
    acc
}
