//! What is written down about tasks: the tasks themselves, whose they are, who earned what and which
//! statements were proved. Moves no money; says in events what happened.

#[starknet::component]
pub mod LedgerComponent {
    use core::num::traits::{SaturatingAdd, Zero};
    use starknet::storage::{
        Map, StorageMapReadAccess, StorageMapWriteAccess, StoragePathEntry,
        StoragePointerReadAccess, StoragePointerWriteAccess,
    };
    use starknet::{ContractAddress, get_block_timestamp};
    use crate::escrow::events::{
        FeeCollected, PayoutReleased, ProofVerified, TaskAssigned, TaskCancelled, TaskCompleted,
        TaskCreated, TaskExpired, TaskTerms, TaskUnassigned,
    };
    use crate::escrow::fees::Split;
    use crate::escrow::statement;
    use crate::escrow::task::{Status, Task, Terms, hash_of};

    #[storage]
    pub struct Storage {
        pub task_count: u64,
        /// Ids count from 1.
        pub tasks: Map<u64, Task>,
        pub user_task_count: Map<ContractAddress, u64>,
        pub user_tasks: Map<(ContractAddress, u64), u64>,
        /// Of a provider, in a token.
        pub earnings: Map<(ContractAddress, ContractAddress), u256>,
        pub verified_count: u64,
        /// Statement hash to task.
        pub proved_tasks: Map<felt252, u64>,
    }

    #[event]
    #[derive(Drop, PartialEq, starknet::Event)]
    pub enum Event {
        TaskCreated: TaskCreated,
        TaskTerms: TaskTerms,
        TaskAssigned: TaskAssigned,
        TaskUnassigned: TaskUnassigned,
        TaskCancelled: TaskCancelled,
        TaskExpired: TaskExpired,
        ProofVerified: ProofVerified,
        TaskCompleted: TaskCompleted,
        FeeCollected: FeeCollected,
        PayoutReleased: PayoutReleased,
    }

    #[generate_trait]
    pub impl InternalImpl<
        TContractState, +HasComponent<TContractState>,
    > of InternalTrait<TContractState> {
        /// The task; all zero, so created, of nobody and of no amount, where there is none.
        fn load(self: @ComponentState<TContractState>, task_id: u256) -> (u64, Task) {
            let id: u64 = task_id.try_into().unwrap_or(0);
            (id, self.tasks.entry(id).read())
        }

        /// The id of the new task.
        fn add(
            ref self: ComponentState<TContractState>,
            creator: ContractAddress,
            token: ContractAddress,
            amount: u256,
            base_reward: u256,
            terms: Terms,
            program: felt252,
            input_commitment: felt252,
        ) -> u256 {
            let id = self.task_count.read() + 1;
            self.task_count.write(id);
            let mut cells = self.tasks.entry(id);
            cells.creator.write(creator);
            cells.token.write(token);
            cells.amount.write(amount);
            if base_reward != amount {
                cells.base_reward.write(base_reward);
            }
            cells.program.write(program);
            cells.input_commitment.write(input_commitment);
            cells.terms.write(terms);
            let index = self.user_task_count.read(creator);
            self.user_tasks.write((creator, index), id);
            self.user_task_count.write(creator, index + 1);

            let Terms { has_preimage, required_tier, max_cycles, deadline, .. } = terms;
            let task_hash = if has_preimage {
                statement::task_hash(program, input_commitment, max_cycles)
            } else {
                program
            };
            let task_id = id.into();
            let created = TaskCreated {
                task_id,
                creator,
                token_address: token,
                amount,
                base_reward,
                adjusted_reward: amount,
                required_tier,
                task_hash,
            };
            self.emit(created);
            if has_preimage {
                let program_id = program;
                let terms = TaskTerms {
                    task_id, program_id, input_commitment, max_cycles, deadline,
                };
                self.emit(terms);
            }
            task_id
        }

        fn assign(
            ref self: ComponentState<TContractState>,
            id: u64,
            task: Task,
            provider: ContractAddress,
            assign_deadline: u64,
            relayer_until: u64,
        ) {
            let mut progress = task.progress;
            progress.status = Status::ASSIGNED;
            progress.assigned_at = get_block_timestamp();
            progress.assign_deadline = assign_deadline;
            progress.relayer_until = relayer_until;
            let mut cells = self.tasks.entry(id);
            cells.provider.write(provider);
            cells.progress.write(progress);
            self.emit(TaskAssigned { task_id: id.into(), provider, assign_deadline });
        }

        fn unassign(ref self: ComponentState<TContractState>, id: u64, task: Task) {
            let mut progress = task.progress;
            progress.status = Status::CREATED;
            progress.assigned_at = 0;
            progress.assign_deadline = 0;
            let mut cells = self.tasks.entry(id);
            cells.provider.write(Zero::zero());
            cells.progress.write(progress);
            self.emit(TaskUnassigned { task_id: id.into(), provider: task.provider });
        }

        fn cancel(ref self: ComponentState<TContractState>, id: u64, task: Task) {
            self.close(id, task);
            self.emit(TaskCancelled { task_id: id.into() });
        }

        fn expire(ref self: ComponentState<TContractState>, id: u64, task: Task) {
            self.close(id, task);
            self.emit(TaskExpired { task_id: id.into(), refund_amount: task.amount });
        }

        fn close(ref self: ComponentState<TContractState>, id: u64, task: Task) {
            let mut progress = task.progress;
            progress.status = Status::CANCELLED;
            progress.settled_at = get_block_timestamp();
            self.tasks.entry(id).progress.write(progress);
        }

        /// Earnings stay at 2^256 - 1 once they would pass it.
        fn complete(
            ref self: ComponentState<TContractState>,
            id: u64,
            task: Task,
            provider: ContractAddress,
            result_hash: felt252,
            context: felt252,
            cycles: u64,
            parts: Split,
        ) {
            let mut cells = self.tasks.entry(id);
            cells.provider.write(provider);
            cells.result_hash.write(result_hash);
            let mut progress = task.progress;
            progress.status = Status::COMPLETED;
            progress.settled_at = get_block_timestamp();
            progress.cycles = cycles;
            cells.progress.write(progress);
            let statement_hash = statement::statement_hash(hash_of(task), context, result_hash);
            self.proved_tasks.write(statement_hash, id);
            self.verified_count.write(self.verified_count.read() + 1);
            let Split { provider_payout, gas_subsidy, treasury_fee } = parts;
            let amount = provider_payout + gas_subsidy;
            let token_address = task.token;
            let earned = self.earnings.read((provider, token_address));
            self.earnings.write((provider, token_address), earned.saturating_add(amount));

            let task_id = id.into();
            self.emit(ProofVerified { task_id, statement_hash, cycles });
            self.emit(TaskCompleted { task_id, provider, result_hash });
            self.emit(FeeCollected { task_id, treasury_fee, gas_subsidy, provider_payout });
            self.emit(PayoutReleased { task_id, provider, amount, token_address });
        }
    }
}
