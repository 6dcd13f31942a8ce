/* security.h - the security of a proof in bits, from its parameters and sizes: the conjectured
 * number of old and two proved ones. Formulas and sources: SOUNDNESS.md. */
#ifndef CORE_SECURITY_H
#define CORE_SECURITY_H

#include "core/params.h"

/* What the numbers depend on; see air/shape.h. */
typedef struct {
    const params *p;
    unsigned n_max;         /* log size of the largest trace */
    unsigned n_samples;     /* functions combined by the DEEP challenge */
    unsigned n_constraints; /* combined by the composition challenge */
    uint64_t n_accesses;    /* pairs of the grand product, boundary included */
    uint64_t n_lookups;     /* of all LogUp sums */
} security_sizes;

enum security_term {
    SECURITY_QUERIES,  /* FRI queries */
    SECURITY_BATCHING, /* DEEP combination */
    SECURITY_COMMIT,   /* the worst FRI fold */
    SECURITY_LOOKUP,   /* grand product and lookups */
    SECURITY_ALI,      /* combination of constraints */
    SECURITY_DEEP,     /* the OODS point */
    SECURITY_HASH,     /* collisions of digests */
    N_SECURITY_TERMS
};
extern const char *const security_term_name[N_SECURITY_TERMS];

/* Whole bits, rounded down; 0 where nothing is proved. */
typedef struct {
    unsigned legacy;                 /* queries * log_blowup + query grinding: a refuted conjecture */
    unsigned udr, jbr;               /* the least of the terms */
    unsigned udr_term[N_SECURITY_TERMS], jbr_term[N_SECURITY_TERMS];
} security_bits;

void security_init(security_bits *s, const security_sizes *z);

/* floor(2^16 log2(v)) and ceil; v > 0. */
int64_t security_log2_floor(uint64_t v);
int64_t security_log2_ceil(uint64_t v);

#endif
