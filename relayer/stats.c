/* stats.c - see stats.h. */
#include "relayer/stats.h"

#include "market/amount.h"
#include "relayer/past.h"
#include "relayer/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

static void add_paid(stats_view *v, u256 amount, const escrow_split *part)
{
    past_sum(&v->volume, amount);
    past_sum(&v->split.provider_payout, part->provider_payout);
    past_sum(&v->split.gas_subsidy, part->gas_subsidy);
    past_sum(&v->split.treasury_fee, part->treasury_fee);
}

static void paid(stats_view *v, u256 amount)
{
    const escrow_split part = escrow_split_of(amount);
    add_paid(v, amount, &part);
}

static bool amount_at(u256 *v, const db_rows *r, int column)
{
    return amount_read(v, db_text(r, column), strlen(db_text(r, column))) == SP_OK;
}

/* Tasks that are there and those whose rows are gone (past.h), each time in one statement, between
 * which and the other a row may go. */
static void read_tasks(stats *s, db *d)
{
    task_state state;
    u256 amount;
    escrow_split part;
    db_rows *r = db_query_values(d,
                                 "SELECT state, count(*) FROM task GROUP BY state"
                                 " UNION ALL SELECT state, tasks FROM task_past",
                                 NULL, 0);
    while (db_next(r))
        if (task_state_read(&state, db_text(r, 0))) s->v.tasks[state] += (uint64_t)db_int(r, 1);
    db_end(r);
    r = db_query_values(d,
                        "SELECT amount, NULL, NULL, NULL FROM task WHERE state = 'settled'"
                        " UNION ALL SELECT volume, payout, subsidy, treasury FROM task_past",
                        NULL, 0);
    while (db_next(r)) {
        if (!amount_at(&amount, r, 0)) continue;
        if (db_is_null(r, 1))
            paid(&s->v, amount);
        else if (amount_at(&part.provider_payout, r, 1) && amount_at(&part.gas_subsidy, r, 2) &&
                 amount_at(&part.treasury_fee, r, 3))
            add_paid(&s->v, amount, &part);
    }
    db_end(r);
}

static void later(int64_t *at, int64_t ms)
{
    if (*at < ms) *at = ms;
}

bool stats_span_of(stats_span *span, task_state *begin, task_state to)
{
    static const struct {
        task_state begin, end;
    } spans[SPANS] = {[SPAN_QUEUE] = {TASK_QUEUED, TASK_LEASED},
                      [SPAN_PROVE] = {TASK_LEASED, TASK_RESULT_RECEIVED},
                      [SPAN_SETTLE] = {TASK_VERIFIED, TASK_SETTLED}};
    for (unsigned i = 0; i < SPANS; i++)
        if (spans[i].end == to) {
            *span = (stats_span)i;
            *begin = spans[i].begin;
            return true;
        }
    return false;
}

/* Medians are those of before the start: the events of the tasks that were verified last. */
static void read_spans(stats *s, db *d, int64_t since_ms)
{
    int64_t at[TASK_STATES] = {0};
    char task[64] = "";
    db_rows *r =
        db_query(d,
                 "SELECT e.task_id, e.to_state, e.at FROM task_event e JOIN (SELECT id FROM task"
                 " WHERE created_at > ? AND verified_at IS NOT NULL"
                 " ORDER BY created_at DESC, id DESC LIMIT ?) t ON t.id = e.task_id"
                 " ORDER BY e.task_id, e.seq",
                 DB_I(since_ms), DB_I(RECENT));
    while (db_next(r)) {
        task_state to, begin;
        stats_span span;
        if (strcmp(task, db_text(r, 0)) != 0) memset(at, 0, sizeof at);
        (void)snprintf(task, sizeof task, "%s", db_text(r, 0));
        if (!task_state_read(&to, db_text(r, 1))) continue;
        at[to] = db_int(r, 2);
        if (to == TASK_SETTLED) later(&s->v.settled_at, at[to]);
        if (stats_span_of(&span, &begin, to) && at[begin] != 0 && at[to] >= at[begin])
            recent_add(&s->took[span], (uint64_t)(at[to] - at[begin]));
    }
    db_end(r);
}

sp_status stats_init(stats *s, db *d, int64_t now_ms)
{
    memset(s, 0, sizeof *s);
    (void)pthread_mutex_init(&s->lock, NULL);
    read_tasks(s, d);
    db_rows *r = db_query(d, "SELECT created_at, verified_at FROM task WHERE created_at > ?",
                          DB_I(now_ms - 2 * DAY_MS));
    while (db_next(r)) {
        tally_add(&s->made, (uint64_t)db_int(r, 0), 1);
        later(&s->v.made_at, db_int(r, 0));
        if (db_is_null(r, 1)) continue;
        tally_add(&s->verified, (uint64_t)db_int(r, 1), 1);
        later(&s->v.verified_at, db_int(r, 1));
    }
    db_end(r);
    read_spans(s, d, now_ms - 2 * DAY_MS);
    return db_ok(d) ? SP_OK : SP_ERR_IO;
}

void stats_count_again(stats *s, db *d, int64_t now_ms)
{
    stats *t = malloc(sizeof *t);
    if (t == NULL) return;
    if (stats_init(t, d, now_ms) == SP_OK) {
        (void)pthread_mutex_lock(&s->lock);
        memcpy(t->v.moved, s->v.moved, sizeof t->v.moved);
        t->v.nodes = s->v.nodes;
        t->v.nodes_active = s->v.nodes_active;
        t->v.nodes_proven = s->v.nodes_proven;
        s->v = t->v;
        s->made = t->made;
        s->verified = t->verified;
        (void)pthread_mutex_unlock(&s->lock);
    }
    stats_free(t);
    free(t);
}

void stats_free(stats *s) { (void)pthread_mutex_destroy(&s->lock); }

void stats_moved(stats *s, task_state from, task_state to, const u256 *amount, int64_t at_ms,
                 int64_t since_ms)
{
    task_state begin;
    stats_span span;
    (void)pthread_mutex_lock(&s->lock);
    if (from < TASK_STATES && s->v.tasks[from] > 0) s->v.tasks[from]--;
    s->v.tasks[to]++;
    s->v.moved[from][to]++;
    if (from == TASK_STATES) tally_add(&s->made, (uint64_t)at_ms, 1);
    if (from == TASK_VERIFYING && to == TASK_VERIFIED) tally_add(&s->verified, (uint64_t)at_ms, 1);
    if (from == TASK_STATES) later(&s->v.made_at, at_ms);
    if (to == TASK_VERIFIED) later(&s->v.verified_at, at_ms);
    if (to == TASK_SETTLED) later(&s->v.settled_at, at_ms);
    if (since_ms > 0 && at_ms >= since_ms && stats_span_of(&span, &begin, to)) {
        hist_add(&s->span[span], HIST_SLOW, (uint64_t)(at_ms - since_ms) * 1000000u);
        recent_add(&s->took[span], (uint64_t)(at_ms - since_ms));
    }
    if (amount != NULL) paid(&s->v, *amount);
    (void)pthread_mutex_unlock(&s->lock);
}

stats_view stats_look(stats *s, int64_t now_ms)
{
    const uint64_t now = (uint64_t)now_ms;
    (void)pthread_mutex_lock(&s->lock);
    stats_view v = s->v;
    v.verified_minute = tally_minute(&s->verified, now);
    v.verified_hour = tally_minutes(&s->verified, now, 60);
    v.verified_day = tally_minutes(&s->verified, now, TALLY_MINUTES);
    v.made_minute = tally_minute(&s->made, now);
    v.made_hour = tally_minutes(&s->made, now, 60);
    v.made_day = tally_minutes(&s->made, now, TALLY_MINUTES);
    (void)pthread_mutex_unlock(&s->lock);
    return v;
}

bool stats_median_ms(stats *s, stats_span span, uint64_t *ms)
{
    (void)pthread_mutex_lock(&s->lock);
    const recent copy = s->took[span]; /* sorted outside of the lock */
    (void)pthread_mutex_unlock(&s->lock);
    return recent_median(ms, &copy);
}

hist stats_hist(stats *s, stats_span span)
{
    (void)pthread_mutex_lock(&s->lock);
    const hist h = s->span[span];
    (void)pthread_mutex_unlock(&s->lock);
    return h;
}

/* Whether it was long ago; nobody else counts meanwhile. */
static bool is_old(stats *s, uint64_t *at_ns, uint64_t ms)
{
    const uint64_t now = clock_ns();
    (void)pthread_mutex_lock(&s->lock);
    const bool old = *at_ns == 0 || now - *at_ns >= ms * UINT64_C(1000000);
    if (old) *at_ns = now;
    (void)pthread_mutex_unlock(&s->lock);
    return old;
}

/* Two numbers of one row. */
/* third may be NULL. */
static void count_again(stats *s, db *d, const char *sql, uint64_t *first, uint64_t *second,
                        uint64_t *third)
{
    uint64_t v[3] = {0, 0, 0};
    db_rows *r = db_query_values(d, sql, NULL, 0);
    if (db_next(r))
        for (int i = 0; i < (third != NULL ? 3 : 2); i++) v[i] = (uint64_t)db_int(r, i);
    db_end(r);
    (void)pthread_mutex_lock(&s->lock);
    *first = v[0];
    *second = v[1];
    if (third != NULL) *third = v[2];
    (void)pthread_mutex_unlock(&s->lock);
}

stats_view stats_look_with_nodes(stats *s, db *d, int64_t now_ms)
{
    if (is_old(s, &s->nodes_ns, STATS_NODES_MS))
        count_again(s, d,
                    "SELECT count(*), sum(CASE WHEN connected = 1 AND state <> 'banned'"
                    " THEN 1 ELSE 0 END), sum(CASE WHEN connected = 1 AND payee_state = 'proven'"
                    " THEN 1 ELSE 0 END) FROM node",
                    &s->v.nodes, &s->v.nodes_active, &s->v.nodes_proven);
    if (is_old(s, &s->blobs_ns, STATS_BLOBS_MS))
        count_again(s, d, "SELECT count(*), coalesce(sum(size), 0) FROM blob", &s->v.blobs,
                    &s->v.blob_bytes, NULL);
    return stats_look(s, now_ms);
}
