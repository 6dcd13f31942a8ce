//! The constraints in Cairo, as tools/air_cairo prints them.
pub mod alu;
pub mod bit;
pub mod cmp;
pub mod cst;
pub mod each;
pub mod fixed;
pub mod img;
pub mod inf;
pub mod jalr;
pub mod ls;
pub mod md;
pub mod rf;
pub mod rom;
pub mod sh;
pub mod tab;
