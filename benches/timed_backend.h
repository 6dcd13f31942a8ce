/* timed_backend.h - a backend whose operations are counted and timed, for profiles: everything goes
 * to another backend. One at a time; operations are called from one thread, as the prover does. */
#ifndef BENCHES_TIMED_BACKEND_H
#define BENCHES_TIMED_BACKEND_H

#include "prover/air_kernels.h"
#include "prover/backend.h"

#define TIMED_OPS(X)                                                                            \
    X(INTERPOLATE, "interpolate") X(EVALUATE, "evaluate") X(EXTEND, "extend")                   \
    X(MERKLE_LEVEL, "merkle_level") X(FRI_LEAVES, "fri_leaves") X(FRI_FOLD, "fri_fold")         \
    X(WEIGHTS_AT, "weights_at") X(DOT, "dot") X(COMBINE, "combine") X(LIFT_ADD, "lift_add")     \
    X(QUOTIENT, "quotient") X(DIVIDE_VANISHING, "divide_vanishing")                             \
    X(SCAN_PRODUCT, "scan_product") X(SCAN_SUM, "scan_sum") X(BATCH_INVERSE, "batch_inverse")   \
    X(GRIND, "grind") X(CONSTRAINTS, "constraints") X(ROWS, "rows")

enum timed_op {
#define TIMED_X(id, text) TIMED_##id,
    TIMED_OPS(TIMED_X)
#undef TIMED_X
    N_TIMED_OPS
};
extern const char *const timed_op_name[N_TIMED_OPS];

/* The timed form of be, which must outlive its use; the counts are cleared. */
const backend *timed_backend(const backend *be);
void timed_clear(void);
/* Wall time in ns and calls since the counts were cleared. */
void timed_read(uint64_t ns[N_TIMED_OPS], uint64_t calls[N_TIMED_OPS]);
/* Mean wall time in ns of one hash of be's grinding, from searches of TIMED_GRIND_BITS whose nonces
 * say how many were made: 2^bits of them are the mean of a search. What one search takes is chance,
 * and the same chance in every proof of one statement. */
#define TIMED_GRIND_BITS 24
double timed_grind_hash_ns(const backend *be);

#endif
