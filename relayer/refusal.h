/* refusal.h - offers that no node took. They are rows of `attempt` without acked_at, and no tries:
 * what they cost is time (patience.h), and the standing of nodes that refuse everything. On the
 * core's thread. */
#ifndef RELAYER_REFUSAL_H
#define RELAYER_REFUSAL_H

#include "relayer/core.h"

/* An attempt ended before its node took it. It is one more in a row for the task, and for the node
 * where it did not answer, or not as it must. A no is held against it only when another takes the
 * task: else a demander could make nodes rest by tasks that all have to decline. */
void refusal_note(core *c, const char *task, const char *node, bool declined);
/* The node took it, but the relayer has taken it back and it is nobody's fault: for the task alone.
 */
void refusal_of_task(core *c, const char *task);
/* A node took this task: its row of refusals ends, and the node's; those that declined it have one
 * more. */
void refusal_over(core *c, const char *task, const char *node);
/* An attempt that was taken counts as none of the task's tries. */
void refusal_spare(core *c, const char *task, int64_t attempt);

/* How many of its tries a task has used: attempts that a node took and that are not spared; with
 * `open`, also offers that are out, which may become some. */
int64_t refusal_tries(db *d, const char *task, bool open);

#endif
