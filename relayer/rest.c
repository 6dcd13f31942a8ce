/* rest.c - see rest.h. */
#include "relayer/rest.h"

#include "market/amount.h"
#include "market/hex.h"
#include "relayer/app.h"
#include "relayer/hint.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rest *rest_of(app *a) { return a->rest; }

meters *meters_of(app *a) { return &a->rest->meters; }

const uint8_t *rest_cursor_secret(const app *a) { return a->rest->cursor_secret; }

/* Cursors, challenges and tokens outlive a start: their secrets are kept. */
_Static_assert(KEY_SECRET == CURSOR_SECRET, "they are made alike");
static sp_status load_secret(uint8_t secret[CURSOR_SECRET], db *d, const char *name)
{
    uint8_t random[CURSOR_SECRET];
    char hex[2 * CURSOR_SECRET + 1];
    if (RAND_bytes(random, sizeof random) != 1) return SP_ERR_IO;
    hex_write(hex, random, sizeof random);
    (void)db_run(d, "INSERT INTO meta(name, value) VALUES(?, ?) ON CONFLICT(name) DO NOTHING",
                 DB_T(name), DB_T(hex));
    db_rows *r = db_query(d, "SELECT value FROM meta WHERE name = ?", DB_T(name));
    const bool ok = db_next(r) && strlen(db_text(r, 0)) == 2 * CURSOR_SECRET &&
                    hex_read(secret, CURSOR_SECRET, db_text(r, 0));
    db_end(r);
    return ok && db_ok(d) ? SP_OK : SP_ERR_IO;
}

sp_status rest_open(app *a, db *d)
{
    rest *t = calloc(1, sizeof *t);
    if (t == NULL) return SP_ERR_NOMEM;
    a->rest = t;
    waits_init(&t->waits, &a->loop, a);
    SP_TRY(quota_init(&t->quota, &a->set));
    meters_init(&t->meters);
    SP_TRY(stats_init(&t->stats, d, clock_ms()));
    SP_TRY(load_secret(t->login_secret, d, "login_secret"));
    keys_set_secret(a->keys, t->login_secret);
    return load_secret(t->cursor_secret, d, "cursor_secret");
}

sp_status rest_start(app *a, const char *database, char *why)
{
    SP_TRY(execute_open(&a->rest->executor, a, database));
    SP_TRY(chain_view_open(&a->rest->chain, a, database));
    SP_TRY(chain_view_open(&a->rest->logins, a, database));
    return metrics_open(&a->rest->metrics, a, why);
}

void rest_join(app *a)
{
    if (a->rest == NULL) return;
    execute_close(&a->rest->executor);
    chain_view_close(&a->rest->chain);
    chain_view_close(&a->rest->logins);
}

void rest_begin(app *a) { a->rest->sessions = server_count(a->server).ws_now; }

void rest_drain(app *a) { waits_drain(a); }

void rest_stop(app *a)
{
    waits_close(a);
    metrics_stop(a->rest->metrics);
    uv_close((uv_handle_t *)&a->rest->waits.timer, NULL);
}

void rest_free(app *a)
{
    if (a->rest == NULL) return;
    stats_free(&a->rest->stats);
    meters_free(&a->rest->meters);
    quota_free(&a->rest->quota);
    metrics_free(a->rest->metrics);
    free(a->rest);
    a->rest = NULL;
}

typedef struct {
    job j;
    app *a;
    char task[UUID_TEXT];
    task_state from, to;
    bool settled;
    u256 amount;             /* of a task that was settled */
    int64_t at_ms, since_ms; /* since_ms: of stats_moved */
} notice;

static void noticed(job *j)
{
    const notice *n = (const notice *)j;
    if (!j->failed) {
        stats_moved(&n->a->rest->stats, n->from, n->to, n->settled ? &n->amount : NULL, n->at_ms,
                    n->since_ms);
        wait_wake(n->a, n->task);
        hint_task(n->a, n->task);
    }
    free(j);
}

/* When what a move to this state ends began last; 0: it ends nothing. */
static int64_t since(db *d, const char *task, task_state to)
{
    stats_span span;
    task_state begin;
    int64_t at = 0;
    if (!stats_span_of(&span, &begin, to)) return 0;
    db_rows *r = db_query(
        d, "SELECT at FROM task_event WHERE task_id = ? AND to_state = ? ORDER BY seq DESC LIMIT 1",
        DB_T(task), DB_T(task_state_name(begin)));
    if (db_next(r)) at = db_int(r, 0);
    db_end(r);
    return at;
}

void rest_task_moved(core *c, const char *task, task_state from, task_state to)
{
    notice *n = calloc(1, sizeof *n);
    if (n == NULL) {
        core_fail(c);
        return;
    }
    n->j.done = noticed;
    n->a = core_user(c);
    (void)snprintf(n->task, sizeof n->task, "%s", task);
    n->from = from;
    n->to = to;
    n->at_ms = core_now(c);
    n->since_ms = since(core_db(c), task, to);
    if (to == TASK_SETTLED) {
        db_rows *r = db_query(core_db(c), "SELECT amount FROM task WHERE id = ?", DB_T(task));
        n->settled =
            db_next(r) && amount_read(&n->amount, db_text(r, 0), strlen(db_text(r, 0))) == SP_OK;
        db_end(r);
    }
    core_emit(c, &n->j);
}
