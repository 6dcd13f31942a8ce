//! QM31 = CM31[u] / (u^2 - 2 - i): four coordinates, of 1, i, u, iu.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{add as int_add, mul as int_mul, sub as int_sub, upcast};
use super::cm31::CM31;
use super::m31::M31;
use super::ranges::{
    AddS31, AddS32, AddS33, AddS34, AddS62, AddS63, AddS64, AddS65, MulS31, S31, S63, S66, SubS31,
    SubS33, SubS62, SubS64,
};
use super::{cm31, m31};

/// a + b i + c u + d iu
#[derive(Copy, Drop, PartialEq, Debug)]
pub struct QM31 {
    pub a: M31,
    pub b: M31,
    pub c: M31,
    pub d: M31,
}

pub const ZERO: QM31 = QM31 { a: 0, b: 0, c: 0, d: 0 };
pub const ONE: QM31 = QM31 { a: 1, b: 0, c: 0, d: 0 };

pub fn from_cm31(x: CM31, y: CM31) -> QM31 {
    QM31 { a: x.a, b: x.b, c: y.a, d: y.b }
}
/// x = re + u im
pub fn re(x: QM31) -> CM31 {
    CM31 { a: x.a, b: x.b }
}
pub fn im(x: QM31) -> CM31 {
    CM31 { a: x.c, b: x.d }
}
pub fn from_m31(x: M31) -> QM31 {
    QM31 { a: x, b: 0, c: 0, d: 0 }
}
/// Four words; None if one is not below P.
pub fn read(a: u32, b: u32, c: u32, d: u32) -> Option<QM31> {
    Some(QM31 { a: m31::read(a)?, b: m31::read(b)?, c: m31::read(c)?, d: m31::read(d)? })
}
pub fn add(x: QM31, y: QM31) -> QM31 {
    QM31 {
        a: m31::add(x.a, y.a), b: m31::add(x.b, y.b), c: m31::add(x.c, y.c), d: m31::add(x.d, y.d),
    }
}
pub fn sub(x: QM31, y: QM31) -> QM31 {
    QM31 {
        a: m31::sub(x.a, y.a), b: m31::sub(x.b, y.b), c: m31::sub(x.c, y.c), d: m31::sub(x.d, y.d),
    }
}
pub fn neg(x: QM31) -> QM31 {
    QM31 { a: m31::neg(x.a), b: m31::neg(x.b), c: m31::neg(x.c), d: m31::neg(x.d) }
}
/// The conjugate over CM31: u -> -u.
pub fn conj(x: QM31) -> QM31 {
    QM31 { a: x.a, b: x.b, c: m31::neg(x.c), d: m31::neg(x.d) }
}
pub fn is_zero(x: QM31) -> bool {
    x == ZERO
}
/// Coordinates before reduction, for sums of products.
#[derive(Copy, Drop)]
pub struct Product {
    pub a: S66,
    pub b: S66,
    pub c: S66,
    pub d: S66,
}
#[inline(always)]
pub fn product(x: QM31, y: QM31) -> Product {
    let (x0, x1): (S31, S31) = (upcast(x.a), upcast(x.b));
    let (x2, x3): (S31, S31) = (upcast(x.c), upcast(x.d));
    let (y0, y1): (S31, S31) = (upcast(y.a), upcast(y.b));
    let (y2, y3): (S31, S31) = (upcast(y.c), upcast(y.d));
    // s + t i = the product of the two coefficients of u, which counts 2 + i times
    let s: S63 = int_sub(int_mul(x2, y2), int_mul(x3, y3));
    let t: S63 = int_add(int_mul(x2, y3), int_mul(x3, y2));
    let a = int_add(
        int_sub(int_add(s, s), upcast(t)), upcast(int_sub(int_mul(x0, y0), int_mul(x1, y1))),
    );
    let b = int_add(
        int_add(int_add(t, t), upcast(s)), upcast(int_add(int_mul(x0, y1), int_mul(x1, y0))),
    );
    let c = int_add(
        int_sub(int_mul(x0, y2), int_mul(x1, y3)), int_sub(int_mul(x2, y0), int_mul(x3, y1)),
    );
    let d = int_add(
        int_add(int_mul(x0, y3), int_mul(x1, y2)), int_add(int_mul(x2, y1), int_mul(x3, y0)),
    );
    Product { a, b, c: upcast(c), d: upcast(d) }
}
pub fn mul(x: QM31, y: QM31) -> QM31 {
    let p = product(x, y);
    QM31 {
        a: m31::reduce(upcast(p.a)),
        b: m31::reduce(upcast(p.b)),
        c: m31::reduce(upcast(p.c)),
        d: m31::reduce(upcast(p.d)),
    }
}
pub fn mul_m31(x: QM31, y: M31) -> QM31 {
    QM31 { a: m31::mul(x.a, y), b: m31::mul(x.b, y), c: m31::mul(x.c, y), d: m31::mul(x.d, y) }
}
pub fn mul_cm31(x: QM31, y: CM31) -> QM31 {
    from_cm31(cm31::mul(re(x), y), cm31::mul(im(x), y))
}
/// 1 / x, and 0 for x = 0: (a - b u) / (a^2 - (2 + i) b^2), a and b over CM31.
pub fn inv(x: QM31) -> QM31 {
    let norm = mul(x, conj(x));
    mul_cm31(conj(x), cm31::inv(re(norm)))
}
/// f0 + i f1 + u f2 + iu f3: a QM31 column at a point from its coordinate columns there.
pub fn from_coordinates(f0: QM31, f1: QM31, f2: QM31, f3: QM31) -> QM31 {
    // i (a, b, c, d) = (-b, a, -d, c); u (a, b, c, d) = (2c - d, c + 2d, a, b)
    let r = int_sub(loose(f2.c), loose(f3.d));
    let s = int_add(loose(f2.d), loose(f3.c));
    let a = int_add(
        int_sub(int_add(r, r), upcast(s)), upcast(int_sub(loose(f0.a), loose(f1.b))),
    );
    let b = int_add(
        int_add(int_add(s, s), upcast(r)), upcast(int_add(loose(f0.b), loose(f1.a))),
    );
    let c = int_add(int_sub(loose(f0.c), loose(f1.d)), int_sub(loose(f2.a), loose(f3.b)));
    let d = int_add(int_add(loose(f0.d), loose(f1.c)), int_add(loose(f2.b), loose(f3.a)));
    QM31 {
        a: m31::reduce(upcast(a)),
        b: m31::reduce(upcast(b)),
        c: m31::reduce(upcast(c)),
        d: m31::reduce(upcast(d)),
    }
}
#[inline(always)]
fn loose(x: M31) -> S31 {
    upcast(x)
}
/// values[i] = 1 / values[i] by one inverse; none of them may be 0.
pub fn batch_inv(values: Span<QM31>) -> Array<QM31> {
    let mut products = array![];
    let mut p = ONE;
    for v in values {
        products.append(p);
        p = mul(p, *v);
    }
    let mut rest = inv(p);
    let mut reversed = array![];
    let mut values = values;
    let mut products = products.span();
    while let Some(v) = values.pop_back() {
        reversed.append(mul(rest, *products.pop_back().unwrap()));
        rest = mul(rest, *v);
    }
    let mut reversed = reversed.span();
    let mut r = array![];
    while let Some(v) = reversed.pop_back() {
        r.append(*v);
    }
    r
}

impl QM31Add of Add<QM31> {
    fn add(lhs: QM31, rhs: QM31) -> QM31 {
        add(lhs, rhs)
    }
}
impl QM31Sub of Sub<QM31> {
    fn sub(lhs: QM31, rhs: QM31) -> QM31 {
        sub(lhs, rhs)
    }
}
impl QM31Mul of Mul<QM31> {
    fn mul(lhs: QM31, rhs: QM31) -> QM31 {
        mul(lhs, rhs)
    }
}
impl QM31Neg of Neg<QM31> {
    fn neg(a: QM31) -> QM31 {
        neg(a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::vectors::{elements, qm31s};

    #[test]
    fn elements_agree_with_the_c_code() {
        let mut all = elements();
        while !all.is_empty() {
            let v = qm31s(ref all, 12);
            let (x, y) = (*v[0], *v[1]);
            assert!(x + y == *v[4] && x - y == *v[5] && x + -y == *v[5] && x * y == *v[6]);
            assert!(inv(x) == *v[7] && conj(x) == *v[8]);
            assert!(mul_m31(x, y.a) == *v[9] && mul_cm31(x, re(y)) == *v[10]);
            assert!(from_coordinates(x, y, *v[2], *v[3]) == *v[11]);
            assert!(from_cm31(re(x), im(x)) == x && is_zero(x - x));
        }
    }
    #[test]
    fn batches_are_inverted() {
        let mut all = elements();
        let mut values = array![];
        qm31s(ref all, 12);
        while !all.is_empty() {
            values.append(*qm31s(ref all, 12)[0]);
        }
        let mut inverses = batch_inv(values.span());
        assert!(inverses.len() == values.len() && values.len() == 39);
        for v in values {
            assert!(v * inverses.pop_front().unwrap() == ONE);
        }
    }
    #[test]
    fn words_not_below_p_are_refused() {
        assert!(read(0, 1, 2, m31::P - 1) == Some(QM31 { a: 0, b: 1, c: 2, d: 0x7ffffffe }));
        assert!(read(m31::P, 0, 0, 0).is_none() && read(0, m31::P, 0, 0).is_none());
        assert!(read(0, 0, m31::P, 0).is_none() && read(0, 0, 0, m31::P).is_none());
    }
}
