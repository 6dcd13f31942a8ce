/* peers.c - see peers.h. */
#include "relayer/peers.h"

#include "relayer/guard.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 16384u /* of the limiter */
#define MINUTE UINT64_C(60000000000)

sp_status peers_init(peers *p, unsigned upgrades, uint64_t node_ms)
{
    uint8_t secret[2][16];
    memset(p, 0, sizeof *p);
    if (RAND_bytes(secret[0], sizeof secret) != 1 ||
        RAND_bytes((uint8_t *)&p->seed, sizeof p->seed) != 1)
        return SP_ERR_IO;
    p->rate = limit_rate(upgrades, MINUTE, upgrades);
    p->node_rate = (limit_policy){node_ms * 1000000, PEERS_COMEBACKS};
    SP_TRY(limit_init(&p->upgrades, PLACES, secret[0]));
    const sp_status s = limit_init(&p->nodes, PLACES, secret[1]);
    if (s != SP_OK) limit_free(&p->upgrades);
    return s;
}

void peers_free(peers *p)
{
    for (size_t b = 0; b < PEERS_BUCKETS; b++)
        while (p->bucket[b] != NULL) {
            peer_sockets *one = p->bucket[b];
            p->bucket[b] = one->next;
            free(one);
        }
    limit_free(&p->upgrades);
    limit_free(&p->nodes);
}

/* 4 or 8 bytes, after which; an IPv4 address in IPv6 form is the IPv4 address. */
static bool key_of(uint8_t key[9], const uint8_t *address, size_t n)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    memset(key, 0, 9);
    if (n == 16 && memcmp(address, mapped, sizeof mapped) == 0) {
        address += sizeof mapped;
        n = 4;
    }
    if (n != 4 && n != 16) return false;
    key[0] = (uint8_t)n;
    memcpy(key + 1, address, n == 4 ? 4 : 8);
    return true;
}

static peer_sockets **place(const peers *p, const uint8_t key[9])
{
    uint32_t h = 2166136261u ^ p->seed; /* FNV-1a */
    for (size_t i = 0; i < 9; i++) h = (h ^ key[i]) * 16777619u;
    peer_sockets *const *at = &p->bucket[(h ^ h >> 16) % PEERS_BUCKETS];
    while (*at != NULL && memcmp((*at)->key, key, 9) != 0) at = &(*at)->next;
    return (peer_sockets **)(uintptr_t)at;
}

peer_sockets *peers_take(peers *p, const uint8_t *address, size_t n)
{
    uint8_t key[9];
    if (!key_of(key, address, n)) return NULL;
    peer_sockets **at = place(p, key);
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
        if (*at == NULL) return NULL;
        memcpy((*at)->key, key, sizeof key);
    }
    (*at)->sockets++;
    return *at;
}

void peers_release(peers *p, peer_sockets *one)
{
    if (one == NULL || --one->sockets > 0) return;
    *place(p, one->key) = one->next;
    free(one);
}

unsigned peers_count(const peers *p, const uint8_t *address, size_t n)
{
    uint8_t key[9];
    if (!key_of(key, address, n)) return 0;
    const peer_sockets *one = *place(p, key);
    return one == NULL ? 0 : one->sockets;
}

uint64_t peers_upgrade(peers *p, const uint8_t *address, size_t n, uint64_t now_ns)
{
    uint8_t key[9];
    if (!key_of(key, address, n)) return 0;
    const limit_answer l = limit_take(&p->upgrades, p->rate, key, sizeof key, 1, now_ns);
    return l.allowed ? 0 : limit_seconds(l.retry_ns);
}

uint64_t peers_node(peers *p, const uint8_t *address, size_t n, const char *node, uint64_t now_ns)
{
    uint8_t key[9 + GUARD_NODE_ID];
    const size_t length = strlen(node);
    if (length > sizeof key - 9 || !key_of(key, address, n)) return 0;
    memcpy(key + 9, node, length);
    const limit_answer l = limit_take(&p->nodes, p->node_rate, key, 9 + length, 1, now_ns);
    return l.allowed ? 0 : limit_seconds(l.retry_ns);
}
