/* felts.c - a proof as felt252 words. Each field starts a new felt; unused bits are zero.
 *
 *   words, bytes   7 words of 32 bits a felt, low first
 *   digests        7 words; 31-byte hashes: 8 words; nonces: 2 words
 *   M31, QM31      8 values v0..v7 a felt: v0..v3 at bits 0, 31, 62, 93; the low 4 bits of v7 at 124;
 *                  v4..v6 at 128, 159, 190; the high 27 bits of v7 at 221, so that both 128-bit
 *                  halves split with few divisions on chain */
#include "air/felts.h"

#include "core/bytes.h"

#include <string.h>

static void put_bits(felt252 *f, unsigned at, unsigned n, uint32_t v)
{
    const unsigned k = at / 32, s = at % 32;
    const uint64_t wide = (uint64_t)v << s;
    f->w[k] |= (uint32_t)wide;
    if (s + n > 32) f->w[k + 1] |= (uint32_t)(wide >> 32);
}

static uint32_t get_bits(const felt252 *f, unsigned at, unsigned n)
{
    const unsigned k = at / 32, s = at % 32;
    uint64_t wide = f->w[k];
    if (s + n > 32) wide |= (uint64_t)f->w[k + 1] << 32;
    return (uint32_t)(wide >> s & ((UINT64_C(1) << n) - 1));
}

static const unsigned m31_at[8] = {0, 31, 62, 93, 128, 159, 190, 221};

static void put_m31(felt252 *f, unsigned i, uint32_t v)
{
    if (i < 7) {
        put_bits(f, m31_at[i], 31, v);
        return;
    }
    put_bits(f, 124, 4, v & 15);
    put_bits(f, m31_at[7], 27, v >> 4);
}
static uint32_t get_m31(const felt252 *f, unsigned i)
{
    if (i < 7) return get_bits(f, m31_at[i], 31);
    return get_bits(f, 124, 4) | get_bits(f, m31_at[7], 27) << 4;
}

/* Words of a felt of this kind, and whether they are 31-bit values. */
static unsigned words_per_felt(enum proof_kind kind)
{
    switch (kind) {
    case KIND_M31:
    case KIND_QM31:
    case KIND_HASH31: return 8;
    case KIND_NONCE: return 2;
    default: return 7;
    }
}
static bool is_m31(enum proof_kind kind) { return kind == KIND_M31 || kind == KIND_QM31; }

typedef struct {
    felt252 *felts;       /* from_proof */
    const felt252 *in;    /* to_proof */
    uint8_t *bytes;
    size_t n, room;       /* felts */
    size_t at, bytes_room;
    proof_error *err;
} felt_cursor;

static sp_status fail(felt_cursor *c, enum proof_field f, const char *text)
{
    c->err->field = proof_field_name[f];
    c->err->offset = c->n;
    c->err->text = text;
    return SP_ERR_FORMAT;
}

static sp_status pack(void *user, enum proof_field f, enum proof_kind kind, unsigned i, unsigned j,
                      size_t count)
{
    felt_cursor *c = user;
    const size_t words = proof_kind_bytes(kind, count) / 4;
    const unsigned per = words_per_felt(kind);
    (void)i, (void)j;
    for (size_t k = 0; k < words; k += per, c->n++) {
        if (c->n >= c->room) return fail(c, f, "no room for the felts");
        felt252 *out = &c->felts[c->n];
        memset(out, 0, sizeof *out);
        for (unsigned l = 0; l < per && k + l < words; l++, c->at += 4) {
            const uint32_t v = bytes_le32(c->bytes + c->at);
            if (is_m31(kind)) put_m31(out, l, v);
            else out->w[l] = v;
        }
    }
    return SP_OK;
}

static sp_status unpack(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                        unsigned j, size_t count)
{
    felt_cursor *c = user;
    const size_t words = proof_kind_bytes(kind, count) / 4;
    const unsigned per = words_per_felt(kind);
    (void)i, (void)j;
    for (size_t k = 0; k < words; k += per, c->n++) {
        if (c->n >= c->room) return fail(c, f, "the felts end inside this field");
        const felt252 *in = &c->in[c->n];
        felt252 again; /* what the values taken give: anything else in the felt is foreign */
        memset(&again, 0, sizeof again);
        for (unsigned l = 0; l < per && k + l < words; l++, c->at += 4) {
            const uint32_t v = is_m31(kind) ? get_m31(in, l) : in->w[l];
            if (c->at + 4 > c->bytes_room) return fail(c, f, "no room for the proof");
            if (is_m31(kind)) put_m31(&again, l, v);
            else again.w[l] = v;
            bytes_put_le32(c->bytes + c->at, v);
        }
        if (memcmp(&again, in, sizeof again) != 0) return fail(c, f, "unused bits of a felt are set");
    }
    return SP_OK;
}

sp_status felts_from_proof(felt252 *out, size_t *n, const uint8_t *proof, size_t bytes,
                           proof_view *view, proof_shape *shape, proof_error *err)
{
    SP_TRY(proof_read(view, shape, proof, bytes, err));
    felt_cursor c = {.felts = out, .room = *n, .err = err};
    c.bytes = (uint8_t *)(uintptr_t)proof; /* read only by pack */
    SP_TRY(proof_walk(shape, view->st.io_mode, view->input_bytes, view->output_bytes, pack, &c));
    *n = c.n;
    return SP_OK;
}

sp_status felts_to_proof(uint8_t *out, size_t *bytes, const felt252 *felts, size_t n,
                         proof_view *view, proof_shape *shape, proof_error *err)
{
    felt_cursor c = {.in = felts, .room = n, .bytes = out, .bytes_room = *bytes, .err = err};
    /* The head has no element whose size depends on anything; the rest follows from it. */
    static const struct {
        enum proof_field f;
        enum proof_kind kind;
        size_t count;
    } head[] = {{FIELD_HEADER, KIND_WORDS, 4},      {FIELD_AIR_ID, KIND_DIGEST, 1},
                {FIELD_PROGRAM_ID, KIND_DIGEST, 1}, {FIELD_CONTEXT, KIND_DIGEST, 1},
                {FIELD_IO, KIND_HASH31, 1},         {FIELD_NUMBERS, KIND_WORDS, 6},
                {FIELD_H_IN, KIND_HASH31, 1},       {FIELD_H_OUT, KIND_HASH31, 1},
                {FIELD_LOGS, KIND_WORDS, PROOF_LOG_WORDS}};
    memset(err, 0, sizeof *err);
    for (size_t i = 0; i < SP_COUNT(head); i++)
        SP_TRY(unpack(&c, head[i].f, head[i].kind, 0, 0, head[i].count));
    SP_TRY(proof_read_head(view, shape, out, c.at, err));
    c.n = c.at = 0;
    SP_TRY(proof_walk(shape, view->st.io_mode, view->input_bytes, view->output_bytes, unpack, &c));
    if (c.n != n) return fail(&c, FIELD_HEADER, "felts after the end of the proof");
    *bytes = c.at;
    return proof_read(view, shape, out, c.at, err);
}
