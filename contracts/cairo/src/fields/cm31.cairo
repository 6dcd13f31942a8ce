//! CM31 = M31[i] / (i^2 + 1).
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{add as int_add, mul as int_mul, sub as int_sub, upcast};
use super::m31;
use super::m31::M31;
use super::ranges::{AddS62, MulS31, S31, SubS62};

/// a + b i
#[derive(Copy, Drop, PartialEq, Debug)]
pub struct CM31 {
    pub a: M31,
    pub b: M31,
}

pub fn add(x: CM31, y: CM31) -> CM31 {
    CM31 { a: m31::add(x.a, y.a), b: m31::add(x.b, y.b) }
}
pub fn sub(x: CM31, y: CM31) -> CM31 {
    CM31 { a: m31::sub(x.a, y.a), b: m31::sub(x.b, y.b) }
}
pub fn is_zero(x: CM31) -> bool {
    m31::is_zero(x.a) && m31::is_zero(x.b)
}
pub fn mul(x: CM31, y: CM31) -> CM31 {
    let (xa, xb): (S31, S31) = (upcast(x.a), upcast(x.b));
    let (ya, yb): (S31, S31) = (upcast(y.a), upcast(y.b));
    CM31 {
        a: m31::reduce(upcast(int_sub(int_mul(xa, ya), int_mul(xb, yb)))),
        b: m31::reduce(upcast(int_add(int_mul(xa, yb), int_mul(xb, ya)))),
    }
}
/// 1 / x, and 0 for x = 0: (a - b i) / (a^2 + b^2).
pub fn inv(x: CM31) -> CM31 {
    let (a, b): (S31, S31) = (upcast(x.a), upcast(x.b));
    let n = m31::inv(m31::reduce(upcast(int_add(int_mul(a, a), int_mul(b, b)))));
    CM31 { a: m31::mul(x.a, n), b: m31::neg(m31::mul(x.b, n)) }
}
