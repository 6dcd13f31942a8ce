//! The verifier of sprove proofs for Starknet: the checks of verifier/ in the same order, with the
//! same names. Profile `chain` only; its parameters are constants.
pub mod circle;
pub mod components;
pub mod escrow;
pub mod fields;
#[cfg(test)]
mod vectors;
