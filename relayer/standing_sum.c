/* standing_sum.c - see standing_sum.h. */
#include "relayer/standing_sum.h"

#include "relayer/standing.h"

void standing_sum_init(standing_sum *s) { *s = (standing_sum){.daily = STANDING_QUOTA}; }

void standing_sum_add(standing_sum *s, reputation_kind kind, uint64_t at_ms)
{
    const bool good = kind == REPUTATION_VERIFIED;
    const int64_t at = (int64_t)at_ms;
    s->seq++;
    if (at > s->until) s->until = at;
    reputation_add(&s->rep, kind, at_ms);
    if (kind == REPUTATION_LATE) return; /* stands beside verified */
    success_rate_add(&s->tries, good, at_ms);
    if (!good && !reputation_is_fault(kind)) return; /* a try, and no fault */
    s->clean = good ? s->clean + 1 : 0;
    s->daily = reputation_quota(s->daily, !good, STANDING_MOST_QUOTA);
    if (!good && at > s->fault_at) s->fault_at = at;
}

void standing_base_read(standing_sum *s, db *d, const char *node)
{
    standing_sum_init(s);
    db_rows *r = db_query(d,
                          "SELECT rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at,"
                          " clean, daily, seq, until, fault_at FROM reputation_base"
                          " WHERE node_id = ?",
                          DB_T(node));
    if (db_next(r))
        *s = (standing_sum){
            .rep = {(uint64_t)db_int(r, 0), (uint64_t)db_int(r, 1), (uint64_t)db_int(r, 2)},
            .tries = {(uint64_t)db_int(r, 3), (uint64_t)db_int(r, 4), (uint64_t)db_int(r, 5)},
            .clean = (uint64_t)db_int(r, 6),
            .daily = (uint32_t)db_int(r, 7),
            .seq = db_int(r, 8),
            .until = db_int(r, 9),
            .fault_at = db_int(r, 10)};
    db_end(r);
}

static void write_base(db *d, const char *node, const standing_sum *s)
{
    (void)db_run(d,
                 "INSERT INTO reputation_base(node_id, seq, until, rep_good, rep_bad, rep_at,"
                 " tries_good, tries_all, tries_at, clean, daily, fault_at)"
                 " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(node_id) DO UPDATE SET"
                 " seq = excluded.seq, until = excluded.until, rep_good = excluded.rep_good,"
                 " rep_bad = excluded.rep_bad, rep_at = excluded.rep_at,"
                 " tries_good = excluded.tries_good, tries_all = excluded.tries_all,"
                 " tries_at = excluded.tries_at, clean = excluded.clean, daily = excluded.daily,"
                 " fault_at = excluded.fault_at",
                 DB_T(node), DB_I(s->seq), DB_I(s->until), DB_I(s->rep.good), DB_I(s->rep.bad),
                 DB_I(s->rep.at_ms), DB_I(s->tries.good), DB_I(s->tries.all), DB_I(s->tries.at_ms),
                 DB_I(s->clean), DB_I(s->daily), DB_I(s->fault_at));
}

int64_t standing_base_take(db *d, const char *node, int64_t until_ms, int64_t most)
{
    standing_sum s;
    int64_t last = 0;
    db_rows *r = db_query(d, "SELECT max(seq) FROM reputation_event WHERE node_id = ?", DB_T(node));
    if (db_next(r)) last = db_int(r, 0) - STANDING_INFRA_OF;
    db_end(r);
    if (last <= 0) return 0;
    standing_base_read(&s, d, node);
    const int64_t first = s.seq;
    r = db_query(d,
                 "SELECT seq, at, kind FROM reputation_event WHERE node_id = ? AND seq <= ?"
                 " ORDER BY seq LIMIT ?",
                 DB_T(node), DB_I(last), DB_I(most));
    while (db_next(r)) {
        reputation_kind kind;
        /* Of what does not follow, or says nothing, no sum is made: it stays for people. */
        if (db_int(r, 0) != s.seq + 1 || db_int(r, 1) > until_ms ||
            !reputation_kind_read(&kind, db_text(r, 2)))
            break;
        standing_sum_add(&s, kind, (uint64_t)db_int(r, 1));
    }
    db_end(r);
    if (s.seq == first || !db_ok(d)) return 0;
    write_base(d, node, &s);
    return db_run(d, "DELETE FROM reputation_event WHERE node_id = ? AND seq <= ?", DB_T(node),
                  DB_I(s.seq));
}
