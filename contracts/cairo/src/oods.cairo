//! The out-of-domain points, and the equation of all constraints there (docs/protocol.md 5, 6).
use crate::channel::{Channel, ChannelTrait};
use crate::circle::{PointQ, conj, mul_q, omega};
use crate::fields::qm31::QM31;
use crate::fields::{cm31, qm31};

/// A point whose y lies in CM31 has no quotient.
fn is_valid(z: PointQ) -> bool {
    !cm31::is_zero(qm31::im(z.y))
}

/// Draws Z0, and gives Z1 = Z0 omega_n^-1.
pub fn oods_points(ref ch: Channel, n: u32) -> [PointQ; 2] {
    loop {
        let t = ch.draw_felt();
        let t2 = qm31::mul(t, t);
        let den = qm31::add(qm31::ONE, t2);
        if qm31::is_zero(den) {
            continue;
        }
        let inv = qm31::inv(den);
        let z0 = PointQ {
            x: qm31::mul(qm31::sub(qm31::ONE, t2), inv), y: qm31::mul(qm31::add(t, t), inv),
        };
        let z1 = mul_q(z0, conj(omega(n)));
        if is_valid(z0) && is_valid(z1) {
            break [z0, z1];
        }
    }
}

/// The eight composition columns at Z0 against the sum of all constraints there; van is v_n(Z0) of
/// the largest trace domain.
pub fn check_oods(sum: QM31, composition: Span<QM31>, van: QM31) {
    let c = composition;
    let low = qm31::from_coordinates(*c[0], *c[1], *c[2], *c[3]);
    let high = qm31::from_coordinates(*c[4], *c[5], *c[6], *c[7]);
    let whole = qm31::add(low, qm31::mul(van, high));
    assert(sum == qm31::mul(van, whole), 'oods');
}
