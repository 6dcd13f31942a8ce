/* node_resume.c - a node comes back: what it says that it still has, against what it is held to. */
#include "relayer/node.h"

#include "relayer/app.h"
#include "relayer/offer.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* The node's word on an attempt, with its token; NULL: it does not name it. */
static const json_t *named(const json_t *running, const char *task, int64_t n, const char *token)
{
    size_t i;
    json_t *e;
    json_array_foreach((json_t *)(uintptr_t)running, i, e)
    {
        const char *id = json_string_value(json_object_get(e, "task_id")),
                   *given = json_string_value(json_object_get(e, "lease_token"));
        if (id != NULL && given != NULL && strcmp(id, task) == 0 &&
            json_integer_value(json_object_get(e, "attempt")) == n &&
            strlen(given) == strlen(token) && CRYPTO_memcmp(given, token, strlen(token)) == 0)
            return e;
    }
    return NULL;
}

static bool has_result(const json_t *e) { return json_is_true(json_object_get(e, "has_result")); }

static void add(json_t *list, const char *task, int64_t n, const char *action, int64_t until)
{
    (void)json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:I}", "task_id", task, "attempt",
                                                (json_int_t)n, "action", action, "lease_until",
                                                (json_int_t)until));
}

static bool listed(const json_t *list, const json_t *e)
{
    size_t i;
    json_t *l;
    json_array_foreach(
        (json_t *)(uintptr_t)list, i,
        l) if (json_equal(json_object_get(l, "task_id"), json_object_get(e, "task_id")) &&
               json_equal(json_object_get(l, "attempt"),
                          json_object_get(e, "attempt"))) return true;
    return false;
}

bool node_resume_is_well_formed(const json_t *m)
{
    const json_t *resume = json_object_get(m, "resume"),
                 *running = json_object_get(resume, "running");
    size_t i;
    json_t *e;
    if (resume == NULL) return true;
    if (!json_is_array(running) || json_array_size(running) > NODE_MOST_RUNNING) return false;
    json_array_foreach((json_t *)(uintptr_t)running, i,
                       e) if (!json_is_string(json_object_get(e, "task_id")) ||
                              !json_is_integer(json_object_get(e, "attempt"))) return false;
    return true;
}

json_t *node_leases(core *c, const node_session *s, const json_t *m)
{
    const json_t *running = json_object_get(json_object_get(m, "resume"), "running");
    json_t *list = json_array(), *e;
    size_t i;
    db_rows *r =
        db_query(core_db(c),
                 "SELECT task_id, n, lease_until, lease_token, acked_at, result FROM attempt"
                 " WHERE node_id = ? AND outcome IS NULL",
                 DB_T(s->id));
    while (db_next(r)) {
        const char *task = db_text(r, 0);
        const json_t *word = named(running, task, db_int(r, 1), db_text(r, 3));
        /* An offer that it took, as its journal says, and of whose answer we do not know. */
        if (db_is_null(r, 4) && word == NULL) continue;
        add(list, task, db_int(r, 1),
            !db_is_null(r, 5) || has_result(word) ? "send_result" : "continue", db_int(r, 2));
    }
    db_end(r);
    json_array_foreach((json_t *)(uintptr_t)running, i, e) if (!listed(list, e))
        add(list, json_string_value(json_object_get(e, "task_id")),
            json_integer_value(json_object_get(e, "attempt")),
            has_result(e) ? "send_result" : "abort", 0);
    return list;
}

void node_resume(core *c, const node_session *s, const json_t *m)
{
    const json_t *running = json_object_get(json_object_get(m, "resume"), "running");
    struct {
        char task[UUID_TEXT];
        int64_t n;
    } list[NODE_MOST_AGAIN];
    size_t k = 0;
    if (running == NULL) return;
    db_rows *r = db_query(core_db(c),
                          "SELECT task_id, n, lease_token, acked_at FROM attempt WHERE node_id = ?"
                          " AND outcome IS NULL AND result IS NULL ORDER BY lease_until",
                          DB_T(s->id));
    while (k < SP_COUNT(list) && db_next(r)) {
        if (!db_is_null(r, 3) && named(running, db_text(r, 0), db_int(r, 1), db_text(r, 2)) != NULL)
            continue;
        db_copy(list[k].task, sizeof list[k].task, r, 0);
        list[k++].n = db_int(r, 1);
    }
    db_end(r);
    for (size_t i = 0; i < k; i++) offer_again(c, s, list[i].task, list[i].n);
}
