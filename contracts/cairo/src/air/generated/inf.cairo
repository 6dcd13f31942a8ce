//! The constraints of INITFIN, printed by tools/air_cairo from air/inf.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use crate::air::ops::*;

/// acc rho^6 + the sum over the constraints c of rho^c C_c.
pub fn inf(
    ref samples: Samples,
    fixed: Box<Fixed>,
    powers: Box<Powers>,
    claim: Claim,
    is_first: QM31,
    acc: QM31,
) -> QM31 {
    let (fixed, powers) = (fixed.unbox(), powers.unbox());
    let [m0, m1, m2, m3, m4, m5, m6, m7, m8] = (*samples.main.multi_pop_back::<9>().unwrap()).unbox();
    let [i0, i1, i2, i3, i4, i5, i6, i7] = (*samples.inter.multi_pop_back::<8>().unwrap()).unbox();
    let prod0 = combine(i0, i1, i2, i3);
    let sum0 = combine(i4, i5, i6, i7);
    let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = (*samples.before.multi_pop_back::<10>().unwrap()).unbox();
    let prod_before = combine(b2, b3, b4, b5);
    let sum_before = combine(b6, b7, b8, b9);
    let m0 = q(m0);
    let m1 = q(m1);
    let m2 = q(m2);
    let m3 = q(m3);
    let m4 = q(m4);
    let m5 = q(m5);
    let m6 = q(m6);
    let m7 = q(m7);
    let m8 = q(m8);
    let b0 = q(b0);
    let b1 = q(b1);
    let prod = q(claim.prod);
    let sum = q(claim.sum);
    let image_end = q_m31(claim.image_end);
    let is_first = q(is_first);
    let rho1 = q(powers.rho1);
    let rho2 = q(powers.rho2);
    let rho3 = q(powers.rho3);
    let rho4 = q(powers.rho4);
    let rho5 = q(powers.rho5);
    let rho6 = q(powers.rho6);
    // constraints 0 to 5
    let acc = q(acc);
    let t0 = mul(rho6, acc);
    let n4 = scale(m1, 16384);
    let n5 = add(m0, n4);
    let n6 = add_const(n5, 32768);
    let n9 = scale(b1, 16384);
    let n10 = add(b0, n9);
    let n11 = add_const(n10, 32768);
    let n14 = sub(image_end, n11);
    let n15 = mul(is_first, n14);
    let n16 = add(n11, n15);
    let n19 = scale(m3, 16384);
    let n20 = add(m2, n19);
    let n22 = add_const(n20, 1);
    let n23 = add(n16, n22);
    let n24 = sub(n6, n23);
    let n26 = mul(m0, m1);
    let n27 = sub(m7, n26);
    let t1 = mul(rho1, n27);
    let n29 = mul(m2, m3);
    let n30 = sub(m8, n29);
    let t2 = mul(rho2, n30);
    let n32 = q(fixed.gamma);
    let n33 = add(n32, n6);
    let n34 = mul(prod0, n33);
    let n37 = add_const(prod, -1);
    let n38 = mul(n37, is_first);
    let n39 = sub(prod_before, n38);
    let n40 = q(fixed.alpha1);
    let n42 = mul(n40, m4);
    let n43 = q(fixed.alpha2);
    let n45 = mul(n43, m5);
    let n46 = add(n42, n45);
    let n47 = q(fixed.alpha3);
    let n49 = mul(n47, m6);
    let n50 = add(n46, n49);
    let n51 = add(n32, n50);
    let n52 = add(n51, n6);
    let n53 = mul(n39, n52);
    let n54 = sub(n34, n53);
    let t3 = mul(rho3, n54);
    let n55 = sub(prod_before, prod);
    let n56 = mul(n55, is_first);
    let t4 = mul(rho4, n56);
    let n60 = mul(sum, is_first);
    let n61 = sub(sum_before, n60);
    let n62 = sub(sum0, n61);
    let n69 = q(fixed.f54);
    let n68 = q(fixed.f45);
    let n70 = add(m0, m1);
    let n71 = mul(n68, n70);
    let n72 = sub(n69, n71);
    let n73 = add(n72, m7);
    let n74 = mul(n62, n73);
    let n75 = q(fixed.f63);
    let n76 = sub(n75, n70);
    let n77 = sub(n74, n76);
    let n78 = add(m2, m3);
    let n79 = mul(n68, n78);
    let n80 = sub(n69, n79);
    let n81 = add(n80, m8);
    let n82 = mul(n77, n81);
    let n83 = sub(n75, n78);
    let n84 = mul(n73, n83);
    let n85 = sub(n82, n84);
    let n85 = q(reduce(n85));
    let t5 = mul(rho5, n85);
    let t6 = add(t0, t5);
    let t7 = add(t6, n24);
    let t8 = add(t7, t1);
    let t9 = add(t8, t2);
    let t10 = add(t9, t4);
    let t11 = add(t10, t3);
    let acc = reduce(t11);
    core::internal::revoke_ap_tracking();
    acc
}
