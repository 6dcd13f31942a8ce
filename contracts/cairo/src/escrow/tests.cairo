//! Tests of the marketplace contract, with a token and a verifier of their own.

mod claim;
mod fees;
mod mocks;
mod random;
mod states;
mod statement;
mod world;
