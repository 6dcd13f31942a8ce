/* collect.h - what is no longer needed is forgotten: payloads of tasks that have ended, blobs that
 * nothing refers to, files that no row names. On the core's thread, a little in each round, by one
 * relayer at a time. */
#ifndef RELAYER_COLLECT_H
#define RELAYER_COLLECT_H

#include "relayer/core.h"

/* Input, output and proof of a task that has ended, and of a settled one sooner, are let go when
 * their time is over (unless storage.keep_payloads), never while an audit is open or has found a
 * difference: task.forgotten_at says so, and hashes, proofs' signatures and history stay. */
void collect_payloads(core *c, int64_t now_ms);

/* A blob without a reference for storage.unused goes in two steps. First its row says so (refs is
 * -1: nobody may refer to it any more, and who uploads it is asked to try again), then, when that
 * is committed, the file is removed and with the next commit the row. So a kill at any moment
 * leaves a row whose removal goes on, and never a row that is referred to without its file. A file
 * that is being sent stays readable for who sends it. */
void collect_blobs(core *c, int64_t now_ms);

/* Files that a kill left between their writing and their row, as old as that: a folder of 256 in a
 * round. */
void collect_files(core *c, int64_t now_ms);

/* All of it, each as often as it is needed. */
void collect_tick(core *c, int64_t now_ms);

#endif
