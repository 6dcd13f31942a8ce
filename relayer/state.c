/* state.c - the tables of states, outcomes and failures. */
#include "relayer/state.h"

#include <string.h>

#define BIT(x) (UINT32_C(1) << (x))

/* The index of a name, or n. */
static unsigned find(const char *const *names, unsigned n, const char *name)
{
    unsigned i = 0;
    while (i < n && strcmp(names[i], name) != 0) i++;
    return i;
}

static const char *const task_names[] = {"created",  "funded",   "queued",          "offered",
                                         "leased",   "running",  "result_received", "verifying",
                                         "verified", "settling", "settled",         "cancelled",
                                         "expired",  "failed",   "refunded"};
_Static_assert(SP_COUNT(task_names) == TASK_STATES, "a name for each state");

const char *task_state_name(task_state s) { return s < TASK_STATES ? task_names[s] : "unknown"; }

bool task_state_read(task_state *out, const char *name)
{
    const unsigned i = find(task_names, TASK_STATES, name);
    if (i < TASK_STATES) *out = (task_state)i;
    return i < TASK_STATES;
}

/* What may follow, and what only for tasks on a chain. */
static const struct {
    uint32_t any, chain;
} task_next[TASK_STATES] = {
    [TASK_CREATED] = {BIT(TASK_FUNDED) | BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED), BIT(TASK_FAILED)},
    [TASK_FUNDED] = {BIT(TASK_QUEUED) | BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED),
                     BIT(TASK_FAILED) | BIT(TASK_REFUNDED)},
    /* failed: its attempts are used up, or the escrow is gone. */
    [TASK_QUEUED] = {BIT(TASK_OFFERED) | BIT(TASK_FAILED) | BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED),
                     BIT(TASK_REFUNDED)},
    [TASK_OFFERED] = {BIT(TASK_LEASED) | BIT(TASK_QUEUED) | BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED),
                      BIT(TASK_REFUNDED)},
    [TASK_LEASED] = {BIT(TASK_RUNNING) | BIT(TASK_RESULT_RECEIVED) | BIT(TASK_QUEUED) |
                         BIT(TASK_FAILED) | BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED),
                     BIT(TASK_REFUNDED)},
    [TASK_RUNNING] = {BIT(TASK_RESULT_RECEIVED) | BIT(TASK_QUEUED) | BIT(TASK_FAILED) |
                          BIT(TASK_CANCELLED) | BIT(TASK_EXPIRED),
                      BIT(TASK_REFUNDED)},
    [TASK_RESULT_RECEIVED] = {BIT(TASK_VERIFYING) | BIT(TASK_CANCELLED), BIT(TASK_REFUNDED)},
    /* result_received: the worker that verified it is gone. */
    [TASK_VERIFYING] = {BIT(TASK_VERIFIED) | BIT(TASK_QUEUED) | BIT(TASK_RESULT_RECEIVED) |
                            BIT(TASK_CANCELLED),
                        BIT(TASK_REFUNDED)},
    [TASK_VERIFIED] = {0, BIT(TASK_SETTLING) | BIT(TASK_REFUNDED)},
    [TASK_SETTLING] = {0, BIT(TASK_SETTLED) | BIT(TASK_VERIFIED) | BIT(TASK_REFUNDED)},
};

static uint32_t task_following(task_state s, bool on_chain)
{
    if (s >= TASK_STATES) return 0;
    return task_next[s].any | (on_chain ? task_next[s].chain : 0);
}

bool task_may_become(task_state from, task_state to, bool on_chain)
{
    return to < TASK_STATES && (task_following(from, on_chain) & BIT(to)) != 0;
}

bool task_is_final(task_state s, bool on_chain) { return task_following(s, on_chain) == 0; }

bool task_may_retry(task_state s) { return s == TASK_FAILED || s == TASK_EXPIRED; }

static const char *const attempt_names[] = {"offered", "leased", "running", "delivered", "ended"};
_Static_assert(SP_COUNT(attempt_names) == ATTEMPT_STATES, "a name for each state");

const char *attempt_state_name(attempt_state s)
{
    return s < ATTEMPT_STATES ? attempt_names[s] : "unknown";
}

#define OPEN (BIT(ATTEMPT_OFFERED) | BIT(ATTEMPT_LEASED) | BIT(ATTEMPT_RUNNING))
#define WORKING (BIT(ATTEMPT_LEASED) | BIT(ATTEMPT_RUNNING))
/* Name, whose fault, and in which states an attempt can end like that. */
static const struct {
    const char *name;
    fault_class fault;
    uint32_t from;
} outcomes[OUTCOMES] = {
    [OUTCOME_VERIFIED] = {"verified", FAULT_NONE, BIT(ATTEMPT_DELIVERED)},
    [OUTCOME_DECLINED] = {"declined", FAULT_NONE, BIT(ATTEMPT_OFFERED)},
    [OUTCOME_OFFER_TIMEOUT] = {"offer_timeout", FAULT_NONE, BIT(ATTEMPT_OFFERED)},
    [OUTCOME_NODE_LOST] = {"node_lost", FAULT_NODE, WORKING},
    [OUTCOME_LEASE_EXPIRED] = {"lease_expired", FAULT_NODE, WORKING},
    [OUTCOME_ABORTED] = {"aborted", FAULT_NODE, BIT(ATTEMPT_OFFERED) | WORKING},
    [OUTCOME_TASK_FAULT] = {"task_fault", FAULT_TASK, WORKING},
    [OUTCOME_PROOF_INVALID] = {"proof_invalid", FAULT_NODE, BIT(ATTEMPT_DELIVERED)},
    /* Two proofs that hold and say different things: not the node's doing. */
    [OUTCOME_DISAGREED] = {"disagreed", FAULT_INFRA, BIT(ATTEMPT_DELIVERED)},
    [OUTCOME_INFRA] = {"infra", FAULT_INFRA, OPEN | BIT(ATTEMPT_DELIVERED)},
    [OUTCOME_INFRA_FAILED] = {"infra_failed", FAULT_INFRA, WORKING},
    [OUTCOME_CANCELLED] = {"cancelled", FAULT_CANCELLED, OPEN | BIT(ATTEMPT_DELIVERED)},
    [OUTCOME_EXPIRED] = {"expired", FAULT_EXPIRED, OPEN},
    [OUTCOME_TIME_LIMIT] = {"time_limit", FAULT_EXPIRED, WORKING},
};

const char *attempt_outcome_name(attempt_outcome o)
{
    return o < OUTCOMES ? outcomes[o].name : "unknown";
}

bool attempt_outcome_read(attempt_outcome *out, const char *name)
{
    for (unsigned i = 0; i < OUTCOMES; i++) {
        if (strcmp(outcomes[i].name, name) != 0) continue;
        *out = (attempt_outcome)i;
        return true;
    }
    return false;
}

task_state task_state_of(const attempt_state *slot, size_t n)
{
    static const task_state of[ATTEMPT_STATES] = {[ATTEMPT_OFFERED] = TASK_OFFERED,
                                                  [ATTEMPT_LEASED] = TASK_LEASED,
                                                  [ATTEMPT_RUNNING] = TASK_RUNNING,
                                                  [ATTEMPT_DELIVERED] = TASK_RESULT_RECEIVED,
                                                  [ATTEMPT_ENDED] = TASK_VERIFIED};
    task_state slowest = TASK_VERIFIED;
    for (size_t i = 0; i < n; i++) {
        const task_state s = slot[i] < ATTEMPT_STATES ? of[slot[i]] : TASK_QUEUED;
        if (s < slowest) slowest = s; /* the order of enum task_state is that of a task's life */
    }
    return slowest;
}

bool attempt_may_become(attempt_state from, attempt_state to)
{
    static const uint32_t next[ATTEMPT_STATES] = {
        [ATTEMPT_OFFERED] = BIT(ATTEMPT_LEASED) | BIT(ATTEMPT_ENDED),
        [ATTEMPT_LEASED] = BIT(ATTEMPT_RUNNING) | BIT(ATTEMPT_DELIVERED) | BIT(ATTEMPT_ENDED),
        [ATTEMPT_RUNNING] = BIT(ATTEMPT_DELIVERED) | BIT(ATTEMPT_ENDED),
        [ATTEMPT_DELIVERED] = BIT(ATTEMPT_ENDED),
    };
    return from < ATTEMPT_STATES && to < ATTEMPT_STATES && (next[from] & BIT(to)) != 0;
}

bool attempt_may_end(attempt_state from, attempt_outcome o)
{
    return from < ATTEMPT_STATES && o < OUTCOMES && (outcomes[o].from & BIT(from)) != 0;
}

fault_class attempt_fault(attempt_outcome o)
{
    return o < OUTCOMES ? outcomes[o].fault : FAULT_NONE;
}

const char *fault_class_name(fault_class c)
{
    static const char *const names[] = {"none",  "node_fault", "task_fault",
                                        "infra", "cancelled",  "expired"};
    _Static_assert(SP_COUNT(names) == FAULTS, "a name for each class");
    return c < FAULTS ? names[c] : "unknown";
}

static const struct {
    const char *name;
    fault_class fault;
    bool retryable;
} failures[FAILURES] = {
    [FAILURE_NONZERO_EXIT] = {"nonzero_exit", FAULT_TASK, false},
    [FAILURE_INVALID_MEMORY_ACCESS] = {"invalid_memory_access", FAULT_TASK, false},
    [FAILURE_UNSUPPORTED_SYSCALL] = {"unsupported_syscall", FAULT_TASK, false},
    [FAILURE_BREAKPOINT] = {"breakpoint", FAULT_TASK, false},
    [FAILURE_CYCLE_LIMIT_EXCEEDED] = {"cycle_limit_exceeded", FAULT_TASK, false},
    [FAILURE_ILLEGAL_INSTRUCTION] = {"illegal_instruction", FAULT_TASK, false},
    [FAILURE_INVALID_JUMP] = {"invalid_jump", FAULT_TASK, false},
    [FAILURE_HINT_EXHAUSTED] = {"hint_exhausted", FAULT_TASK, false},
    [FAILURE_INVALID_OUTPUT] = {"invalid_output", FAULT_TASK, false},
    [FAILURE_INVALID_PROGRAM] = {"invalid_program", FAULT_TASK, false},
    [FAILURE_INVALID_INPUT] = {"invalid_input", FAULT_TASK, false},
    [FAILURE_PROOF_LIMIT_EXCEEDED] = {"proof_limit_exceeded", FAULT_TASK, false},
    [FAILURE_IMAGE_MISMATCH] = {"image_mismatch", FAULT_INFRA, true},
    [FAILURE_IO_MISMATCH] = {"io_mismatch", FAULT_INFRA, true},
    [FAILURE_PROOF_INVALID] = {"proof_invalid", FAULT_NODE, true},
    [FAILURE_NODE_LOST] = {"node_lost", FAULT_NODE, true},
    [FAILURE_LEASE_EXPIRED] = {"lease_expired", FAULT_NODE, true},
    [FAILURE_NO_ELIGIBLE_NODE] = {"no_eligible_node", FAULT_INFRA, true},
    /* What the task offers, not what the machine did. */
    [FAILURE_ESCROW_MISSING] = {"escrow_missing", FAULT_TASK, true},
    [FAILURE_ESCROW_MISMATCH] = {"escrow_mismatch", FAULT_TASK, false},
    [FAILURE_DEADLINE] = {"deadline", FAULT_EXPIRED, true},
    [FAILURE_TIME_LIMIT] = {"time_limit_exceeded", FAULT_EXPIRED, true},
    [FAILURE_CANCELLED] = {"cancelled", FAULT_CANCELLED, false},
    [FAILURE_INTERNAL] = {"internal", FAULT_INFRA, true},
};

const char *failure_code_name(failure_code c)
{
    return c < FAILURES ? failures[c].name : "unknown";
}

bool failure_code_read(failure_code *out, const char *name)
{
    for (unsigned i = 0; i < FAILURES; i++) {
        if (strcmp(failures[i].name, name) != 0) continue;
        *out = (failure_code)i;
        return true;
    }
    return false;
}

fault_class failure_class(failure_code c) { return c < FAILURES ? failures[c].fault : FAULT_INFRA; }

bool failure_retryable(failure_code c) { return c < FAILURES && failures[c].retryable; }

static const char *const settlement_names[] = {"pending", "escrowed", "assigned",
                                               "claimed", "settled",  "refunded"};
_Static_assert(SP_COUNT(settlement_names) == SETTLEMENTS, "a name for each state");

const char *settlement_state_name(settlement_state s)
{
    return s < SETTLEMENTS ? settlement_names[s] : "unknown";
}

bool settlement_state_read(settlement_state *out, const char *name)
{
    const unsigned i = find(settlement_names, SETTLEMENTS, name);
    if (i < SETTLEMENTS) *out = (settlement_state)i;
    return i < SETTLEMENTS;
}

bool settlement_may_become(settlement_state from, settlement_state to)
{
    static const uint32_t next[SETTLEMENTS] = {
        /* pending: the block of the escrow is no more */
        [SETTLEMENT_PENDING] = BIT(SETTLEMENT_ESCROWED) | BIT(SETTLEMENT_ASSIGNED) |
                               BIT(SETTLEMENT_SETTLED) | BIT(SETTLEMENT_REFUNDED),
        [SETTLEMENT_ESCROWED] =
            BIT(SETTLEMENT_PENDING) | BIT(SETTLEMENT_ASSIGNED) | BIT(SETTLEMENT_REFUNDED),
        [SETTLEMENT_ASSIGNED] = BIT(SETTLEMENT_PENDING) | BIT(SETTLEMENT_ESCROWED) |
                                BIT(SETTLEMENT_CLAIMED) | BIT(SETTLEMENT_REFUNDED),
        [SETTLEMENT_CLAIMED] = BIT(SETTLEMENT_PENDING) | BIT(SETTLEMENT_ASSIGNED) |
                               BIT(SETTLEMENT_SETTLED) | BIT(SETTLEMENT_REFUNDED),
    };
    return from < SETTLEMENTS && to < SETTLEMENTS && (next[from] & BIT(to)) != 0;
}
