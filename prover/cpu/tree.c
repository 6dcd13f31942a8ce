/* tree.c - Merkle levels and FRI leaves: VEC_LANES neighbouring nodes are hashed at once, so that
 * word w of their messages is a run of neighbouring words of one column.
 *
 * Work goes in tiles of RUN nodes: 16 columns at a time, each read in one run; the hash states of
 * the tile stay in the first-level cache. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/vblake2s.h"

#include <string.h>

KERNELS(SP_ISA);

enum { LOG_RUN = 9, RUN = 1 << LOG_RUN, CHILD_WORDS = 2 * DIGEST_WORDS };

static const _Alignas(64) uint32_t zeros[RUN];

typedef struct {
    _Alignas(64) uint32_t h[8][RUN];
} states;

static void states_init(states *s, const char *tag, size_t n)
{
    uint32_t h[8];
    blake2s_start(h, tag);
    for (unsigned i = 0; i < 8; i++)
        for (size_t k = 0; k < n; k += VEC_LANES) vu32_store(s->h[i] + k, vu32_splat(h[i]));
}

/* One block of n messages: word w of message k is word[w][k]. */
static void states_block(states *s, const uint32_t *const word[16], size_t n, uint64_t n_bytes,
                         bool last)
{
    for (size_t k = 0; k < n; k += VEC_LANES) {
        vu32 h[8], m[16];
        for (unsigned i = 0; i < 8; i++) h[i] = vu32_load(s->h[i] + k);
        for (unsigned i = 0; i < 16; i++) m[i] = vu32_load(word[i] + k);
        vblake2s_compress(h, m, n_bytes, last);
        for (unsigned i = 0; i < 8; i++) vu32_store(s->h[i] + k, h[i]);
    }
}

static void put_digests(uint32_t *const out[DIGEST_WORDS], size_t at, const states *s, size_t n)
{
    for (unsigned w = 0; w < DIGEST_WORDS; w++) memcpy(out[w] + at, s->h[w], n * sizeof(uint32_t));
}

/* Digests of nodes [at, at + n). */
static void level_tile(uint32_t *const out[DIGEST_WORDS], const uint32_t *const *below,
                       const uint32_t *const *cols, size_t n_cols, size_t at, size_t n)
{
    _Alignas(64) uint32_t child[CHILD_WORDS][RUN];
    const size_t n_child = below ? CHILD_WORDS : 0, n_words = n_child + n_cols;
    states s;
    states_init(&s, !below ? "spLeaf" : n_cols ? "spNodeC" : "spNode", n);
    for (unsigned w = 0; below && w < DIGEST_WORDS; w++)
        for (size_t k = 0; k < n; k += VEC_LANES) {
            const uint32_t *p = below[w] + 2 * (at + k);
            vu32 left = vu32_load(p), right = vu32_load(p + VEC_LANES);
            vu32_deinterleave(&left, &right);
            vu32_store(child[w] + k, left);
            vu32_store(child[w + DIGEST_WORDS] + k, right);
        }
    for (size_t first = 0; first == 0 || first < n_words; first += 16) {
        const uint32_t *word[16];
        const size_t end = n_words < first + 16 ? n_words : first + 16;
        for (size_t i = 0; i < 16; i++) {
            size_t w = first + i;
            word[i] = w >= n_words ? zeros : w < n_child ? child[w] : cols[w - n_child] + at;
        }
        states_block(&s, word, n, 4 * end, end == n_words);
    }
    put_digests(out, at, &s, n);
}

void ISA(merkle_level)(uint32_t *const out[DIGEST_WORDS], const uint32_t *const *below,
                       const uint32_t *const *cols, size_t n_cols, unsigned log)
{
    if (log < VEC_LOG_LANES) {
        merkle_level_portable(out, below, cols, n_cols, log);
        return;
    }
    const size_t n = (size_t)1 << (log < LOG_RUN ? log : LOG_RUN);
    SP_OMP(parallel for schedule(static) if ((n_cols + 1) << log > SP_OMP_MIN))
    for (size_t at = 0; at < (size_t)1 << log; at += n) level_tile(out, below, cols, n_cols, at, n);
}

/* From (V, lane) at word V VEC_LANES + lane to word t of leaf l at v[t], lane l, words being
 * numbered l 2^k + t: each round takes the lowest bit of the number to the top. */
SP_FN void by_leaf(vu32 *v, unsigned k)
{
    vu32 w[1 << FRI_MAX_FOLD];
    const unsigned n = 1u << k;
    for (unsigned round = 0; round < k; round++) {
        for (unsigned i = 0; i < n; i++) w[i] = v[i];
        for (unsigned i = 0; i < n / 2; i++) {
            vu32 even = w[2 * i], odd = w[2 * i + 1];
            vu32_deinterleave(&even, &odd);
            v[i] = even;
            v[i + n / 2] = odd;
        }
    }
}

enum { LOG_FRI_RUN = 6, FRI_RUN = 1 << LOG_FRI_RUN };

/* Digests of leaves [at, at + n), n <= FRI_RUN. */
static void fri_tile(uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4], unsigned log,
                     unsigned k, bool first, size_t at, size_t n)
{
    _Alignas(64) uint32_t words[(4 << FRI_MAX_FOLD) + 16][FRI_RUN];
    const unsigned k_run = first ? k - 1 : k;
    const size_t run = (size_t)1 << k_run, n_words = (size_t)4 << k;
    for (size_t flag = 0; flag < (first ? 2 : 1); flag++)
        for (unsigned c = 0; c < 4; c++)
            for (size_t l = 0; l < n; l += VEC_LANES) {
                const uint32_t *p = in[c] + (flag << (log - 1)) + ((at + l) << k_run);
                vu32 v[1 << FRI_MAX_FOLD];
                for (size_t t = 0; t < run; t++) v[t] = vu32_load(p + t * VEC_LANES);
                by_leaf(v, k_run);
                for (size_t t = 0; t < run; t++)
                    vu32_store(words[4 * (flag * run + t) + c] + l, v[t]);
            }
    states s;
    states_init(&s, "spLeaf", n);
    for (size_t w = 0; w < n_words; w += 16) {
        const uint32_t *word[16];
        const size_t end = n_words < w + 16 ? n_words : w + 16;
        for (size_t i = 0; i < 16; i++) word[i] = w + i < n_words ? words[w + i] : zeros;
        states_block(&s, word, n, 4 * end, end == n_words);
    }
    put_digests(out, at, &s, n);
}

void ISA(fri_leaves)(uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4], unsigned log,
                     unsigned k, bool first)
{
    if (log - k < VEC_LOG_LANES) {
        fri_leaves_portable(out, in, log, k, first);
        return;
    }
    const size_t n = (size_t)1 << (log - k < LOG_FRI_RUN ? log - k : LOG_FRI_RUN);
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t at = 0; at < (size_t)1 << (log - k); at += n)
        fri_tile(out, in, log, k, first, at, n);
}
