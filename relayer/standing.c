/* standing.c - see standing.h. */
#include "relayer/standing.h"

#include "relayer/app.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    reputation rep;
    success_rate tries;
    int64_t clean, seq;
    allowance quota;
} standing;

static bool read_standing(core *c, standing *s, const char *node)
{
    db *d = core_db(c);
    memset(s, 0, sizeof *s);
    s->seq = 1;
    db_rows *r = db_query(
        d,
        "SELECT rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at, clean, quota_day,"
        " quota_left, quota_daily FROM node WHERE id = ?" DB_LOCK,
        DB_T(node));
    const bool found = db_next(r);
    if (found) {
        s->rep =
            (reputation){(uint64_t)db_int(r, 0), (uint64_t)db_int(r, 1), (uint64_t)db_int(r, 2)};
        s->tries =
            (success_rate){(uint64_t)db_int(r, 3), (uint64_t)db_int(r, 4), (uint64_t)db_int(r, 5)};
        s->clean = db_int(r, 6);
        s->quota = (allowance){db_int(r, 7), (uint32_t)db_int(r, 8), (uint32_t)db_int(r, 9)};
    }
    db_end(r);
    r = db_query(d, "SELECT max(seq) FROM reputation_event WHERE node_id = ?", DB_T(node));
    if (db_next(r)) s->seq = db_int(r, 0) + 1;
    db_end(r);
    return found;
}

static void tell_session(core *c, const char *node, const standing *s, int64_t until, bool banned)
{
    const int64_t now = core_now(c);
    node_session *session = nodes_find(((app *)core_user(c))->nodes, node);
    if (session == NULL) {
        node_changed(c, node);
        return;
    }
    score_node *n = &session->node;
    node_keep_in_step(c, session);
    session->rep = s->rep;
    session->tries = s->tries;
    session->clean = (uint64_t)s->clean;
    session->quota = s->quota;
    n->quota_left = s->quota.left;
    n->banned = n->banned || banned;
    if ((uint64_t)until > n->paused_until_ms) n->paused_until_ms = (uint64_t)until;
    n->reputation_ppm = reputation_ppm(&s->rep, (uint64_t)now);
    n->success_ppm = success_rate_ppm(&s->tries, (uint64_t)now);
    if (n->is_signed) n->probation = s->clean < REPUTATION_PROBATION;
    if (n->banned) node_say_banned(c, session, NULL);
}

void standing_add(core *c, const char *node, reputation_kind kind, const char *task,
                  int64_t attempt)
{
    db *d = core_db(c);
    const int64_t now = core_now(c);
    const bool good = kind == REPUTATION_VERIFIED;
    const uint64_t pause = reputation_pause_ms(kind);
    const bool banned = pause == UINT64_MAX;
    const int64_t until = pause == 0 || banned ? 0 : now + (int64_t)pause;
    standing s;
    if (!read_standing(c, &s, node)) return;
    reputation_add(&s.rep, kind, (uint64_t)now);
    if (kind != REPUTATION_LATE) success_rate_add(&s.tries, good, (uint64_t)now);
    if (good || reputation_is_fault(kind)) {
        s.clean = good ? s.clean + 1 : 0;
        allowance_end(&s.quota, !good, STANDING_MOST_QUOTA, now);
    }
    (void)db_run(d,
                 "INSERT INTO reputation_event(node_id, seq, at, kind, task_id, attempt) VALUES(?, "
                 "?, ?, ?, ?, ?)",
                 DB_T(node), DB_I(s.seq), DB_I(now), DB_T(reputation_kind_name(kind)), DB_T(task),
                 DB_I(attempt));
    (void)db_run(
        d,
        "UPDATE node SET rep_good = ?, rep_bad = ?, rep_at = ?, tries_good = ?, tries_all "
        "= ?, tries_at = ?,"
        " clean = ?, quota_day = ?, quota_left = ?, quota_daily = ?,"
        " refusals = CASE WHEN ? = 1 THEN 0 ELSE refusals END,"
        " rests_until = CASE WHEN ? = 1 THEN 0 ELSE rests_until END,"
        /* Nothing that a node does lifts a ban or shortens a pause. */
        " state = CASE WHEN state = 'banned' THEN state ELSE ? END,"
        " ban_until = CASE WHEN ? = 1 THEN NULL ELSE ban_until END,"
        " banned_until = CASE WHEN coalesce(banned_until, 0) > ? THEN banned_until ELSE ? END,"
        " version = version + 1 WHERE id = ?",
        DB_I(s.rep.good), DB_I(s.rep.bad), DB_I(s.rep.at_ms), DB_I(s.tries.good), DB_I(s.tries.all),
        DB_I(s.tries.at_ms), DB_I(s.clean), DB_I(s.quota.day), DB_I(s.quota.left),
        DB_I(s.quota.daily), DB_I(good), DB_I(good),
        DB_T(banned                            ? "banned"
             : s.clean >= REPUTATION_PROBATION ? "active"
                                               : "probation"),
        DB_I(banned), DB_I(until), DB_I(until), DB_T(node));
    tell_session(c, node, &s, until, banned);
    if (banned) audit_suspect(c, node);
    node_session *session = good ? nodes_find(((app *)core_user(c))->nodes, node) : NULL;
    if (session != NULL) { /* it works: what it did not take before is forgotten */
        session->node.refusals = 0;
        session->node.rests_until_ms = 0;
    }
}

#define MOST_FAULTS 32

void standing_false_faults(core *c, const char *task)
{
    struct {
        char node[NODE_ID];
        int64_t n;
    } list[MOST_FAULTS];
    size_t k = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT node_id, n FROM attempt WHERE task_id = ? AND outcome ="
                          " 'task_fault' ORDER BY n LIMIT 32",
                          DB_T(task));
    for (; k < MOST_FAULTS && db_next(r); k++) {
        (void)snprintf(list[k].node, sizeof list[k].node, "%s", db_text(r, 0));
        list[k].n = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < k; i++)
        standing_add(c, list[i].node, REPUTATION_FALSE_FAULT, task, list[i].n);
}

void standing_took(core *c, node_session *s)
{
    node_keep_in_step(c, s);
    if (((const app *)core_user(c))
            ->instance.shared) { /* a verdict elsewhere may have changed it */
        db_rows *r = db_query(
            core_db(c), "SELECT quota_day, quota_left, quota_daily FROM node WHERE id = ?" DB_LOCK,
            DB_T(s->id));
        if (db_next(r))
            s->quota = (allowance){db_int(r, 0), (uint32_t)db_int(r, 1), (uint32_t)db_int(r, 2)};
        db_end(r);
    }
    allowance_take(&s->quota, core_now(c));
    s->node.quota_left = s->quota.left;
    s->node.running++;
    (void)db_run(core_db(c),
                 "UPDATE node SET quota_day = ?, quota_left = ?, quota_daily = ? WHERE id = ?",
                 DB_I(s->quota.day), DB_I(s->quota.left), DB_I(s->quota.daily), DB_T(s->id));
}

void standing_give_back(core *c, const char *node, const char *task, int64_t attempt)
{
    db *d = core_db(c);
    standing s;
    int64_t day = 0;
    db_rows *r = db_query(d,
                          "SELECT quota_day FROM attempt WHERE task_id = ? AND n = ?"
                          " AND quota_day IS NOT NULL",
                          DB_T(task), DB_I(attempt));
    const bool taken = db_next(r);
    if (taken) day = db_int(r, 0);
    db_end(r);
    if (!taken || !read_standing(c, &s, node)) return;
    allowance_give_back(&s.quota, day, core_now(c));
    (void)db_run(d, "UPDATE attempt SET quota_day = NULL WHERE task_id = ? AND n = ?", DB_T(task),
                 DB_I(attempt));
    (void)db_run(d, "UPDATE node SET quota_day = ?, quota_left = ? WHERE id = ?", DB_I(s.quota.day),
                 DB_I(s.quota.left), DB_T(node));
    node_session *session = nodes_find(((app *)core_user(c))->nodes, node);
    if (session == NULL) return; /* who has it is told of the attempt's end */
    node_keep_in_step(c, session);
    session->quota = s.quota;
    session->node.quota_left = s.quota.left;
}

bool standing_may_fail(core *c, const char *node)
{
    int64_t failed = 0;
    db_rows *r =
        db_query(core_db(c),
                 "SELECT count(*) FROM reputation_event WHERE node_id = ? AND kind = ?"
                 " AND seq > (SELECT max(seq) FROM reputation_event WHERE node_id = ?) - ?",
                 DB_T(node), DB_T(reputation_kind_name(REPUTATION_INFRA)), DB_T(node),
                 DB_I(STANDING_INFRA_OF));
    if (db_next(r)) failed = db_int(r, 0);
    db_end(r);
    return failed < STANDING_INFRA;
}
