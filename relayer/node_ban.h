/* node_ban.h - nodes that an administrator shuts out. On the core's thread. */
#ifndef RELAYER_NODE_BAN_H
#define RELAYER_NODE_BAN_H

#include "relayer/core.h"

/* Until then (0: for ever) the node may not register; its session is closed, and what it had under
 * way is given to others, as nobody's fault. What it has delivered is still verified. False: there
 * is no such node. */
SP_MUST_USE bool node_ban(core *c, const char *id, int64_t until, const char *reason);
/* Bans and pauses of every kind end. False: there is no such node. */
SP_MUST_USE bool node_unban(core *c, const char *id);
/* A ban whose time has come ends. */
void node_ban_over(core *c, const char *id);

/* A task that a node has been asked for, or works at, goes back into the queue; that attempt does
 * not count. False: it is in no such state. */
SP_MUST_USE bool node_task_requeue(core *c, const char *task, const char *why);

/* What the node has under way, and has not delivered, goes to others; nobody's attempts are used up
 * by that. */
void node_give_to_others(core *c, const char *id);

#endif
