/* state.c - every pair of states against tables written out as text. */
#include "relayer/state.h"
#include "tests/test.h"

/* A row for each state, a column for each state that may follow, in the order of the enum: '+' may,
 * 'c' may on a chain alone, '.' may not. */
static const char *const task_table[] = {
    /*                  crea fund queu offe leas runn resu very verd sett sttl canc expi fail refu
     */
    "created         :  .    +    .    .    .    .    .    .    .    .    .    +    +    c    .",
    "funded          :  .    .    +    .    .    .    .    .    .    .    .    +    +    c    c",
    "queued          :  .    .    .    +    .    .    .    .    .    .    .    +    +    +    c",
    "offered         :  .    .    +    .    +    .    .    .    .    .    .    +    +    .    c",
    "leased          :  .    .    +    .    .    +    +    .    .    .    .    +    +    +    c",
    "running         :  .    .    +    .    .    .    +    .    .    .    .    +    +    +    c",
    "result_received :  .    .    .    .    .    .    .    +    .    .    .    +    .    .    c",
    "verifying       :  .    .    +    .    .    .    +    .    +    .    .    +    .    .    c",
    "verified        :  .    .    .    .    .    .    .    .    .    c    .    .    .    .    c",
    "settling        :  .    .    .    .    .    .    .    .    c    .    c    .    .    .    c",
    "settled         :  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .",
    "cancelled       :  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .",
    "expired         :  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .",
    "failed          :  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .",
    "refunded        :  .    .    .    .    .    .    .    .    .    .    .    .    .    .    .",
};

static const char *const settlement_table[] = {
    /*                  pend escr assi clai sett refu */
    "pending         :  .    +    +    .    +    +",
    "escrowed        :  +    .    +    .    .    +",
    "assigned        :  +    +    .    +    .    +",
    "claimed         :  +    .    +    .    +    +",
    "settled         :  .    .    .    .    .    .",
    "refunded        :  .    .    .    .    .    .",
};

static const char *const attempt_table[] = {
    /*                  offe leas runn deli ende */
    "offered         :  .    +    .    .    +", "leased          :  .    .    +    +    +",
    "running         :  .    .    .    +    +", "delivered       :  .    .    .    .    +",
    "ended           :  .    .    .    .    .",
};

/* The mark in a column, or 0 when the row has none. */
static char mark(const char *row, unsigned column)
{
    const char *p = strchr(row, ':');
    unsigned seen = 0;
    while (p && *p) {
        if (strchr(".+c", *p) && seen++ == column) return *p;
        p++;
    }
    return 0;
}
static unsigned marks(const char *row)
{
    unsigned n = 0;
    while (mark(row, n)) n++;
    return n;
}
static bool begins(const char *row, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(row, name, n) == 0 && row[n] == ' ';
}

TEST(task_transitions_are_the_written_table)
{
    CHECK_EQ(SP_COUNT(task_table), TASK_STATES);
    for (unsigned from = 0; from < TASK_STATES; from++) {
        const char *row = task_table[from];
        bool any[2] = {false, false};
        CHECK(begins(row, task_state_name((task_state)from)) && marks(row) == TASK_STATES);
        for (unsigned to = 0; to < TASK_STATES; to++)
            for (unsigned chain = 0; chain < 2; chain++) {
                const char m = mark(row, to);
                const bool want = m == '+' || (m == 'c' && chain);
                any[chain] |= want;
                CHECK(task_may_become((task_state)from, (task_state)to, chain) == want);
            }
        for (unsigned chain = 0; chain < 2; chain++)
            CHECK(task_is_final((task_state)from, chain) == !any[chain]);
    }
    CHECK(!task_may_become(TASK_STATES, TASK_QUEUED, true));
    CHECK(!task_may_become(TASK_QUEUED, TASK_STATES, true));
}

TEST(task_states_that_end)
{
    static const task_state final[] = {TASK_SETTLED, TASK_CANCELLED, TASK_EXPIRED, TASK_FAILED,
                                       TASK_REFUNDED};
    for (size_t i = 0; i < SP_COUNT(final); i++)
        CHECK(task_is_final(final[i], false) && task_is_final(final[i], true));
    CHECK(task_is_final(TASK_VERIFIED, false) && !task_is_final(TASK_VERIFIED, true));
    for (unsigned s = 0; s < TASK_STATES; s++)
        CHECK(task_may_retry((task_state)s) == (s == TASK_FAILED || s == TASK_EXPIRED));
}

/* From every state that is not final a final one can be reached, and every state from created. */
TEST(task_states_are_reachable)
{
    for (unsigned chain = 0; chain < 2; chain++) {
        bool reached[TASK_STATES] = {true}, ends[TASK_STATES];
        for (unsigned s = 0; s < TASK_STATES; s++) ends[s] = task_is_final((task_state)s, chain);
        for (unsigned round = 0; round < TASK_STATES; round++)
            for (unsigned a = 0; a < TASK_STATES; a++)
                for (unsigned b = 0; b < TASK_STATES; b++)
                    if (task_may_become((task_state)a, (task_state)b, chain)) {
                        reached[b] |= reached[a];
                        ends[a] |= ends[b];
                    }
        for (unsigned s = 0; s < TASK_STATES; s++) {
            const bool on_chain_alone =
                s == TASK_SETTLING || s == TASK_SETTLED || s == TASK_REFUNDED;
            CHECK(reached[s] == (chain || !on_chain_alone));
            CHECK(ends[s]);
        }
    }
}

TEST(settlement_transitions_are_the_written_table)
{
    CHECK_EQ(SP_COUNT(settlement_table), SETTLEMENTS);
    for (unsigned from = 0; from < SETTLEMENTS; from++) {
        const char *row = settlement_table[from];
        CHECK(begins(row, settlement_state_name((settlement_state)from)));
        CHECK_EQ(marks(row), SETTLEMENTS);
        for (unsigned to = 0; to < SETTLEMENTS; to++)
            CHECK(settlement_may_become((settlement_state)from, (settlement_state)to) ==
                  (mark(row, to) == '+'));
    }
    CHECK(!settlement_may_become(SETTLEMENTS, SETTLEMENT_PENDING));
    CHECK(!settlement_may_become(SETTLEMENT_PENDING, SETTLEMENTS));
}

TEST(attempt_transitions_are_the_written_table)
{
    CHECK_EQ(SP_COUNT(attempt_table), ATTEMPT_STATES);
    for (unsigned from = 0; from < ATTEMPT_STATES; from++) {
        const char *row = attempt_table[from];
        CHECK(begins(row, attempt_state_name((attempt_state)from)));
        CHECK_EQ(marks(row), ATTEMPT_STATES);
        bool ends = false;
        for (unsigned to = 0; to < ATTEMPT_STATES; to++)
            CHECK(attempt_may_become((attempt_state)from, (attempt_state)to) ==
                  (mark(row, to) == '+'));
        /* An outcome is possible exactly where the attempt may end. */
        for (unsigned o = 0; o < OUTCOMES; o++)
            ends |= attempt_may_end((attempt_state)from, (attempt_outcome)o);
        CHECK(ends == attempt_may_become((attempt_state)from, ATTEMPT_ENDED));
    }
    CHECK(!attempt_may_become(ATTEMPT_STATES, ATTEMPT_ENDED));
    CHECK(!attempt_may_end(ATTEMPT_STATES, OUTCOME_INFRA));
    CHECK(!attempt_may_end(ATTEMPT_OFFERED, OUTCOMES));
}

TEST(outcomes_come_from_their_states)
{
    /* Name, class, and the states o(ffered) l(eased) r(unning) d(elivered) in which it ends. */
    static const char *const table[][3] = {
        {"verified", "none", "d"},
        {"declined", "none", "o"},
        {"offer_timeout", "none", "o"},
        {"node_lost", "node_fault", "lr"},
        {"lease_expired", "node_fault", "lr"},
        {"aborted", "node_fault", "olr"},
        {"task_fault", "task_fault", "lr"},
        {"proof_invalid", "node_fault", "d"},
        {"disagreed", "infra", "d"},
        {"infra", "infra", "olrd"},
        {"infra_failed", "infra", "lr"},
        {"cancelled", "cancelled", "olrd"},
        {"expired", "expired", "olr"},
        {"time_limit", "expired", "lr"},
    };
    CHECK_EQ(SP_COUNT(table), OUTCOMES);
    for (unsigned i = 0; i < OUTCOMES; i++) {
        attempt_outcome o;
        CHECK(attempt_outcome_read(&o, table[i][0]) && o == i);
        CHECK(strcmp(attempt_outcome_name(o), table[i][0]) == 0);
        CHECK(strcmp(fault_class_name(attempt_fault(o)), table[i][1]) == 0);
        for (unsigned s = 0; s < ATTEMPT_STATES; s++)
            CHECK(attempt_may_end((attempt_state)s, o) ==
                  (s < 4 && strchr(table[i][2], "olrd"[s]) != NULL));
    }
}

TEST(failures_have_class_and_retry)
{
    static const struct {
        const char *name, *fault;
        bool retryable;
    } table[] = {
        {"nonzero_exit", "task_fault", false},
        {"invalid_memory_access", "task_fault", false},
        {"unsupported_syscall", "task_fault", false},
        {"breakpoint", "task_fault", false},
        {"cycle_limit_exceeded", "task_fault", false},
        {"illegal_instruction", "task_fault", false},
        {"invalid_jump", "task_fault", false},
        {"hint_exhausted", "task_fault", false},
        {"invalid_output", "task_fault", false},
        {"invalid_program", "task_fault", false},
        {"invalid_input", "task_fault", false},
        {"proof_limit_exceeded", "task_fault", false},
        {"image_mismatch", "infra", true},
        {"io_mismatch", "infra", true},
        {"proof_invalid", "node_fault", true},
        {"node_lost", "node_fault", true},
        {"lease_expired", "node_fault", true},
        {"no_eligible_node", "infra", true},
        {"escrow_missing", "task_fault", true},
        {"escrow_mismatch", "task_fault", false},
        {"deadline", "expired", true},
        {"time_limit_exceeded", "expired", true},
        {"cancelled", "cancelled", false},
        {"internal", "infra", true},
    };
    CHECK_EQ(SP_COUNT(table), FAILURES);
    for (unsigned i = 0; i < FAILURES; i++) {
        failure_code c;
        CHECK(failure_code_read(&c, table[i].name) && c == i);
        CHECK(strcmp(failure_code_name(c), table[i].name) == 0);
        CHECK(strcmp(fault_class_name(failure_class(c)), table[i].fault) == 0);
        CHECK(failure_retryable(c) == table[i].retryable);
    }
}

/* For each number of slots and each way they can stand: the task is as far as the slowest. */
TEST(state_of_a_task_is_that_of_its_slowest_slot)
{
    static const struct {
        attempt_state slot;
        task_state task;
    } order[] = {{ATTEMPT_STATES, TASK_QUEUED},
                 {ATTEMPT_OFFERED, TASK_OFFERED},
                 {ATTEMPT_LEASED, TASK_LEASED},
                 {ATTEMPT_RUNNING, TASK_RUNNING},
                 {ATTEMPT_DELIVERED, TASK_RESULT_RECEIVED},
                 {ATTEMPT_ENDED, TASK_VERIFIED}};
    const unsigned kinds = SP_COUNT(order);
    for (unsigned i = 0; i < kinds * kinds * kinds; i++) {
        const unsigned k[SLOT_MOST] = {i % kinds, i / kinds % kinds, i / kinds / kinds};
        const attempt_state s[SLOT_MOST] = {order[k[0]].slot, order[k[1]].slot, order[k[2]].slot};
        unsigned least = kinds;
        for (unsigned n = 1; n <= SLOT_MOST; n++) {
            if (k[n - 1] < least) least = k[n - 1];
            CHECK_EQ(task_state_of(s, n), order[least].task);
        }
    }
}

/* What one slot does moves a task of one slot from state to state as the table allows; and with
 * several slots a task falls back to the queue and no further than one step ahead. */
TEST(state_of_a_task_follows_its_slots_as_the_table_allows)
{
    static const attempt_state life[] = {ATTEMPT_STATES, ATTEMPT_OFFERED, ATTEMPT_LEASED,
                                         ATTEMPT_RUNNING, ATTEMPT_DELIVERED};
    for (unsigned a = 0; a < SP_COUNT(life); a++)
        for (unsigned b = 0; b < SP_COUNT(life); b++) {
            attempt_state s[2] = {life[a], life[b]};
            const task_state before = task_state_of(s, 2);
            /* The first ends without a result (before it delivers), or goes one step on. */
            if (a > 0 && a < 4) {
                s[0] = ATTEMPT_STATES;
                CHECK(before == TASK_QUEUED || task_may_become(before, TASK_QUEUED, false));
            }
            if (a + 1 < SP_COUNT(life)) {
                s[0] = life[a + 1];
                const task_state after = task_state_of(s, 2);
                CHECK(after == before || task_may_become(before, after, false));
            }
        }
}

TEST(state_names_are_read_back_and_others_refused)
{
    static const char *const strange[] = {"", "Created", "created ", "unknown", "final", "none"};
    task_state t = TASK_QUEUED;
    settlement_state s = SETTLEMENT_CLAIMED;
    attempt_outcome o = OUTCOME_INFRA;
    failure_code f = FAILURE_INTERNAL;
    for (size_t i = 0; i < SP_COUNT(strange); i++) {
        CHECK(!task_state_read(&t, strange[i]) && t == TASK_QUEUED);
        CHECK(!settlement_state_read(&s, strange[i]) && s == SETTLEMENT_CLAIMED);
        CHECK(!attempt_outcome_read(&o, strange[i]) && o == OUTCOME_INFRA);
        CHECK(!failure_code_read(&f, strange[i]) && f == FAILURE_INTERNAL);
    }
    for (unsigned i = 0; i < TASK_STATES; i++)
        CHECK(task_state_read(&t, task_state_name((task_state)i)) && t == i);
    for (unsigned i = 0; i < SETTLEMENTS; i++)
        CHECK(settlement_state_read(&s, settlement_state_name((settlement_state)i)) && s == i);
    CHECK(strcmp(task_state_name(TASK_STATES), "unknown") == 0);
    CHECK(strcmp(fault_class_name(FAULTS), "unknown") == 0);
    CHECK(strcmp(attempt_state_name(ATTEMPT_STATES), "unknown") == 0);
    CHECK(strcmp(attempt_outcome_name(OUTCOMES), "unknown") == 0);
    CHECK(strcmp(failure_code_name(FAILURES), "unknown") == 0);
    CHECK(strcmp(settlement_state_name(SETTLEMENTS), "unknown") == 0);
    CHECK(attempt_fault(OUTCOMES) == FAULT_NONE && failure_class(FAILURES) == FAULT_INFRA);
    CHECK(!failure_retryable(FAILURES));
}
