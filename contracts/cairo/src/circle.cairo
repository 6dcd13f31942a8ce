//! The circle x^2 + y^2 = 1 over M31 and QM31, and its domains (docs/protocol.md 1).
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{add as int_add, mul as int_mul, sub as int_sub, upcast};
use crate::fields::m31::M31;
use crate::fields::qm31::QM31;
use crate::fields::ranges::{AddS62, AddS66, MulS31, S31, SubS62};
use crate::fields::{m31, qm31};

#[derive(Copy, Drop, PartialEq, Debug)]
pub struct Point {
    pub x: M31,
    pub y: M31,
}
#[derive(Copy, Drop, PartialEq, Debug)]
pub struct PointQ {
    pub x: QM31,
    pub y: QM31,
}

pub fn mul(p: Point, q: Point) -> Point {
    Point {
        x: m31::sub(m31::mul(p.x, q.x), m31::mul(p.y, q.y)),
        y: m31::add(m31::mul(p.x, q.y), m31::mul(p.y, q.x)),
    }
}
pub fn conj(p: Point) -> Point {
    Point { x: p.x, y: m31::neg(p.y) }
}
/// x of the doubled point: 2 x^2 - 1.
pub fn double_x_q(x: QM31) -> QM31 {
    let s = twice(qm31::product(x, x));
    QM31 { a: m31::sub(s.a, 1), b: s.b, c: s.c, d: s.d }
}
/// 2 p = (2 x^2 - 1, 2 x y).
pub fn double_q(p: PointQ) -> PointQ {
    PointQ { x: double_x_q(p.x), y: twice(qm31::product(p.x, p.y)) }
}
fn twice(p: qm31::Product) -> QM31 {
    QM31 {
        a: m31::reduce(upcast(int_add(p.a, p.a))),
        b: m31::reduce(upcast(int_add(p.b, p.b))),
        c: m31::reduce(upcast(int_add(p.c, p.c))),
        d: m31::reduce(upcast(int_add(p.d, p.d))),
    }
}
/// p times a point of the M31 circle.
pub fn mul_q(p: PointQ, q: Point) -> PointQ {
    let (x, y) = (upcast(q.x), upcast(q.y));
    PointQ {
        x: QM31 {
            a: minus(p.x.a, x, p.y.a, y),
            b: minus(p.x.b, x, p.y.b, y),
            c: minus(p.x.c, x, p.y.c, y),
            d: minus(p.x.d, x, p.y.d, y),
        },
        y: QM31 {
            a: plus(p.x.a, y, p.y.a, x),
            b: plus(p.x.b, y, p.y.b, x),
            c: plus(p.x.c, y, p.y.c, x),
            d: plus(p.x.d, y, p.y.d, x),
        },
    }
}
#[inline(always)]
fn minus(a: M31, x: S31, b: M31, y: S31) -> M31 {
    m31::reduce(upcast(int_sub(int_mul::<S31>(upcast(a), x), int_mul::<S31>(upcast(b), y))))
}
#[inline(always)]
fn plus(a: M31, x: S31, b: M31, y: S31) -> M31 {
    m31::reduce(upcast(int_add(int_mul::<S31>(upcast(a), x), int_mul::<S31>(upcast(b), y))))
}
/// v_n(p) = x of p doubled n - 1 times; n >= 1.
pub fn vanishing_q(n: u32, x: QM31) -> QM31 {
    let mut x = x;
    for _ in 1..n {
        x = double_x_q(x);
    }
    x
}

/// omega_k, of order 2^k; k <= 31.
pub fn omega(k: u32) -> Point {
    *OMEGA.span()[k]
}
/// omega_31 is the generator; each one is the next one doubled.
const OMEGA: [Point; 32] = [
    Point { x: 1, y: 0 },
    Point { x: 2147483646, y: 0 },
    Point { x: 0, y: 2147483646 },
    Point { x: 32768, y: 2147450879 },
    Point { x: 590768354, y: 978592373 },
    Point { x: 1179735656, y: 1241207368 },
    Point { x: 579625837, y: 1690787918 },
    Point { x: 838195206, y: 1774253895 },
    Point { x: 785043271, y: 1260750973 },
    Point { x: 13610297, y: 1064696601 },
    Point { x: 1434706457, y: 1835793811 },
    Point { x: 996212859, y: 1140996376 },
    Point { x: 2015554631, y: 1088093947 },
    Point { x: 1420207432, y: 2023238517 },
    Point { x: 1330239767, y: 1446369578 },
    Point { x: 1543902459, y: 1632329423 },
    Point { x: 1389168750, y: 838891026 },
    Point { x: 438833264, y: 1327019128 },
    Point { x: 1799120754, y: 343598868 },
    Point { x: 595037635, y: 2111542451 },
    Point { x: 1633461177, y: 574296567 },
    Point { x: 1022251061, y: 788094511 },
    Point { x: 6346213, y: 905523693 },
    Point { x: 421007138, y: 256177860 },
    Point { x: 212706801, y: 1223819887 },
    Point { x: 2042371533, y: 1362265296 },
    Point { x: 334835419, y: 1444967316 },
    Point { x: 708158977, y: 683185920 },
    Point { x: 18817, y: 1720333214 },
    Point { x: 97, y: 141701737 },
    Point { x: 7, y: 777079998 },
    Point { x: 2, y: 1268011823 },
];

/// The first-row indicator of the domain of log size n at p is v_n(p) times this fraction:
/// is_first_n(p) = -(s / 2^n) v_n(p) (1 + x_u) / y_u with u = p p0^-1, p0 = omega_(n+1), s =
/// y(p0^(2^(n-1))). p0^(2^(n-1)) is omega_2 = (0, -1), so -s is 1. n <= 30.
pub fn is_first_fraction(n: u32, p: PointQ) -> (QM31, QM31) {
    let u = mul_q(p, conj(omega(n + 1)));
    (qm31::mul_m31(qm31::add(qm31::ONE, u.x), *HALVES.span()[n]), u.y)
}
/// 2^-k modulo P, which is 2^(31 - k)
const HALVES: [M31; 31] = [
    0x1, 0x40000000, 0x20000000, 0x10000000, 0x8000000, 0x4000000, 0x2000000, 0x1000000, 0x800000,
    0x400000, 0x200000, 0x100000, 0x80000, 0x40000, 0x20000, 0x10000, 0x8000, 0x4000, 0x2000,
    0x1000, 0x800, 0x400, 0x200, 0x100, 0x80, 0x40, 0x20, 0x10, 0x8, 0x4, 0x2,
];

#[cfg(test)]
mod tests {
    use crate::vectors::{points, qm31s};
    use super::*;

    #[test]
    fn omegas_are_the_powers_of_the_generator() {
        assert!(omega(31) == Point { x: 2, y: 1268011823 } && omega(0) == Point { x: 1, y: 0 });
        assert!(omega(2) == Point { x: 0, y: m31::neg(1) });
        for k in 0..31_u32 {
            assert!(mul(omega(k + 1), omega(k + 1)) == omega(k));
        }
    }
    #[test]
    fn halves_halve() {
        for k in 0..30_u32 {
            assert!(m31::add(*HALVES.span()[k + 1], *HALVES.span()[k + 1]) == *HALVES.span()[k]);
        }
    }
    #[test]
    fn points_agree_with_the_c_code() {
        // log size, p, 2 p, p times omega_9, v_n(p), is_first_n(p)
        let mut all = points();
        while let Some(n) = all.pop_front() {
            let n: u32 = (*n).try_into().unwrap();
            let v = qm31s(ref all, 8);
            let p = PointQ { x: *v[0], y: *v[1] };
            assert!(double_q(p) == PointQ { x: *v[2], y: *v[3] });
            assert!(mul_q(p, omega(9)) == PointQ { x: *v[4], y: *v[5] });
            assert!(vanishing_q(n, p.x) == *v[6]);
            let (num, den) = is_first_fraction(n, p);
            assert!(*v[6] * num * qm31::inv(den) == *v[7]);
        }
    }
}
