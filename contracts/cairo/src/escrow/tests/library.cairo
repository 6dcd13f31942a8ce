//! A contract of somebody else's that believes a number only with a proof: what it needs of this
//! package is the hash of the verifier class and proof_verifier.cairo.

use starknet::SyscallResultTrait;
use starknet::syscalls::deploy_syscall;
use crate::chain_verifier::ChainVerifier;
use crate::escrow::proof_verifier::Expectation;
use crate::escrow::tests::real_proof::PROOF;
use crate::escrow::tests::world::refused;
use crate::proof_argument::ProofArgument;

#[starknet::interface]
trait IRecord<TState> {
    fn record(ref self: TState, expectation: Expectation, proof: ProofArgument);
    /// Cycles of the run that was proved to have this output; zero without a proof.
    fn cycles_of(self: @TState, output_hash: felt252) -> u64;
}

#[starknet::contract]
mod Record {
    use starknet::ClassHash;
    use starknet::storage::{
        Map, StorageMapReadAccess, StorageMapWriteAccess, StoragePointerReadAccess,
        StoragePointerWriteAccess,
    };
    use crate::escrow::proof_verifier::{
        Expectation, IProofVerifierDispatcherTrait, IProofVerifierLibraryDispatcher,
    };
    use crate::proof_argument::ProofArgument;

    #[storage]
    struct Storage {
        verifier: ClassHash,
        cycles: Map<felt252, u64>,
    }

    #[constructor]
    fn constructor(ref self: ContractState, verifier: ClassHash) {
        self.verifier.write(verifier);
    }

    #[abi(embed_v0)]
    impl RecordImpl of super::IRecord<ContractState> {
        fn record(ref self: ContractState, expectation: Expectation, proof: ProofArgument) {
            let verifier = IProofVerifierLibraryDispatcher { class_hash: self.verifier.read() };
            let verified = verifier.verify(expectation, proof);
            self.cycles.write(expectation.output_hash, verified.cycles);
        }

        fn cycles_of(self: @ContractState, output_hash: felt252) -> u64 {
            self.cycles.read(output_hash)
        }
    }
}

/// Places of the head's felts: docs/proof-format.md 2.
fn expectation() -> Expectation {
    let proof = PROOF.span();
    Expectation {
        program_id: *proof[2],
        context: *proof[3],
        input_hash: *proof[6],
        output_hash: *proof[7],
        exit_code: 0,
    }
}

#[test]
#[feature("safe_dispatcher")]
fn another_contract_calls_the_verifier_class() {
    let calldata = array![ChainVerifier::TEST_CLASS_HASH.into()];
    let class_hash = Record::TEST_CLASS_HASH;
    let (at, _) = deploy_syscall(class_hash, 0, calldata.span(), false).unwrap_syscall();
    let record = IRecordDispatcher { contract_address: at };
    let proof: ProofArgument = PROOF.span().into();
    let expected = expectation();
    let mut other = expected;
    other.output_hash += 1;
    let try = IRecordSafeDispatcher { contract_address: at };
    refused(try.record(other, proof), 'expected io');
    other = expected;
    other.exit_code = 1;
    refused(try.record(other, proof), 'exit code');
    assert!(record.cycles_of(expected.output_hash) == 0);
    record.record(expected, proof);
    let cycles = record.cycles_of(expected.output_hash);
    assert!(cycles > 1000 && cycles < 10_000);
}
