//! What the constraints of all components make of gamma, z and alpha; printed by
//! tools/air_cairo. Do not edit.
use crate::air::Challenges;
use crate::fields::qm31::QM31;
use crate::air::ops::*;

#[derive(Copy, Drop)]
pub struct Fixed {
    pub gamma: QM31,
    pub alpha1: QM31,
    pub alpha2: QM31,
    pub alpha3: QM31,
    pub alpha4: QM31,
    pub f8: QM31,
    pub f12: QM31,
    pub f15: QM31,
    pub f16: QM31,
    pub f17: QM31,
    pub f20: QM31,
    pub alpha5: QM31,
    pub alpha6: QM31,
    pub alpha7: QM31,
    pub f26: QM31,
    pub f27: QM31,
    pub alpha8: QM31,
    pub alpha9: QM31,
    pub alpha10: QM31,
    pub f33: QM31,
    pub f38: QM31,
    pub f39: QM31,
    pub f40: QM31,
    pub f45: QM31,
    pub f50: QM31,
    pub f51: QM31,
    pub f54: QM31,
    pub f55: QM31,
    pub f56: QM31,
    pub f60: QM31,
    pub f61: QM31,
    pub f62: QM31,
    pub f63: QM31,
}

pub fn fixed(ch: @Challenges) -> Fixed {
    let gamma = q(*ch.gamma);
    let alpha4 = q(*ch.alpha.span()[4]);
    let f8 = add(gamma, alpha4);
    let z = q(*ch.z);
    let alpha11 = q(*ch.alpha.span()[11]);
    let f12 = sub(z, alpha11);
    let alpha1 = q(*ch.alpha.span()[1]);
    let f14 = scale(alpha1, 16);
    let f15 = sub(f12, f14);
    let f16 = mul(f15, f15);
    let f17 = add(f15, f15);
    let f19 = scale(alpha11, 3);
    let f20 = sub(z, f19);
    let f26 = mul(f16, f15);
    let f27 = scale(f16, 3);
    let f32 = scale(alpha11, 2);
    let f33 = sub(z, f32);
    let f37 = scale(alpha1, 11);
    let f38 = sub(f12, f37);
    let f39 = mul(f15, f38);
    let f40 = add(f15, f38);
    let f44 = scale(alpha1, 14);
    let f45 = sub(f12, f44);
    let f50 = mul(f15, f45);
    let f51 = add(f15, f45);
    let f54 = mul(f45, f45);
    let f55 = mul(f54, f45);
    let f56 = scale(f54, 3);
    let f59 = scale(alpha1, 15);
    let f60 = sub(f12, f59);
    let f61 = mul(f45, f60);
    let f62 = add(f45, f60);
    let f63 = add(f45, f45);
    Fixed {
        gamma: *ch.gamma,
        alpha1: *ch.alpha.span()[1],
        alpha2: *ch.alpha.span()[2],
        alpha3: *ch.alpha.span()[3],
        alpha4: *ch.alpha.span()[4],
        f8: reduce(f8),
        f12: reduce(f12),
        f15: reduce(f15),
        f16: reduce(f16),
        f17: reduce(f17),
        f20: reduce(f20),
        alpha5: *ch.alpha.span()[5],
        alpha6: *ch.alpha.span()[6],
        alpha7: *ch.alpha.span()[7],
        f26: reduce(f26),
        f27: reduce(f27),
        alpha8: *ch.alpha.span()[8],
        alpha9: *ch.alpha.span()[9],
        alpha10: *ch.alpha.span()[10],
        f33: reduce(f33),
        f38: reduce(f38),
        f39: reduce(f39),
        f40: reduce(f40),
        f45: reduce(f45),
        f50: reduce(f50),
        f51: reduce(f51),
        f54: reduce(f54),
        f55: reduce(f55),
        f56: reduce(f56),
        f60: reduce(f60),
        f61: reduce(f61),
        f62: reduce(f62),
        f63: reduce(f63),
    }
}
