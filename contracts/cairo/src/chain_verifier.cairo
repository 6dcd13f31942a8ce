//! The verifier as a class of its own, without storage: other contracts reach it by library_call.
#[starknet::contract]
pub mod ChainVerifier {
    use crate::escrow::proof_verifier::{Expectation, IProofVerifier, Verified, VerifierParams};
    use crate::params;
    use crate::proof_argument::ProofArgument;
    use crate::statement::{Required, RequiredIo};
    use crate::verifier::verify;

    #[storage]
    struct Storage {}

    #[abi(embed_v0)]
    impl ProofVerifier of IProofVerifier<ContractState> {
        fn verify(
            self: @ContractState, expectation: Expectation, proof: ProofArgument,
        ) -> Verified {
            let Expectation { program_id, context, input_hash, output_hash, exit_code } = expectation;
            let io = RequiredIo::Hashes((input_hash, output_hash));
            let s = verify(Required { program_id, context, io, exit_code }, proof.felts);
            // Below 2^27: the check 'time'.
            Verified { cycles: s.cycles_low.into() }
        }

        fn params(self: @ContractState) -> VerifierParams {
            VerifierParams {
                version: params::VERSION,
                profile: params::PROFILE,
                air_id: params::AIR_ID,
                log_blowup: params::LOG_BLOWUP,
                queries: params::QUERIES,
                grind_lookup: 24,
                grind_oods: 0,
                grind_deep: 10,
                grind_commit: 4,
                grind_query: 24,
                cap_log: params::CAP_LOG,
                last_layer_log: params::LAST_LAYER_LOG,
            }
        }
    }
}
