/* timed_backend.c - a backend that times another one's operations. */
#include "benches/timed_backend.h"
#include "core/channel.h"

#include <string.h>
#include <time.h>

const char *const timed_op_name[N_TIMED_OPS] = {
#define TIMED_X(id, text) text,
    TIMED_OPS(TIMED_X)
#undef TIMED_X
};

static const backend *inner;
static uint64_t total_ns[N_TIMED_OPS], total_calls[N_TIMED_OPS];

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}
static void add(enum timed_op op, uint64_t start)
{
    total_ns[op] += now() - start;
    total_calls[op]++;
}

/* A function of the table: its parameters, its arguments. */
#define TIMED(ID, name, parameters, arguments) \
    static void timed_##name parameters        \
    {                                          \
        const uint64_t start = now();          \
        inner->name arguments;                 \
        add(TIMED_##ID, start);                \
    }

TIMED(INTERPOLATE, interpolate, (uint32_t *const *cols, size_t n, unsigned log), (cols, n, log))
TIMED(EVALUATE, evaluate,
      (uint32_t *const *out, const uint32_t *const *coeffs, size_t n, unsigned log,
       unsigned log_out),
      (out, coeffs, n, log, log_out))
TIMED(EXTEND, extend,
      (uint32_t *const *out, const uint32_t *const *in, size_t n, unsigned log, unsigned log_out),
      (out, in, n, log, log_out))
TIMED(MERKLE_LEVEL, merkle_level,
      (uint32_t *const out[DIGEST_WORDS], const uint32_t *const *below, const uint32_t *const *cols,
       size_t n_cols, unsigned log),
      (out, below, cols, n_cols, log))
TIMED(FRI_LEAVES, fri_leaves,
      (uint32_t *const out[DIGEST_WORDS], const uint32_t *const in[4], unsigned log, unsigned k,
       bool first),
      (out, in, log, k, first))
TIMED(FRI_FOLD, fri_fold,
      (uint32_t *const out[4], const uint32_t *const in[4], unsigned log, unsigned k, bool first,
       qm31 beta),
      (out, in, log, k, first, beta))
TIMED(WEIGHTS_AT, weights_at, (uint32_t *const w[4], unsigned log, circle_point_q z), (w, log, z))
TIMED(DOT, dot,
      (qm31 * out, const uint32_t *const *cols, size_t n, unsigned log, const uint32_t *const w[4]),
      (out, cols, n, log, w))
TIMED(COMBINE, combine,
      (uint32_t *const out[4], const uint32_t *const *cols, const qm31 *coeff, size_t n,
       unsigned log),
      (out, cols, coeff, n, log))
TIMED(LIFT_ADD, lift_add,
      (uint32_t *const out[4], unsigned log, const uint32_t *const in[4], unsigned log_in),
      (out, log, in, log_in))
TIMED(QUOTIENT, quotient,
      (uint32_t *const out[4], bool add_to, const uint32_t *const num[4], unsigned log,
       circle_point_q z, qm31 a, qm31 b),
      (out, add_to, num, log, z, a, b))
TIMED(DIVIDE_VANISHING, divide_vanishing, (uint32_t *const acc[4], unsigned n), (acc, n))
TIMED(SCAN_PRODUCT, scan_product, (uint32_t *const v[4], unsigned log), (v, log))
TIMED(SCAN_SUM, scan_sum, (uint32_t *const v[4], unsigned log), (v, log))
TIMED(BATCH_INVERSE, batch_inverse, (uint32_t *const v[4], size_t n), (v, n))

static uint64_t timed_grind(const uint32_t state[8], unsigned bits)
{
    const uint64_t start = now(), nonce = inner->grind(state, bits);
    add(TIMED_GRIND, start);
    return nonce;
}

/* The evaluators do not say which component they are called for: one function each. */
#define COMPONENT(prefix, NAME)                                                   \
    static void constraints_##prefix(uint32_t *const acc[4], const air_domain *d) \
    {                                                                             \
        const uint64_t start = now();                                             \
        inner->air->constraints[AIR_##NAME](acc, d);                              \
        add(TIMED_CONSTRAINTS, start);                                            \
    }                                                                             \
    static void rows_##prefix(uint32_t *const *inter, const air_domain *d)        \
    {                                                                             \
        const uint64_t start = now();                                             \
        inner->air->rows[AIR_##NAME](inter, d);                                   \
        add(TIMED_ROWS, start);                                                   \
    }
AIR_COMPONENTS(COMPONENT)
#define CONSTRAINTS(prefix, NAME) constraints_##prefix,
#define ROWS(prefix, NAME) rows_##prefix,
static const struct air_kernels kernels = {{AIR_COMPONENTS(CONSTRAINTS)}, {AIR_COMPONENTS(ROWS)}};

static backend timed;

const backend *timed_backend(const backend *be)
{
    inner = be;
    timed = *be; /* name, and whatever is not timed */
    timed.interpolate = timed_interpolate;
    timed.evaluate = timed_evaluate;
    timed.extend = timed_extend;
    timed.merkle_level = timed_merkle_level;
    timed.fri_leaves = timed_fri_leaves;
    timed.fri_fold = timed_fri_fold;
    timed.weights_at = timed_weights_at;
    timed.dot = timed_dot;
    timed.combine = timed_combine;
    timed.lift_add = timed_lift_add;
    timed.quotient = timed_quotient;
    timed.divide_vanishing = timed_divide_vanishing;
    timed.scan_product = timed_scan_product;
    timed.scan_sum = timed_scan_sum;
    timed.batch_inverse = timed_batch_inverse;
    timed.grind = timed_grind;
    timed.air = &kernels;
    timed_clear();
    return &timed;
}

void timed_clear(void)
{
    memset(total_ns, 0, sizeof total_ns);
    memset(total_calls, 0, sizeof total_calls);
}

void timed_read(uint64_t ns[N_TIMED_OPS], uint64_t calls[N_TIMED_OPS])
{
    memcpy(ns, total_ns, sizeof total_ns);
    memcpy(calls, total_calls, sizeof total_calls);
}

#define GRIND_SEARCHES 6 /* 10^8 hashes */

double timed_grind_hash_ns(const backend *be)
{
    uint64_t hashes = 0;
    const uint64_t start = now();
    for (uint32_t i = 0; i < GRIND_SEARCHES; i++) {
        channel c;
        channel_init(&c);
        channel_mix_u32s(&c, &i, 1);
        hashes += be->grind(c.state, TIMED_GRIND_BITS) + 1;
    }
    return (double)(now() - start) / (double)hashes;
}
