/* watch.h - what the contract says of the tasks that have an escrow there: a thread of its own,
 * which takes nobody's word but the chain's.
 *
 * Escrows of new tasks are looked up; after that the contract's events are read in order
 * (starknet/scan.h), each applied once by transaction and index. A chain that goes back, or a node
 * that does not answer, delays settlements and nothing else. */
#ifndef RELAYER_WATCH_H
#define RELAYER_WATCH_H

#include "core/sp.h"

struct app;
typedef struct watch watch;

/* Nothing happens without chain.rpc. Checks that chain id and shares are those of the settings and
 * of market/amount.h; SP_ERR_FORMAT, why[SETTINGS_WHY]: they are not. A node that does not answer
 * is waited for later. */
SP_MUST_USE sp_status watch_open(struct app *a, const char *database, char *why);
void watch_close(struct app *a);

/* For /health: whether the last round succeeded, and how old it is. */
typedef struct {
    bool configured, ok;
    uint64_t block;
    int64_t at_ms;
    char why[160];
} watch_health;
watch_health watch_look(struct app *a);

#endif
