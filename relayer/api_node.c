/* api_node.c - nodes: which there are, what they did, how far they are trusted. Nobody learns from
 * where a node is connected. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/node_payee.h"
#include "relayer/page.h"
#include "relayer/standing_sum.h"
#include "relayer/uptime.h"

#include <stdio.h>
#include <string.h>

#define NODE_SELECT                                                                              \
    "SELECT id, state, connected, draining, region, price_base, price_mcycle, max_concurrent,"   \
    " specs, bench, address, rep_good, rep_bad, rep_at, tries_good, tries_all, tries_at, clean," \
    " banned_until, last_seen, created_at, version, chain_tier, refusals, rests_until,"          \
    " " PAYEE_COLUMNS " FROM node WHERE "
#define ACTIVE "connected = 1 AND state <> 'banned'"

/* Of what a node says of its machine, what others may know. */
static json_t *chosen(const char *text, const char *const *names)
{
    json_t *all = text == NULL ? NULL : json_loads(text, 0, NULL), *some = json_object();
    for (; *names != NULL; names++) {
        json_t *v = json_object_get(all, *names);
        if (v != NULL) (void)json_object_set(some, *names, v);
    }
    json_decref(all);
    return some;
}

static json_t *trust(const db_rows *r, int64_t now)
{
    const reputation rep = {(uint64_t)db_int(r, 11), (uint64_t)db_int(r, 12),
                            (uint64_t)db_int(r, 13)};
    const success_rate tries = {(uint64_t)db_int(r, 14), (uint64_t)db_int(r, 15),
                                (uint64_t)db_int(r, 16)};
    return json_pack("{s:I, s:I, s:I, s:o}", "reputation_ppm",
                     (json_int_t)reputation_ppm(&rep, (uint64_t)now), "success_ppm",
                     (json_int_t)success_rate_ppm(&tries, (uint64_t)now), "clean_results",
                     (json_int_t)db_int(r, 17), "paused_until",
                     api_time_json(db_int(r, 18) > now ? db_int(r, 18) : 0));
}

/* Whether its account has signed for it. */
static json_t *account_proof(const db_rows *r, int64_t now)
{
    const payee_view v = payee_read(r, 25, now);
    return json_pack("{s:s, s:s?, s:o, s:o}", "state", v.state, "code", v.code, "checked_at",
                     api_time_json(v.asked_ms), "expires_at", api_time_json(v.until_ms));
}

static json_t *node_json(const db_rows *r, int64_t now)
{
    static const char *const specs[] = {"cpu_model", "cpu_threads", "ram_gb",
                                        "disk_gb",   "gpus",        NULL};
    static const char *const bench[] = {"exec_mcycles_s", "prove_krows_s", NULL};
    json_t *j =
        json_pack("{s:s, s:s, s:b, s:b, s:s, s:s, s:{s:s, s:s}, s:{s:I}, s:o, s:o, s:o, s:o, s:I}",
                  "node_id", db_text(r, 0), "state", db_text(r, 1), "connected", db_int(r, 2) != 0,
                  "draining", db_int(r, 3) != 0, "region", db_text(r, 4), "account", db_text(r, 10),
                  "price", "base_fri", db_text(r, 5), "per_mcycle_fri", db_text(r, 6), "capacity",
                  "max_concurrent", (json_int_t)db_int(r, 7), "specs", chosen(db_text(r, 8), specs),
                  "bench", chosen(db_text(r, 9), bench), "last_seen", api_time_json(db_int(r, 19)),
                  "created_at", api_time_json(db_int(r, 20)), "version", (json_int_t)db_int(r, 21));
    json_t *t = trust(r, now);
    if (j != NULL && t != NULL) (void)json_object_update(j, t);
    if (j != NULL) /* for which tasks the contract pays its account */
        (void)json_object_set_new(j, "chain_tier",
                                  db_is_null(r, 22) ? json_null() : json_integer(db_int(r, 22)));
    if (j != NULL) /* refusal.h */
        (void)json_object_update_new(
            j, json_pack("{s:I, s:o}", "refusals", (json_int_t)db_int(r, 23), "rests_until",
                         api_time_json(db_int(r, 24) > now ? db_int(r, 24) : 0)));
    if (j != NULL) (void)json_object_set_new(j, "account_proof", account_proof(r, now));
    json_decref(t);
    return j;
}

static json_t *node_item(db *d, const db_rows *r)
{
    (void)d;
    return node_json(r, clock_ms());
}

void api_node_list(call *c, db *d, core *k)
{
    static const char *const names[] = {"all", "region", NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    const char *all = http_param(&c->q, "all");
    if (all != NULL && strcmp(all, "1") != 0 && strcmp(all, "0") != 0) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "the parameter all must be 0 or 1");
        return;
    }
    page_add(&q, all != NULL && all[0] == '1' ? NODE_SELECT "1 = 1" : NODE_SELECT ACTIVE);
    page_add_text(&q, " AND region = ?", http_param(&c->q, "region"));
    page_add_order(&q, &p, "created_at", "id");
    page_serve(&p, c, d, &q, 20, 0, node_item, NULL);
}

static void no_such_node(call *c)
{
    http_problem(&c->s, &c->q, 404, "not_found", "there is no node of this id");
}

void api_node_show(call *c, db *d, core *k)
{
    json_t *j = NULL;
    int64_t version = 0, running = 0;
    (void)k;
    db_rows *r = db_query(d, NODE_SELECT "id = ?", DB_T(c->variable[0]));
    const bool found = db_next(r);
    if (found) {
        version = db_int(r, 21);
        j = node_json(r, clock_ms());
    }
    db_end(r);
    if (!found) {
        no_such_node(c);
        return;
    }
    r = db_query(d, "SELECT count(*) FROM attempt WHERE node_id = ? AND outcome IS NULL",
                 DB_T(c->variable[0]));
    if (db_next(r)) running = db_int(r, 0);
    db_end(r);
    if (j != NULL) (void)json_object_set_new(j, "running", json_integer(running));
    vitals v;
    const bool here = vitals_get(nodes_vitals(c->a->nodes), &v, c->variable[0]);
    if (j != NULL) {
        (void)json_object_set_new(j, "uptime_ppm",
                                  json_integer(uptime_ppm(d, c->variable[0], clock_ms())));
        (void)json_object_set_new(j, "vitals", here ? vitals_json(&v) : json_null());
    }
    char etag[32];
    const char *given = c->q.method == HTTP_PATCH ? NULL : c->q.headers[HTTP_IF_NONE_MATCH];
    (void)snprintf(etag, sizeof etag, "\"v%lld\"", (long long)version);
    http_add_header(&c->s, "ETag", "%s", etag);
    if (http_etag_among(given, etag, true)) {
        json_decref(j);
        c->s.status = 304;
        return;
    }
    http_json(&c->s, 200, j);
}

static bool exists(db *d, const char *node)
{
    db_rows *r = db_query(d, "SELECT 1 FROM node WHERE id = ?", DB_T(node));
    const bool found = db_next(r);
    db_end(r);
    return found;
}

static json_t *attempt_item(db *d, const db_rows *r)
{
    (void)d;
    return json_pack("{s:s, s:I, s:o, s:o, s:o, s:s?, s:I, s:s?, s:s}", "task_id", db_text(r, 0),
                     "attempt", (json_int_t)db_int(r, 1), "offered_at", api_time_json(db_int(r, 2)),
                     "accepted_at", api_time_json(db_int(r, 3)), "ended_at",
                     api_time_json(db_int(r, 4)), "phase", db_text(r, 5), "progress_ppm",
                     (json_int_t)db_int(r, 6), "outcome", db_text(r, 7), "task_state",
                     db_text(r, 8));
}

/* The attempts of a node, at tasks that the caller may see. */
void api_node_tasks(call *c, db *d, core *k)
{
    static const char *const names[] = {NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    if (!exists(d, c->variable[0])) {
        no_such_node(c);
        return;
    }
    page_add(&q,
             "SELECT a.task_id, a.n, a.offered_at, a.acked_at, a.ended_at, a.phase,"
             " a.progress_ppm, a.outcome, t.state FROM attempt a JOIN task t ON t.id = a.task_id"
             " WHERE 1 = 1");
    page_add_text(&q, " AND a.node_id = ?", c->variable[0]);
    if (!api_is_admin(c))
        page_add_text(&q, " AND (t.visibility = 'public' OR t.key_id = ?)", c->who.id);
    page_add_order(&q, &p, "a.offered_at", "a.task_id");
    page_serve(&p, c, d, &q, 2, 0, attempt_item, NULL);
}

static json_t *event_item(db *d, const db_rows *r)
{
    (void)d;
    return json_pack("{s:I, s:o, s:s}", "seq", (json_int_t)db_int(r, 0), "at",
                     api_time_json(db_int(r, 1)), "kind", db_text(r, 2));
}

/* The score and the events that it comes from. */
void api_node_reputation(call *c, db *d, core *k)
{
    static const char *const names[] = {NULL};
    page p;
    page_query q = {.n = 0};
    json_t *score = NULL;
    (void)k;
    if (!page_read(&p, c, names)) return;
    db_rows *r = db_query(d, NODE_SELECT "id = ?", DB_T(c->variable[0]));
    const bool found = db_next(r);
    if (found) score = trust(r, clock_ms());
    db_end(r);
    if (!found) {
        no_such_node(c);
        return;
    }
    /* Events that are not listed any more: rows.h. */
    standing_sum base;
    standing_base_read(&base, d, c->variable[0]);
    if (score != NULL)
        (void)json_object_set_new(
            score, "summed_up",
            json_pack("{s:I, s:o}", "events", (json_int_t)base.seq, "until",
                      base.seq > 0 ? api_time_json(base.until) : json_null()));
    page_add(&q, "SELECT seq, at, kind FROM reputation_event WHERE 1 = 1");
    page_add_text(&q, " AND node_id = ?", c->variable[0]);
    page_add_order(&q, &p, "seq", NULL);
    page_serve(&p, c, d, &q, 0, -1, event_item, score);
}
