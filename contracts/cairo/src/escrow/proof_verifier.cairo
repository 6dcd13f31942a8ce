//! What the escrow asks of a verifier class, and what it gets back. The class is called by
//! library_call; it holds no state.

use core::num::traits::Zero;
use starknet::ClassHash;
use crate::escrow::errors;
use crate::proof_argument::ProofArgument;

/// The profile `chain` (docs/protocol.md 8).
const PROFILE: u32 = 4;
const TWO_224: u256 = 0x100000000000000000000000000000000000000000000000000000000;

/// What a proof must state. Digests are the integers of their little endian bytes: 28 bytes for
/// program_id and context, 31 bytes for the two hashes (docs/proof-format.md 4).
#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct Expectation {
    pub program_id: felt252,
    pub context: felt252,
    /// H_in and H_out; io_commitment follows from them.
    pub input_hash: felt252,
    pub output_hash: felt252,
    pub exit_code: u32,
}

/// What the proof states beyond the expectation.
#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct Verified {
    pub cycles: u64,
}

/// The constants of the verifier class, for people and clients. A claim is not decided by them.
#[derive(Copy, Drop, Serde, PartialEq, Debug)]
pub struct VerifierParams {
    pub version: u32,
    pub profile: u32,
    pub air_id: felt252,
    pub log_blowup: u32,
    pub queries: u32,
    pub grind_lookup: u32,
    pub grind_oods: u32,
    pub grind_deep: u32,
    pub grind_commit: u32,
    pub grind_query: u32,
    pub cap_log: u32,
    pub last_layer_log: u32,
}

#[starknet::interface]
pub trait IProofVerifier<TState> {
    /// Returns only for a proof that states what is expected, made with the class's own
    /// parameters. Anything else panics: there is no result to forget to look at.
    fn verify(self: @TState, expectation: Expectation, proof: ProofArgument) -> Verified;
    fn params(self: @TState) -> VerifierParams;
}

/// Guards against a slip: the class is declared, answers as a verifier, and for proofs of this profile
/// with an air id that is a digest. Whether it verifies anything is for people to see.
pub fn assert_verifier(class_hash: ClassHash) {
    assert(!class_hash.is_zero(), errors::INVALID_VERIFIER);
    let params = IProofVerifierLibraryDispatcher { class_hash }.params();
    assert(
        params.profile == PROFILE && !params.air_id.is_zero() && params.air_id.into() < TWO_224,
        errors::INVALID_VERIFIER,
    );
}
