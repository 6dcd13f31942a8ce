/* standing.h - what becomes known of a node: each event is a row, and moves its reputation, its
 * share of results, its tasks a day and whether it may go on, in its row and in its session. */
#ifndef RELAYER_STANDING_H
#define RELAYER_STANDING_H

#include "relayer/node.h"

/* Tasks a day of a node that has done nothing yet, and of any. */
#define STANDING_QUOTA 1000
#define STANDING_MOST_QUOTA 100000

/* On the core's thread. task and attempt: what it was seen by. */
void standing_add(core *c, const char *node, reputation_kind kind, const char *task,
                  int64_t attempt);
/* The nodes that said that the program of this task fails, where now a proof holds that it does
 * not. */
void standing_false_faults(core *c, const char *task);

/* How many of a node's last results may be failures of its machine; more count as aborted, so that
 * no node calls everything that. */
#define STANDING_INFRA_OF 50
#define STANDING_INFRA 5
bool standing_may_fail(core *c, const char *node);

/* The node was offered a task: one less today, of the day s->quota.day. */
void standing_took(core *c, node_session *s);

/* An attempt came to nothing, and not by the node: the task counts no more for its day. */
void standing_give_back(core *c, const char *node, const char *task, int64_t attempt);

#endif
