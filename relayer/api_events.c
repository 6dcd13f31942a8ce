/* api_events.c - a task's history: as a list, or as a stream that goes on (text/event-stream). */
#include "relayer/api.h"

#include "relayer/check.h"
#include "relayer/guard.h"
#include "relayer/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_AT_ONCE 400 /* events of one read; a stream's queue holds more */

/* Events after one, in their order; *seen becomes the last. */
static json_t *read_events(db *d, const char *task, int64_t *seen)
{
    json_t *items = json_array();
    db_rows *r = db_query(d,
                          "SELECT seq, at, actor, from_state, to_state, detail FROM task_event"
                          " WHERE task_id = ? AND seq > ? ORDER BY seq LIMIT 400",
                          DB_T(task), DB_I(*seen));
    while (db_next(r)) {
        char at[CHECK_TIME];
        *seen = db_int(r, 0);
        time_write(at, db_int(r, 1));
        (void)json_array_append_new(items, json_pack("{s:I, s:s, s:s, s:s?, s:s, s:s?}", "seq",
                                                     (json_int_t)*seen, "at", at, "actor",
                                                     db_text(r, 2), "from", db_text(r, 3), "to",
                                                     db_text(r, 4), "detail", db_text(r, 5)));
    }
    db_end(r);
    return items;
}

/* id, event and data of each, as the standard has it. NULL: out of memory. */
static char *stream_text(const json_t *items, bool first, size_t *n)
{
    char *text = NULL;
    size_t i;
    json_t *event;
    FILE *out = open_memstream(&text, n);
    if (out == NULL) return NULL;
    if (first) fputs("retry: 1000\n\n", out);
    json_array_foreach((json_t *)(uintptr_t)items, i, event)
    {
        fprintf(out, "id: %lld\nevent: task.%s\ndata: ",
                (long long)json_integer_value(json_object_get(event, "seq")),
                json_string_value(json_object_get(event, "to")));
        (void)json_dumpf(event, out, JSON_COMPACT); /* on one line */
        fputs("\n\n", out);
    }
    const bool ok = !ferror(out);
    if (fclose(out) == 0 && ok) return text;
    free(text);
    return NULL;
}

static void stream(call *c, db *d, const task_brief *t)
{
    const char *last = c->q.headers[HTTP_LAST_EVENT_ID];
    uint64_t given;
    if (!c->w.primed && last != NULL && guard_parse_length(&given, last))
        c->w.seen = (int64_t)given;
    const bool first = !c->w.primed;
    c->w.primed = true;
    json_t *items = read_events(d, t->id, &c->w.seen);
    /* The state was read before the events: what it ends with is among them. */
    c->w.ended = task_is_final(t->state, t->on_chain) && json_array_size(items) < MOST_AT_ONCE;
    c->w.text = stream_text(items, first, &c->w.n);
    json_decref(items);
    if (c->w.text == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    c->s.status = 200;
    c->s.content_type = "text/event-stream";
    c->s.stream = true;
}

static bool params_are_good(call *c, int64_t *after)
{
    uint64_t given = 0;
    const char *text = http_param(&c->q, "after");
    for (size_t i = 0; i < c->q.n_params; i++) {
        const char *name = c->q.params[i].name;
        if (strcmp(name, "after") == 0 || strcmp(name, "wait") == 0) continue;
        http_problem(&c->s, &c->q, 400, "unknown_field", "this list takes no parameter %.40s",
                     name);
        return false;
    }
    if (text != NULL && (!guard_parse_length(&given, text) || given > INT64_MAX)) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "the parameter after must be the number of an event");
        return false;
    }
    *after = (int64_t)given;
    return true;
}

void api_task_events(call *c, db *d, core *k)
{
    task_brief t;
    int64_t seen;
    (void)k;
    if (!api_own_task(c, d, &t) || !params_are_good(c, &seen)) return;
    if (c->w.stream) {
        if (!c->w.primed) c->w.seen = seen;
        stream(c, d, &t);
        return;
    }
    json_t *all = json_array();
    for (;;) {
        json_t *part = read_events(d, t.id, &seen);
        const size_t n = json_array_size(part);
        (void)json_array_extend(all, part);
        json_decref(part);
        if (n < MOST_AT_ONCE) break;
    }
    /* As in stream: what the task ends with is among them. */
    if (json_array_size(all) == 0 && wait_is_on(c) && !c->w.last &&
        !task_is_final(t.state, t.on_chain)) {
        json_decref(all);
        return; /* goes on waiting */
    }
    http_json(&c->s, 200, json_pack("{s:o}", "items", all));
}
