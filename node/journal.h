/* journal.h - what a node has promised, in a database of its own (SQLite): assignments that it
 * took, and results until the relayer has acknowledged them. Written before anything is said. One
 * thread at a time. */
#ifndef NODE_JOURNAL_H
#define NODE_JOURNAL_H

#include "core/sp.h"

typedef struct journal journal;

#define JOURNAL_WHY 256
/* SP_ERR_IO, with a sentence in why: the file cannot be opened, or is not ours. */
SP_MUST_USE sp_status journal_open(journal **out, const char *path, char why[JOURNAL_WHY]);
void journal_close(journal *j);

/* TAKEN: accepted, maybe under way. RESULT: the result message stands in `text`, not acknowledged.
 * CLAIM: answered, to be claimed on a chain. DONE: nothing is left to do. PAID: claimed, looked at
 * for a while whether it stays so. */
enum journal_state { JOURNAL_TAKEN, JOURNAL_RESULT, JOURNAL_CLAIM, JOURNAL_DONE, JOURNAL_PAID };

/* text: the assignment, or the result. True when it is on the disk. */
SP_MUST_USE bool journal_put(journal *j, const char *task, int64_t attempt, enum journal_state s,
                             const char *assignment, const char *result);
SP_MUST_USE bool journal_set(journal *j, const char *task, int64_t attempt, enum journal_state s);
/* The disk refused a write or a sync: nothing that was said to be on it may be relied upon any
 * more, and only a new process may look again. */
bool journal_is_broken(const journal *j);
/* All that is not done, oldest first. False in each: stop. */
void journal_each(journal *j,
                  bool (*each)(void *user, const char *task, int64_t attempt, enum journal_state s,
                               const char *assignment, const char *result),
                  void *user);
/* Forgets what is done and older than this, a thousand rows at a time. */
void journal_prune(journal *j, int64_t before_s);

#endif
