//! The constraints of INITFIN, printed by tools/air_cairo from air/inf.air.h. Do not edit.
use crate::air::{Claim, Powers, Samples};
use crate::fields::qm31::QM31;
use super::fixed::Fixed;
use super::ops::*;

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
    let t0 = mul_32_32(up(rho6), up(acc));
    let n4 = scale_31_14(m1, 16384);
    let n5 = add_45(up(m0), n4);
    let n6 = add_const_46(n5, 32768);
    let n9 = scale_31_14(b1, 16384);
    let n10 = add_45(up(b0), n9);
    let n11 = add_const_46(n10, 32768);
    let n14 = sub_47(up(image_end), n11);
    let n15 = mul_32_52(up(is_first), up(n14));
    let n16 = add_87(up(n11), n15);
    let n19 = scale_31_14(m3, 16384);
    let n20 = add_45(up(m2), n19);
    let n22 = add_const_46(n20, 1);
    let n23 = add_88(n16, up(n22));
    let n24 = sub_89(up(n6), n23);
    let n26 = mul_32_32(up(m0), up(m1));
    let n27 = sub_67(up(m7), n26);
    let t1 = mul_32_76(up(rho1), up(n27));
    let n29 = mul_32_32(up(m2), up(m3));
    let n30 = sub_67(up(m8), n29);
    let t2 = mul_32_76(up(rho2), up(n30));
    let n32 = q(fixed.gamma);
    let n33 = add_47(up(n32), n6);
    let n34 = mul_36_52(up(prod0), up(n33));
    let n37 = add_const_31(prod, -1);
    let n38 = mul_32_32(up(is_first), n37);
    let n39 = sub_67(up(prod_before), n38);
    let n40 = q(fixed.alpha1);
    let n42 = mul_32_32(up(n40), up(m4));
    let n43 = q(fixed.alpha2);
    let n45 = mul_32_32(up(n43), up(m5));
    let n46 = add_67(n42, n45);
    let n47 = q(fixed.alpha3);
    let n49 = mul_32_32(up(n47), up(m6));
    let n50 = add_68(n46, up(n49));
    let n51 = add_69(up(n32), n50);
    let n52 = add_70(n51, up(n6));
    let n53 = mul_76_76(up(n39), up(n52));
    let n54 = sub_155(up(n34), n53);
    let n54 = q(reduce(up(n54)));
    let t3 = mul_32_32(up(rho3), up(n54));
    let n55 = sub_35(prod_before, up(prod));
    let n56 = mul_32_36(up(is_first), n55);
    let t4 = mul_32_76(up(rho4), up(n56));
    let n60 = mul_32_32(up(sum), up(is_first));
    let n61 = sub_67(up(sum_before), n60);
    let n62 = sub_68(up(sum0), n61);
    let n69 = q(fixed.f54);
    let n68 = q(fixed.f45);
    let n70 = add_31(m0, m1);
    let n71 = mul_32_32(up(n68), n70);
    let n72 = sub_67(up(n69), n71);
    let n73 = add_68(n72, up(m7));
    let n74 = mul_76_76(up(n62), up(n73));
    let n75 = q(fixed.f63);
    let n76 = sub_32(up(n75), n70);
    let n77 = sub_155(n74, up(n76));
    let n78 = add_31(m2, m3);
    let n79 = mul_32_32(up(n68), n78);
    let n80 = sub_67(up(n69), n79);
    let n81 = add_68(n80, up(m8));
    let n77 = q(reduce(up(n77)));
    let n82 = mul_32_76(up(n77), up(n81));
    let n83 = sub_32(up(n75), n78);
    let n84 = mul_36_76(up(n83), up(n73));
    let n85 = sub_115(up(n82), n84);
    let t5 = mul_32_118(up(rho5), up(n85));
    let t6 = add_67(t0, t3);
    let t7 = add_90(up(t6), n24);
    let t8 = add_111(up(t7), t1);
    let t9 = add_112(t8, up(t2));
    let t10 = add_113(t9, up(t4));
    let t11 = add_153(up(t10), t5);
    let acc = reduce(up(t11));
    core::internal::revoke_ap_tracking();
    acc
}
