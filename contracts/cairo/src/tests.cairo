//! The verifier against numbers of the C code, and against proofs.
mod bounds;
mod class;
mod form;
mod proof;
mod proofs;
mod single_steps;
mod steps;
