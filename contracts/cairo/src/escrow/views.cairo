//! What anybody may ask about tasks, earnings, proofs and settings. Changes nothing.

#[starknet::component]
pub mod ViewsComponent {
    use core::num::traits::Zero;
    use starknet::storage::{StorageMapReadAccess, StoragePointerReadAccess};
    use starknet::{ClassHash, ContractAddress};
    use crate::escrow::admin::AdminComponent;
    use crate::escrow::admin::AdminComponent::InternalTrait as AdminInternalTrait;
    use crate::escrow::fees::split;
    use crate::escrow::interfaces::IEscrowViews;
    use crate::escrow::ledger::LedgerComponent;
    use crate::escrow::ledger::LedgerComponent::InternalTrait as LedgerInternalTrait;
    use crate::escrow::proof_verifier::{
        IProofVerifierDispatcherTrait, IProofVerifierLibraryDispatcher, VerifierParams,
    };
    use crate::escrow::task::{Statement, Status, TaskExt, base_reward, hash_of};
    use crate::escrow::{errors, statement};

    const MAX_PAGE: u64 = 100;

    #[storage]
    pub struct Storage {}

    #[event]
    #[derive(Drop, starknet::Event)]
    pub enum Event {}

    #[embeddable_as(ViewsImpl)]
    impl Views<
        TContractState,
        +HasComponent<TContractState>,
        impl Admin: AdminComponent::HasComponent<TContractState>,
        impl Ledger: LedgerComponent::HasComponent<TContractState>,
        +Drop<TContractState>,
    > of IEscrowViews<ComponentState<TContractState>> {
        fn get_task(
            self: @ComponentState<TContractState>, task_id: u256,
        ) -> (ContractAddress, ContractAddress, u256, u256, u256, u256, u8, felt252, u8) {
            let (_, task) = get_dep_component!(self, Ledger).load(task_id);
            (
                task.creator,
                task.token,
                task.amount,
                base_reward(task),
                task.terms.multiplier.into(),
                task.amount,
                task.terms.required_tier,
                hash_of(task),
                task.progress.status,
            )
        }

        fn get_task_ext(self: @ComponentState<TContractState>, task_id: u256) -> TaskExt {
            let (_, task) = get_dep_component!(self, Ledger).load(task_id);
            let completed = task.progress.status == Status::COMPLETED;
            let parts = split(if completed {
                task.amount
            } else {
                0
            });
            TaskExt {
                provider: task.provider,
                status: task.progress.status,
                created_at: task.terms.created_at,
                assigned_at: task.progress.assigned_at,
                assign_deadline: task.progress.assign_deadline,
                deadline: task.terms.deadline,
                settled_at: task.progress.settled_at,
                program_id: if task.terms.has_preimage {
                    task.program
                } else {
                    0
                },
                input_commitment: task.input_commitment,
                max_cycles: task.terms.max_cycles,
                result_hash: task.result_hash,
                cycles: task.progress.cycles,
                provider_payout: parts.provider_payout,
                gas_subsidy: parts.gas_subsidy,
                treasury_fee: parts.treasury_fee,
                statement_hash: if completed {
                    let context = statement::context_here(task_id, task.provider);
                    statement::statement_hash(hash_of(task), context, task.result_hash)
                } else {
                    0
                },
            }
        }

        fn get_task_count(self: @ComponentState<TContractState>) -> u256 {
            get_dep_component!(self, Ledger).task_count.read().into()
        }

        fn get_user_tasks(
            self: @ComponentState<TContractState>, user: ContractAddress, offset: u64, limit: u64,
        ) -> Array<u256> {
            let count = get_dep_component!(self, Ledger).user_task_count.read(user);
            let mut ids = array![];
            if offset < count {
                let length = core::cmp::min(core::cmp::min(limit, MAX_PAGE), count - offset);
                for i in offset..offset + length {
                    ids.append(get_dep_component!(self, Ledger).user_tasks.read((user, i)).into());
                }
            }
            ids
        }

        fn get_user_task_count(self: @ComponentState<TContractState>, user: ContractAddress) -> u64 {
            get_dep_component!(self, Ledger).user_task_count.read(user)
        }

        /// Payouts and subsidies; stays at 2^256 - 1 once it would pass it.
        fn get_user_earnings(
            self: @ComponentState<TContractState>, provider: ContractAddress, token_address: ContractAddress,
        ) -> u256 {
            get_dep_component!(self, Ledger).earnings.read((provider, token_address))
        }

        fn statement_of(
            self: @ComponentState<TContractState>,
            task_id: u256,
            provider: ContractAddress,
            result_hash: felt252,
        ) -> Statement {
            let (_, task) = get_dep_component!(self, Ledger).load(task_id);
            assert(!task.creator.is_zero(), errors::INVALID_STATUS);
            assert(!provider.is_zero(), errors::INVALID_PROVIDER);
            statement::assert_result(result_hash);
            let context = statement::context_here(task_id, provider);
            let has_preimage = task.terms.has_preimage;
            Statement {
                program_id: if has_preimage {
                    task.program
                } else {
                    0
                },
                input_commitment: task.input_commitment,
                max_cycles: task.terms.max_cycles,
                context,
                output_commitment: result_hash,
                io_commitment: if has_preimage {
                    statement::io_commitment(task.input_commitment, result_hash)
                } else {
                    0
                },
                exit_code: 0,
                statement_hash: statement::statement_hash(hash_of(task), context, result_hash),
            }
        }

        fn is_proof_verified(self: @ComponentState<TContractState>, proof_hash: felt252) -> bool {
            get_dep_component!(self, Ledger).proved_tasks.read(proof_hash) != 0
        }

        fn get_job_for_proof(self: @ComponentState<TContractState>, proof_hash: felt252) -> u256 {
            get_dep_component!(self, Ledger).proved_tasks.read(proof_hash).into()
        }

        fn get_verified_count(self: @ComponentState<TContractState>) -> u64 {
            get_dep_component!(self, Ledger).verified_count.read()
        }

        fn get_verifier_params(self: @ComponentState<TContractState>) -> (ClassHash, VerifierParams) {
            let class_hash = get_dep_component!(self, Admin).verifier();
            (class_hash, IProofVerifierLibraryDispatcher { class_hash }.params())
        }

        fn get_fee_percent(self: @ComponentState<TContractState>) -> u256 {
            15
        }

        fn get_gas_subsidy_percent(self: @ComponentState<TContractState>) -> u256 {
            3
        }

        fn get_relayer(self: @ComponentState<TContractState>) -> ContractAddress {
            get_dep_component!(self, Admin).relayer()
        }

        fn get_treasury(self: @ComponentState<TContractState>) -> ContractAddress {
            get_dep_component!(self, Admin).treasury()
        }

        fn is_token_allowed(self: @ComponentState<TContractState>, token_address: ContractAddress) -> bool {
            get_dep_component!(self, Admin).is_allowed(token_address)
        }
    }
}
