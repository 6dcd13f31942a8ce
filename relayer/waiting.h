/* waiting.h - why a task in the queue has no node yet: what the last look at it found, among the
 * nodes that are connected to this relayer. Kept in memory for the last WAITING_MOST tasks; written
 * by the core's thread, read by any. */
#ifndef RELAYER_WAITING_H
#define RELAYER_WAITING_H

#include "relayer/score.h"

#include <jansson.h>

#define WAITING_MOST 4096

typedef struct task_waits task_waits;

/* NULL: no memory. */
task_waits *waiting_new(void);
void waiting_free(task_waits *w);

/* count: score_result's. */
void waiting_note(task_waits *w, const char *task, const size_t count[SCORE_REASONS],
                  int64_t now_ms);
/* Whether any node is connected. */
void waiting_nodes(task_waits *w, bool any);

/* {"nodes": N, "reasons": {"cpu_threads": 3, ...}, "looked_at": TIME}: how many nodes were asked
 * about, and of how many each reason was the first. The caller's; json_null: it was not looked at
 * lately. */
json_t *waiting_json(task_waits *w, const char *task);

#endif
