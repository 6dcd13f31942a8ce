/* instance.c - see instance.h. */
#include "relayer/instance.h"

#include "market/uuid.h"
#include "relayer/app.h"
#include "relayer/dispatch.h"
#include "relayer/log.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RENEW_MS 3000
#define LOOK_MS 1000
/* A duty is given up this long before another can take it. */
#define MARGIN_MS 3000
#define MAX_DEAD 16

const char *const instance_duty[INSTANCE_DUTIES] = {"chain", "callbacks", "timers", "prune",
                                                    "backup"};

/* Goes on while the machine sleeps. */
static uint64_t boot_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_BOOTTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#define CLOCK_SQL "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
/* Held by the connection of a relayer for as long as it lives. */
#define ALIVE_KEY "hashtextextended(id, 1936749167)"

static bool note_start(instance *me, db *d, const char *address)
{
    int64_t now = clock_ms(), epoch = 0;
    bool ok = db_exec(d, "BEGIN IMMEDIATE");
    (void)db_run(d,
                 "INSERT INTO meta(name, value) VALUES('epoch', ?) ON CONFLICT(name) DO UPDATE"
                 " SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
                 DB_T("1"));
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'epoch'", NULL, 0);
    if (db_next(r)) epoch = strtoll(db_text(r, 0), NULL, 10);
    db_end(r);
    if (me->shared) {
        r = db_query_values(d, "SELECT " CLOCK_SQL, NULL, 0);
        if (db_next(r)) now = db_int(r, 0);
        db_end(r);
    }
    (void)db_run(d,
                 "INSERT INTO instance(id, epoch, started_at, lease_until, address)"
                 " VALUES(?, ?, ?, ?, ?)",
                 DB_T(me->id), DB_I(epoch), DB_I(now), DB_I(now + INSTANCE_LEASE_MS),
                 DB_T(address));
    if (me->shared) { /* nobody else can have it: the id is new */
        r = db_query(d, "SELECT pg_advisory_lock(" ALIVE_KEY ") FROM instance WHERE id = ?",
                     DB_T(me->id));
        (void)db_next(r);
        db_end(r);
    }
    me->renewed_ms = now;
    return ok && db_exec(d, "COMMIT");
}

sp_status instance_open(app *a, const char *database, char *why)
{
    instance *me = &a->instance;
    db *d = core_db(a->core);
    uint8_t random[UUID_RANDOM];
    uuid id;
    me->shared = db_is_postgres(database);
    const uint64_t start = boot_ns();
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &id, (uint64_t)clock_ms(), random) != SP_OK)
        return SP_ERR_IO;
    uuid_write(me->id, id);
    bool ok = note_start(me, d, a->set.listen);
    /* A process that is paused holds no lock for longer than this, and who waits for a lock longer
     * than that tries again (core.c): whoever waits for whom. */
    if (me->shared)
        ok = ok && db_exec(d, "SET idle_in_transaction_session_timeout = 5000") &&
             db_exec(d, "SET lock_timeout = 300");
    if (!ok) {
        (void)snprintf(why, SETTINGS_WHY, "this relayer cannot be noted in the database: %.200s",
                       db_why(d));
        return SP_ERR_IO;
    }
    me->sure_ns = start + (INSTANCE_LEASE_MS - MARGIN_MS) * UINT64_C(1000000);
    log_event(LOG_INFO, "instance", "instance_id", me->id, NULL);
    return SP_OK;
}

bool instance_holds(const app *a, const char *duty)
{
    const instance *me = &a->instance;
    if (!me->shared) return true;
    for (size_t i = 0; i < INSTANCE_DUTIES; i++)
        if (strcmp(instance_duty[i], duty) == 0)
            return (me->held & 1u << i) != 0 && boot_ns() < me->sure_ns;
    return false;
}

bool instance_fence(db *d, void *user, int64_t *now_ms)
{
    const app *a = user;
    if (!a->instance.shared) return true;
    db_rows *r = db_query(d, "SELECT " CLOCK_SQL " FROM instance WHERE id = ? FOR SHARE",
                          DB_T(a->instance.id));
    const bool alive = db_next(r);
    if (alive) *now_ms = db_int(r, 0);
    db_end(r);
    return alive;
}

/* ---- after the commit ---- */

typedef struct {
    job j;
    instance *me;
    uint32_t held;
    uint64_t sure_ns;
} grant;

static void granted(job *j)
{
    const grant *g = (const grant *)j;
    if (!j->failed) {
        const uint32_t before = g->me->held;
        g->me->held = g->held;
        if (g->sure_ns > g->me->sure_ns) g->me->sure_ns = g->sure_ns;
        for (size_t i = 0; i < INSTANCE_DUTIES; i++)
            if ((before ^ g->held) & 1u << i)
                log_event(LOG_INFO, g->held & 1u << i ? "duty_taken" : "duty_lost", "duty",
                          instance_duty[i], NULL);
    }
    free(j);
}

/* ---- the tick ---- */

/* What a relayer that is no more had is anybody's. */
static void take_over(core *c, void *arg)
{
    const char *id = arg;
    db *d = core_db(c);
    if (db_run(d, "DELETE FROM instance WHERE id = ?", DB_T(id)) != 1) return;
    (void)db_run(d, "UPDATE duty SET instance = NULL, epoch = epoch + 1 WHERE instance = ?",
                 DB_T(id));
    dispatch_take_over(c, id, core_now(c));
    log_event(LOG_INFO, "instance_over", "instance_id", id, NULL);
}

static void bury(core *c, int64_t now_ms)
{
    const instance *me = &((const app *)core_user(c))->instance;
    char id[MAX_DEAD][INSTANCE_ID];
    size_t n = 0;
    /* Dead is whose lease has ended, or whose connection: with it the process ends, too. A row that
     * somebody holds is in use, or being taken over by another. */
    db_rows *r =
        me->shared
            ? db_query(core_db(c),
                       "SELECT id FROM instance WHERE id <> ? AND (lease_until < ?"
                       " OR pg_try_advisory_xact_lock(" ALIVE_KEY ")) FOR UPDATE SKIP LOCKED",
                       DB_T(me->id), DB_I(now_ms))
            : db_query(core_db(c), "SELECT id FROM instance WHERE id <> ?", DB_T(me->id));
    while (n < MAX_DEAD && db_next(r)) (void)snprintf(id[n++], INSTANCE_ID, "%s", db_text(r, 0));
    db_end(r);
    for (size_t i = 0; i < n; i++)
        if (!core_part(c, take_over, id[i]))
            log_event(LOG_WARN, "instance_left_alone", "instance_id", id[i], NULL);
}

/* Bits of the duties that this relayer has, with those that nobody had. */
static uint32_t take_duties(core *c)
{
    const instance *me = &((const app *)core_user(c))->instance;
    db *d = core_db(c);
    uint32_t held = 0, vacant = 0;
    db_rows *r = db_query(
        d, "SELECT name, instance FROM duty WHERE instance IS NULL OR instance = ?", DB_T(me->id));
    while (db_next(r))
        for (size_t i = 0; i < INSTANCE_DUTIES; i++)
            if (strcmp(instance_duty[i], db_text(r, 0)) == 0)
                *(db_is_null(r, 1) ? &vacant : &held) |= 1u << i;
    db_end(r);
    for (size_t i = 0; i < INSTANCE_DUTIES; i++)
        if (vacant & 1u << i &&
            db_run(d,
                   "UPDATE duty SET instance = ?, epoch = epoch + 1 WHERE name = ?"
                   " AND instance IS NULL",
                   DB_T(me->id), DB_T(instance_duty[i])) == 1)
            held |= 1u << i;
    return held;
}

static int64_t keys_version(db *d)
{
    int64_t version = 0;
    db_rows *r = db_query_values(d, "SELECT value FROM meta WHERE name = 'keys'", NULL, 0);
    if (db_next(r)) version = strtoll(db_text(r, 0), NULL, 10);
    db_end(r);
    return version;
}

void instance_keys_changed(core *c)
{
    if (!((const app *)core_user(c))->instance.shared) return;
    (void)db_run(core_db(c),
                 "INSERT INTO meta(name, value) VALUES('keys', ?) ON CONFLICT(name) DO UPDATE"
                 " SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
                 DB_T("1"));
}

/* Those that another relayer made or revoked. */
static void follow_keys(core *c, instance *me)
{
    const app *a = core_user(c);
    const int64_t version = keys_version(core_db(c));
    if (version != me->keys && keys_load(a->keys, core_db(c)) == SP_OK) me->keys = version;
}

void instance_tick(core *c, int64_t now_ms)
{
    app *a = core_user(c);
    instance *me = &a->instance;
    if (me->begun && now_ms >= me->looked_ms && now_ms - me->looked_ms < LOOK_MS) return;
    const uint64_t start = boot_ns();
    me->begun = true;
    me->looked_ms = now_ms;
    bury(c, now_ms);
    if (!me->shared) return;
    grant *g = calloc(1, sizeof *g);
    if (g == NULL) return;
    g->me = me;
    g->j.done = granted;
    g->held = take_duties(c);
    if (now_ms - me->renewed_ms >= RENEW_MS &&
        db_run(core_db(c), "UPDATE instance SET lease_until = ? WHERE id = ?",
               DB_I(now_ms + INSTANCE_LEASE_MS), DB_T(me->id)) == 1) {
        me->renewed_ms = now_ms;
        g->sure_ns = start + (INSTANCE_LEASE_MS - MARGIN_MS) * UINT64_C(1000000);
    }
    core_emit(c, &g->j);
    me->alone = instance_count(core_db(c)) < 2;
    follow_keys(c, me);
}

int64_t instance_count(db *d)
{
    db_rows *r = db_query_values(d, "SELECT count(*) FROM instance", NULL, 0);
    const int64_t n = db_next(r) ? db_int(r, 0) : 0;
    db_end(r);
    return n;
}
