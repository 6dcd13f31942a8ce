/* core.c - see core.h. */
#include "relayer/core.h"

#include "core/crash.h"
#include "relayer/log.h"
#include "relayer/schema.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct core {
    core_config c;
    db *d;
    port *to;
    queue q;
    pthread_t thread;
    bool running;
    int64_t now, ahead_ms; /* of the wall clock before the monotonic one */
    uint64_t next_tick;
    _Atomic bool full;
    bool failing, lost, begun;
    bool again, in_the_way;      /* core_again; of the unit */
    unsigned tries;              /* of the job at the head of the next group */
    job *emitted, **emitted_end; /* of the whole group */
    pthread_mutex_t count_lock;
    core_counts counts;
};

sp_status core_new(core **out, const core_config *config, port *to, char *why)
{
    *out = NULL;
    core *c = calloc(1, sizeof *c);
    if (c == NULL) return SP_ERR_NOMEM;
    c->c = *config;
    c->to = to;
    c->emitted_end = &c->emitted;
    sp_status s = db_open(&c->d, config->database, false, why);
    if (s == SP_OK) s = schema_apply(c->d, db_is_postgres(config->database), why);
    if (s != SP_OK) {
        db_close(c->d);
        free(c);
        return s;
    }
    queue_init(&c->q, config->queue_room);
    (void)pthread_mutex_init(&c->count_lock, NULL);
    *out = c;
    return SP_OK;
}

db *core_db(core *c) { return c->d; }

void *core_user(core *c) { return c->c.user; }

int64_t core_now(const core *c) { return c->now; }

void core_emit(core *c, job *j)
{
    j->next = NULL;
    *c->emitted_end = j;
    c->emitted_end = &j->next;
}

void core_fail(core *c) { c->failing = true; }

void core_again(core *c) { c->failing = c->again = true; }

bool core_in_the_way(const core *c) { return c->in_the_way; }

bool core_post(core *c, job *j) { return queue_put(&c->q, j); }

bool core_post_beyond(core *c, job *j) { return queue_put_beyond(&c->q, j); }

bool core_is_full(const core *c) { return c->full; }

/* Emitted jobs that will not be sent: their memory is released on the loop, as that of any other.
 */
static void void_emitted(job *const *from)
{
    for (job *j = *from; j != NULL; j = j->next) j->failed = true;
}

static void check_failure(core *c)
{
    if (db_is_fatal(c->d)) c->c.fatal(c->c.user, db_why(c->d));
    if (db_is_full(c->d)) c->full = true;
}

static void run_job(core *c, const void *arg)
{
    job *j = (job *)(uintptr_t)arg;
    j->run(j, c);
}

static void run_tick(core *c, const void *arg)
{
    (void)arg;
    c->c.tick(c, c->c.user, c->now);
}

static void run_jump(core *c, const void *arg) { c->c.jumped(c, c->c.user, *(const int64_t *)arg); }

typedef enum { UNIT_DONE, UNIT_FAILED, UNIT_AGAIN } unit_end;

/* One unit of work in a savepoint, undone unless it is UNIT_DONE. Some failures (a full disk) end
 * the whole transaction: then lost is set, and nothing more may be done in this group. */
static unit_end unit(core *c, void (*run)(core *c, const void *arg), const void *arg)
{
    job **mark = c->emitted_end;
    c->failing = c->again = c->in_the_way = false;
    if (c->lost) return UNIT_FAILED;
    c->lost = !db_command(c->d, "SAVEPOINT unit");
    if (c->lost) return UNIT_FAILED;
    run(c, arg);
    const bool ok = db_ok(c->d) && !c->failing, again = c->again || db_is_busy(c->d);
    check_failure(c);
    /* Who asked is told that it failed; why is said here. That the disk is full, /health says. */
    if (!ok && (run == run_tick || (!db_ok(c->d) && !again && !c->full)))
        log_event(again ? LOG_INFO : LOG_ERROR, run == run_tick ? "tick_undone" : "unit_undone",
                  "err", db_why(c->d), NULL);
    db_forgive(c->d);
    if (!ok) {
        void_emitted(mark);
        c->lost = !db_command(c->d, "ROLLBACK TO unit");
    }
    c->lost = !db_command(c->d, "RELEASE unit") || c->lost;
    if (ok && !c->lost) return UNIT_DONE;
    return again && !c->lost ? UNIT_AGAIN : UNIT_FAILED;
}

bool core_part(core *c, void (*run)(core *c, void *arg), void *arg)
{
    job **mark = c->emitted_end;
    if (c->failing || c->in_the_way || !db_command(c->d, "SAVEPOINT part")) return false;
    run(c, arg);
    const bool ok = db_ok(c->d) && !c->failing;
    c->in_the_way = !ok && (c->again || db_is_busy(c->d));
    c->again = false;
    check_failure(c);
    if (!db_ok(c->d) && !c->in_the_way && !c->full)
        log_event(LOG_ERROR, "part_undone", "err", db_why(c->d), NULL);
    db_forgive(c->d);
    if (!ok) void_emitted(mark);
    /* Where the whole transaction has ended with it, the unit fails too. */
    c->failing =
        (!ok && !db_command(c->d, "ROLLBACK TO part")) || !db_command(c->d, "RELEASE part");
    return ok && !c->failing;
}

/* What the wall clock gained on the monotonic one since this was last heeded; a slow adjustment is
 * no jump. */
#define JUMP_MS 1000

/* So often does a job make room for another process, each time a little longer. */
#define MOST_TRIES 40
#define PAUSE_US 500

/* Lets others go on: never all of them after the same time. */
static void pause_for_others(unsigned tries)
{
    const unsigned spread = PAUSE_US * (tries < 20 ? tries : 20);
    uint32_t draw = 0;
    (void)RAND_bytes((uint8_t *)&draw, sizeof draw);
    const struct timespec t = {0, (long)(PAUSE_US + draw % spread) * 1000};
    (void)nanosleep(&t, NULL);
}

/* The jobs of a list, up to the first that has to run again: that and what follows it is returned,
 * and is no longer in the list. */
static job *run_jobs(core *c, job **list, uint64_t *n, uint64_t *failed)
{
    for (job **at = list; *at != NULL; at = &(*at)->next) {
        job *const j = *at;
        const unit_end end = unit(c, run_job, j);
        if (end == UNIT_AGAIN && ++c->tries < MOST_TRIES) {
            *at = NULL;
            return j;
        }
        c->tries = 0;
        j->failed = end != UNIT_DONE;
        *failed += j->failed;
        ++*n;
    }
    return NULL;
}

/* One transaction; what is returned is to run in the next. */
static job *group(core *c, job *list, bool tick)
{
    const uint64_t start = clock_ns();
    uint64_t n = 0, failed = 0;
    job *rest = NULL;
    c->now = clock_ms();
    c->lost = false;
    bool ok = db_command(c->d, "BEGIN IMMEDIATE");
    if (ok && c->c.fence != NULL && !c->c.fence(c->d, c->c.user, &c->now)) {
        if (db_ok(c->d)) c->c.fatal(c->c.user, "others took this process for dead and went on");
        ok = false;
    }
    const uint64_t asked = clock_ns();
    const int64_t ahead_ms = c->now - (int64_t)(asked / 1000000u);
    /* The database's clock, where it is asked, is one of a moment before. */
    bool heeded = asked - start < JUMP_MS / 4 * UINT64_C(1000000);
    if (ok) {
        if (!c->begun) c->ahead_ms = ahead_ms;
        c->begun = true;
        const int64_t by_ms = ahead_ms - c->ahead_ms;
        if (heeded && c->c.jumped != NULL && (by_ms >= JUMP_MS || by_ms <= -JUMP_MS))
            heeded = unit(c, run_jump, &by_ms) == UNIT_DONE;
        if (tick) (void)unit(c, run_tick, NULL);
        rest = run_jobs(c, &list, &n, &failed);
        SP_CRASH_POINT("before_commit");
        ok = !c->lost && db_command(c->d, "COMMIT");
    }
    if (ok) {
        c->full = false;
        if (heeded) c->ahead_ms = ahead_ms;
        SP_CRASH_POINT("after_commit_before_reply");
    } else {
        check_failure(c);
        if (list != NULL && !c->full)
            log_event(LOG_ERROR, "group_undone", "err", db_why(c->d), NULL);
        db_forgive(c->d);
        (void)db_exec(c->d, "ROLLBACK");
        db_forgive(c->d);
        for (job *j = list; j != NULL; j = j->next) j->failed = true;
        void_emitted(&c->emitted);
        failed = n;
    }
    (void)pthread_mutex_lock(&c->count_lock);
    c->counts.commits++;
    c->counts.jobs += n;
    c->counts.failed += failed;
    c->counts.again += rest != NULL;
    c->counts.commit_ns_last = clock_ns() - start;
    if (n > 0) {
        hist_add(&c->counts.commit, HIST_FAST, c->counts.commit_ns_last);
        hist_add(&c->counts.batch, HIST_SIZES, n);
    }
    (void)pthread_mutex_unlock(&c->count_lock);
    port_post(c->to, c->emitted);
    c->emitted = NULL;
    c->emitted_end = &c->emitted;
    port_post(c->to, list);
    if (rest != NULL) pause_for_others(c->tries);
    return rest;
}

/* A group: what is there, and when that is several jobs but not many, what comes within group_ms.
 */
static job *collect(core *c)
{
    job *list = queue_take(&c->q, c->c.group_max, c->next_tick);
    size_t n = 0;
    job **end = &list;
    for (; *end != NULL; end = &(*end)->next) n++;
    const uint64_t until = clock_ns() + (uint64_t)c->c.group_ms * 1000000u;
    while (n > 1 && n < c->c.group_max && clock_ns() < until) {
        *end = queue_take(&c->q, c->c.group_max - n, until);
        for (; *end != NULL; end = &(*end)->next) n++;
        if (queue_is_closed(&c->q)) break;
    }
    return list;
}

static void *run(void *arg)
{
    core *c = arg;
    c->next_tick = clock_ns();
    for (;;) {
        job *list = collect(c);
        const uint64_t now = clock_ns();
        const bool tick = now >= c->next_tick;
        if (tick) c->next_tick = now + (uint64_t)c->c.tick_ms * 1000000u;
        const bool none = list == NULL;
        if (!none || tick) list = group(c, list, tick);
        while (list != NULL) list = group(c, list, false);
        if (none && queue_is_over(&c->q)) break;
    }
    return NULL;
}

sp_status core_start(core *c)
{
    if (pthread_create(&c->thread, NULL, run, c) != 0) return SP_ERR_IO;
    c->running = true;
    return SP_OK;
}

void core_stop(core *c)
{
    queue_close(&c->q);
    if (c->running) (void)pthread_join(c->thread, NULL);
    c->running = false;
}

void core_free(core *c)
{
    if (c == NULL) return;
    core_stop(c);
    db_close(c->d);
    queue_free(&c->q);
    (void)pthread_mutex_destroy(&c->count_lock);
    free(c);
}

core_counts core_count(core *c)
{
    (void)pthread_mutex_lock(&c->count_lock);
    core_counts counts = c->counts;
    (void)pthread_mutex_unlock(&c->count_lock);
    counts.queued = queue_length(&c->q);
    return counts;
}
