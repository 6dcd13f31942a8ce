/* fleet.h - simulated provider nodes: each has a key of its own, registers with its signature,
 * sends heartbeats, and, given proofs made beforehand, takes tasks and delivers results. */
#ifndef BENCHES_RELAYER_FLEET_H
#define BENCHES_RELAYER_FLEET_H

#include "histogram.h"
#include "pool.h"
#include "proofs.h"

#include "market/digest.h"

#include <stdatomic.h>

typedef struct {
    int owner;
    struct fleet *fleet;
    wire w;
    enum { NODE_DOWN, NODE_CONNECTING, NODE_UPGRADING, NODE_REGISTERING, NODE_UP } state;
    ecdsa_key key;
    felt pubkey, chain_id;
    char id[FELT_HEX];
    uint64_t beat_ns; /* a heartbeat waits for its answer since; 0: none */
    uint64_t begun_ns;
    uint32_t seq;
} sim_node;

typedef struct fleet {
    const target *to;
    int epoll;
    sim_node *node;
    size_t n, in_flight, most_in_flight;
    size_t *down, down_first, down_n; /* a ring: who connects next */
    uint64_t retry_ns, look_ns;       /* nobody connects before; who hangs is looked for */
    uint64_t interval_ns, beat_at_ns; /* of one node's heartbeats */
    unsigned capacity;
    const proofs *proofs; /* NULL: takes no task */
    pool *uploads;
    atomic_size_t up, lost, refused, beats; /* looked at from another thread */
    atomic_size_t taken, delivered, rejected;
    atomic_bool cut;
    histogram beat, handshake; /* from connect to registered */
} fleet;

/* Nodes number first to first + n - 1; their keys are derived from their numbers. */
SP_MUST_USE bool fleet_init(fleet *f, const target *to, int epoll, size_t first, size_t n);
void fleet_free(fleet *f);
void fleet_event(sim_node *s);
/* Connects, sends heartbeats that are due. Returns when it wants to be called again. */
uint64_t fleet_tick(fleet *f, uint64_t now);
/* The answer to an upload. */
void fleet_uploaded(fleet *f, const request *q, int status);

#endif
