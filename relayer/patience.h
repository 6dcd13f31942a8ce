/* patience.h - how soon an offer follows one that nobody took: declined, not answered, answered
 * without a signature. Such an offer costs its task none of its tries, so these pauses alone keep a
 * task that nobody takes, and a node that takes nothing, from going round in circles. patience_ms
 * serves every pause of the relayer that doubles. */
#ifndef RELAYER_PATIENCE_H
#define RELAYER_PATIENCE_H

#include "core/sp.h"

/* So many refusals in a row follow each other at once; from then on a node rests, and a task is for
 * proven nodes (score.h) before all others, who wait. */
#define PATIENCE_FREE 3
#define PATIENCE_FIRST_MS 1000
#define PATIENCE_NODE_MS 300000  /* the longest rest of a node */
#define PATIENCE_TASK_MS 3600000 /* the longest wait of a task */

/* first_ms, doubled `times` times, but no more than most_ms; at least 1. */
int64_t patience_ms(int64_t times, int64_t first_ms, int64_t most_ms);
/* What a wait for a task with so much time left is at the most: a sixteenth of it, so that there
 * are more offers towards the end, from first_ms to PATIENCE_TASK_MS. */
int64_t patience_most_ms(int64_t left_ms, int64_t first_ms);
/* After the last of so many refusals in a row. 0: none. */
int64_t patience_of_node_ms(int64_t refusals);
int64_t patience_of_task_ms(int64_t refusals, int64_t left_ms);
/* Between two offers of one task to one node, which refused it so often: first_ms at least. */
int64_t patience_of_pair_ms(int64_t refusals, int64_t left_ms, int64_t first_ms);

#endif
