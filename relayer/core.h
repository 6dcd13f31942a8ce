/* core.h - the one thread that writes: jobs in groups, one transaction for each group.
 *
 * A job's run happens in a savepoint of its own; when it fails, what it wrote is undone and
 * job.failed is set. Nothing leaves the relayer before the commit: done of each job, and the
 * messages to nodes that a job queued (core_emit), are handed to the port after it. When the disk
 * refuses a commit or a sync the process ends at once (core_fatal): what is acknowledged is then
 * what the disk has, and no more. */
#ifndef RELAYER_CORE_H
#define RELAYER_CORE_H

#include "relayer/db.h"
#include "relayer/hist.h"
#include "relayer/port.h"

typedef struct core core;

typedef struct {
    const char *database;
    unsigned group_max; /* jobs in a transaction */
    unsigned
        group_ms; /* that the first of a group waits for others, when there are already several */
    size_t queue_room;
    unsigned tick_ms; /* tick is called at least this often, in a savepoint of its own */
    void *user;
    void (*tick)(core *c, void *user, int64_t now_ms);
    /* At the beginning of each transaction, NULL: not. False: this process may not write any more,
     * and ends. May set the time of the group. */
    bool (*fence)(db *d, void *user, int64_t *now_ms);
    void (*fatal)(void *user, const char *why); /* says so and ends the process */
    /* Optional. The wall clock was set by so many milliseconds, as seen against the monotonic one:
     * before any other unit, in a savepoint of its own, and again until it was committed. */
    void (*jumped)(core *c, void *user, int64_t by_ms);
} core_config;

/* Opens the database and brings its tables up to date; the thread does not run yet. SP_ERR_IO,
 * SP_ERR_FORMAT: why[DB_WHY]. */
SP_MUST_USE sp_status core_new(core **out, const core_config *c, port *to, char *why);
SP_MUST_USE sp_status core_start(core *c);
/* False: the queue is full or closed; the job is still the caller's. */
SP_MUST_USE bool core_post(core *c, job *j);
/* Also when the queue is full: for what must not be lost. */
SP_MUST_USE bool core_post_beyond(core *c, job *j);
/* Finishes what is queued, and the thread. */
void core_stop(core *c);
void core_free(core *c); /* NULL allowed */

/* For jobs, on the core's thread. */
db *core_db(core *c);
void *core_user(core *c);
/* Posted to the port after the commit, before done of this job; dropped when this job is rolled
 * back. */
void core_emit(core *c, job *j);
/* The job fails: everything it wrote and emitted is undone. */
void core_fail(core *c);
/* What this unit has read was changed by another process before it could write: the unit is undone
 * and, where it is a job, runs again in the next transaction. So it is when the database says that
 * another process is in the way; run must bear it. After many times the job fails. */
void core_again(core *c);
/* A part of a unit that is undone alone when it fails: false then. What it changed in memory stays.
 * Once another process was in the way (core_in_the_way) this unit begins no other part: what it did
 * so far is committed first. */
bool core_part(core *c, void (*run)(core *c, void *arg), void *arg);
bool core_in_the_way(const core *c);
int64_t core_now(const core *c); /* of the group, clock_ms */
/* Whether the last group was undone because the disk has no room. From any thread. */
bool core_is_full(const core *c);

typedef struct {
    uint64_t commits, jobs, failed, again; /* again: undone for another process, and run again */
    uint64_t commit_ns_last;
    hist commit, batch; /* times of groups with jobs, and how many jobs they had */
    size_t queued;
} core_counts;
core_counts core_count(core *c); /* from any thread */

#endif
