/* work_child.h - what both kinds of sprove-worker children share, from the parent's side. */
#ifndef MARKET_WORK_CHILD_H
#define MARKET_WORK_CHILD_H

#include "market/work.h"

/* The level, and limits of memory, addresses, threads and processor time. threads 0: all
 * processors. wall_ms 0: no limit of time. */
void work_child_spec(sandbox_spec *spec, uint64_t memory, unsigned threads, uint64_t max_cycles,
                     uint64_t wall_ms);
/* How it ended as a result; SUCCESS when it ended by itself and well. */
void work_child_ended(work_result *r, const sandbox *s, const char *last_line);

#endif
