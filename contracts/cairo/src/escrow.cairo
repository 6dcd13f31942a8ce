//! The marketplace contract: money for a proved computation, and nothing else that pays.

pub mod admin;
pub mod contract;
pub mod errors;
pub mod events;
pub mod fees;
pub mod interfaces;
pub mod ledger;
pub mod money;
pub mod nodes;
pub mod proof_verifier;
pub mod statement;
pub mod task;
pub mod tiers;
pub mod treasury;
pub mod unsupported;
pub mod views;
#[cfg(test)]
mod tests;
