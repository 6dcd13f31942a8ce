/* core.c - the writing thread: what is undone, what leaves it, and what a broken disk does. */
#include "relayer/core.h"

#include "tests/relayer/disk.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 1024

typedef enum {
    WRITE,
    WRITE_THEN_ERROR,
    WRITE_THEN_FAIL,
    LIMIT_PAGES,
    NOTHING,
    WRITE_THIRD_TIME, /* twice another process is in the way */
    WRITE_NEVER,      /* always */
    WRITE_OVER        /* over a row that is there */
} deed;

typedef struct {
    job j;
    int id;
    deed what;
    size_t bytes; /* of the row; of LIMIT_PAGES the number */
    bool emits;
} work;

/* One writing thread at a time; what the loop's thread notes is read on it alone. */
static place here;
static uv_loop_t loop;
static port to;
static core *c;
static char why[DB_WHY];
static int order[2 * MOST], n_order, n_done, n_failed;
static bool failed[MOST], emit_failed[MOST];
static int64_t seen_by_others;
static atomic_int n_ticks, n_runs;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int ack = -1; /* what is acknowledged is also written there */

static void emit_run(job *j, void *with)
{
    (void)j;
    (void)with;
}

static void emit_done(job *j)
{
    const work *w = (const work *)j;
    emit_failed[w->id] = j->failed;
    if (!j->failed) order[n_order++] = -w->id;
    free(j);
}

static void write_row(db *d, int id, size_t bytes)
{
    char name[16];
    char *body = malloc(bytes + 1);
    if (body == NULL) return;
    memset(body, 'b', bytes);
    body[bytes] = 0;
    (void)snprintf(name, sizeof name, "%d", id);
    (void)db_run(d, "INSERT INTO quote(id, body, expires_at) VALUES(?, ?, ?)", DB_T(name),
                 DB_T(body), DB_I(id));
    free(body);
}

static void work_run(job *j, void *with)
{
    const work *w = (const work *)j;
    core *k = with;
    db *d = core_db(k);
    char sql[64];
    if (w->emits) {
        work *e = calloc(1, sizeof *e);
        if (e == NULL) return;
        e->id = w->id;
        e->j.run = emit_run;
        e->j.done = emit_done;
        core_emit(k, &e->j);
    }
    if (w->what == LIMIT_PAGES) {
        (void)snprintf(sql, sizeof sql, "PRAGMA max_page_count = %zu", w->bytes);
        (void)db_exec(d, sql);
    } else if (w->what == WRITE_OVER) {
        (void)db_run(d, "UPDATE quote SET expires_at = expires_at + ?", DB_I(w->id));
    } else if (w->what != NOTHING) {
        write_row(d, w->id, w->bytes);
    }
    if (w->what == WRITE_THEN_ERROR) (void)db_exec(d, "SELECT x FROM missing");
    if (w->what == WRITE_THEN_FAIL) core_fail(k);
    if (w->what == WRITE_NEVER || (w->what == WRITE_THIRD_TIME && ++n_runs < 3)) core_again(k);
}

static void work_done(job *j)
{
    const work *w = (const work *)j;
    order[n_order++] = w->id;
    n_done++;
    n_failed += j->failed;
    failed[w->id] = j->failed;
    if (!j->failed && ack >= 0 && w->what == WRITE) {
        const int id = w->id;
        if (write(ack, &id, sizeof id) != sizeof id) _exit(99);
    }
    free(j);
}

static void count_tick(core *k, void *user, int64_t now_ms)
{
    (void)k;
    (void)user;
    (void)now_ms;
    n_ticks++;
}

static void fatal_exit(void *user, const char *text)
{
    (void)user;
    (void)text;
    _exit(70);
}

static core_config config(void)
{
    const core_config k = {.database = here.where,
                           .group_max = 64,
                           .group_ms = 1,
                           .queue_room = MOST,
                           .tick_ms = 5,
                           .tick = count_tick,
                           .fatal = fatal_exit};
    return k;
}

static bool open_core(const core_config *k)
{
    n_order = n_done = n_failed = 0;
    n_ticks = 0;
    memset(failed, 0, sizeof failed);
    memset(emit_failed, 0, sizeof emit_failed);
    if (uv_loop_init(&loop) != 0 || port_init(&to, &loop) != SP_OK) return false;
    /* A table that only these tests write to. */
    return core_new(&c, k, &to, why) == SP_OK &&
           db_exec(core_db(c),
                   "CREATE TABLE IF NOT EXISTS quote(id TEXT PRIMARY KEY, body TEXT NOT NULL,"
                   " expires_at BIGINT NOT NULL)");
}

static bool post(int id, deed what, size_t bytes, bool emits)
{
    work *w = calloc(1, sizeof *w);
    if (w == NULL) return false;
    w->id = id;
    w->what = what;
    w->bytes = bytes;
    w->emits = emits;
    w->j.run = work_run;
    w->j.done = work_done;
    if (core_post(c, &w->j)) return true;
    free(w);
    return false;
}

static void wait_for(int n)
{
    while (n_done < n) (void)uv_run(&loop, UV_RUN_ONCE);
}

static void close_core(void)
{
    core_stop(c);
    core_free(c);
    port_close(&to);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
}

#define OPEN(k)                                                           \
    do {                                                                  \
        CHECK(place_make(&here, getenv("SPROVE_TEST_DATABASE") == NULL)); \
        CHECK(open_core(k));                                              \
    } while (0)

TEST(jobs_are_done_in_order_and_kept)
{
    const core_config k = config();
    OPEN(&k);
    CHECK_EQ(core_start(c), SP_OK);
    for (int i = 0; i < 500; i++) CHECK(post(i, WRITE, 10, false));
    wait_for(500);
    for (int i = 0; i < 500; i++) CHECK_EQ(order[i], i);
    CHECK_EQ(n_failed, 0);
    const core_counts n = core_count(c);
    CHECK_EQ(n.jobs, 500);
    CHECK_EQ(n.failed, 0);
    CHECK(n.commits >= 500 / 64 && n.commits <= 500 + (uint64_t)n_ticks);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), 500);
    place_remove(&here);
}

TEST(a_failed_job_is_undone_alone)
{
    const core_config k = config();
    OPEN(&k);
    for (int i = 0; i < 9; i++)
        CHECK(post(i,
                   i % 3 == 1   ? WRITE_THEN_ERROR
                   : i % 3 == 2 ? WRITE_THEN_FAIL
                                : WRITE,
                   10, true));
    CHECK_EQ(core_start(c), SP_OK); /* all in one group */
    wait_for(9);
    for (int i = 0; i < 9; i++) {
        CHECK_EQ(failed[i], i % 3 != 0);
        CHECK_EQ(emit_failed[i], i % 3 != 0);
    }
    /* Messages of the group come before its answers, in order, and none of what was undone. */
    static const int expected[] = {0, -3, -6, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    CHECK_EQ(n_order, SP_COUNT(expected));
    for (size_t i = 0; i < SP_COUNT(expected); i++) CHECK_EQ(order[i], expected[i]);
    CHECK_EQ(core_count(c).failed, 6);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), 3);
    CHECK_EQ(place_number(&here, "SELECT sum(expires_at) FROM quote"), 9);
    place_remove(&here);
}

TEST(a_job_that_another_process_was_in_the_way_of_runs_again)
{
    const core_config k = config();
    static const deed deeds[] = {WRITE, WRITE_THIRD_TIME, WRITE, WRITE_NEVER, WRITE};
    OPEN(&k);
    n_runs = 0;
    for (int i = 0; i < (int)SP_COUNT(deeds); i++) CHECK(post(i, deeds[i], 10, true));
    CHECK_EQ(core_start(c), SP_OK); /* all in one group */
    wait_for(SP_COUNT(deeds));
    CHECK_EQ(n_runs, 3);
    for (int i = 0; i < (int)SP_COUNT(deeds); i++) CHECK_EQ(failed[i], deeds[i] == WRITE_NEVER);
    /* What came before is committed and told first; what was undone leaves nothing behind. */
    static const int expected[] = {0, 0, -1, -2, 1, 2, -4, 3, 4};
    CHECK_EQ(n_order, SP_COUNT(expected));
    for (size_t i = 0; i < SP_COUNT(expected); i++) CHECK_EQ(order[i], expected[i]);
    CHECK_EQ(core_count(c).again, 2 + 39);
    CHECK_EQ(core_count(c).failed, 1);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), 4);
    CHECK_EQ(place_number(&here, "SELECT sum(expires_at) FROM quote"), 0 + 1 + 2 + 4);
    place_remove(&here);
}

TEST(a_row_that_another_process_holds_is_waited_for)
{
    const core_config k = config();
    db *other = NULL;
    if (getenv("SPROVE_TEST_DATABASE") == NULL) return; /* SQLite has one writer */
    OPEN(&k);
    write_row(core_db(c), 100, 1);
    CHECK(db_exec(core_db(c), "SET lock_timeout = 20"));
    CHECK_EQ(db_open(&other, here.where, false, why), SP_OK);
    CHECK(db_exec(other, "BEGIN"));
    CHECK(db_exec(other, "UPDATE quote SET expires_at = 200"));
    CHECK(post(0, WRITE, 10, true));
    CHECK(post(7, WRITE_OVER, 0, true));
    CHECK_EQ(core_start(c), SP_OK);
    while (core_count(c).again < 2) (void)usleep(1000);
    CHECK(db_exec(other, "COMMIT"));
    wait_for(2);
    CHECK_EQ(n_failed, 0);
    close_core();
    db_close(other);
    CHECK_EQ(place_number(&here, "SELECT expires_at FROM quote WHERE id = '100'"), 207);
    place_remove(&here);
}

static void look_done(job *j)
{
    seen_by_others = place_number(&here, "SELECT count(*) FROM quote");
    n_done++;
    free(j);
}

TEST(nothing_is_answered_before_the_commit)
{
    const core_config k = config();
    OPEN(&k);
    for (int i = 0; i < 3; i++) CHECK(post(i, WRITE, 10, false));
    work *w = calloc(1, sizeof *w);
    CHECK(w != NULL);
    w->id = 3;
    w->what = WRITE;
    w->j.run = work_run;
    w->j.done = look_done;
    seen_by_others = -1;
    CHECK(core_post(c, &w->j));
    CHECK_EQ(core_start(c), SP_OK);
    wait_for(4);
    CHECK_EQ(seen_by_others, 4);
    close_core();
    place_remove(&here);
}

TEST(a_full_queue_refuses)
{
    core_config k = config();
    k.queue_room = 4;
    OPEN(&k);
    for (int i = 0; i < 4; i++) CHECK(post(i, WRITE, 1, false));
    CHECK(!post(4, WRITE, 1, false));
    CHECK_EQ(core_count(c).queued, 4);
    CHECK_EQ(core_start(c), SP_OK);
    wait_for(4);
    CHECK(post(4, WRITE, 1, false));
    wait_for(5);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), 5);
    place_remove(&here);
}

TEST(stop_finishes_what_is_queued)
{
    const core_config k = config();
    OPEN(&k);
    for (int i = 0; i < 300; i++) CHECK(post(i, WRITE, 1, false));
    CHECK_EQ(core_start(c), SP_OK);
    core_stop(c);
    CHECK(!post(300, WRITE, 1, false)); /* closed */
    wait_for(300);
    CHECK_EQ(n_failed, 0);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), 300);
    place_remove(&here);
}

static void slow_tick(core *k, void *user, int64_t now_ms)
{
    (void)k;
    (void)user;
    (void)now_ms;
    n_ticks++;
    (void)pthread_mutex_lock(&gate);
    (void)pthread_mutex_unlock(&gate);
}

static void *stop_it(void *arg)
{
    (void)arg;
    core_stop(c);
    return NULL;
}

/* The queue was empty when the tick was due, has a job when it ends, and is closed by then. */
TEST(a_job_that_came_during_the_last_tick_is_done)
{
    core_config k = config();
    k.tick = slow_tick;
    OPEN(&k);
    (void)pthread_mutex_lock(&gate);
    CHECK_EQ(core_start(c), SP_OK);
    while (n_ticks == 0) (void)usleep(1000);
    CHECK(post(1, WRITE, 1, false));
    pthread_t other;
    CHECK_EQ(pthread_create(&other, NULL, stop_it, NULL), 0);
    int id = 2;
    while (id < MOST && post(id, WRITE, 1, false)) { /* until it is closed */
        id++;
        (void)usleep(1000);
    }
    (void)pthread_mutex_unlock(&gate);
    (void)pthread_join(other, NULL);
    close_core();
    CHECK_EQ(n_done, id - 1);
    CHECK_EQ(n_failed, 0);
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), n_done);
    place_remove(&here);
}

static void failing_tick(core *k, void *user, int64_t now_ms)
{
    (void)user;
    (void)now_ms;
    n_ticks++;
    write_row(core_db(k), 1000000 + n_ticks, 1);
    if (n_ticks % 2 == 0) (void)db_exec(core_db(k), "SELECT x FROM missing");
}

TEST(a_failing_tick_is_undone_alone)
{
    core_config k = config();
    k.tick = failing_tick;
    OPEN(&k);
    CHECK_EQ(core_start(c), SP_OK);
    for (int i = 0; i < 100; i++) {
        CHECK(post(i, WRITE, 1, false));
        wait_for(i + 1);
    }
    while (n_ticks < 8) (void)usleep(1000); /* without any job */
    close_core();
    CHECK_EQ(n_failed, 0);
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote WHERE expires_at < 1000000"), 100);
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote WHERE expires_at >= 1000000"),
             (n_ticks + 1) / 2);
    place_remove(&here);
}

TEST(what_cannot_be_opened_is_said)
{
    core_config k = config();
    CHECK(place_make(&here, true));
    k.database = "/nowhere/at/all.db";
    CHECK(uv_loop_init(&loop) == 0 && port_init(&to, &loop) == SP_OK);
    CHECK_EQ(core_new(&c, &k, &to, why), SP_ERR_IO);
    CHECK(c == NULL && strstr(why, "/nowhere/at/all.db") != NULL);
    core_free(NULL);
    port_close(&to);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
    place_remove(&here);
}

/* Rows that were acknowledged and are not there; -1 when it cannot be said. */
static int lost_rows(int from)
{
    int id, lost = 0;
    db *d;
    char name[16];
    if (db_open(&d, here.where, false, why) != SP_OK) return -1;
    while (read(from, &id, sizeof id) == sizeof id) {
        (void)snprintf(name, sizeof name, "%d", id);
        db_rows *r = db_query(d, "SELECT count(*) FROM quote WHERE id = ?", DB_T(name));
        lost += !db_next(r) || db_int(r, 0) != 1;
        db_end(r);
    }
    if (!db_ok(d)) lost = -1;
    db_close(d);
    return lost;
}

/* SQLite's own limit stands for a full disk: the statement fails, the disk is sound. */
TEST(a_full_database_fails_jobs_and_goes_on)
{
    const core_config k = config();
    CHECK(place_make(&here, true));
    CHECK(open_core(&k));
    CHECK_EQ(core_start(c), SP_OK);
    CHECK(post(0, LIMIT_PAGES, 150, false));
    wait_for(1);
    for (int i = 1; i <= 40; i++) { /* in groups of one: such a failure may undo the whole group */
        CHECK(post(i, WRITE, 20000, true));
        wait_for(i + 1);
    }
    CHECK(n_failed > 0 && n_failed < 40);
    for (int i = 1; i <= 40; i++) CHECK_EQ(failed[i], emit_failed[i]);
    const int kept = 40 - n_failed;
    CHECK(post(41, LIMIT_PAGES, 100000, false));
    CHECK(post(42, WRITE, 20000, false));
    wait_for(43);
    CHECK(!failed[42]);
    close_core();
    CHECK_EQ(place_number(&here, "SELECT count(*) FROM quote"), kept + 1);
    place_remove(&here);
}

/* In a process of its own, which acknowledges to a pipe; returns how it ended. Writes until the
 * disk's fault was met, or n jobs. */
static int child(void (*fault)(void), int n, int *from)
{
    int ends[2];
    if (pipe(ends) != 0) return -1;
    const pid_t pid = fork();
    if (pid == 0) {
        const core_config k = config();
        (void)close(ends[0]);
        ack = ends[1];
        if (!open_core(&k) || core_start(c) != SP_OK) _exit(98);
        if (!post(0, WRITE, 100, false)) _exit(97);
        wait_for(1);
        fault();
        for (int i = 1; i < n; i++) {
            if (!post(i, WRITE, 5000, false)) _exit(96);
            wait_for(i + 1);
        }
        core_stop(c);
        wait_for(n);
        _exit(n_failed > 0 ? 3 : 0);
    }
    (void)close(ends[1]);
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return -1;
    *from = ends[0];
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void no_fault(void) {}
static void no_sync(void) { disk_fail_syncs(EIO); }
static void no_write(void) { disk_fail_writes(EIO, 3); }
static void full(void) { disk_fail_writes(ENOSPC, 3); }

/* After a refused sync nobody knows what the disk has: only a new process may look. */
TEST(a_refused_sync_ends_the_process)
{
    int from;
    CHECK(place_make(&here, true));
    CHECK_EQ(child(no_sync, 50, &from), 70);
    CHECK_EQ(lost_rows(from), 0);
    (void)close(from);
    CHECK(place_number(&here, "SELECT count(*) FROM quote") >= 1);
    place_remove(&here);
}

TEST(a_refused_write_ends_the_process)
{
    int from;
    CHECK(place_make(&here, true));
    CHECK_EQ(child(no_write, 50, &from), 70);
    CHECK_EQ(lost_rows(from), 0);
    (void)close(from);
    place_remove(&here);
}

TEST(a_full_disk_fails_jobs_and_loses_none)
{
    int from;
    CHECK(place_make(&here, true));
    CHECK_EQ(child(full, 50, &from), 3);
    CHECK_EQ(lost_rows(from), 0);
    (void)close(from);
    place_remove(&here);
}

static void limit_files(void)
{
    const struct rlimit l = {200000, 200000};
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &l) != 0) _exit(95);
}

/* A file that may not grow is refused in another way than a full disk; either end is right, a lost
 * row is not. */
TEST(a_limit_of_file_size_loses_no_row)
{
    int from;
    CHECK(place_make(&here, true));
    const int code = child(limit_files, 100, &from);
    CHECK(code == 70 || code == 3);
    CHECK_EQ(lost_rows(from), 0);
    (void)close(from);
    CHECK(place_number(&here, "SELECT count(*) FROM quote") >= 1);
    place_remove(&here);
}

/* A real file system of 2 MiB, when one may be mounted. */
TEST(a_small_file_system_fails_jobs_and_loses_none)
{
    CHECK(place_make(&here, true));
    const pid_t pid = fork();
    if (pid == 0) {
        int from;
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", here.folder, "tmpfs", 0, "size=2m") != 0)
            _exit(77);
        int code = child(no_fault, 400, &from);
        if (code != 3) _exit(100 + (code & 63));
        /* Room again, as when someone removed a file. */
        if (mount("none", here.folder, "tmpfs", MS_REMOUNT, "size=64m") != 0) _exit(78);
        const int lost = lost_rows(from);
        _exit(lost == 0 ? 0 : 1);
    }
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    place_remove(&here);
    if (WEXITSTATUS(status) == 77) SKIP("no file system may be mounted here");
    CHECK_EQ(WEXITSTATUS(status), 0);
}
