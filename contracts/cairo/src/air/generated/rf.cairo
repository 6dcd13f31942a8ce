//! The constraints of REFRESH, printed by tools/air_cairo from air/rf.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use super::ops::*;

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
    let t0 = mul_32_32(up(rho8), up(acc));
    let t1 = mul_32_32(up(rho1), up(m6));
    let t2 = mul_32_32(up(rho2), up(m7));
    let t3 = add_67(t1, t2);
    let n4 = const_sub_31(1, m0);
    let t4 = mul_32_76(n4, up(t3));
    let n2 = add_const_31(m0, -1);
    let n3 = mul_32_32(up(m0), n2);
    let n12 = mul_32_32(up(m2), up(m3));
    let n13 = sub_67(up(m8), n12);
    let t5 = mul_32_76(up(rho3), up(n13));
    let n15 = mul_32_32(up(m6), up(m7));
    let n16 = sub_67(up(m9), n15);
    let t6 = mul_32_76(up(rho4), up(n16));
    let n18 = q(fixed.gamma);
    let n19 = q(fixed.alpha1);
    let n21 = scale_31_14(m3, 16384);
    let n22 = add_45(up(m2), n21);
    let n23 = mul_32_52(up(n19), up(n22));
    let n24 = q(fixed.alpha2);
    let n26 = mul_32_32(up(n24), up(m4));
    let n27 = add_87(n23, up(n26));
    let n28 = q(fixed.alpha3);
    let n30 = mul_32_32(up(n28), up(m5));
    let n31 = add_88(n27, up(n30));
    let n32 = add_89(up(n18), n31);
    let n34 = add_90(n32, up(m1));
    let n35 = mul_36_118(up(prod0), up(n34));
    let n38 = add_const_31(prod, -1);
    let n40 = mul_32_32(up(is_first), n38);
    let n41 = sub_67(up(prod_before), n40);
    let n42 = scale_31_14(m7, 16384);
    let n43 = add_45(up(m6), n42);
    let n44 = add_46(n43, up(m0));
    let n45 = sub_47(up(n22), n44);
    let n46 = mul_32_52(up(n19), up(n45));
    let n47 = add_87(n46, up(n26));
    let n48 = add_88(n47, up(n30));
    let n49 = add_89(up(n18), n48);
    let n50 = add_90(n49, up(m1));
    let n50 = q(reduce(up(n50)));
    let n51 = mul_32_76(up(n50), up(n41));
    let n35 = q(reduce(n35));
    let n52 = sub_111(up(n35), n51);
    let t7 = mul_32_118(up(rho5), up(n52));
    let n53 = sub_35(prod_before, up(prod));
    let n54 = mul_32_36(up(is_first), n53);
    let t8 = mul_32_76(up(rho6), up(n54));
    let n58 = mul_32_32(up(sum), up(is_first));
    let n59 = sub_67(up(sum_before), n58);
    let n60 = sub_68(up(sum0), n59);
    let n70 = q(fixed.f61);
    let n66 = q(fixed.f45);
    let n71 = mul_32_32(up(n66), up(m3));
    let n69 = q(fixed.f60);
    let n72 = mul_32_32(up(n69), up(m2));
    let n73 = add_67(n71, n72);
    let n74 = sub_68(up(n70), n73);
    let n75 = add_69(n74, up(m8));
    let n76 = mul_76_76(up(n60), up(n75));
    let n77 = q(fixed.f62);
    let n78 = add_31(m2, m3);
    let n79 = sub_32(up(n77), n78);
    let n80 = sub_155(n76, up(n79));
    let n84 = q(fixed.f16);
    let n83 = q(fixed.f15);
    let n85 = add_31(m6, m7);
    let n86 = mul_32_32(up(n83), n85);
    let n87 = sub_67(up(n84), n86);
    let n88 = add_68(n87, up(m9));
    let n80 = q(reduce(up(n80)));
    let n89 = mul_32_76(up(n80), up(n88));
    let n90 = q(fixed.f17);
    let n91 = sub_32(up(n90), n85);
    let n92 = mul_36_76(up(n91), up(n75));
    let n93 = sub_115(up(n89), n92);
    let t9 = mul_32_118(up(rho7), up(n93));
    let t10 = add_67(t0, n3);
    let t11 = add_111(up(t10), t4);
    let t12 = add_112(t11, up(t5));
    let t13 = add_113(t12, up(t6));
    let t14 = add_114(t13, up(t8));
    let t15 = add_153(up(t14), t7);
    let t16 = add_154(t15, up(t9));
    let acc = reduce(up(t16));
    core::internal::revoke_ap_tracking();
    acc
}
