//! All components in order; printed by tools/air_cairo. Do not edit.
use crate::air::{Claim, Powers, Samples, Shape};
use crate::fields::m31::M31;
use crate::fields::qm31;
use crate::fields::qm31::QM31;
use super::fixed::Fixed;

/// How many samples each component has.
pub const SHAPES: [Shape; 13] = [
    Shape { pre: 0, main: 22, inter: 16, before: 8 }, // ALU
    Shape { pre: 0, main: 32, inter: 16, before: 8 }, // CMP
    Shape { pre: 0, main: 29, inter: 20, before: 8 }, // BIT
    Shape { pre: 0, main: 34, inter: 24, before: 8 }, // SH
    Shape { pre: 0, main: 16, inter: 16, before: 8 }, // JALR
    Shape { pre: 0, main: 15, inter: 8, before: 8 }, // CONST
    Shape { pre: 0, main: 37, inter: 20, before: 8 }, // LS
    Shape { pre: 0, main: 50, inter: 28, before: 8 }, // MULDIV
    Shape { pre: 0, main: 10, inter: 8, before: 8 }, // REFRESH
    Shape { pre: 0, main: 9, inter: 8, before: 10 }, // INITFIN
    Shape { pre: 3, main: 3, inter: 4, before: 4 }, // IMAGE
    Shape { pre: 11, main: 1, inter: 4, before: 4 }, // ROM
    Shape { pre: 6, main: 2, inter: 4, before: 4 }, // TABLES
];

/// The sum over the constraints c of all components with a log size other than 0 of
/// rho^c C_c: the last component first, by Horner's rule.
pub fn each(
    logs: Span<u32>, ref samples: Samples, fixed: Box<Fixed>, powers: Box<Powers>, image_end: M31,
) -> QM31 {
    let mut logs = logs;
    // What absent components would have cost is given back only where gas is counted.
    core::gas::withdraw_gas().unwrap();
    let mut acc = qm31::ZERO;
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: qm31::ZERO,
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::tab::tab(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: qm31::ZERO,
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::rom::rom(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: qm31::ZERO,
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::img::img(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::inf::inf(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::rf::rf(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::md::md(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::ls::ls(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::cst::cst(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::jalr::jalr(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::sh::sh(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::bit::bit(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::cmp::cmp(ref samples, fixed, powers, claim, is_first, acc);
    }
    if *logs.pop_back().unwrap() != 0 {
        let claim = Claim {
            prod: *samples.prod_claims.pop_back().unwrap(),
            sum: *samples.sum_claims.pop_back().unwrap(),
            image_end,
        };
        let is_first = *samples.is_first.pop_back().unwrap();
        acc = super::alu::alu(ref samples, fixed, powers, claim, is_first, acc);
    }
    acc
}
