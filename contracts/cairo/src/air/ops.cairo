//! What the printed constraints are made of: lazy QM31 values. tools/air_cairo keeps their bounds
//! below what reduce() takes.
use crate::fields::m31;
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;
use crate::lazy;
pub use crate::lazy::{Lazy, add, from_qm31 as q, reduce, scale, sub};

#[inline(never)]
pub fn mul(x: Lazy, y: Lazy) -> Lazy {
    lazy::mul(x, y)
}
#[inline(always)]
pub fn add_const(x: Lazy, c: felt252) -> Lazy {
    Lazy { a: x.a + c, b: x.b, c: x.c, d: x.d }
}
#[inline(always)]
pub fn const_sub(c: felt252, x: Lazy) -> Lazy {
    Lazy { a: c - x.a, b: -x.b, c: -x.c, d: -x.d }
}
pub fn q_m31(x: M31) -> Lazy {
    Lazy { a: m31::to_felt(x), b: 0, c: 0, d: 0 }
}
/// f0 + i f1 + u f2 + iu f3: a QM31 column at a point from its coordinate columns there. Below
/// 2^34.
#[inline(always)]
pub fn combine(f0: QM31, f1: QM31, f2: QM31, f3: QM31) -> Lazy {
    let (f0, f1, f2, f3) = (q(f0), q(f1), q(f2), q(f3));
    // i (a, b, c, d) = (-b, a, -d, c); u (a, b, c, d) = (2c - d, c + 2d, a, b)
    let s = f2.c - f3.d;
    let t = f2.d + f3.c;
    Lazy {
        a: f0.a - f1.b + s + s - t,
        b: f0.b + f1.a + t + t + s,
        c: f0.c - f1.d + f2.a - f3.b,
        d: f0.d + f1.c + f2.b + f3.a,
    }
}
