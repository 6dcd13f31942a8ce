//! The constraints at the OODS point, through the sampled values: verifier/verify.c check_oods and
//! verifier/point.c. The constraints themselves are printed from air/NAME.air.h by tools/air_cairo.
use crate::circle;
use crate::circle::PointQ;
use crate::fields::m31::M31;
use crate::fields::qm31;
use crate::fields::qm31::QM31;

pub mod generated;
mod ops;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
use generated::each::{SHAPES, each};
use generated::fixed::fixed;

/// Challenges of step 3 of the transcript; alpha: powers 0 to 11.
#[derive(Copy, Drop)]
pub struct Challenges {
    pub gamma: QM31,
    pub z: QM31,
    pub alpha: [QM31; 12],
}
/// What a component claims (0 where it has no such column), and the public value that INITFIN's
/// first row starts from.
#[derive(Copy, Drop)]
pub struct Claim {
    pub prod: QM31,
    pub sum: QM31,
    pub image_end: M31,
}
/// Powers of the composition coefficient.
#[derive(Copy, Drop)]
pub struct Powers {
    pub rho1: QM31,
    pub rho2: QM31,
    pub rho3: QM31,
    pub rho4: QM31,
    pub rho5: QM31,
    pub rho6: QM31,
    pub rho7: QM31,
    pub rho8: QM31,
}
/// What remains of the sampled values, the claims and the first-row indicators while the components
/// take theirs, the last one first.
#[derive(Copy, Drop)]
pub struct Samples {
    pub pre: Span<QM31>,
    pub main: Span<QM31>,
    pub inter: Span<QM31>,
    pub before: Span<QM31>,
    pub prod_claims: Span<QM31>,
    pub sum_claims: Span<QM31>,
    pub is_first: Span<QM31>,
}
/// How many samples a component has: preprocessed, main and interaction columns, and those at the
/// row before.
#[derive(Copy, Drop)]
pub struct Shape {
    pub pre: u32,
    pub main: u32,
    pub inter: u32,
    pub before: u32,
}

/// sum_c rho^c C_c(Z) over the constraints of all present instances, the left side of the OODS
/// equation, and v_(n_max)(Z0). log_sizes: of the 22 slots, one instance a chip, none above n_max;
/// samples: all, in the order of docs/protocol.md, 5 step 8, the composition columns among them.
pub fn constraint_sum(
    log_sizes: Span<u32>,
    n_max: u32,
    samples: Span<QM31>,
    ch: @Challenges,
    prod_claims: Span<QM31>,
    sum_claims: Span<QM31>,
    image_end: M31,
    z0: PointQ,
    rho: QM31,
) -> (QM31, QM31) {
    let logs = instance_logs(log_sizes);
    let (is_first, van) = is_first_of_instances(logs, n_max, z0);
    let mut s = split(logs, samples);
    s.is_first = is_first.span();
    s.prod_claims = prod_claims;
    s.sum_claims = sum_claims;
    let sum = each(logs, ref s, BoxTrait::new(fixed(ch)), BoxTrait::new(powers(rho)), image_end);
    // Each sample belongs to one component.
    assert(
        s.pre.is_empty() && s.main.is_empty() && s.inter.is_empty() && s.before.is_empty(),
        'samples',
    );
    assert(s.prod_claims.is_empty() && s.sum_claims.is_empty(), 'claims');
    (sum, van)
}

/// The log sizes by component.
fn instance_logs(log_sizes: Span<u32>) -> Span<u32> {
    let mut log_sizes = log_sizes;
    let mut logs = array![];
    for _ in 0..N_SPLIT {
        logs.append(*log_sizes.pop_front().unwrap());
        assert(*log_sizes.pop_front().unwrap() == 0, 'a second instance');
    }
    for log in log_sizes {
        logs.append(*log);
    }
    logs.span()
}
/// Components that may have two instances in other profiles; they come first.
const N_SPLIT: u32 = 9;

/// The samples by tree, and those at the row before; without the composition columns.
fn split(logs: Span<u32>, samples: Span<QM31>) -> Samples {
    let (mut pre, mut main, mut inter, mut before) = (0, 0, 0, 0);
    let mut logs = logs;
    for shape in SHAPES.span() {
        if *logs.pop_front().unwrap() != 0 {
            pre += *shape.pre;
            main += *shape.main;
            inter += *shape.inter;
            before += *shape.before;
        }
    }
    let n_at = pre + main + inter + COMPOSITION_COLUMNS;
    assert(samples.len() == n_at + before, 'samples');
    Samples {
        pre: samples.slice(0, pre),
        main: samples.slice(pre, main),
        inter: samples.slice(pre + main, inter),
        before: samples.slice(n_at, before),
        prod_claims: array![].span(),
        sum_claims: array![].span(),
        is_first: array![].span(),
    }
}
const COMPOSITION_COLUMNS: u32 = 8;

fn powers(rho: QM31) -> Powers {
    let rho2 = rho * rho;
    let rho4 = rho2 * rho2;
    Powers {
        rho1: rho,
        rho2,
        rho3: rho2 * rho,
        rho4,
        rho5: rho4 * rho,
        rho6: rho4 * rho2,
        rho7: rho4 * (rho2 * rho),
        rho8: rho4 * rho4,
    }
}

/// The first-row indicator of every present instance, in order, at its doubling of Z0; and
/// v_(n_max)(Z0), which is v_n of every instance there.
fn is_first_of_instances(logs: Span<u32>, n_max: u32, z0: PointQ) -> (Array<QM31>, QM31) {
    // Z0 doubled 0, 1, .. times
    let mut min = n_max;
    for log in logs {
        if *log != 0 && *log < min {
            min = *log;
        }
    }
    let mut points = array![z0];
    let mut z = z0;
    for _ in min..n_max {
        z = circle::double_q(z);
        points.append(z);
    }
    let van = circle::vanishing_q(min, z.x);
    let mut nums = array![];
    let mut dens = array![];
    for log in logs {
        if *log != 0 {
            let (num, den) = circle::is_first_fraction(*log, *points[n_max - *log]);
            nums.append(num);
            dens.append(den);
        }
    }
    let mut r = array![];
    let mut inverses = qm31::batch_inv(dens.span()).span();
    for num in nums {
        r.append(van * num * *inverses.pop_front().unwrap());
    }
    (r, van)
}
