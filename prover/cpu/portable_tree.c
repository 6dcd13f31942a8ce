/* portable_tree.c - Merkle levels, FRI leaves and grinding: the messages of docs/protocol.md 2 and
 * 7 through core/blake2s.h, one after another. */
#include "core/blake2s.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/openmp.h"

static void put_digest(uint32_t *const out[DIGEST_WORDS], size_t i, blake2s_ctx *s)
{
    uint32_t h[8];
    blake2s_final(s, h);
    for (unsigned w = 0; w < DIGEST_WORDS; w++) out[w][i] = h[w];
}

void merkle_level_portable(uint32_t *const out[DIGEST_WORDS], const uint32_t *const *below,
                           const uint32_t *const *cols, size_t n_cols, unsigned log)
{
    const char *tag = !below ? "spLeaf" : n_cols ? "spNodeC" : "spNode";
    SP_OMP(parallel for schedule(static))
    for (size_t i = 0; i < (size_t)1 << log; i++) {
        blake2s_ctx s;
        blake2s_init(&s, tag);
        for (size_t child = 2 * i; below && child < 2 * i + 2; child++)
            for (unsigned w = 0; w < DIGEST_WORDS; w++)
                blake2s_update_words(&s, &below[w][child], 1);
        for (size_t c = 0; c < n_cols; c++) blake2s_update_words(&s, &cols[c][i], 1);
        put_digest(out, i, &s);
    }
}

void fri_leaves_portable(uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4],
                         unsigned log, unsigned k, bool first)
{
    size_t run = (size_t)1 << (first ? k - 1 : k), half = (size_t)1 << (log - 1);
    SP_OMP(parallel for schedule(static))
    for (size_t i = 0; i < (size_t)1 << (log - k); i++) {
        blake2s_ctx s;
        blake2s_init(&s, "spLeaf");
        for (size_t flag = 0; flag < (first ? 2 : 1); flag++)
            for (size_t t = 0; t < run; t++)
                for (unsigned c = 0; c < 4; c++)
                    blake2s_update_words(&s, &in[c][flag * half + i * run + t], 1);
        put_digest(out, i, &s);
    }
}

static bool is_solution(const uint32_t state[8], uint64_t nonce, unsigned bits)
{
    uint32_t msg[10], h[8];
    for (unsigned i = 0; i < 8; i++) msg[i] = state[i];
    msg[8] = (uint32_t)(nonce & UINT32_MAX);
    msg[9] = (uint32_t)(nonce >> 32);
    blake2s_hash_words(h, "spGrind", msg, 10);
    return (h[0] & (UINT32_MAX >> (32 - bits))) == 0;
}

uint64_t grind_portable(const uint32_t state[8], unsigned bits)
{
    enum { ROUND = 1 << 12 };
    for (uint64_t base = 0;; base += ROUND) {
        uint64_t best = UINT64_MAX;
        SP_OMP(parallel for reduction(min : best))
        for (uint64_t i = 0; i < ROUND; i++)
            if (is_solution(state, base + i, bits) && base + i < best) best = base + i;
        if (best != UINT64_MAX) return best;
    }
}
