/* api_batch.c - many tasks in one request: each is taken or refused for itself. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/intake.h"
#include "relayer/possible.h"
#include "relayer/quote.h"
#include "relayer/rest.h"

#include <stdlib.h>
#include <string.h>

#define MOST 100

typedef struct {
    task_new t;
    bool good;
    task_refusal why; /* not good */
} item;

typedef struct {
    size_t n;
    char fingerprint[65];
    item item[MOST];
} batch;

void api_task_batch_drop(void *prepared)
{
    batch *b = prepared;
    for (size_t i = 0; i < b->n; i++) {
        if (b->item[i].good)
            task_new_free(&b->item[i].t);
        else
            json_decref(b->item[i].why.errors);
    }
    free(b);
}

void api_task_batch_prepare(call *c, db *d, core *k)
{
    const json_t *list = json_object_get(c->body, "tasks");
    char fingerprint[65];
    (void)k;
    api_idem_fingerprint(fingerprint, c);
    if (!api_idem_check(c, true) || api_idem_replayed(c, d, fingerprint) || !api_takes_tasks(c) ||
        !intake_has_room(c, c->q.body_bytes))
        return;
    if (json_object_size(c->body) != 1 || !json_is_array(list) || json_array_size(list) < 1 ||
        json_array_size(list) > MOST) {
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "the body must be {\"tasks\": [...]} with 1 to 100 tasks");
        return;
    }
    batch *b = calloc(1, sizeof *b);
    if (b == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    memcpy(b->fingerprint, fingerprint, sizeof b->fingerprint);
    b->n = json_array_size(list);
    c->cost = (unsigned)b->n;
    for (size_t i = 0; i < b->n; i++) {
        item *m = &b->item[i];
        const json_t *body = json_array_get(list, i);
        if (!json_is_object(body)) {
            m->why = (task_refusal){.status = 400,
                                    .code = "validation_failed",
                                    .detail = "a task must be a JSON object"};
            continue;
        }
        task_asker who = api_asker(c, d);
        m->good =
            task_parse(&m->t, body, &who, clock_ms(), (int64_t)c->a->set.max_attempts, &m->why);
        c->cost += api_cost_of(&who);
        if (m->good &&
            (!quote_take(&m->t, clock_ms(), rest_cursor_secret(c->a), &m->why) ||
             !api_chain_takes(c, &m->t, &m->why) || !api_task_owner(c, &m->t, &m->why))) {
            task_new_free(&m->t);
            m->good = false;
        }
        if (m->good && task_keep_input(&m->t, c->a->blobs) != SP_OK) {
            task_new_free(&m->t);
            m->good = false;
            m->why = (task_refusal){
                .status = 507, .code = "storage_full", .detail = "the input cannot be stored"};
        }
        if (m->good) m->t.too_late = !possible_in_time(d, &m->t, clock_ms());
    }
    c->prepared = b;
}

static json_t *refused(size_t i, int status, const char *code, const char *detail, json_t *errors)
{
    json_t *e = json_pack("{s:s, s:o}", "code", code, "detail", check_cut(detail));
    if (e != NULL && errors != NULL) (void)json_object_set(e, "errors", errors);
    return json_pack("{s:I, s:i, s:o}", "index", (json_int_t)i, "status", status, "error", e);
}

/* 422 of what is at this pointer. */
static json_t *refused_at(size_t i, const char *pointer, const char *code, const char *detail)
{
    json_t *errors = check_one(pointer, code, detail);
    json_t *said = refused(i, 422, code, detail, errors);
    json_decref(errors);
    return said;
}

void api_task_batch(call *c, db *d, core *k)
{
    batch *b = c->prepared;
    const char *key = c->q.headers[HTTP_IDEMPOTENCY_KEY];
    size_t made = 0;
    if (api_idem_replayed(c, d, b->fingerprint)) return;
    json_t *items = json_array();
    for (size_t i = 0; i < b->n; i++) {
        item *m = &b->item[i];
        json_t *said = NULL;
        const char *limit;
        uint64_t retry_s;
        if (!m->good) {
            said = refused(i, m->why.status, m->why.code, m->why.detail, m->why.errors);
        } else if (!api_may_open(c, d, k, m->t.amount, &limit, &retry_s)) {
            said = refused(i, 429, "quota_exceeded", limit, NULL);
        } else if (!task_may_wait(d, &m->t, settings_now(&c->a->set.unseen_escrows))) {
            said = refused(i, 429, "quota_exceeded", API_UNSEEN, NULL);
        } else if (m->t.too_late) {
            said = refused_at(i, "/deadline", "deadline_impossible", POSSIBLE_TOO_LATE);
        } else if (task_has_twin(d, &m->t)) {
            said = refused(i, 409, "already_exists", "another task has this escrow", NULL);
        } else {
            char why[HOOK_REASON];
            json_t *t = api_task_insert(c, k, &m->t, why);
            if (t == NULL && why[0] == 0) {
                json_decref(items);
                http_problem(&c->s, &c->q, 500, "internal", "no id can be made");
                return; /* and nothing of it was done */
            }
            said = t == NULL ? refused_at(i, api_callback_at(&m->t, true), "validation_failed", why)
                             : json_pack("{s:I, s:i, s:o}", "index", (json_int_t)i, "status", 201,
                                         "task", t);
            made += t != NULL;
        }
        (void)json_array_append_new(items, said);
    }
    http_json(&c->s, 207,
              json_pack("{s:o, s:I, s:I}", "items", items, "created", (json_int_t)made, "refused",
                        (json_int_t)(b->n - made)));
    api_idem_store(c, d, k, b->fingerprint, key, NULL);
}
