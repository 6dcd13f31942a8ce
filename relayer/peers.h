/* peers.h - how many sockets each address has open, and how often it may open a node's. On one
 * thread. An address of IPv6 counts as its first 64 bits, which is what one customer has. */
#ifndef RELAYER_PEERS_H
#define RELAYER_PEERS_H

#include "relayer/limit.h"

typedef struct peer_sockets {
    struct peer_sockets *next; /* with the same hash */
    uint8_t key[9];
    unsigned sockets;
} peer_sockets;

#define PEERS_BUCKETS 4096u
typedef struct {
    peer_sockets *bucket[PEERS_BUCKETS];
    uint32_t seed;
    limiter upgrades;
    limit_policy rate;
    limiter nodes;
    limit_policy node_rate;
} peers;

/* upgrades: how many handshakes of nodes an address may have in a minute. node_ms: how often one
 * node may come from there, after PEERS_COMEBACKS at once. SP_ERR_IO: no randomness; SP_ERR_NOMEM.
 */
#define PEERS_COMEBACKS 3u
SP_MUST_USE sp_status peers_init(peers *p, unsigned upgrades, uint64_t node_ms);
void peers_free(peers *p);
/* An address of 4 or 16 bytes has one more. NULL: out of memory, or no such address. */
peer_sockets *peers_take(peers *p, const uint8_t *address, size_t n);
void peers_release(peers *p, peer_sockets *one); /* NULL allowed */
unsigned peers_count(const peers *p, const uint8_t *address, size_t n);
/* Takes one of the handshakes; 0, or the seconds to wait. */
uint64_t peers_upgrade(peers *p, const uint8_t *address, size_t n, uint64_t now_ns);

/* The same for one node, from this address: who only knows a node's name cannot use up what the
 * node itself, at another address, needs to come back. */
uint64_t peers_node(peers *p, const uint8_t *address, size_t n, const char *node, uint64_t now_ns);

#endif
