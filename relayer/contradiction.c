/* contradiction.c - see contradiction.h. */
#include "relayer/contradiction.h"

#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/page.h"

json_t *contradiction_json(const db_rows *r, int at)
{
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o}", "attempt", (json_int_t)db_int(r, at),
                     "node_id", db_text(r, at + 1), "node_pubkey", db_text(r, at + 2), "at",
                     api_time_json(db_int(r, at + 3)), "first",
                     json_loads(db_text(r, at + 4), 0, NULL), "second",
                     json_loads(db_text(r, at + 5), 0, NULL));
}

json_t *contradictions_of_task(db *d, const char *task)
{
    json_t *list = json_array();
    db_rows *r = db_query(d,
                          "SELECT " CONTRADICTION_COLUMNS " FROM " CONTRADICTION_TABLES
                          " WHERE x.task_id = ? ORDER BY x.attempt",
                          DB_T(task));
    while (db_next(r)) (void)json_array_append_new(list, contradiction_json(r, 0));
    db_end(r);
    return json_pack("{s:o}", "contradictions", list);
}

static json_t *item(db *d, const db_rows *r)
{
    (void)d;
    json_t *j = contradiction_json(r, 1);
    (void)json_object_set_new(j, "task_id", json_string(db_text(r, 0)));
    (void)json_object_set_new(j, "program_id", json_string(db_text(r, 7)));
    (void)json_object_set_new(j, "input_sha256", json_string(db_text(r, 8)));
    return j;
}

/* With what else was signed. */
void api_contradiction_list(call *c, db *d, core *k)
{
    static const char *const names[] = {"task_id", "node_id", NULL};
    char chain[FELT_HEX];
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    page_add(&q, "SELECT x.task_id, " CONTRADICTION_COLUMNS
                 ", t.program_id, t.input_sha256, x.task_id || '.' || x.attempt"
                 " FROM " CONTRADICTION_TABLES " JOIN task t ON t.id = x.task_id WHERE 1 = 1");
    page_add_text(&q, " AND x.task_id = ?", http_param(&c->q, "task_id"));
    page_add_text(&q, " AND x.node_id = ?", http_param(&c->q, "node_id"));
    page_add_order(&q, &p, "x.at", "x.task_id || '.' || x.attempt");
    (void)felt_write_hex(chain, c->a->chain_id);
    page_serve(&p, c, d, &q, 4, 9, item, json_pack("{s:s}", "chain_id", chain));
}
