/* api_list.c - tasks in pages. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/page.h"
#include "relayer/task.h"

#include <stdio.h>
#include <string.h>

#define MAX_VALUES 12

/* A statement with its values; its texts are of few forms, since prepared statements are kept. */
typedef struct {
    char text[2048];
    size_t n, n_values;
    db_value value[MAX_VALUES];
} query;

static void add(query *q, const char *text)
{
    q->n += (size_t)snprintf(q->text + q->n, sizeof q->text - q->n, "%s", text);
    SP_ASSERT(q->n < sizeof q->text);
}

static void add_text(query *q, const char *condition, const char *v)
{
    if (v == NULL) return;
    add(q, condition);
    q->value[q->n_values++] = (db_value)DB_T(v);
}

static void add_number(query *q, const char *condition, int64_t v)
{
    add(q, condition);
    q->value[q->n_values++] = (db_value)DB_I(v);
}

void api_task_list(call *c, db *d, core *k)
{
    static const char *const names[] = {"state",         "node_id",        "program",
                                        "created_after", "created_before", NULL};
    page p;
    query q = {.n = 0};
    task_state state;
    int64_t after = -1, before = -1;
    char id[CURSOR_ID + 1] = "";
    (void)k;
    if (!page_read(&p, c, names) || !page_time(c, &after, "created_after") ||
        !page_time(c, &before, "created_before"))
        return;
    const char *named = http_param(&c->q, "state");
    if (named != NULL && !task_state_read(&state, named)) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "there is no state %.40s", named);
        return;
    }
    add(&q, TASK_SELECT "WHERE 1 = 1");
    if (!(c->who.scopes & SCOPE_ADMIN)) add_text(&q, " AND t.key_id = ?", c->who.id);
    add_text(&q, " AND t.state = ?", named);
    add_text(&q, " AND t.program = ?", http_param(&c->q, "program"));
    add_text(&q, " AND t.id IN (SELECT task_id FROM attempt WHERE node_id = ?)",
             http_param(&c->q, "node_id"));
    if (after >= 0) add_number(&q, " AND t.created_at > ?", after);
    if (before >= 0) add_number(&q, " AND t.created_at < ?", before);
    if (p.goes_on) {
        memcpy(id, p.at.id, p.at.id_bytes);
        add_number(&q, p.down ? " AND (t.created_at, t.id) < (?" : " AND (t.created_at, t.id) > (?",
                   (int64_t)p.at.sort);
        add_text(&q, ", ?)", id);
    }
    add(&q, p.down ? " ORDER BY t.created_at DESC, t.id DESC" : " ORDER BY t.created_at, t.id");
    add_number(&q, " LIMIT ?", p.limit + 1);

    cursor last;
    int64_t n = 0;
    bool more = false;
    json_t *items = json_array();
    memset(&last, 0, sizeof last);
    db_rows *r = db_query_values(d, q.text, q.value, q.n_values);
    while (db_next(r)) {
        more = n++ == p.limit;
        if (more) break;
        (void)json_array_append_new(items, task_json(d, r, false));
        last.sort = (uint64_t)db_int(r, 4);
        last.id_bytes = strlen(db_text(r, 0));
        memcpy(last.id, db_text(r, 0), last.id_bytes);
    }
    db_end(r);
    page_answer(&p, c, items, &last, more);
}
