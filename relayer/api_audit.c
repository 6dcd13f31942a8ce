/* api_audit.c - audits: asked for by hand, listed, shown. For keys with the scope audits, which see
 * those of all tasks. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/audit.h"
#include "relayer/check.h"
#include "relayer/contradiction.h"
#include "relayer/page.h"

#include <stdio.h>
#include <string.h>

#define AUDIT_SELECT                                                                              \
    "SELECT u.id, u.task_id, u.attempt, u.node_id, u.state, u.verdict, u.detail, u.sig_r,"        \
    " u.sig_s, u.auditor, u.asked_by, u.created_at, u.ended_at, t.proof_sha256, t.output_sha256," \
    " t.io_commitment, t.cycles, " CONTRADICTION_COLUMNS                                          \
    " FROM audit u JOIN task t ON t.id = u.task_id LEFT JOIN (" CONTRADICTION_TABLES              \
    ") ON x.task_id = u.task_id AND x.attempt = u.attempt WHERE "

static json_t *time_json(const db_rows *r, int column)
{
    char text[CHECK_TIME];
    if (db_is_null(r, column)) return json_null();
    time_write(text, db_int(r, column));
    return json_string(text);
}

static json_t *audit_json(db *d, const db_rows *r)
{
    char cycles[24];
    (void)d;
    (void)snprintf(cycles, sizeof cycles, "%lld", (long long)db_int(r, 16));
    json_t *detail = db_is_null(r, 6) ? NULL : json_loads(db_text(r, 6), 0, NULL);
    json_t *j = json_pack(
        "{s:s, s:s, s:I, s:s, s:s, s:s?, s:b, s:o, s:o, s:s?, s:{s:s?, s:s?, s:s}, s:o?}",
        "audit_id", db_text(r, 0), "task_id", db_text(r, 1), "attempt", (json_int_t)db_int(r, 2),
        "node_id", db_text(r, 3), "state", db_text(r, 4), "verdict", db_text(r, 5), "drawn",
        db_is_null(r, 10), "created_at", time_json(r, 11), "ended_at", time_json(r, 12),
        "proof_sha256", db_text(r, 13), "claimed", "output_sha256", db_text(r, 14), "io_commitment",
        db_text(r, 15), "cycles", cycles, "detail", detail);
    if (j != NULL && !db_is_null(r, 7)) /* what was signed, in market/digest.h: AUDIT */
        (void)json_object_set_new(j, "signed",
                                  json_pack("{s:s, s:[s,s], s:I}", "auditor", db_text(r, 9),
                                            "signature", db_text(r, 7), db_text(r, 8), "ts_ms",
                                            (json_int_t)db_int(r, 12)));
    if (j != NULL && !db_is_null(r, 17))
        (void)json_object_set_new(j, "contradiction", contradiction_json(r, 17));
    return j;
}

void api_audit_list(call *c, db *d, core *k)
{
    static const char *const names[] = {"task_id", "node_id", "verdict", "state", NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    page_add(&q, AUDIT_SELECT "1 = 1");
    page_add_text(&q, " AND u.task_id = ?", http_param(&c->q, "task_id"));
    page_add_text(&q, " AND u.node_id = ?", http_param(&c->q, "node_id"));
    page_add_text(&q, " AND u.verdict = ?", http_param(&c->q, "verdict"));
    page_add_text(&q, " AND u.state = ?", http_param(&c->q, "state"));
    page_add_order(&q, &p, "u.created_at", "u.id");
    page_serve(&p, c, d, &q, 11, 0, audit_json, NULL);
}

static bool show(call *c, db *d, int status, const char *id)
{
    db_rows *r = db_query(d, AUDIT_SELECT "u.id = ?", DB_T(id));
    const bool found = db_next(r);
    if (found) http_json(&c->s, status, audit_json(d, r));
    db_end(r);
    return found;
}

void api_audit_show(call *c, db *d, core *k)
{
    (void)k;
    if (!show(c, d, 200, c->variable[0]))
        http_problem(&c->s, &c->q, 404, "not_found", "there is no audit of this id");
}

/* The audit that waits already, where there is one. */
static bool under_way(call *c, db *d, const char *task)
{
    char id[UUID_TEXT] = "";
    db_rows *r = db_query(d,
                          "SELECT id FROM audit WHERE task_id = ? AND verdict IS NULL"
                          " ORDER BY created_at LIMIT 1",
                          DB_T(task));
    if (db_next(r)) (void)snprintf(id, sizeof id, "%s", db_text(r, 0));
    db_end(r);
    return id[0] != 0 && show(c, d, 200, id);
}

void api_audit_create(call *c, db *d, core *k)
{
    static const char *const names[] = {"task_id", NULL};
    char id[UUID_TEXT], node[NODE_ID] = "", state[24] = "";
    int64_t attempt = 0;
    bool found, forgotten = false;
    check m;
    check_init(&m);
    check_known(&m, c->body, "", names);
    const char *task = check_text(&m, c->body, "", "task_id", UUID_TEXT - 1, true);
    if (!check_ok(&m)) {
        api_refuse_fields(c, &m);
        check_free(&m);
        return;
    }
    db_rows *r = db_query(d,
                          "SELECT t.state, t.forgotten_at, a.n, a.node_id FROM task t LEFT JOIN"
                          " attempt a ON a.task_id = t.id AND a.n = t.verified_attempt"
                          " WHERE t.id = ?",
                          DB_T(task));
    found = db_next(r);
    if (found) {
        (void)snprintf(state, sizeof state, "%s", db_text(r, 0));
        forgotten = !db_is_null(r, 1);
        attempt = db_int(r, 2);
        (void)snprintf(node, sizeof node, "%s", db_is_null(r, 3) ? "" : db_text(r, 3));
    }
    db_end(r);
    if (!found)
        http_problem(&c->s, &c->q, 404, "not_found", "there is no task of this id");
    else if (node[0] == 0)
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "the task is %s: it has no verified result", state);
    else if (forgotten)
        http_problem(&c->s, &c->q, 410, "gone", "the task's payloads are no longer kept");
    else if (under_way(c, d, task))
        (void)0;
    else if (!audit_add(k, id, task, attempt, node, c->who.id))
        http_problem(&c->s, &c->q, 500, "internal", "no id can be made");
    else if (show(c, d, 201, id))
        http_add_header(&c->s, "Location", "/api/v1/audits/%s", id);
    check_free(&m);
}
