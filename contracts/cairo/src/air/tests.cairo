//! constraint_sum against the verifier's evaluator in C (tools/cairo_air_vectors).
use crate::circle::PointQ;
use crate::fields::qm31;
use crate::fields::qm31::QM31;
use crate::vectors::qm31s;
use super::{Challenges, constraint_sum, vectors};

fn qm31_of(ref v: Span<felt252>) -> QM31 {
    *qm31s(ref v, 1)[0]
}
fn word(ref v: Span<felt252>) -> u32 {
    (*v.pop_front().unwrap()).try_into().unwrap()
}

/// A case of the vectors; the change is added to its first sample.
fn sums(case: Span<felt252>, change: QM31) -> (QM31, QM31, QM31, QM31, Array<QM31>) {
    let mut v = case;
    let mut log_sizes = array![];
    for _ in 0..22_u32 {
        log_sizes.append(word(ref v));
    }
    let n_max = word(ref v);
    let image_end = (*v.pop_front().unwrap()).try_into().unwrap();
    let (n_samples, n_prod, n_sum) = (word(ref v), word(ref v), word(ref v));
    let mut samples = array![qm31_of(ref v) + change];
    for _ in 1..n_samples {
        samples.append(qm31_of(ref v));
    }
    let prod_claims = qm31s(ref v, n_prod);
    let sum_claims = qm31s(ref v, n_sum);
    let (gamma, z) = (qm31_of(ref v), qm31_of(ref v));
    let a = qm31s(ref v, 12);
    let alpha = [
        *a[0], *a[1], *a[2], *a[3], *a[4], *a[5], *a[6], *a[7], *a[8], *a[9], *a[10], *a[11],
    ];
    let z0 = PointQ { x: qm31_of(ref v), y: qm31_of(ref v) };
    let rho = qm31_of(ref v);
    let before = core::testing::get_available_gas();
    core::gas::withdraw_gas().unwrap();
    let (sum, van) = constraint_sum(
        log_sizes.span(),
        n_max,
        samples.span(),
        @Challenges { gamma, z, alpha },
        prod_claims.span(),
        sum_claims.span(),
        image_end,
        z0,
        rho,
    );
    let after = core::testing::get_available_gas();
    core::gas::withdraw_gas().unwrap();
    assert!(before - after < 6_900_000, "gas: {}", before - after);
    let (expected, expected_van) = (qm31_of(ref v), qm31_of(ref v));
    assert!(v.is_empty());
    (sum, van, expected, expected_van, samples)
}
fn check(case: Span<felt252>) {
    let (sum, van, expected, expected_van, _) = sums(case, qm31::ZERO);
    assert!(sum == expected, "the sums differ");
    assert!(van == expected_van);
    let (sum, _, _, _, _) = sums(case, qm31::from_m31(1));
    assert!(sum != expected, "a sample does not matter");
}

#[test]
fn alu_agrees_with_the_c_code() {
    check(vectors::alu());
}
#[test]
fn cmp_agrees_with_the_c_code() {
    check(vectors::cmp());
}
#[test]
fn bit_agrees_with_the_c_code() {
    check(vectors::bit());
}
#[test]
fn sh_agrees_with_the_c_code() {
    check(vectors::sh());
}
#[test]
fn jalr_agrees_with_the_c_code() {
    check(vectors::jalr());
}
#[test]
fn cst_agrees_with_the_c_code() {
    check(vectors::cst());
}
#[test]
fn ls_agrees_with_the_c_code() {
    check(vectors::ls());
}
#[test]
fn md_agrees_with_the_c_code() {
    check(vectors::md());
}
#[test]
fn rf_agrees_with_the_c_code() {
    check(vectors::rf());
}
#[test]
fn inf_agrees_with_the_c_code() {
    check(vectors::inf());
}
#[test]
fn img_agrees_with_the_c_code() {
    check(vectors::img());
}
#[test]
fn rom_agrees_with_the_c_code() {
    check(vectors::rom());
}
#[test]
fn tab_agrees_with_the_c_code() {
    check(vectors::tab());
}
#[test]
fn all_agree_with_the_c_code() {
    check(vectors::all());
}
/// docs/protocol.md 6, composition: the composition columns stand before the samples at Z1.
#[test]
fn the_equation_holds_for_an_honest_proof() {
    let (sum, van, expected, expected_van, samples) = sums(vectors::honest(), qm31::ZERO);
    assert!(sum == expected && van == expected_van);
    let mut holds = 0_u32;
    for i in 0..samples.len() - 7 {
        let q = samples.span().slice(i, 8);
        let q0 = qm31::from_coordinates(*q[0], *q[1], *q[2], *q[3]);
        let q1 = qm31::from_coordinates(*q[4], *q[5], *q[6], *q[7]);
        if sum == van * (q0 + van * q1) {
            holds += 1;
        }
    }
    assert!(holds == 1);
}
