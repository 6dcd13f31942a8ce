//! The verifier of sprove proofs for Starknet: the checks of verifier/ in the same order, with the
//! same names. Profile `chain` only; its parameters are constants.
pub mod air;
pub mod blake2s;
pub mod boundary;
pub mod chain_verifier;
pub mod channel;
pub mod circle;
pub mod components;
pub mod domain;
pub mod escrow;
pub mod fields;
pub mod fri;
pub mod lazy;
pub mod merkle;
pub mod oods;
pub mod packed;
pub mod params;
pub mod proof;
pub mod proof_argument;
pub mod query;
pub mod quotients;
pub mod shape;
pub mod statement;
pub mod verifier;
pub mod words;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
