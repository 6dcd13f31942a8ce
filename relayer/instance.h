/* instance.h - this relayer among those that share its database.
 *
 * Every running relayer has a row in `instance`, with a lease by the database's clock that it
 * renews. On PostgreSQL each of its transactions begins by locking that row (instance_fence): who
 * takes a relayer for dead deletes the row, which waits for such a transaction, and after which
 * none can commit - a relayer that was away for longer than its lease finds its row gone and ends.
 * So whatever is kept by instance (sessions of nodes, verifications, duties) changes hands in one
 * transaction, and never while its holder may still write.
 *
 * On SQLite there is one relayer (a lock on the file), which holds every duty; the rows that it
 * finds at its start are those of processes that have ended. docs/relayer.md, "Several relayers".
 */
#ifndef RELAYER_INSTANCE_H
#define RELAYER_INSTANCE_H

#include "relayer/core.h"

struct app;

#define INSTANCE_LEASE_MS 15000
#define INSTANCE_ID 37

/* What one relayer at a time does. */
#define INSTANCE_DUTIES 5
extern const char
    *const instance_duty[INSTANCE_DUTIES]; /* chain, callbacks, timers, prune, backup */

typedef struct instance {
    char id[INSTANCE_ID];
    bool shared; /* other relayers may use the database */
    int64_t renewed_ms, looked_ms;
    bool begun;
    int64_t keys;             /* the version of the keys in memory */
    _Atomic bool alone;       /* there was no other relayer lately */
    _Atomic uint32_t held;    /* bits of instance_duty; of committed transactions */
    _Atomic uint64_t sure_ns; /* until then, by this machine's clock, nobody takes them */
} instance;

/* Notes this relayer in the database, before the core's thread runs. why[SETTINGS_WHY] */
SP_MUST_USE sp_status instance_open(struct app *a, const char *database, char *why);

/* Whether this relayer does what one at a time does; any thread. False as soon as another may have
 * taken it over, so that who asks before each step (a round, a message) does not work beside it;
 * what must not happen twice is besides written in a job of the core, whose transaction is fenced.
 * duty is one of instance_duty. */
bool instance_holds(const struct app *a, const char *duty);

/* The core's, at the beginning of each transaction: false, *now_ms unchanged: this relayer was
 * taken for dead (or the database failed: db_ok says). *now_ms becomes the database's clock. */
bool instance_fence(db *d, void *user, int64_t *now_ms);
/* In the core's tick: the lease, those that are dead, duties that nobody has. */
void instance_tick(core *c, int64_t now_ms);

/* In the unit that changes API keys: the others read them again, within two seconds. */
void instance_keys_changed(core *c);

/* How many relayers there are, this one included. */
int64_t instance_count(db *d);

#endif
