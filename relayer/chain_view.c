/* chain_view.c - see chain_view.h. */
#include "relayer/chain_view.h"

#include "relayer/app.h"

#include <stdio.h>
#include <string.h>

#define TOTAL_MS 3000 /* for one call to one endpoint */
#define DOWN_MS 2000

static void *run(void *arg)
{
    chain_view *v = arg;
    db *d = NULL;
    char why[DB_WHY];
    const bool ok = db_open(&d, v->database, true, why) == SP_OK;
    for (;;) {
        job *j = queue_take(&v->queue, 1, clock_ns() + 1000000000u);
        if (j != NULL) {
            if (ok) j->run(j, d);
            port_post(&v->a->port, j);
        } else if (queue_is_over(&v->queue)) {
            break;
        }
    }
    db_close(d);
    return NULL;
}

sp_status chain_view_open(chain_view *v, app *a, const char *database)
{
    memset(v, 0, sizeof *v);
    v->a = a;
    (void)snprintf(v->database, sizeof v->database, "%s", database);
    queue_init(&v->queue, CHAIN_VIEW_ROOM);
    if (a->set.rpc[0] != 0) {
        SP_TRY(felt_read_hex(&v->contract, a->set.contract, strlen(a->set.contract)));
        SP_TRY(endpoints_open(&v->e, a, a->set.rpc, TOTAL_MS));
    }
    if (pthread_create(&v->thread, NULL, run, v) != 0) return SP_ERR_IO;
    v->running = true;
    return SP_OK;
}

void chain_view_close(chain_view *v)
{
    if (!v->running) return;
    queue_close(&v->queue);
    (void)pthread_join(v->thread, NULL);
    v->running = false;
    endpoints_close(&v->e);
    for (size_t i = 0; i < CHAIN_VIEW_KEPT; i++) json_decref(v->kept[i].answer);
}

static bool is_fresh(uint64_t at_ns)
{
    return clock_ns() - at_ns < CHAIN_VIEW_FRESH_MS * UINT64_C(1000000);
}

bool chain_view_find(chain_view *v, const char *key, json_t **answer)
{
    for (size_t i = 0; i < CHAIN_VIEW_KEPT; i++) {
        if (v->kept[i].key[0] == 0 || strcmp(v->kept[i].key, key) != 0) continue;
        if (!is_fresh(v->kept[i].at_ns)) return false;
        *answer = json_incref(v->kept[i].answer);
        return true;
    }
    return false;
}

void chain_view_keep(chain_view *v, const char *key, json_t *answer)
{
    size_t at = 0;
    if (strlen(key) >= CHAIN_VIEW_KEY) return;
    for (size_t i = 0; i < CHAIN_VIEW_KEPT; i++) {
        if (strcmp(v->kept[i].key, key) == 0) {
            at = i;
            break;
        }
        if (v->kept[i].at_ns < v->kept[at].at_ns) at = i;
    }
    json_decref(v->kept[at].answer);
    (void)snprintf(v->kept[at].key, CHAIN_VIEW_KEY, "%s", key);
    v->kept[at].at_ns = clock_ns();
    v->kept[at].answer = json_incref(answer);
}

bool chain_view_may_ask(const chain_view *v, uint64_t start_ns)
{
    const uint64_t now = clock_ns();
    return now >= v->down_until_ns && now - start_ns < CHAIN_VIEW_WAIT_MS * UINT64_C(1000000);
}

void chain_view_failed(chain_view *v)
{
    v->down_until_ns = clock_ns() + DOWN_MS * UINT64_C(1000000);
}
