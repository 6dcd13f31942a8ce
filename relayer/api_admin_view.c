/* api_admin_view.c - what an administrator looks at: queue, sessions, settings, actions. */
#include "relayer/admin.h"
#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/page.h"
#include "relayer/reload.h"
#include "relayer/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 50           /* tasks at the head of the queue */
#define MOST_SESSIONS 1000 /* in one answer */

static int64_t number(db *d, const char *sql)
{
    int64_t n = 0;
    db_rows *r = db_query_values(d, sql, NULL, 0);
    if (db_next(r)) n = db_int(r, 0);
    db_end(r);
    return n;
}

/* In the order in which they are offered. */
static json_t *head_of_queue(db *d)
{
    json_t *list = json_array();
    db_rows *r =
        db_query(d,
                 "SELECT id, key_id, priority, created_at, deadline, attempts, max_attempts,"
                 " next_run_at, requirements FROM task WHERE state = 'queued' ORDER BY priority "
                 "DESC, created_at,"
                 " id LIMIT ?",
                 DB_I(SHOWN));
    while (db_next(r))
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:I, s:o, s:o, s:I, s:I, s:o, s:o?}", "task_id", db_text(r, 0),
                      "key_id", db_text(r, 1), "priority", (json_int_t)db_int(r, 2), "created_at",
                      api_time_json(db_int(r, 3)), "deadline", api_time_json(db_int(r, 4)),
                      "attempts", (json_int_t)db_int(r, 5), "max_attempts",
                      (json_int_t)db_int(r, 6), "not_before", api_time_json(db_int(r, 7)),
                      "requirements", json_loads(db_text(r, 8), 0, NULL)));
    db_end(r);
    return list;
}

void api_admin_queue(call *c, db *d, core *k)
{
    app *a = c->a;
    const core_counts n = core_count(a->core);
    const stats_view v = stats_look(&rest_of(a)->stats, clock_ms());
    json_t *tasks = json_object();
    (void)k;
    for (unsigned s = 0; s < TASK_STATES; s++)
        if (!task_is_final((task_state)s, true))
            (void)json_object_set_new(tasks, task_state_name((task_state)s),
                                      json_integer((json_int_t)v.tasks[s]));
    http_json(&c->s, 200,
              json_pack("{s:b, s:{s:I, s:I, s:I, s:I}, s:{s:I, s:I}, s:o, s:I, s:I, s:o}",
                        "draining", a->held || a->draining, "writer", "queued",
                        (json_int_t)n.queued, "commits", (json_int_t)n.commits, "jobs",
                        (json_int_t)n.jobs, "failed", (json_int_t)n.failed, "readers", "threads",
                        (json_int_t)a->set.readers, "queued", (json_int_t)queue_length(&a->reads),
                        "tasks", tasks, "attempts_open",
                        (json_int_t)number(d, "SELECT count(*) FROM attempt WHERE outcome IS NULL"),
                        "callbacks_waiting",
                        (json_int_t)number(
                            d, "SELECT count(*) FROM webhook_outbox WHERE next_try_at IS NOT NULL"),
                        "items", head_of_queue(d)));
}

/* ---- sessions: on the core's thread, whose they are ---- */

static int by_id(const void *a, const void *b)
{
    const node_session *const *x = a, *const *y = b;
    const int order = strcmp((*x)->id, (*y)->id);
    return order != 0 ? order : (*y)->registered - (*x)->registered; /* at most one is */
}

static json_t *session_json(const node_session *s, int64_t now)
{
    return json_pack(
        "{s:s, s:s, s:b, s:o, s:o, s:s?, s:I, s:I, s:b, s:b, s:o, s:I, s:I}", "node_id", s->id,
        "peer", s->peer, "registered", s->registered, "opened_at", api_time_json(s->opened_ms),
        "seen_at", api_time_json(s->seen_ms), "session_id", s->session[0] != 0 ? s->session : NULL,
        "running", (json_int_t)s->node.running, "capacity", (json_int_t)s->node.capacity,
        "draining", s->node.draining, "probation", s->node.probation, "paused_until",
        api_time_json((int64_t)s->node.paused_until_ms > now ? (int64_t)s->node.paused_until_ms
                                                             : 0),
        "quota_left", (json_int_t)s->node.quota_left, "reputation_ppm",
        (json_int_t)s->node.reputation_ppm);
}

static bool read_parameters(call *c, const char **after, size_t *limit)
{
    *after = http_param(&c->q, "after");
    *limit = 100;
    for (size_t i = 0; i < c->q.n_params; i++) {
        const char *name = c->q.params[i].name, *value = c->q.params[i].value;
        char *end = NULL;
        if (strcmp(name, "after") == 0) continue;
        if (strcmp(name, "limit") != 0) {
            http_problem(&c->s, &c->q, 400, "unknown_field", "there is no parameter %.60s", name);
            return false;
        }
        const long v = value[0] >= '0' && value[0] <= '9' ? strtol(value, &end, 10) : 0;
        if (v < 1 || v > MOST_SESSIONS || *end != 0) {
            http_problem(&c->s, &c->q, 400, "validation_failed",
                         "the parameter limit must be 1 to %d", MOST_SESSIONS);
            return false;
        }
        *limit = (size_t)v;
    }
    return true;
}

void api_admin_sessions(call *c, db *d, core *k)
{
    nodes *all = c->a->nodes;
    size_t n = 0, room = 0, at = 0, limit;
    const node_session **list = NULL;
    const char *after;
    (void)d;
    if (!read_parameters(c, &after, &limit)) return;
    for (node_session *s = nodes_each(all, &at); s != NULL; s = nodes_each(all, &at)) {
        if (after != NULL && strcmp(s->id, after) <= 0) continue;
        if (n == room) {
            const node_session **more = realloc(list, (room = 2 * room + 64) * sizeof(s));
            if (more == NULL) {
                free(list);
                http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
                return;
            }
            list = more;
        }
        list[n++] = s;
    }
    if (n > 1) qsort(list, n, sizeof *list, by_id);
    json_t *items = json_array();
    size_t shown = 0;
    /* All sessions of one id stand on one page: `after` names an id. */
    while (shown < n && (shown < limit || strcmp(list[shown]->id, list[shown - 1]->id) == 0))
        (void)json_array_append_new(items, session_json(list[shown++], core_now(k)));
    const char *next = shown < n ? list[shown - 1]->id : NULL;
    http_json(&c->s, 200,
              json_pack("{s:o, s:I, s:b, s:s?}", "items", items, "registered",
                        (json_int_t)nodes_count(all), "has_more", next != NULL, "next_after",
                        next));
    free(list);
}

/* ---- settings, with what may be secret left out ---- */

void api_admin_config(call *c, db *d, core *k)
{
    settings now;
    json_t *all = json_object(), *may = json_array();
    bool ok = all != NULL && may != NULL;
    (void)d;
    (void)k;
    reload_look(c->a->reload, &now);
    for (size_t i = 0; ok && i < settings_count(); i++) {
        char *text = NULL, name[128];
        size_t bytes;
        FILE *out = open_memstream(&text, &bytes);
        if (out != NULL) settings_print_value(&now, i, out);
        ok = out != NULL && fclose(out) == 0;
        json_t *section = json_object_get(all, settings_section(i));
        if (section == NULL) {
            section = json_object();
            (void)json_object_set_new(all, settings_section(i), section);
        }
        if (ok) (void)json_object_set_new(section, settings_name(i), json_string(text));
        free(text);
        (void)snprintf(name, sizeof name, "%s.%s", settings_section(i), settings_name(i));
        if (reload_may_change(i)) (void)json_array_append_new(may, json_string(name));
    }
    http_json(&c->s, 200, json_pack("{s:o, s:o}", "settings", all, "reloadable", may));
    if (!ok) c->s.broken = true;
}

/* ---- what was done ---- */

static json_t *action_json(db *d, const db_rows *r)
{
    (void)d;
    return json_pack("{s:s, s:o, s:s, s:s, s:s?}", "id", db_text(r, 0), "at",
                     api_time_json(db_int(r, 1)), "key_id", db_text(r, 2), "action", db_text(r, 3),
                     "detail", db_text(r, 4));
}

void api_admin_actions(call *c, db *d, core *k)
{
    static const char *const names[] = {"action", NULL};
    page p;
    page_query q = {.n = 0};
    (void)k;
    if (!page_read(&p, c, names)) return;
    page_add(&q, "SELECT id, at, key_id, action, detail FROM admin_action WHERE 1 = 1");
    page_add_text(&q, " AND action = ?", http_param(&c->q, "action"));
    page_add_order(&q, &p, "at", "id");
    page_serve(&p, c, d, &q, 1, 0, action_json, NULL);
}
