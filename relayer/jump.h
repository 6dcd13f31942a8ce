/* jump.h - a wall clock that is set. On the core's thread.
 *
 * What runs by itself - offers, leases, the time to begin, pauses, the next try of a callback - is
 * stored as times of the wall clock, so that it outlives a start, but means a time from now: when
 * the clock is set, it is moved along, and no lease is lost by it. What somebody was promised as a
 * time of the clock stays: deadlines, the expiry of keys and of what was idempotent. */
#ifndef RELAYER_JUMP_H
#define RELAYER_JUMP_H

#include "relayer/core.h"

/* The clock was set by so much. */
void jump_heed(core *c, int64_t by_ms);
/* At a start: nothing waits for longer than it can from now on, wherever the clock has been. */
void jump_clamp(core *c, int64_t now_ms);

#endif
