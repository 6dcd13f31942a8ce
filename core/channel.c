/* channel.c - the Fiat-Shamir transcript over BLAKE2s. */
#include "core/channel.h"

#include "core/blake2s.h"

#include <string.h>

void channel_init(channel *c) { memset(c, 0, sizeof *c); }

void channel_mix_u32s(channel *c, const uint32_t *words, size_t n)
{
    blake2s_ctx h;
    blake2s_init(&h, "spMix");
    blake2s_update_words(&h, c->state, 8);
    blake2s_update_words(&h, words, n);
    blake2s_final(&h, c->state);
    c->counter = 0;
}

void channel_mix_cap(channel *c, const uint32_t *digests, size_t n)
{
    uint32_t root[8];
    blake2s_ctx h;
    blake2s_init(&h, "spCap");
    blake2s_update_words(&h, digests, 7 * n);
    blake2s_final(&h, root);
    channel_mix_u32s(c, root, 8);
}

void channel_mix_felts(channel *c, const qm31 *felts, size_t n)
{
    blake2s_ctx h;
    blake2s_init(&h, "spMix");
    blake2s_update_words(&h, c->state, 8);
    for (size_t i = 0; i < n; i++) {
        uint32_t w[4];
        qm31_to_words(w, felts[i]);
        blake2s_update_words(&h, w, 4);
    }
    blake2s_final(&h, c->state);
    c->counter = 0;
}

static void channel_draw8(channel *c, uint32_t out[8])
{
    blake2s_ctx h;
    blake2s_init(&h, "spDraw");
    blake2s_update_words(&h, c->state, 8);
    blake2s_update_words(&h, &c->counter, 1);
    blake2s_final(&h, out);
    c->counter++;
}

qm31 channel_draw_felt(channel *c)
{
    for (;;) {
        uint32_t block[8], w[4];
        unsigned n = 0;
        channel_draw8(c, block);
        for (unsigned i = 0; i < 8 && n < 4; i++) {
            uint32_t v = block[i] & 0x7fffffffu;
            if (v < M31_P) w[n++] = v;
        }
        if (n == 4) return qm31_from_words(w);
    }
}

void channel_draw_queries(channel *c, uint32_t *positions, size_t n, unsigned bits)
{
    uint32_t block[8], mask = bits >= 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
    for (size_t i = 0; i < n; i++) {
        if (i % 8 == 0) channel_draw8(c, block);
        positions[i] = block[i % 8] & mask;
    }
}

bool channel_grind_check(const channel *c, uint64_t nonce, unsigned bits)
{
    const uint32_t w[2] = {(uint32_t)nonce, (uint32_t)(nonce >> 32)};
    uint32_t out[8], mask = bits >= 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
    blake2s_ctx h;
    blake2s_init(&h, "spGrind");
    blake2s_update_words(&h, c->state, 8);
    blake2s_update_words(&h, w, 2);
    blake2s_final(&h, out);
    return (out[0] & mask) == 0;
}

void channel_mix_nonce(channel *c, uint64_t nonce)
{
    const uint32_t w[2] = {(uint32_t)nonce, (uint32_t)(nonce >> 32)};
    channel_mix_u32s(c, w, 2);
}
