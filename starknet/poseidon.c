/* poseidon.c - the Hades permutation and its two hashes. */
#include "starknet/poseidon.h"

#include "starknet/poseidon_rc.h"

#define N_FULL_HALF 4
#define N_PARTIAL 83

_Static_assert(SP_COUNT(poseidon_full) == 2 * 3 * N_FULL_HALF, "three for each full round");
_Static_assert(SP_COUNT(poseidon_partial) == N_PARTIAL, "one for each partial round");

/* Between the rounds elements are not reduced. Bounds below are in multiples of P, of which 2^256
 * has more than 31. */

/* Below 1, for a below 7: a*a/2^256 is below 1.6 (49/31), and 1.6*7 < 31. */
static inline felt cube(felt a) { return felt_mul(felt_sqr(a), a); }

/* a modulo P, below 2, for a of 1 to 31: as many P are taken away as it has multiples of 2^251,
 * less one. */
static inline felt fold(felt a)
{
    const uint64_t n = (a.l[3] >> 59) - 1; /* 0..30 */
    (void)limbs_sub(a.l, n, 0, 0, n * FELT_P3);
    return a;
}

static inline felt plus_p(felt a)
{
    limbs_add(a.l, 1, 0, 0, FELT_P3);
    return a;
}

/* Elements below 6 before and after; c below 1. */
static inline void full_round(felt s[3], const felt c[3])
{
    const felt a = cube(felt_sum(s[0], c[0])), b = cube(felt_sum(s[1], c[1])),
               d = cube(felt_sum(s[2], c[2])), ab = felt_sum(a, b);
    s[0] = felt_sum(felt_sum(ab, d), felt_sum(a, a)); /* < 5 */
    s[1] = felt_difference(felt_sum(a, d), b, 1);     /* < 3 */
    s[2] = felt_difference(ab, felt_sum(d, d), 2);    /* < 4 */
}

/* The first two elements are below 2 before and after. The third, below 7, has its constant in it,
 * and after it c, that of the next round. Only the third's cube waits for the round before. */
static inline void partial_round(felt s[3], felt c)
{
    const felt a = s[0], b = s[1], ab = felt_sum(a, b);
    const felt d = cube(s[2]);
    s[0] = fold(felt_sum(plus_p(felt_sum(ab, felt_sum(a, a))), d)); /* of 1..10 */
    s[1] = fold(felt_sum(felt_difference(a, b, 3), d));             /* of 1..6 */
    s[2] = felt_difference(felt_sum(ab, c), felt_sum(d, d), 2);     /* < 7 */
}

void poseidon_permute(felt s[3])
{
    for (unsigned r = 0; r < N_FULL_HALF; r++) full_round(s, poseidon_full + 3 * r);
    s[0] = fold(plus_p(s[0]));
    s[1] = fold(plus_p(s[1]));
    s[2] = felt_sum(s[2], poseidon_partial[0]);
    for (unsigned r = 1; r < N_PARTIAL; r++) partial_round(s, poseidon_partial[r]);
    partial_round(s, felt_zero()); /* the third then below 6 */
    for (unsigned r = N_FULL_HALF; r < 2 * N_FULL_HALF; r++) full_round(s, poseidon_full + 3 * r);
    for (unsigned i = 0; i < 3; i++) s[i] = felt_reduce_once(fold(plus_p(s[i])));
}

felt poseidon_hash(felt a, felt b)
{
    felt s[3] = {a, b, felt_from_u64(2)};
    poseidon_permute(s);
    return s[0];
}

void poseidon_init(poseidon_ctx *c)
{
    for (unsigned i = 0; i < 3; i++) c->s[i] = felt_zero();
    c->n = 0;
}

void poseidon_add(poseidon_ctx *c, felt v)
{
    c->s[c->n] = felt_add(c->s[c->n], v);
    if (++c->n == 2) {
        poseidon_permute(c->s);
        c->n = 0;
    }
}

felt poseidon_final(poseidon_ctx *c)
{
    poseidon_add(c, felt_one());
    if (c->n) poseidon_add(c, felt_zero());
    return c->s[0];
}

felt poseidon_hash_many(felt_span list)
{
    poseidon_ctx c;
    poseidon_init(&c);
    for (size_t i = 0; i < list.n; i++) poseidon_add(&c, list.v[i]);
    return poseidon_final(&c);
}
