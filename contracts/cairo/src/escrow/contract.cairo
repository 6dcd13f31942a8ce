//! The marketplace contract: a demander locks an amount for a program on an input, whoever brings
//! the proof is paid, and after the deadline the amount goes back. What it holds is, for every
//! token, the sum of the amounts of the tasks that are created or assigned, and of the fees that the
//! token would not carry to the treasury.

#[starknet::contract]
pub mod Escrow {
    use core::num::traits::{SaturatingAdd, Zero};
    use starknet::storage::{
        Map, StorageMapReadAccess, StorageMapWriteAccess, StoragePathEntry,
        StoragePointerReadAccess, StoragePointerWriteAccess,
    };
    use starknet::{ClassHash, ContractAddress, get_block_timestamp, get_caller_address};
    use crate::components::lock::LockComponent;
    use crate::components::ownable::OwnableComponent;
    use crate::components::pausable::PausableComponent;
    use crate::components::timelock::TimelockComponent;
    use crate::escrow::admin::AdminComponent;
    use crate::escrow::events::{
        FeeCollected, PayoutReleased, ProofVerified, TaskAssigned, TaskCancelled, TaskCompleted,
        TaskCreated, TaskExpired, TaskTerms, TaskUnassigned,
    };
    use crate::escrow::fees::{Split, split};
    use crate::escrow::interfaces::{IEscrow, IEscrowViews};
    use crate::escrow::nodes::NodesComponent;
    use crate::escrow::proof_verifier::{
        Expectation, IProofVerifierDispatcherTrait, IProofVerifierLibraryDispatcher, VerifierParams,
        assert_verifier,
    };
    use crate::escrow::{errors, money, statement};
    use crate::escrow::task::{
        Statement, Status, Task, TaskExt, Terms, assert_open, base_reward, hash_of,
        terms_of,
    };
    use crate::escrow::tiers::TiersComponent::{MULTIPLIER_ONE, assert_tier};
    use crate::escrow::tiers::{BASIC, TiersComponent};
    use crate::escrow::treasury::TreasuryComponent;
    use crate::escrow::unsupported::UnsupportedComponent;
    use crate::proof_argument::ProofArgument;

    /// 7 days: the deadline of a task that names none.
    pub const DEFAULT_DURATION: u64 = 604800;
    /// 365 days: no deadline is later, so that a slip of the demander locks nothing for ever.
    pub const MAX_DURATION: u64 = 31536000;
    /// 1 day: from its first assignment of a task on the relayer can keep it assigned no longer.
    pub const RELAYER_WINDOW: u64 = 86400;
    const MAX_PAGE: u64 = 100;

    component!(path: OwnableComponent, storage: ownable, event: OwnableEvent);
    component!(path: PausableComponent, storage: pausable, event: PausableEvent);
    component!(path: TimelockComponent, storage: timelock, event: TimelockEvent);
    component!(path: LockComponent, storage: lock, event: LockEvent);
    component!(path: NodesComponent, storage: nodes, event: NodesEvent);
    component!(path: TiersComponent, storage: tiers, event: TiersEvent);
    component!(path: UnsupportedComponent, storage: unsupported, event: UnsupportedEvent);
    component!(path: AdminComponent, storage: admin, event: AdminEvent);
    component!(path: TreasuryComponent, storage: fees, event: FeesEvent);

    #[abi(embed_v0)]
    impl OwnableImpl = OwnableComponent::OwnableImpl<ContractState>;
    #[abi(embed_v0)]
    impl PausableImpl = PausableComponent::PausableImpl<ContractState>;
    #[abi(embed_v0)]
    impl NodesImpl = NodesComponent::NodesImpl<ContractState>;
    #[abi(embed_v0)]
    impl TiersImpl = TiersComponent::TiersImpl<ContractState>;
    #[abi(embed_v0)]
    impl AdminImpl = AdminComponent::AdminImpl<ContractState>;
    #[abi(embed_v0)]
    impl TreasuryImpl = TreasuryComponent::TreasuryImpl<ContractState>;
    #[abi(embed_v0)]
    impl UnsupportedImpl = UnsupportedComponent::UnsupportedImpl<ContractState>;

    impl OwnableInternal = OwnableComponent::InternalImpl<ContractState>;
    impl PausableInternal = PausableComponent::InternalImpl<ContractState>;
    impl TimelockInternal = TimelockComponent::InternalImpl<ContractState>;
    impl LockInternal = LockComponent::InternalImpl<ContractState>;
    impl NodesInternal = NodesComponent::InternalImpl<ContractState>;
    impl TiersInternal = TiersComponent::InternalImpl<ContractState>;
    impl AdminInternal = AdminComponent::InternalImpl<ContractState>;
    impl TreasuryInternal = TreasuryComponent::InternalImpl<ContractState>;
    impl AdminDelayed = AdminComponent::DelayedImpl<ContractState>;

    #[storage]
    struct Storage {
        #[substorage(v0)]
        ownable: OwnableComponent::Storage,
        #[substorage(v0)]
        pausable: PausableComponent::Storage,
        #[substorage(v0)]
        timelock: TimelockComponent::Storage,
        #[substorage(v0)]
        lock: LockComponent::Storage,
        #[substorage(v0)]
        nodes: NodesComponent::Storage,
        #[substorage(v0)]
        tiers: TiersComponent::Storage,
        #[substorage(v0)]
        admin: AdminComponent::Storage,
        #[substorage(v0)]
        fees: TreasuryComponent::Storage,
        #[substorage(v0)]
        unsupported: UnsupportedComponent::Storage,
        task_count: u64,
        /// Ids count from 1.
        tasks: Map<u64, Task>,
        user_task_count: Map<ContractAddress, u64>,
        user_tasks: Map<(ContractAddress, u64), u64>,
        earnings: Map<(ContractAddress, ContractAddress), u256>,
        verified_count: u64,
        /// Statement hash to task.
        proved_tasks: Map<felt252, u64>,
    }

    #[event]
    #[derive(Drop, starknet::Event)]
    pub enum Event {
        #[flat]
        OwnableEvent: OwnableComponent::Event,
        #[flat]
        PausableEvent: PausableComponent::Event,
        #[flat]
        TimelockEvent: TimelockComponent::Event,
        #[flat]
        LockEvent: LockComponent::Event,
        #[flat]
        NodesEvent: NodesComponent::Event,
        #[flat]
        TiersEvent: TiersComponent::Event,
        #[flat]
        AdminEvent: AdminComponent::Event,
        #[flat]
        FeesEvent: TreasuryComponent::Event,
        #[flat]
        UnsupportedEvent: UnsupportedComponent::Event,
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

    /// One key for one role, from this side too.
    impl NewOwnerImpl of OwnableComponent::NewOwnerTrait<ContractState> {
        fn assert_may_own(self: @ContractState, candidate: ContractAddress) {
            assert(candidate != self.admin.relayer(), errors::INVALID_OWNER);
        }
    }

    /// No relayer at first: creators assign, and anybody claims. Public, because a test builds a
    /// contract at the address that its proof names.
    #[constructor]
    pub fn constructor(
        ref self: ContractState,
        owner: ContractAddress,
        treasury: ContractAddress,
        verifier: ClassHash,
        tokens: Span<ContractAddress>,
    ) {
        self.ownable.initializer(owner);
        self.tiers.initializer();
        self.admin.write_treasury(treasury);
        assert_verifier(verifier);
        self.admin.write_verifier(verifier);
        for token in tokens {
            self.admin.write_token_allowed(*token, true);
        }
    }

    #[abi(embed_v0)]
    impl EscrowImpl of IEscrow<ContractState> {
        fn create_task(
            ref self: ContractState,
            token_address: ContractAddress,
            amount: u256,
            task_hash: felt252,
        ) -> u256 {
            self.create_tiered_task(token_address, amount, BASIC, task_hash)
        }

        fn create_tiered_task(
            ref self: ContractState,
            token_address: ContractAddress,
            base_amount: u256,
            required_tier: u8,
            task_hash: felt252,
        ) -> u256 {
            self.open();
            assert(!base_amount.is_zero(), errors::ZERO_AMOUNT);
            assert(!token_address.is_zero(), errors::INVALID_TOKEN);
            let (multiplier, amount) = self.tiers.price(base_amount, required_tier);
            let created_at = get_block_timestamp();
            let terms = Terms {
                has_preimage: false,
                required_tier,
                multiplier,
                created_at,
                deadline: created_at + DEFAULT_DURATION,
                max_cycles: 0,
            };
            let id = self.add_task(token_address, amount, base_amount, terms, task_hash, 0);
            self.lock.unlock();
            id.into()
        }

        fn create_proved_task(
            ref self: ContractState,
            token_address: ContractAddress,
            amount: u256,
            program_id: felt252,
            input_commitment: felt252,
            max_cycles: u64,
            deadline: u64,
            required_tier: u8,
        ) -> u256 {
            self.open();
            assert(!amount.is_zero(), errors::ZERO_AMOUNT);
            assert(!token_address.is_zero(), errors::INVALID_TOKEN);
            assert_tier(required_tier);
            statement::assert_terms(program_id, input_commitment, max_cycles);
            let created_at = get_block_timestamp();
            assert(
                deadline > created_at && deadline <= created_at + MAX_DURATION,
                errors::INVALID_DEADLINE,
            );
            let terms = Terms {
                has_preimage: true,
                required_tier,
                multiplier: MULTIPLIER_ONE.try_into().unwrap(),
                created_at,
                deadline,
                max_cycles,
            };
            let id = self
                .add_task(token_address, amount, amount, terms, program_id, input_commitment);
            let task_id = id.into();
            self.emit(TaskTerms { task_id, program_id, input_commitment, max_cycles, deadline });
            self.lock.unlock();
            task_id
        }

        /// From now until assign_deadline the creator cannot take the task back, and until somebody
        /// says that it is over this provider alone is paid.
        fn assign_task(
            ref self: ContractState,
            task_id: u256,
            provider: ContractAddress,
            assign_deadline: u64,
        ) {
            self.pausable.assert_not_paused();
            self.lock.lock();
            let (id, task) = self.load(task_id);
            let caller = get_caller_address();
            let relayer = self.admin.relayer();
            let is_creator = !task.creator.is_zero() && caller == task.creator;
            assert(
                is_creator || (!relayer.is_zero() && caller == relayer),
                errors::UNAUTHORIZED_RELAYER,
            );
            // A nonexistent task has no creator; it ends here for the relayer.
            assert(
                !task.creator.is_zero() && task.progress.status == Status::CREATED,
                errors::INVALID_STATUS,
            );
            assert(!provider.is_zero() && provider != relayer, errors::INVALID_PROVIDER);
            self.nodes.assert_serves(provider, task.terms.required_tier);
            let assigned_at = get_block_timestamp();
            assert(
                assign_deadline > assigned_at && assign_deadline <= task.terms.deadline,
                errors::INVALID_DEADLINE,
            );
            let mut progress = task.progress;
            if !is_creator {
                if progress.relayer_until == 0 {
                    progress.relayer_until = assigned_at + RELAYER_WINDOW;
                }
                assert(assign_deadline <= progress.relayer_until, errors::INVALID_DEADLINE);
            }
            progress.status = Status::ASSIGNED;
            progress.assigned_at = assigned_at;
            progress.assign_deadline = assign_deadline;
            let mut cells = self.tasks.entry(id);
            cells.provider.write(provider);
            cells.progress.write(progress);
            self.emit(TaskAssigned { task_id, provider, assign_deadline });
            self.lock.unlock();
        }

        fn unassign_expired(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.load(task_id);
            assert(task.progress.status == Status::ASSIGNED, errors::INVALID_STATUS);
            assert(
                get_block_timestamp() > task.progress.assign_deadline, errors::DEADLINE_NOT_PASSED,
            );
            let mut cells = self.tasks.entry(id);
            cells.provider.write(Zero::zero());
            let mut progress = task.progress;
            progress.status = Status::CREATED;
            progress.assigned_at = 0;
            progress.assign_deadline = 0;
            cells.progress.write(progress);
            self.emit(TaskUnassigned { task_id, provider: task.provider });
            self.lock.unlock();
        }

        /// While nobody is assigned, or the assignment is over, or before an announced change.
        fn cancel_task(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.load(task_id);
            assert(
                !task.creator.is_zero() && get_caller_address() == task.creator,
                errors::NOT_CREATOR,
            );
            let status = task.progress.status;
            let is_over = get_block_timestamp() > task.progress.assign_deadline;
            // Nobody can keep a creator here until an announced change is applied, who is assigned
            // or by whom: the contract that it makes may give the amount to anybody.
            assert(
                status == Status::CREATED
                    || (status == Status::ASSIGNED && (is_over || self.admin.is_change_imminent())),
                errors::CANNOT_CANCEL,
            );
            self.close_unpaid(id, task);
            self.emit(TaskCancelled { task_id });
            self.refund(task);
            self.lock.unlock();
        }

        fn claim_expired(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.load(task_id);
            assert_open(task);
            assert(get_block_timestamp() > task.terms.deadline, errors::DEADLINE_NOT_PASSED);
            self.close_unpaid(id, task);
            self.emit(TaskExpired { task_id, refund_amount: task.amount });
            self.refund(task);
            self.lock.unlock();
        }

        /// Anybody may call: who is paid stands in the proof. A task that stores only its hash
        /// wants program_id, input_commitment and max_cycles before the proof, in the same span.
        fn submit_proof_and_claim(
            ref self: ContractState,
            task_id: u256,
            provider: ContractAddress,
            result_hash: felt252,
            proof: ProofArgument,
        ) {
            self.lock.lock();
            let (id, task) = self.load(task_id);
            self.claim(id, task, provider, result_hash, proof.felts, None);
            self.lock.unlock();
        }

        /// The same claim for the assigned provider; result_hash comes first in the span. The hash
        /// that the caller expects decides nothing: it must be the one that the contract computes.
        fn submit_and_verify_with_io_binding(
            ref self: ContractState,
            proof_data: ProofArgument,
            expected_io_hash: felt252,
            job_id: u256,
        ) -> bool {
            self.lock.lock();
            assert(!expected_io_hash.is_zero(), errors::ZERO_IO);
            let (id, task) = self.load(job_id);
            let mut proof = proof_data.felts;
            let result_hash = *proof.pop_front().expect(errors::SHORT_PROOF);
            assert(task.progress.status != Status::CREATED, errors::NOT_ASSIGNED_PROVIDER);
            self.claim(id, task, task.provider, result_hash, proof, Some(expected_io_hash));
            self.lock.unlock();
            true
        }
    }

    #[abi(embed_v0)]
    impl ViewsImpl of IEscrowViews<ContractState> {
        fn get_task(
            self: @ContractState, task_id: u256,
        ) -> (ContractAddress, ContractAddress, u256, u256, u256, u256, u8, felt252, u8) {
            let (_, task) = self.load(task_id);
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

        fn get_task_ext(self: @ContractState, task_id: u256) -> TaskExt {
            let (_, task) = self.load(task_id);
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

        fn get_task_count(self: @ContractState) -> u256 {
            self.task_count.read().into()
        }

        fn get_user_tasks(
            self: @ContractState, user: ContractAddress, offset: u64, limit: u64,
        ) -> Array<u256> {
            let count = self.user_task_count.read(user);
            let mut ids = array![];
            if offset < count {
                let length = core::cmp::min(core::cmp::min(limit, MAX_PAGE), count - offset);
                for i in offset..offset + length {
                    ids.append(self.user_tasks.read((user, i)).into());
                }
            }
            ids
        }

        fn get_user_task_count(self: @ContractState, user: ContractAddress) -> u64 {
            self.user_task_count.read(user)
        }

        /// Payouts and subsidies; stays at 2^256 - 1 once it would pass it.
        fn get_user_earnings(
            self: @ContractState, provider: ContractAddress, token_address: ContractAddress,
        ) -> u256 {
            self.earnings.read((provider, token_address))
        }

        fn statement_of(
            self: @ContractState,
            task_id: u256,
            provider: ContractAddress,
            result_hash: felt252,
        ) -> Statement {
            let (_, task) = self.load(task_id);
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

        fn is_proof_verified(self: @ContractState, proof_hash: felt252) -> bool {
            self.proved_tasks.read(proof_hash) != 0
        }

        fn get_job_for_proof(self: @ContractState, proof_hash: felt252) -> u256 {
            self.proved_tasks.read(proof_hash).into()
        }

        fn get_verified_count(self: @ContractState) -> u64 {
            self.verified_count.read()
        }

        fn get_verifier_params(self: @ContractState) -> (ClassHash, VerifierParams) {
            let class_hash = self.admin.verifier();
            (class_hash, IProofVerifierLibraryDispatcher { class_hash }.params())
        }

        fn get_fee_percent(self: @ContractState) -> u256 {
            15
        }

        fn get_gas_subsidy_percent(self: @ContractState) -> u256 {
            3
        }

        fn get_relayer(self: @ContractState) -> ContractAddress {
            self.admin.relayer()
        }

        fn get_treasury(self: @ContractState) -> ContractAddress {
            self.admin.treasury()
        }

        fn is_token_allowed(self: @ContractState, token_address: ContractAddress) -> bool {
            self.admin.is_allowed(token_address)
        }
    }

    #[generate_trait]
    impl Internal of InternalTrait {
        /// Before a task is created.
        fn open(ref self: ContractState) {
            self.pausable.assert_not_paused();
            self.lock.lock();
        }

        /// The task; all zero, so created, of nobody and of no amount, where there is none.
        fn load(self: @ContractState, task_id: u256) -> (u64, Task) {
            let id: u64 = task_id.try_into().unwrap_or(0);
            (id, self.tasks.entry(id).read())
        }

        /// Takes the amount from the caller, all of it, and writes the task.
        fn add_task(
            ref self: ContractState,
            token: ContractAddress,
            amount: u256,
            base_reward: u256,
            terms: Terms,
            program: felt252,
            input_commitment: felt252,
        ) -> u64 {
            assert(self.admin.is_allowed(token), errors::TOKEN_NOT_ALLOWED);
            let creator = get_caller_address();
            money::receive(token, creator, amount);

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
            let task_hash = if terms.has_preimage {
                statement::task_hash(program, input_commitment, terms.max_cycles)
            } else {
                program
            };
            self
                .emit(
                    TaskCreated {
                        task_id: id.into(),
                        creator,
                        token_address: token,
                        amount,
                        base_reward,
                        adjusted_reward: amount,
                        required_tier: terms.required_tier,
                        task_hash,
                    },
                );
            id
        }

        fn claim(
            ref self: ContractState,
            id: u64,
            task: Task,
            provider: ContractAddress,
            result_hash: felt252,
            proof: Span<felt252>,
            expected_io: Option<felt252>,
        ) {
            assert_open(task);
            assert(!provider.is_zero(), errors::INVALID_PROVIDER);
            let now = get_block_timestamp();
            assert(now <= task.terms.deadline, errors::DEADLINE_PASSED);
            // Who was assigned had the tier then; that it is lowered since takes no work from him.
            let required_tier = if task.progress.status == Status::CREATED {
                task.terms.required_tier
            } else {
                assert(provider == task.provider, errors::NOT_ASSIGNED_PROVIDER);
                BASIC
            };
            self.nodes.assert_serves(provider, required_tier);
            statement::assert_result(result_hash);
            let before = money::held(task.token);
            assert(before >= task.amount, errors::BALANCE);

            let mut proof = proof;
            let (program_id, input_commitment, max_cycles) = terms_of(task, ref proof);
            if let Some(expected) = expected_io {
                let computed = statement::io_commitment(input_commitment, result_hash);
                assert(computed == expected, errors::IO_MISMATCH);
            }
            let task_id: u256 = id.into();
            let context = statement::context_here(task_id, provider);
            let verifier = IProofVerifierLibraryDispatcher { class_hash: self.admin.verifier() };
            let verified = verifier
                .verify(
                    Expectation {
                        program_id,
                        context,
                        input_hash: input_commitment,
                        output_hash: result_hash,
                        exit_code: 0,
                    },
                    proof.into(),
                );
            assert(verified.cycles <= max_cycles, errors::TOO_MANY_CYCLES);

            let mut cells = self.tasks.entry(id);
            cells.provider.write(provider);
            cells.result_hash.write(result_hash);
            let mut progress = task.progress;
            progress.status = Status::COMPLETED;
            progress.settled_at = now;
            progress.cycles = verified.cycles;
            cells.progress.write(progress);
            let statement_hash = statement::statement_hash(hash_of(task), context, result_hash);
            self.proved_tasks.write(statement_hash, id);
            self.verified_count.write(self.verified_count.read() + 1);
            let parts = split(task.amount);
            let reward = parts.provider_payout + parts.gas_subsidy;
            let earned = self.earnings.read((provider, task.token));
            self.earnings.write((provider, task.token), earned.saturating_add(reward));

            self.emit(ProofVerified { task_id, statement_hash, cycles: verified.cycles });
            self.emit(TaskCompleted { task_id, provider, result_hash });
            let Split { provider_payout, gas_subsidy, treasury_fee } = parts;
            self.emit(FeeCollected { task_id, treasury_fee, gas_subsidy, provider_payout });
            let token_address = task.token;
            self.emit(PayoutReleased { task_id, provider, amount: reward, token_address });

            money::pay(task.token, provider, reward, before, errors::PROVIDER_PAYMENT);
            self.fees.pay_fee(task_id, task.token, treasury_fee, before - reward);
        }

        fn close_unpaid(ref self: ContractState, id: u64, task: Task) {
            let mut progress = task.progress;
            progress.status = Status::CANCELLED;
            progress.settled_at = get_block_timestamp();
            self.tasks.entry(id).progress.write(progress);
        }

        fn refund(ref self: ContractState, task: Task) {
            let before = money::held(task.token);
            assert(before >= task.amount, errors::BALANCE);
            money::pay(task.token, task.creator, task.amount, before, errors::REFUND_TRANSFER);
        }
    }
}
