//! Tests of the marketplace contract, with a token and a verifier of their own.

mod abi;
mod admin;
mod assign;
mod change;
mod claim;
mod create;
mod fees;
mod gas;
mod library;
mod mocks;
mod nodes;
mod property;
mod random;
mod real;
mod real_proof;
mod states;
mod statement;
mod tokens;
mod treasury;
mod world;
