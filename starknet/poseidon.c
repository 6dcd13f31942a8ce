/* poseidon.c - the Hades permutation and its two hashes. */
#include "starknet/poseidon.h"

#include "starknet/poseidon_rc.h"

#define N_ROUNDS 91
#define N_FULL_HALF 4

_Static_assert(SP_COUNT(poseidon_rc) == 3 * N_ROUNDS,
               "one constant for each element of each round");

static felt cube(felt a) { return felt_mul(felt_sqr(a), a); }

static void mix(felt s[3])
{
    felt sum = felt_add(felt_add(s[0], s[1]), s[2]);
    felt twice2 = felt_add(s[2], s[2]);
    s[0] = felt_add(sum, felt_add(s[0], s[0]));
    s[1] = felt_sub(sum, felt_add(s[1], s[1]));
    s[2] = felt_sub(sum, felt_add(twice2, s[2]));
}

void poseidon_permute(felt s[3])
{
    for (unsigned r = 0; r < N_ROUNDS; r++) {
        for (unsigned i = 0; i < 3; i++) s[i] = felt_add(s[i], poseidon_rc[3 * r + i]);
        s[2] = cube(s[2]);
        if (r < N_FULL_HALF || r >= N_ROUNDS - N_FULL_HALF) {
            s[0] = cube(s[0]);
            s[1] = cube(s[1]);
        }
        mix(s);
    }
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
