/* execute.h - a program is run, unproved, in a sandboxed child, to know how many cycles it takes.
 */
#ifndef RELAYER_EXECUTE_H
#define RELAYER_EXECUTE_H

#include "market/work.h"
#include "relayer/queue.h"

#include <pthread.h>

struct app;

#define EXECUTE_MS 2000 /* for a run */
#define EXECUTE_ROOM 64 /* requests that may wait */

/* One thread with a database to read from and a child of its own; jobs are put into the queue, run
 * with the database and done on the loop. */
typedef struct {
    queue queue;
    pthread_t thread;
    work_server *child; /* of the thread */
    char database[512];
    bool running;
    struct app *a;
} executor;

/* SP_ERR_IO. */
SP_MUST_USE sp_status execute_open(executor *e, struct app *a, const char *database);
void execute_close(executor *e);
/* On its thread, for at most ms. */
void execute_run(executor *e, const work_request *q, uint64_t ms, work_result *r);

#endif
