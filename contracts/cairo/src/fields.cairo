//! The fields: M31 = integers modulo P = 2^31 - 1, CM31 = M31[i] / (i^2 + 1),
//! QM31 = CM31[u] / (u^2 - 2 - i).
pub mod cm31;
pub mod m31;
pub mod qm31;
pub mod ranges;
