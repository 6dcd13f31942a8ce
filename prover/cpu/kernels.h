/* kernels.h - the kernels behind the operations of prover/backend.h, one set of names per ISA.
 * KERNELS(isa) declares them; the meaning is that of the table's entry of the same name. */
#ifndef PROVER_CPU_KERNELS_H
#define PROVER_CPU_KERNELS_H

#include "prover/backend.h"

#define KERNEL_(name, isa) name##_##isa
#define KERNEL(name, isa) KERNEL_(name, isa)

#define KERNELS(isa)                                                                              \
    void KERNEL(fft_interpolate, isa)(uint32_t *const *cols, size_t n, unsigned log);             \
    void KERNEL(fft_evaluate, isa)(uint32_t *const *out, const uint32_t *const *coeffs, size_t n, \
                                   unsigned log, unsigned log_out);                               \
    void KERNEL(fft_evaluate_part, isa)(uint32_t *const *out, const uint32_t *const *coeffs,      \
                                        size_t n, unsigned log, unsigned log_out, size_t part);   \
    void KERNEL(fft_extend, isa)(uint32_t *const *out, const uint32_t *const *in, size_t n,       \
                                 unsigned log, unsigned log_out);                                 \
    void KERNEL(merkle_level, isa)(uint32_t *const out[DIGEST_WORDS],                             \
                                   const uint32_t *const *below, const uint32_t *const *cols,     \
                                   size_t n_cols, unsigned log);                                  \
    void KERNEL(fri_leaves, isa)(uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4],  \
                                 unsigned log, unsigned k, bool first);                           \
    void KERNEL(fri_fold, isa)(uint32_t *const out[4], const uint32_t *const in[4], unsigned log, \
                               unsigned k, bool first, qm31 beta);                                \
    void KERNEL(weights_at, isa)(uint32_t *const w[4], unsigned log, circle_point_q z);           \
    void KERNEL(dot, isa)(qm31 * out, const uint32_t *const *cols, size_t n, unsigned log,        \
                          const uint32_t *const w[4]);                                            \
    void KERNEL(combine, isa)(uint32_t *const out[4], const uint32_t *const *cols,                \
                              const qm31 *coeff, size_t n, unsigned log);                         \
    void KERNEL(lift_add, isa)(uint32_t *const out[4], unsigned log, const uint32_t *const in[4], \
                               unsigned log_in);                                                  \
    void KERNEL(quotient, isa)(uint32_t *const out[4], bool add, const uint32_t *const num[4],    \
                               unsigned log, circle_point_q z, qm31 a, qm31 b);                   \
    void KERNEL(divide_vanishing, isa)(uint32_t *const acc[4], unsigned n);                       \
    void KERNEL(scan_product, isa)(uint32_t *const v[4], unsigned log);                           \
    void KERNEL(scan_sum, isa)(uint32_t *const v[4], unsigned log);                               \
    void KERNEL(batch_inverse, isa)(uint32_t *const v[4], size_t n);                              \
    uint64_t KERNEL(grind, isa)(const uint32_t state[8], unsigned bits)

KERNELS(portable);

#endif
