/* slot.c - see slot.h. */
#include "relayer/slot.h"

void slots_read(db *d, slots *s, const task_brief *t)
{
    s->n = t->redundancy >= 1 && t->redundancy <= SLOT_MOST ? (size_t)t->redundancy : 1;
    for (size_t i = 0; i < SLOT_MOST; i++) s->at[i] = ATTEMPT_STATES;
    db_rows *r = db_query(d,
                          "SELECT slot, acked_at, started_at, result, outcome FROM attempt"
                          " WHERE task_id = ? AND (outcome IS NULL OR outcome = 'verified')",
                          DB_T(t->id));
    while (db_next(r)) {
        const int64_t slot = db_int(r, 0);
        if (slot < 0 || slot >= (int64_t)s->n) continue;
        s->at[slot] = !db_is_null(r, 4)   ? ATTEMPT_ENDED
                      : !db_is_null(r, 3) ? ATTEMPT_DELIVERED
                      : !db_is_null(r, 2) ? ATTEMPT_RUNNING
                      : !db_is_null(r, 1) ? ATTEMPT_LEASED
                                          : ATTEMPT_OFFERED;
    }
    db_end(r);
}

unsigned slots_empty(const slots *s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s->n; i++) n += s->at[i] == ATTEMPT_STATES;
    return n;
}

void slots_follow(core *c, task_brief *t, const char *actor, const char *detail)
{
    slots s;
    if (t->redundancy > 1) {
        /* Two slots may go on at once, at two relayers: one after the other looks at both. */
        const task_brief before = *t;
        db_end(db_query(core_db(c), "SELECT id FROM task WHERE id = ?" DB_LOCK, DB_T(before.id)));
        if (!task_find(core_db(c), t, before.id)) return;
    }
    slots_read(core_db(c), &s, t);
    const task_state to = task_state_of(s.at, s.n);
    if (to == t->state || to == TASK_VERIFIED ||
        (to == TASK_RESULT_RECEIVED && t->state == TASK_VERIFYING))
        return;
    if (task_move(c, t->id, &t->version, t->state, to, actor, detail))
        t->state = to;
    else
        core_fail(c);
}
