/* execute.c - see execute.h. */
#include "relayer/execute.h"

#include "relayer/app.h"

#include <stdio.h>

#define MEMORY ((uint64_t)1 << 30)
#define REQUESTS 1000

static void *run(void *arg)
{
    executor *e = arg;
    char why[DB_WHY];
    db *d = NULL;
    const work_server_options o = {.program = e->a->worker,
                                   .dir = e->a->spool,
                                   .memory = MEMORY,
                                   .threads = 1,
                                   .max_requests = REQUESTS};
    const bool ok =
        db_open(&d, e->database, true, why) == SP_OK && work_server_new(&e->child, &o) == SP_OK;
    for (;;) {
        job *j = queue_take(&e->queue, 1, clock_ns() + 1000000000u);
        if (j != NULL) {
            if (ok) j->run(j, d);
            port_post(&e->a->port, j);
        } else if (queue_is_over(&e->queue)) {
            break;
        }
    }
    work_server_delete(e->child);
    db_close(d);
    return NULL;
}

sp_status execute_open(executor *e, app *a, const char *database)
{
    queue_init(&e->queue, EXECUTE_ROOM);
    e->a = a;
    (void)snprintf(e->database, sizeof e->database, "%s", database);
    if (pthread_create(&e->thread, NULL, run, e) != 0) return SP_ERR_IO;
    e->running = true;
    return SP_OK;
}

void execute_close(executor *e)
{
    if (!e->running) return;
    queue_close(&e->queue);
    (void)pthread_join(e->thread, NULL);
    e->running = false;
}

void execute_run(executor *e, const work_request *q, uint64_t ms, work_result *r)
{
    work_call(e->child, q, ms, r);
}
