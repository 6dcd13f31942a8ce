//! The marketplace contract: a demander locks an amount for a program on an input, whoever brings
//! the proof is paid, and after the deadline the amount goes back. What it holds is, for every
//! token, the sum of the amounts of the tasks that are created or assigned, and of the fees that the
//! token would not carry to the treasury.

#[starknet::contract]
pub mod Escrow {
    use core::num::traits::Zero;
    use starknet::{ClassHash, ContractAddress, get_block_timestamp, get_caller_address};
    use crate::components::lock::LockComponent;
    use crate::components::ownable::OwnableComponent;
    use crate::components::pausable::PausableComponent;
    use crate::components::timelock::TimelockComponent;
    use crate::escrow::admin::AdminComponent;
    use crate::escrow::fees::split;
    use crate::escrow::interfaces::IEscrow;
    use crate::escrow::ledger::LedgerComponent;
    use crate::escrow::nodes::NodesComponent;
    use crate::escrow::proof_verifier::{
        Expectation, IProofVerifierDispatcherTrait, IProofVerifierLibraryDispatcher,
        assert_verifier,
    };
    use crate::escrow::task::{Status, Task, Terms, assert_open, terms_of};
    use crate::escrow::tiers::TiersComponent::{MULTIPLIER_ONE, assert_tier};
    use crate::escrow::tiers::{BASIC, TiersComponent};
    use crate::escrow::treasury::TreasuryComponent;
    use crate::escrow::unsupported::UnsupportedComponent;
    use crate::escrow::views::ViewsComponent;
    use crate::escrow::{errors, money, statement};
    use crate::proof_argument::ProofArgument;

    /// 7 days: the deadline of a task that names none.
    pub const DEFAULT_DURATION: u64 = 604800;
    /// 365 days: no deadline is later, so that a slip of the demander locks nothing for ever.
    pub const MAX_DURATION: u64 = 31536000;
    /// 1 day: from its first assignment of a task on the relayer can keep it assigned no longer.
    pub const RELAYER_WINDOW: u64 = 86400;

    component!(path: OwnableComponent, storage: ownable, event: OwnableEvent);
    component!(path: PausableComponent, storage: pausable, event: PausableEvent);
    component!(path: TimelockComponent, storage: timelock, event: TimelockEvent);
    component!(path: LockComponent, storage: lock, event: LockEvent);
    component!(path: NodesComponent, storage: nodes, event: NodesEvent);
    component!(path: TiersComponent, storage: tiers, event: TiersEvent);
    component!(path: UnsupportedComponent, storage: unsupported, event: UnsupportedEvent);
    component!(path: AdminComponent, storage: admin, event: AdminEvent);
    component!(path: TreasuryComponent, storage: fees, event: FeesEvent);
    component!(path: LedgerComponent, storage: ledger, event: LedgerEvent);
    component!(path: ViewsComponent, storage: views, event: ViewsEvent);

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
    impl ViewsImpl = ViewsComponent::ViewsImpl<ContractState>;
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
    impl LedgerInternal = LedgerComponent::InternalImpl<ContractState>;
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
        #[substorage(v0)]
        ledger: LedgerComponent::Storage,
        #[substorage(v0)]
        views: ViewsComponent::Storage,
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
        #[flat]
        LedgerEvent: LedgerComponent::Event,
        #[flat]
        ViewsEvent: ViewsComponent::Event,
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
            let task_id = self.add_task(token_address, amount, base_amount, terms, task_hash, 0);
            self.lock.unlock();
            task_id
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
            let task_id = self
                .add_task(token_address, amount, amount, terms, program_id, input_commitment);
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
            let (id, task) = self.ledger.load(task_id);
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
            let mut relayer_until = task.progress.relayer_until;
            if !is_creator {
                if relayer_until == 0 {
                    relayer_until = assigned_at + RELAYER_WINDOW;
                }
                assert(assign_deadline <= relayer_until, errors::INVALID_DEADLINE);
            }
            self.ledger.assign(id, task, provider, assign_deadline, relayer_until);
            self.lock.unlock();
        }

        fn unassign_expired(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.ledger.load(task_id);
            assert(task.progress.status == Status::ASSIGNED, errors::INVALID_STATUS);
            assert(
                get_block_timestamp() > task.progress.assign_deadline, errors::DEADLINE_NOT_PASSED,
            );
            self.ledger.unassign(id, task);
            self.lock.unlock();
        }

        /// While nobody is assigned, or the assignment is over, or before an announced change.
        fn cancel_task(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.ledger.load(task_id);
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
            self.ledger.cancel(id, task);
            self.refund(task);
            self.lock.unlock();
        }

        fn claim_expired(ref self: ContractState, task_id: u256) {
            self.lock.lock();
            let (id, task) = self.ledger.load(task_id);
            assert_open(task);
            assert(get_block_timestamp() > task.terms.deadline, errors::DEADLINE_NOT_PASSED);
            self.ledger.expire(id, task);
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
            let (id, task) = self.ledger.load(task_id);
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
            let (id, task) = self.ledger.load(job_id);
            let mut proof = proof_data.felts;
            let result_hash = *proof.pop_front().expect(errors::SHORT_PROOF);
            assert(task.progress.status != Status::CREATED, errors::NOT_ASSIGNED_PROVIDER);
            self.claim(id, task, task.provider, result_hash, proof, Some(expected_io_hash));
            self.lock.unlock();
            true
        }
    }

    #[generate_trait]
    impl Internal of InternalTrait {
        /// Before a task is created.
        fn open(ref self: ContractState) {
            self.pausable.assert_not_paused();
            self.lock.lock();
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
        ) -> u256 {
            assert(self.admin.is_allowed(token), errors::TOKEN_NOT_ALLOWED);
            let creator = get_caller_address();
            money::receive(token, creator, amount);

            self.ledger.add(creator, token, amount, base_reward, terms, program, input_commitment)
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
            assert(get_block_timestamp() <= task.terms.deadline, errors::DEADLINE_PASSED);
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

            let parts = split(task.amount);
            let cycles = verified.cycles;
            self.ledger.complete(id, task, provider, result_hash, context, cycles, parts);
            let reward = parts.provider_payout + parts.gas_subsidy;
            money::pay(task.token, provider, reward, before, errors::PROVIDER_PAYMENT);
            self.fees.pay_fee(task_id, task.token, parts.treasury_fee, before - reward);
        }

        fn refund(ref self: ContractState, task: Task) {
            let before = money::held(task.token);
            assert(before >= task.amount, errors::BALANCE);
            money::pay(task.token, task.creator, task.amount, before, errors::REFUND_TRANSFER);
        }
    }
}
