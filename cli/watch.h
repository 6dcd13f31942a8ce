/* watch.h - a task at a relayer: what it says of it, and waiting for its end. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/progress.h"
#include "cli/relay.h"

typedef struct {
    json_t *whole; /* as the relayer gave it */
    char state[32], phase[32], node[80], outcome[32];
    char waits[200]; /* "", or why a task in the queue has no node */
    char failure[48], fault[32], detail[240];
    bool retryable, has_eta;
    uint64_t attempt, ppm, eta_ms;
} watched;

enum sp_task_end watch_end_of(const watched *w);

/* Asks once. To be freed with watch_free. */
int watch_look(relay *r, watched *w, const char *task);
void watch_free(watched *w);

/* Asks until the task has ended, and shows its progress; p is by progress_init, and AUTO_PLAIN
 * said. EXIT_IO also when the task's deadline is over by the relayer's patience and it has still
 * not ended. */
int watch_task(relay *r, watched *w, const char *task, progress *p);

/* How a task ended without a result: says so, and returns the exit code. */
int watch_failed(const watched *w, const char *task);

#endif
