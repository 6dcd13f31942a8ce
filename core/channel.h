/* channel.h - the Fiat-Shamir transcript: mix and draw, nothing else (docs/protocol.md 2). */
#ifndef CORE_CHANNEL_H
#define CORE_CHANNEL_H

#include "core/qm31.h"

typedef struct {
    uint32_t state[8];
    uint32_t counter; /* draws since the last mix */
} channel;

void channel_init(channel *c);
void channel_mix_u32s(channel *c, const uint32_t *words, size_t n);
/* Absorbs the cap of a tree: n digests of 7 words, in order. */
void channel_mix_cap(channel *c, const uint32_t *digests, size_t n);
void channel_mix_felts(channel *c, const qm31 *felts, size_t n);
qm31 channel_draw_felt(channel *c);
/* n positions of `bits` bits, uniform, with repetitions. */
void channel_draw_queries(channel *c, uint32_t *positions, size_t n, unsigned bits);
/* True when the nonce has the grind property for the present state; 1 <= bits <= 32. */
bool channel_grind_check(const channel *c, uint64_t nonce, unsigned bits);
/* Absorbs a nonce. */
void channel_mix_nonce(channel *c, uint64_t nonce);

#endif
