/* node_evidence.c - a node that signs two different results of one attempt: whatever it does is the
 * work of a machine that computes the same each time, so one of them is a lie that it has signed.
 * Proofs may differ; what they prove may not. */
#include "relayer/node.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/node_ban.h"
#include "relayer/standing.h"

#include <stdlib.h>
#include <string.h>

static const char *text_at(const json_t *m, const char *of, const char *name)
{
    const json_t *v = json_object_get(of != NULL ? json_object_get(m, of) : m, name);
    return json_is_string(v) ? json_string_value(v) : "";
}

static bool says_the_same(const json_t *a, const json_t *b)
{
    const json_t *x = json_object_get(json_object_get(a, "usage"), "cycles"),
                 *y = json_object_get(json_object_get(b, "usage"), "cycles");
    return strcmp(text_at(a, NULL, "status"), text_at(b, NULL, "status")) == 0 &&
           strcmp(text_at(a, "output", "sha256"), text_at(b, "output", "sha256")) == 0 &&
           strcmp(text_at(a, NULL, "io_commitment"), text_at(b, NULL, "io_commitment")) == 0 &&
           json_integer_value(x) == json_integer_value(y);
}

/* What was signed, without the bytes of the output. */
static char *signed_part(const json_t *m)
{
    json_t *some = json_pack(
        "{s:O?, s:{s:s}, s:O?, s:O?, s:O?, s:O?}", "status", json_object_get(m, "status"), "output",
        "sha256", text_at(m, "output", "sha256"), "io_commitment",
        json_object_get(m, "io_commitment"), "proof", json_object_get(m, "proof"), "usage",
        json_object_get(m, "usage"), "signature", json_object_get(m, "signature"));
    char *text = some == NULL ? NULL : json_dumps(some, JSON_COMPACT);
    json_decref(some);
    return text;
}

void node_contradicts(core *c, node_session *s, const char *task, int64_t n, const json_t *m)
{
    db *d = core_db(c);
    db_rows *r =
        db_query(d, "SELECT result FROM attempt WHERE task_id = ? AND n = ?", DB_T(task), DB_I(n));
    json_t *first = db_next(r) && !db_is_null(r, 0) ? json_loads(db_text(r, 0), 0, NULL) : NULL;
    db_end(r);
    if (first == NULL || says_the_same(first, m) ||
        strcmp(text_at(m, NULL, "status"), "success") != 0 ||
        !node_signed_result(c, s, task, n, m)) {
        json_decref(first);
        return;
    }
    char *one = signed_part(first), *two = signed_part(m);
    json_decref(first);
    if (one == NULL || two == NULL)
        core_fail(c);
    else if (db_run(d,
                    "INSERT INTO contradiction(task_id, attempt, node_id, at, first, second)"
                    " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(task_id, attempt) DO NOTHING",
                    DB_T(task), DB_I(n), DB_T(s->id), DB_I(core_now(c)), DB_T(one),
                    DB_T(two)) == 1) {
        log_event(LOG_ERROR, "node_contradicts_itself", "task_id", task, "node", s->id, NULL);
        standing_add(c, s->id, REPUTATION_CONTRADICTION, task, n);
        node_give_to_others(c, s->id);
    }
    free(one);
    free(two);
}
