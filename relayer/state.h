/* state.h - what a task, an attempt at it and its settlement can be, and what may follow what.
 *
 * The three are apart: a task is what the demander sees, an attempt is one node's try, a settlement
 * is what the contract holds. Names are those of the API and of the database. Guards that need more
 * than the states (deadlines, tokens, numbers of attempts) are the caller's. */
#ifndef RELAYER_STATE_H
#define RELAYER_STATE_H

#include "core/sp.h"

typedef enum {
    TASK_CREATED, /* taken down; on a chain: its escrow was not seen yet */
    TASK_FUNDED,  /* its escrow was seen, or it needs none */
    TASK_QUEUED,  /* waits for a node */
    TASK_OFFERED, /* a node was asked */
    TASK_LEASED,  /* a node has said yes */
    TASK_RUNNING, /* a node has said that it works */
    TASK_RESULT_RECEIVED,
    TASK_VERIFYING,
    TASK_VERIFIED, /* the proof holds; without a chain this is the end */
    TASK_SETTLING, /* a claim was sent to the contract */
    TASK_SETTLED,
    TASK_CANCELLED,
    TASK_EXPIRED, /* the deadline passed without a result */
    TASK_FAILED,
    TASK_REFUNDED, /* the contract gave the escrow back before it paid */
    TASK_STATES
} task_state;

const char *task_state_name(task_state s);
SP_MUST_USE bool task_state_read(task_state *out, const char *name);

/* Whether a task in one state may be set to another. A task with a result never expires: the result
 * decides. Once the proof holds it cannot be cancelled either: its node has earned the claim, which
 * only the contract can end. */
bool task_may_become(task_state from, task_state to, bool on_chain);
/* Nothing follows by itself. */
bool task_is_final(task_state s, bool on_chain);
/* The demander may put the task in the queue again, with a new deadline. That begins a new life and
 * is no transition of the table above, so that nothing else can bring back a task that has ended.
 * On a chain the caller also makes sure that the escrow is still there. */
bool task_may_retry(task_state s);

typedef enum {
    ATTEMPT_OFFERED,
    ATTEMPT_LEASED,
    ATTEMPT_RUNNING,
    ATTEMPT_DELIVERED, /* a result is there, not verified */
    ATTEMPT_ENDED,     /* with an outcome, for ever */
    ATTEMPT_STATES
} attempt_state;

typedef enum {
    OUTCOME_VERIFIED,
    OUTCOME_DECLINED,
    OUTCOME_OFFER_TIMEOUT, /* no answer, or the connection went before one */
    OUTCOME_NODE_LOST,     /* disconnected for longer than the time of grace */
    OUTCOME_LEASE_EXPIRED,
    OUTCOME_ABORTED,    /* the node gave up, or its answer to the offer was not signed */
    OUTCOME_TASK_FAULT, /* the program failed by itself, says the node */
    OUTCOME_PROOF_INVALID,
    OUTCOME_DISAGREED, /* the proof holds, but another node's result is different */
    OUTCOME_INFRA,     /* ours: a message that could not be sent, a disk that was full */
    /* The node's, but no fault: a file that it could not get, memory that it did not have. */
    OUTCOME_INFRA_FAILED,
    OUTCOME_CANCELLED, /* by the demander, or not needed any more */
    OUTCOME_EXPIRED,
    /* Of the task's own, max_execution_time; by nobody's fault (overtime.h). */
    OUTCOME_TIME_LIMIT,
    OUTCOMES
} attempt_outcome;

const char *attempt_state_name(attempt_state s);
const char *attempt_outcome_name(attempt_outcome o);
SP_MUST_USE bool attempt_outcome_read(attempt_outcome *out, const char *name);
/* Of a task with n slots, of which each has an attempt that is so far, or none (ATTEMPT_STATES), or
 * one whose proof holds (ATTEMPT_ENDED): the state of the slowest; TASK_QUEUED where a slot has
 * none, TASK_VERIFIED where all hold. Results wait for each other. */
task_state task_state_of(const attempt_state *slot, size_t n);
#define SLOT_MOST 3
/* Towards ATTEMPT_ENDED: see attempt_may_end. */
bool attempt_may_become(attempt_state from, attempt_state to);
bool attempt_may_end(attempt_state from, attempt_outcome o);

/* Whose fault it is; only a node's lowers its reputation. */
typedef enum {
    FAULT_NONE,
    FAULT_NODE,
    FAULT_TASK,
    FAULT_INFRA,
    FAULT_CANCELLED,
    FAULT_EXPIRED,
    FAULTS
} fault_class;

const char *fault_class_name(fault_class c);
fault_class attempt_fault(attempt_outcome o);

typedef enum {
    FAILURE_NONZERO_EXIT,
    FAILURE_INVALID_MEMORY_ACCESS,
    FAILURE_UNSUPPORTED_SYSCALL,
    FAILURE_BREAKPOINT,
    FAILURE_CYCLE_LIMIT_EXCEEDED,
    FAILURE_ILLEGAL_INSTRUCTION,
    FAILURE_INVALID_JUMP,
    FAILURE_HINT_EXHAUSTED,
    FAILURE_INVALID_OUTPUT,
    FAILURE_INVALID_PROGRAM,
    FAILURE_INVALID_INPUT,
    FAILURE_PROOF_LIMIT_EXCEEDED, /* more rows than the profile takes */
    FAILURE_IMAGE_MISMATCH,       /* the node's copy of the program is not the one named */
    FAILURE_IO_MISMATCH,          /* nor is its copy of the input */
    FAILURE_PROOF_INVALID,
    FAILURE_NODE_LOST,
    FAILURE_LEASE_EXPIRED,
    FAILURE_NO_ELIGIBLE_NODE,
    FAILURE_ESCROW_MISSING,
    FAILURE_ESCROW_MISMATCH,
    FAILURE_DEADLINE,
    FAILURE_TIME_LIMIT, /* the task's max_execution_time was not enough */
    FAILURE_CANCELLED,
    FAILURE_INTERNAL,
    FAILURES
} failure_code;

const char *failure_code_name(failure_code c);
SP_MUST_USE bool failure_code_read(failure_code *out, const char *name);
fault_class failure_class(failure_code c);
/* Whether the same task, tried again, may end otherwise. */
bool failure_retryable(failure_code c);

typedef enum {
    SETTLEMENT_PENDING,  /* the escrow was announced, not seen */
    SETTLEMENT_ESCROWED, /* the contract holds it */
    SETTLEMENT_ASSIGNED, /* to a node's account */
    SETTLEMENT_CLAIMED,  /* a claim was sent; not final */
    SETTLEMENT_SETTLED,
    SETTLEMENT_REFUNDED,
    SETTLEMENTS
} settlement_state;

const char *settlement_state_name(settlement_state s);
SP_MUST_USE bool settlement_state_read(settlement_state *out, const char *name);
/* Backwards where a block was undone or a transaction failed. */
bool settlement_may_become(settlement_state from, settlement_state to);

#endif
