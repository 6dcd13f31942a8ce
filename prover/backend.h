/* backend.h - the operations a prover needs done fast, behind one table.
 *
 * Columns are arrays of canonical m31 words in position order (core/circle.h), 64-byte aligned. A
 * QM31 column is four of them, one per coordinate. `log` is the base-2 logarithm of a length.
 * Batches are parallel inside (OpenMP); every operation gives the same words on every backend and
 * thread count. Outputs do not overlap inputs unless said. The portable backend is the
 * specification. */
#ifndef PROVER_BACKEND_H
#define PROVER_BACKEND_H

#include "core/circle.h"
#include "core/params.h"
#include "core/sp.h"

#define DIGEST_WORDS 7

typedef struct backend {
    const char *name;
    bool (*usable)(void);

    /* cols[i]: values on D_log -> coefficients of the FFT space, in place. log >= 1. */
    void (*interpolate)(uint32_t *const *cols, size_t n, unsigned log);
    /* out[i] (2^log_out words) = values on D_log_out of coeffs[i] (2^log words); log_out >= log.
     * out[i] may equal coeffs[i] when the buffer has room for 2^log_out words. */
    void (*evaluate)(uint32_t *const *out, const uint32_t *const *coeffs, size_t n, unsigned log,
                     unsigned log_out);
    /* One part of the same: out[i] (2^log words) = the values at positions [part h, (part + 1) h) of
     * each half of D_log_out, h = 2^(log-1): those of the first half, then those of the second.
     * part < 2^(log_out - log). out[i] may equal coeffs[i]. */
    void (*evaluate_part)(uint32_t *const *out, const uint32_t *const *coeffs, size_t n,
                          unsigned log, unsigned log_out, size_t part);
    /* out[i] = the extension to D_log_out of the values in[i] on D_log. */
    void (*extend)(uint32_t *const *out, const uint32_t *const *in, size_t n, unsigned log,
                   unsigned log_out);

    /* One level of a Merkle tree (docs/protocol.md 2). A level of 2^log digests is stored as
     * DIGEST_WORDS columns. below = NULL: leaves; else the level of log + 1. n_cols may be 0 with
     * below. */
    void (*merkle_level)(uint32_t *const out[DIGEST_WORDS], const uint32_t *const *below,
                         const uint32_t *const *cols, size_t n_cols, unsigned log);
    /* Leaves of a FRI layer over the QM31 column in[4] of 2^log values, 2^k values a leaf, first:
     * the circle layer's grouping. 1 <= k <= min(log, FRI_MAX_FOLD). out has 2^(log - k) digests.
     */
    void (*fri_leaves)(uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4], unsigned log,
                       unsigned k, bool first);
    /* out[4] (2^(log - k) values) = in folded by beta, beta^2, ...; first: y, then x. */
    void (*fri_fold)(uint32_t *const out[4], const uint32_t *const in[4], unsigned log, unsigned k,
                     bool first, qm31 beta);

    /* w[4][2^log]: f(z) = sum over positions of w * f for every f in the FFT space of log size log.
     * z outside D_log. */
    void (*weights_at)(uint32_t *const w[4], unsigned log, circle_point_q z);
    /* out[i] = sum over positions of w * cols[i]. */
    void (*dot)(qm31 *out, const uint32_t *const *cols, size_t n, unsigned log,
                const uint32_t *const w[4]);
    /* out[4] += sum_i coeff[i] * cols[i]. */
    void (*combine)(uint32_t *const out[4], const uint32_t *const *cols, const qm31 *coeff,
                    size_t n, unsigned log);
    /* out[i] += in[i >> (log - log_in)] for QM31 columns; log_in <= log. */
    void (*lift_add)(uint32_t *const out[4], unsigned log, const uint32_t *const in[4],
                     unsigned log_in);
    /* out[4] on D_log = (c num - a p.y - b) / den(p) + (previous out when add), den as in
     * docs/protocol.md 7 for the sample point z, c = conj(z.y) - z.y. */
    void (*quotient)(uint32_t *const out[4], bool add, const uint32_t *const num[4], unsigned log,
                     circle_point_q z, qm31 a, qm31 b);
    /* acc[4] on D_(n+1) /= v_n (which takes the two values +-x of D_1... on it). n >= 1. */
    void (*divide_vanishing)(uint32_t *const acc[4], unsigned n);

    /* In place, in ROW order over the 2^log rows: v[row] = prod (sum) of v[0..row]. */
    void (*scan_product)(uint32_t *const v[4], unsigned log);
    void (*scan_sum)(uint32_t *const v[4], unsigned log);
    /* v = 1/v (0 stays 0), n QM31 values, n a multiple of 16. */
    void (*batch_inverse)(uint32_t *const v[4], size_t n);
    /* The smallest nonce with the grind property of docs/protocol.md 2; 1 <= bits <= 32. */
    uint64_t (*grind)(const uint32_t state[8], unsigned bits);

    /* Per-component evaluators (air/): see prover/air_kernels.h. */
    const struct air_kernels *air;
} backend;

extern const backend backend_portable;
/* All compiled-in backends, fastest last; *n of them (usable or not). */
const backend *const *backend_list(size_t *n);
/* By name, "auto" = the fastest usable one; NULL when unknown or not usable here. */
const backend *backend_find(const char *name);
/* Computes the constants (twiddles) of domains up to max_log now; otherwise each is computed when
 * first needed. Without memory for them operations still work, very slowly. */
sp_status backend_prepare(unsigned max_log);

#endif
