/* statement.c - hashes of the statement and its absorption. */
#include "air/statement.h"

#include "air/air_id.h"
#include "core/blake2s.h"

#include <string.h>

#define CUT 0x00ffffffu /* keeps 31 of 32 bytes */

void statement_hash_io(uint32_t out[8], const uint8_t *bytes, uint32_t n)
{
    blake2s_ctx h;
    blake2s_init(&h, NULL);
    blake2s_update_words(&h, &n, 1);
    blake2s_update(&h, bytes, n);
    blake2s_final(&h, out);
    out[7] &= CUT;
}

void statement_io_digest(uint32_t out[8], const uint32_t h_in[8], const uint32_t h_out[8])
{
    static const char label[9] = {'s', 'p', 'r', 'o', 'v', 'e', ' ', 'i', 'o'};
    blake2s_ctx h;
    blake2s_init(&h, NULL);
    blake2s_update(&h, label, sizeof label);
    for (unsigned k = 0; k < 2; k++) {
        const uint32_t *w = k ? h_out : h_in;
        uint8_t b[32];
        for (unsigned i = 0; i < 32; i++) b[i] = (uint8_t)(w[i / 4] >> (8 * (i % 4)));
        blake2s_update(&h, b, 31);
    }
    blake2s_final(&h, out);
}

void statement_io_commitment(uint32_t out[8], const uint32_t h_in[8], const uint32_t h_out[8])
{
    statement_io_digest(out, h_in, h_out);
    out[7] &= CUT;
}

void statement_program_id(uint32_t out[7], uint32_t profile, const program_header *h,
                          const uint32_t *cap, size_t cap_nodes)
{
    const uint32_t words[] = {
        profile,          h->entry,           MACHINE_HALT_PC,    h->image_end,
        h->rom_log,       AIR_TABLES_LOG,     h->image_log,       h->io_mode,
        MACHINE_INPUT_ADDR, MACHINE_INPUT_CAP, MACHINE_OUTPUT_ADDR, MACHINE_OUTPUT_CAP,
        (uint32_t)cap_nodes,
    };
    uint32_t full[8];
    blake2s_ctx c;
    blake2s_init(&c, "spProg");
    blake2s_update_words(&c, AIR_ID, 7);
    blake2s_update_words(&c, words, SP_COUNT(words));
    blake2s_update_words(&c, cap, 7 * cap_nodes);
    blake2s_final(&c, full);
    memcpy(out, full, 7 * sizeof *out);
}

void statement_mix(channel *c, const statement *s)
{
    uint32_t w[51 + AIR_N_SLOTS];
    size_t n = 0;
    w[n++] = SP_VERSION;
    memcpy(w + n, AIR_ID, sizeof AIR_ID), n += 7;
    w[n++] = s->profile;
    memcpy(w + n, s->program_id, sizeof s->program_id), n += 7;
    memcpy(w + n, s->context, sizeof s->context), n += 7;
    memcpy(w + n, s->io_commitment, sizeof s->io_commitment), n += 8;
    w[n++] = s->exit_code;
    w[n++] = (uint32_t)s->cycles;
    w[n++] = (uint32_t)(s->cycles >> 32);
    w[n++] = s->io_mode;
    memcpy(w + n, s->h_in, sizeof s->h_in), n += 8;
    memcpy(w + n, s->h_out, sizeof s->h_out), n += 8;
    for (unsigned i = 0; i < AIR_N_SLOTS; i++) w[n++] = s->log_size[i];
    SP_ASSERT(n <= SP_COUNT(w));
    channel_mix_u32s(c, w, n);
}

void air_challenges_draw(air_challenges *a, channel *c)
{
    a->gamma = channel_draw_felt(c);
    a->alpha[0] = qm31_one();
    a->alpha[1] = channel_draw_felt(c);
    for (unsigned i = 2; i < SP_COUNT(a->alpha); i++)
        a->alpha[i] = qm31_mul(a->alpha[i - 1], a->alpha[1]);
    a->z = channel_draw_felt(c);
}
