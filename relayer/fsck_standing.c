/* fsck_standing.c - what nodes are held to: events, their sums, audits. */
#include "relayer/fsck_parts.h"

#include "relayer/reputation.h"
#include "relayer/standing.h"
#include "relayer/standing_sum.h"
#include "relayer/state.h"

#include <inttypes.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
_Static_assert(STANDING_INFRA_OF == 50, "check_reputation names the number");

/* Columns from 1 on: seq, at, kind. */
static void fold(fsck *f, standing_sum *s, const char *node, const db_rows *r)
{
    reputation_kind kind;
    char key[KEY + 24];
    (void)snprintf(key, sizeof key, "%s.%" PRId64, node, db_int(r, 1));
    if (db_int(r, 1) != s->seq + 1)
        fsck_violation(f, "reputation_event", key, "follows %" PRId64 ": the numbers have a gap",
                       s->seq);
    s->seq = db_int(r, 1);
    if (!reputation_kind_read(&kind, fsck_text(r, 3))) {
        fsck_violation(f, "reputation_event", key, "there is no kind %s", fsck_text(r, 3));
        return;
    }
    s->seq--;
    standing_sum_add(s, kind, (uint64_t)db_int(r, 2));
}

/* What is left of a day is what was given less what was offered, except after a fault: that takes
 * the half of what there is. A fault of the day before may be one of today by the clock then. */
static void check_allowance(fsck *f, const char *node, const standing_sum *s)
{
    db_rows *r = db_query(f->d,
                          "SELECT quota_day, quota_left, quota_daily, (SELECT count(*) FROM attempt"
                          " a WHERE a.node_id = n.id AND a.quota_day = n.quota_day) FROM node n"
                          " WHERE id = ?",
                          DB_T(node));
    if (db_next(r)) {
        const int64_t day = db_int(r, 0), left = db_int(r, 1), daily = db_int(r, 2),
                      taken = db_int(r, 3);
        if (daily != s->daily)
            fsck_violation(f, "node", node, "has %" PRId64 " tasks a day, its events make %" PRIu32,
                           daily, s->daily);
        else if (left > daily)
            fsck_violation(f, "node", node, "has more tasks left today than a day has");
        else if (s->fault_at < (day - 1) * DAY_MS && daily < STANDING_MOST_QUOTA &&
                 day * DAY_MS > f->gone_until && left != daily - taken)
            fsck_violation(f, "node", node,
                           "has %" PRId64 " of %" PRId64
                           " tasks left today and was offered %" PRId64,
                           left, daily, taken);
    }
    db_end(r);
}

static void check_new_nodes(fsck *f)
{
    standing_sum nothing;
    standing_sum_init(&nothing);
    db_rows *r =
        fsck_all(f, "SELECT id FROM node WHERE id NOT IN (SELECT node_id FROM reputation_event)");
    while (db_next(r)) {
        char node[KEY];
        (void)snprintf(node, sizeof node, "%s", fsck_text(r, 0));
        check_allowance(f, node, &nothing);
    }
    db_end(r);
}

static void check_standing(fsck *f, const char *node, const standing_sum *s)
{
    bool whole = false;
    db_rows *r = db_query(f->d,
                          "SELECT rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at,"
                          " clean FROM node WHERE id = ?",
                          DB_T(node));
    if (!db_next(r))
        fsck_violation(f, "reputation_event", node, "an event of no node");
    else if ((uint64_t)db_int(r, 0) != s->rep.good || (uint64_t)db_int(r, 1) != s->rep.bad ||
             (uint64_t)db_int(r, 2) != s->rep.at_ms)
        fsck_violation(f, "node", node, "its reputation is not the sum of its events");
    else if ((uint64_t)db_int(r, 3) != s->tries.good || (uint64_t)db_int(r, 4) != s->tries.all ||
             (uint64_t)db_int(r, 5) != s->tries.at_ms || (uint64_t)db_int(r, 6) != s->clean)
        fsck_violation(f, "node", node, "its tries are not the sum of its events");
    else
        whole = true;
    db_end(r);
    if (whole) check_allowance(f, node, s);
}

static void check_reputation(fsck *f)
{
    standing_sum s;
    char node[KEY] = "";
    standing_sum_init(&s);
    db_rows *r = fsck_all(f, "SELECT node_id, seq, at, kind FROM reputation_event"
                             " ORDER BY node_id, seq");
    for (bool more = true; more;) {
        more = db_next(r);
        if (!more || strcmp(node, fsck_text(r, 0)) != 0) {
            if (node[0] != 0) check_standing(f, node, &s);
            if (!more) break;
            (void)snprintf(node, sizeof node, "%s", fsck_text(r, 0));
            standing_base_read(&s, f->d, node);
        }
        fold(f, &s, node, r);
    }
    db_end(r);
    /* The events after it go on, so that its numbers do. */
    fsck_rule(f, "reputation_base",
              "SELECT node_id, 'is followed by fewer events than are kept' FROM reputation_base b"
              " WHERE (SELECT count(*) FROM reputation_event e WHERE e.node_id = b.node_id AND"
              " e.seq > b.seq) < 50");
    fsck_rule(f, "node_day",
              "SELECT node_id, 'was there longer than a day has' FROM node_day WHERE up_ms < 1 OR"
              " up_ms > 86400000");
    fsck_rule(f, "node",
              "SELECT id, 'is connected and not there, or the other way round' FROM node WHERE"
              " (connected = 0) <> (up_since IS NULL)");
    fsck_rule(f, "node",
              "SELECT id, 'has a reputation without events' FROM node WHERE (rep_good <> 0 OR"
              " rep_bad <> 0 OR tries_all <> 0 OR clean <> 0)"
              " AND id NOT IN (SELECT node_id FROM reputation_event)");
    check_new_nodes(f);
}

/* Of what an event stands for, an event that is missing: none is, of a time that the node's base
 * (b) sums up. */
#define NOT_ONCE(at)                                                               \
    " HAVING count(e.seq) > 1 OR (count(e.seq) = 0 AND coalesce(min(" at "), 0) >" \
    " coalesce(max(b.until), -1))"
#define BASE " LEFT JOIN reputation_base b ON b.node_id = "

/* Each attempt's end counts once for its node, as reputation_of_outcome says. */
static void check_ends(fsck *f)
{
    for (unsigned o = 0; o < OUTCOMES; o++) {
        reputation_kind kind;
        const char *outcome = attempt_outcome_name((attempt_outcome)o);
        if (!reputation_of_outcome(&kind, (attempt_outcome)o)) continue;
        db_rows *r = db_query(f->d,
                              "SELECT a.task_id, a.n, count(e.seq) FROM attempt a"
                              " LEFT JOIN reputation_event e ON e.node_id = a.node_id"
                              " AND e.task_id = a.task_id AND e.attempt = a.n AND e.kind = ?" BASE
                              "a.node_id"
                              " WHERE a.outcome = ? GROUP BY a.task_id, a.n" NOT_ONCE("a.ended_at"),
                              DB_T(reputation_kind_name(kind)), DB_T(outcome));
        while (db_next(r)) {
            char key[KEY];
            (void)snprintf(key, sizeof key, "%s.%" PRId64, fsck_text(r, 0), db_int(r, 1));
            fsck_violation(f, "attempt", key, "ended %s and counts %" PRId64 " times for its node",
                           outcome, db_int(r, 2));
        }
        db_end(r);
    }
    db_rows *r = db_query(f->d,
                          "SELECT e.node_id, e.seq, e.kind, a.outcome FROM reputation_event e"
                          " LEFT JOIN attempt a ON a.task_id = e.task_id AND a.n = e.attempt"
                          " AND a.node_id = e.node_id LEFT JOIN task t ON t.id = e.task_id"
                          " WHERE e.kind NOT IN ('late', 'audit_failed', 'contradiction')"
                          " AND (t.id IS NOT NULL OR e.at > ?)",
                          DB_I(f->gone_until));
    while (db_next(r)) {
        attempt_outcome o;
        reputation_kind kind;
        char key[KEY + 24];
        (void)snprintf(key, sizeof key, "%s.%" PRId64, fsck_text(r, 0), db_int(r, 1));
        if (strcmp(fsck_text(r, 2), reputation_kind_name(REPUTATION_FALSE_FAULT)) == 0) {
            if (strcmp(fsck_text(r, 3), "task_fault") != 0)
                fsck_violation(f, "reputation_event", key, "false_fault, but no fault was said");
        } else if (!attempt_outcome_read(&o, fsck_text(r, 3)) || !reputation_of_outcome(&kind, o) ||
                   strcmp(reputation_kind_name(kind), fsck_text(r, 2)) != 0)
            fsck_violation(f, "reputation_event", key, "%s, but no attempt of the node ended so",
                           fsck_text(r, 2));
    }
    db_end(r);
}

/* Whoever said that a program fails that does not, as a proof says, is held to it once. */
static void check_false_faults(fsck *f)
{
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'a fault that a proof refutes counts for its node not once' FROM"
              " attempt a JOIN task t ON t.id = a.task_id LEFT JOIN reputation_event e"
              " ON e.node_id = a.node_id AND e.task_id = a.task_id AND e.attempt = a.n"
              " AND e.kind = 'false_fault'" BASE "a.node_id WHERE a.outcome = 'task_fault' AND"
              " a.ended_at <= t.verified_at GROUP BY a.task_id, a.n" NOT_ONCE("t.verified_at"));
}

/* Beside verified, once, where the result came after the task's own time. */
static void check_late(fsck *f)
{
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'came late and counts so for its node not once' FROM attempt a"
              " LEFT JOIN reputation_event e ON e.node_id = a.node_id AND e.task_id = a.task_id"
              " AND e.attempt = a.n AND e.kind = 'late'" BASE "a.node_id"
              " WHERE a.outcome = 'verified' AND a.late = 1"
              " GROUP BY a.task_id, a.n" NOT_ONCE("a.ended_at"));
    db_rows *r = db_query(f->d,
                          "SELECT e.node_id FROM reputation_event e LEFT JOIN task t ON"
                          " t.id = e.task_id WHERE e.kind = 'late' AND (t.id IS NOT NULL OR"
                          " e.at > ?) AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.task_id ="
                          " e.task_id AND a.n = e.attempt AND a.node_id = e.node_id"
                          " AND a.outcome = 'verified' AND a.late = 1)",
                          DB_I(f->gone_until));
    while (db_next(r))
        fsck_violation(f, "reputation_event", fsck_text(r, 0), "late, but no result of its was");
    db_end(r);
}

static void check_contradictions(fsck *f)
{
    fsck_rule(
        f, "contradiction",
        "SELECT c.task_id, 'is held against its node not once' FROM contradiction c LEFT JOIN"
        " reputation_event e ON e.node_id = c.node_id AND e.task_id = c.task_id AND e.attempt ="
        " c.attempt AND e.kind = 'contradiction'" BASE
        "c.node_id GROUP BY c.task_id, c.attempt" NOT_ONCE("c.at"));
    fsck_rule(f, "reputation_event",
              "SELECT e.node_id, 'contradiction, but there is none' FROM reputation_event e WHERE"
              " e.kind = 'contradiction' AND NOT EXISTS (SELECT 1 FROM contradiction c WHERE"
              " c.task_id = e.task_id AND c.attempt = e.attempt AND c.node_id = e.node_id)");
}

/* ---- audits ---- */

static void check_audits(fsck *f)
{
    fsck_rule(f, "audit",
              "SELECT id, 'is done without a verdict, or not done with one' FROM audit WHERE"
              " state NOT IN ('waiting', 'running', 'done') OR (state = 'done') <> (verdict IS NOT"
              " NULL) OR (state = 'done') <> (ended_at IS NOT NULL)");
    fsck_rule(f, "audit",
              "SELECT id, 'has a verdict that is not signed' FROM audit WHERE verdict IN ('agrees',"
              " 'differs') AND (sig_r IS NULL OR sig_s IS NULL OR auditor IS NULL)");
    fsck_rule(f, "audit",
              "SELECT u.id, 'is of no attempt that is verified' FROM audit u LEFT JOIN attempt a"
              " ON a.task_id = u.task_id AND a.n = u.attempt AND a.node_id = u.node_id"
              " AND a.outcome = 'verified' WHERE a.n IS NULL");
    fsck_rule(f, "attempt",
              "SELECT a.task_id, 'an audit differs, and its node is not held to it once' FROM"
              " attempt a JOIN (SELECT task_id, min(ended_at) AS at FROM audit WHERE verdict ="
              " 'differs' GROUP BY task_id) AS u ON u.task_id = a.task_id"
              " LEFT JOIN reputation_event e ON e.node_id = a.node_id AND e.task_id ="
              " a.task_id AND e.attempt = a.n AND e.kind = 'audit_failed'" BASE "a.node_id"
              " WHERE a.outcome = 'verified' GROUP BY a.task_id, a.n" NOT_ONCE("u.at"));
    fsck_rule(f, "reputation_event",
              "SELECT e.node_id, 'audit_failed, but no audit differs' FROM reputation_event e"
              " WHERE e.kind = 'audit_failed' AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.task_id"
              " = e.task_id AND u.verdict = 'differs')");
    fsck_rule(f, "task",
              "SELECT t.id, 'is forgotten, and is evidence or waits for an audit' FROM task t JOIN"
              " audit u ON u.task_id = t.id WHERE t.forgotten_at IS NOT NULL AND"
              " (u.verdict = 'differs' OR (u.verdict IS NULL AND u.created_at < t.forgotten_at))");
}

/* What a node's account has signed (node_payee.h). */
static void check_accounts(fsck *f)
{
    fsck_rule(
        f, "node",
        "SELECT id, 'its account is proven by nothing' FROM node WHERE payee_state = 'proven'"
        " AND (address = '' OR pubkey = '0x0' OR payee_proof IS NULL OR payee_until IS NULL)");
    fsck_rule(f, "node",
              "SELECT id, 'its account waits for an answer, and is not asked' FROM node"
              " WHERE payee_state IN ('pending', 'disputed') AND payee_due IS NULL");
    fsck_rule(f, "node",
              "SELECT id, 'its account is asked for nothing' FROM node"
              " WHERE payee_due IS NOT NULL AND payee_proof IS NULL");
}

void fsck_standing(fsck *f)
{
    check_accounts(f);
    check_reputation(f);
    check_ends(f);
    check_false_faults(f);
    check_late(f);
    check_contradictions(f);
    check_audits(f);
}
