/* dispatch.h - what happens by itself: offers and leases run out, deadlines pass, queued tasks find
 * their node. */
#ifndef RELAYER_DISPATCH_H
#define RELAYER_DISPATCH_H

#include "relayer/node.h"

/* One round, on the core's thread. */
void dispatch_tick(core *c, int64_t now_ms);
/* At the start: leases that ran out while the relayer was down get the time of grace, and results
 * that nobody was verifying any more are taken up again. */
void dispatch_recover(core *c, int64_t now_ms);

#endif
