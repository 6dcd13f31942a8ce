//! The marketplace contract: money for a proved computation, and nothing else that pays.

pub mod contract;
pub mod errors;
pub mod fees;
pub mod interfaces;
pub mod nodes;
pub mod proof_verifier;
pub mod statement;
pub mod task;
pub mod tiers;
#[cfg(test)]
mod tests;
