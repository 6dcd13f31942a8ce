//! Points of the evaluation domain by position (docs/protocol.md 1), and the inverses that folding a
//! leaf divides by.
#[feature("bounded-int-utils")]
use core::internal::bounded_int::{BoundedInt, DivRemHelper, MulHelper, UnitInt, div_rem, mul as int_mul};
use crate::circle::{Point, conj, omega};
use crate::fields::cm31::CM31;
use crate::fields::m31::M31;
use crate::fields::{cm31, m31};

/// The product of two points: that of x + y i.
pub fn turn(p: Point, q: Point) -> Point {
    let r = cm31::mul(CM31 { a: p.x, b: p.y }, CM31 { a: q.x, b: q.y });
    Point { x: r.a, y: r.b }
}

/// The point at a position s < 2^(m-1) of the domain of log size m: omega_(m+1) times omega_(i+1)
/// for every bit i of s, four bits at a time.
pub fn point_at(m: u32, position: u32) -> Point {
    let table = TURNS.span();
    let mut p = omega(m + 1);
    let mut rest = position;
    let mut first = 0;
    while rest != 0 {
        let (high, low) = DivRem::div_rem(rest, 16);
        if low != 0 {
            p = turn(p, *table[first + low]);
        }
        rest = high;
        first += 16;
    }
    p
}

/// The point at a position with its low bits, `inside` < 16, cleared.
pub fn clear_low(p: Point, inside: u32) -> Point {
    turn(p, conj(*TURNS.span()[inside]))
}

/// Entry 16 c + e: the product of omega_(4c+i+1) over the bits i of e.
const TURNS: [Point; 96] = [
    Point { x: 1, y: 0 },
    Point { x: 2147483646, y: 0 },
    Point { x: 0, y: 2147483646 },
    Point { x: 0, y: 1 },
    Point { x: 32768, y: 2147450879 },
    Point { x: 2147450879, y: 32768 },
    Point { x: 2147450879, y: 2147450879 },
    Point { x: 32768, y: 32768 },
    Point { x: 590768354, y: 978592373 },
    Point { x: 1556715293, y: 1168891274 },
    Point { x: 978592373, y: 1556715293 },
    Point { x: 1168891274, y: 590768354 },
    Point { x: 1168891274, y: 1556715293 },
    Point { x: 978592373, y: 590768354 },
    Point { x: 1556715293, y: 978592373 },
    Point { x: 590768354, y: 1168891274 },
    Point { x: 1, y: 0 },
    Point { x: 1179735656, y: 1241207368 },
    Point { x: 579625837, y: 1690787918 },
    Point { x: 1866536500, y: 1133522282 },
    Point { x: 838195206, y: 1774253895 },
    Point { x: 2140339328, y: 404685994 },
    Point { x: 2013328190, y: 1108537731 },
    Point { x: 1263730590, y: 350742286 },
    Point { x: 785043271, y: 1260750973 },
    Point { x: 1911378744, y: 1577470940 },
    Point { x: 251924953, y: 636875771 },
    Point { x: 640817200, y: 1702126977 },
    Point { x: 1357626641, y: 2066105389 },
    Point { x: 1563928157, y: 849605071 },
    Point { x: 141956360, y: 170449934 },
    Point { x: 1067683608, y: 1949783546 },
    Point { x: 1, y: 0 },
    Point { x: 13610297, y: 1064696601 },
    Point { x: 1434706457, y: 1835793811 },
    Point { x: 609228044, y: 827893883 },
    Point { x: 996212859, y: 1140996376 },
    Point { x: 903851705, y: 1384342623 },
    Point { x: 497251457, y: 850319468 },
    Point { x: 1272801243, y: 632096738 },
    Point { x: 2015554631, y: 1088093947 },
    Point { x: 1818030451, y: 1183201954 },
    Point { x: 108989434, y: 171027633 },
    Point { x: 1215555130, y: 798189752 },
    Point { x: 816867225, y: 1001272228 },
    Point { x: 505405055, y: 327810224 },
    Point { x: 1658851911, y: 228916482 },
    Point { x: 2020345262, y: 2075173999 },
    Point { x: 1, y: 0 },
    Point { x: 1420207432, y: 2023238517 },
    Point { x: 1330239767, y: 1446369578 },
    Point { x: 113986326, y: 1659849761 },
    Point { x: 1543902459, y: 1632329423 },
    Point { x: 837291277, y: 535367851 },
    Point { x: 1338697498, y: 1881711368 },
    Point { x: 1128628559, y: 487113817 },
    Point { x: 1389168750, y: 838891026 },
    Point { x: 240698073, y: 476721530 },
    Point { x: 296310565, y: 109983397 },
    Point { x: 472230981, y: 1127178204 },
    Point { x: 13191618, y: 303576968 },
    Point { x: 1363572456, y: 1209117074 },
    Point { x: 1577483195, y: 846841358 },
    Point { x: 389608651, y: 1555639321 },
    Point { x: 1, y: 0 },
    Point { x: 438833264, y: 1327019128 },
    Point { x: 1799120754, y: 343598868 },
    Point { x: 503318431, y: 730224775 },
    Point { x: 595037635, y: 2111542451 },
    Point { x: 433600440, y: 167145119 },
    Point { x: 1475016787, y: 1876816901 },
    Point { x: 1124768046, y: 299494314 },
    Point { x: 1633461177, y: 574296567 },
    Point { x: 1139757936, y: 161139962 },
    Point { x: 1242192167, y: 1322293366 },
    Point { x: 2056541252, y: 1900478857 },
    Point { x: 1121167, y: 714917308 },
    Point { x: 286695904, y: 1021278776 },
    Point { x: 1731306458, y: 1551812567 },
    Point { x: 1155186462, y: 790771269 },
    Point { x: 1, y: 0 },
    Point { x: 1022251061, y: 788094511 },
    Point { x: 6346213, y: 905523693 },
    Point { x: 999230472, y: 1852479283 },
    Point { x: 421007138, y: 256177860 },
    Point { x: 1774187400, y: 1713497086 },
    Point { x: 784830374, y: 912241638 },
    Point { x: 344093444, y: 1723950257 },
    Point { x: 212706801, y: 1223819887 },
    Point { x: 2144756169, y: 1973977555 },
    Point { x: 982766847, y: 1369509443 },
    Point { x: 288424812, y: 1959942454 },
    Point { x: 1594705154, y: 1156423391 },
    Point { x: 105012991, y: 261334420 },
    Point { x: 1475671350, y: 739745329 },
    Point { x: 203869561, y: 313423390 },
];

type Twice = BoundedInt<0, 0xfffffffc>;
impl Double of MulHelper<M31, UnitInt<2>> {
    type Result = Twice;
}
impl MulTwice of MulHelper<Twice, M31> {
    type Result = BoundedInt<0, 0x7ffffffc00000008>;
}
impl ReduceTwice of DivRemHelper<BoundedInt<0, 0x7ffffffc00000008>, UnitInt<0x7fffffff>> {
    type DivT = BoundedInt<0, 0xfffffffa>;
    type RemT = M31;
}
/// 2 x y
fn twice(x: M31, y: M31) -> M31 {
    let product = int_mul::<_, _, MulTwice>(int_mul::<_, UnitInt<2>>(x, 2), y);
    let (_, r) = div_rem::<_, UnitInt<0x7fffffff>>(product, 0x7fffffff);
    r
}

/// x of the doubled point: 2 x^2 - 1.
pub fn double_x(x: M31) -> M31 {
    m31::sub(twice(x, x), 1)
}
/// 2 p = (2 x^2 - 1, 2 x y)
pub fn double(p: Point) -> Point {
    Point { x: double_x(p.x), y: twice(p.x, p.y) }
}

/// Inverses of the coordinates of the points of one leaf, up to sign as integers: between -P and P.
/// q0 is the leaf's first point p; q1, q2, q3 are p omega_3, p omega_4, p omega_3 omega_4; r0, r1
/// are q0, q2 doubled; u is r0 doubled, w is u doubled. All other points of the leaf and of its folds
/// are these times -1 and omega_2 = (0, -1). A leaf of eight points ends with q1, r0, u.
#[derive(Copy, Drop)]
pub struct Inverses {
    pub q0: Pair,
    pub q1: Pair,
    pub q2: Pair,
    pub q3: Pair,
    pub r0: Pair,
    pub r1: Pair,
    pub u: Pair,
    pub w: felt252,
}

#[derive(Copy, Drop)]
pub struct Pair {
    pub x: felt252,
    pub y: felt252,
}
const NO_PAIR: Pair = Pair { x: 0, y: 0 };

/// (1/x, 1/y) of q from 1/y of 2 q: y(2q) = 2 x y.
#[inline(always)]
fn inverses(q: Point, inv: M31) -> (M31, M31) {
    (twice(q.y, inv), twice(q.x, inv))
}
#[inline(always)]
fn plus(x: M31, y: M31) -> Pair {
    Pair { x: m31::to_felt(x), y: m31::to_felt(y) }
}
#[inline(always)]
fn minus(x: M31, y: M31) -> Pair {
    Pair { x: -m31::to_felt(x), y: -m31::to_felt(y) }
}

/// The points of the leaf that begins at p, which its inverses need besides p: p, r0, u, and w.
#[derive(Copy, Drop)]
pub struct Leaf {
    pub p: Point,
    pub r0: Point,
    pub u: Point,
    pub w: Point,
}
pub fn leaf_points(p: Point) -> Leaf {
    let r0 = double(p);
    let u = double(r0);
    Leaf { p, r0, u, w: double(u) }
}

/// For a leaf of eight points of a line layer, or sixteen of the circle layer: inv = 1/y(w).
pub fn inverses_8(leaf: @Leaf, inv: M31) -> Inverses {
    let (p, r0) = (*leaf.p, *leaf.r0);
    let (ux, uy) = inverses(*leaf.u, inv);
    let (r0x, r0y) = inverses(r0, uy);
    let (q0x, q0y) = inverses(p, r0y);
    // 2 q1 = r0 omega_2: its y is -x(r0)
    let (q1x, q1y) = inverses(turn(p, omega(3)), r0x);
    Inverses {
        q0: plus(q0x, q0y),
        q1: minus(q1x, q1y),
        q2: NO_PAIR,
        q3: NO_PAIR,
        r0: plus(r0x, r0y),
        r1: NO_PAIR,
        u: plus(ux, uy),
        w: 0,
    }
}

/// For a leaf of sixteen points of a line layer: inv = 1/y(2 w).
pub fn inverses_16(leaf: @Leaf, inv: M31) -> Inverses {
    let (wx, wy) = inverses(*leaf.w, inv);
    let eight = inverses_8(leaf, wy);
    let ux: M31 = m31_of(eight.u.x);
    let q2 = turn(*leaf.p, omega(4));
    let r1 = double(q2);
    // 2 r1 = u omega_2
    let (r1x, r1y) = inverses(r1, ux);
    let (q2x, q2y) = inverses(q2, r1y);
    // 2 q3 = r1 omega_2: its y is -x(r1), positive here
    let (q3x, q3y) = inverses(turn(q2, omega(3)), r1x);
    Inverses {
        q2: minus(q2x, q2y),
        q3: plus(q3x, q3y),
        r1: minus(r1x, r1y),
        w: m31::to_felt(wx),
        ..eight,
    }
}

/// The element that an integer between -P and P stands for.
fn m31_of(x: felt252) -> M31 {
    m31::from_felt(x + 0x7fffffff)
}

/// 1/y of the point `inside` a leaf.
pub fn inverse_y(inverses: @Inverses, inside: u32) -> M31 {
    let (j, low) = DivRem::div_rem(inside, 4);
    let q = if j == 0 {
        *inverses.q0
    } else if j == 1 {
        *inverses.q1
    } else if j == 2 {
        *inverses.q2
    } else {
        *inverses.q3
    };
    // q, -q, q omega_2 = (y, -x), -q omega_2
    m31_of(
        if low == 0 {
            q.y
        } else if low == 1 {
            -q.y
        } else if low == 2 {
            -q.x
        } else {
            q.x
        },
    )
}
