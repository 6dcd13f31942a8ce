/* dispatch.h - what happens by itself: offers and leases run out, deadlines pass, queued tasks find
 * their node. */
#ifndef RELAYER_DISPATCH_H
#define RELAYER_DISPATCH_H

#include "relayer/node.h"

/* One round, on the core's thread. */
void dispatch_tick(core *c, int64_t now_ms);
/* A relayer is no more (instance.h): its nodes are connected to none, their leases get the time of
 * grace, and results that it was verifying are taken up again. */
void dispatch_take_over(core *c, const char *relayer, int64_t now_ms);

#endif
