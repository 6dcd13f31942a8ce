/* verify.h - the verifier: no malloc, no I/O, no floating point. SP_OK means accepted; nothing else
 * does. Every check that docs/protocol.md lists has a name below, given back on rejection. */
#ifndef VERIFIER_VERIFY_H
#define VERIFIER_VERIFY_H

#include "air/proof.h"

/* The checks, in the order in which they are made. */
#define VERIFY_CHECKS(X)                                                                     \
    X(FORM, "form")                         /* sections, canonical elements, exact length */ \
    X(SIZES, "sizes")                       /* log sizes, accesses, lookups */               \
    X(PROFILE, "profile")                   /* the one required; sound */                    \
    X(PROGRAM, "program id")                /* the one required */                           \
    X(PROGRAM_HASH, "program hash")         /* program_id is the hash of header and cap */   \
    X(CONTEXT, "context")                   /* the one required */                           \
    X(INPUT, "input")                       /* H_in is the hash of the input */              \
    X(OUTPUT, "output")                     /* H_out is the hash of the output */            \
    X(IO, "io commitment")                  /* it is the hash of H_in and H_out */           \
    X(IO_EXPECTED, "expected io")           /* it is the one required */                     \
    X(EXIT_CODE, "exit code")               /* the one required */                           \
    X(TIME, "time")                         /* 1 <= cycles, T_end + 1 < 2^29 */              \
    X(ADDRESSES, "addresses")               /* image and windows lie apart, inside RAM */    \
    X(LOOKUP_GRIND, "lookup grind")                                                          \
    X(PRODUCT, "product")                   /* prod C_j times boundary = 1 */                \
    X(SUM, "sum")                           /* sum of S_j = 0 */                             \
    X(OODS_GRIND, "oods grind")                                                              \
    X(OODS, "oods")                         /* the composition at the OODS point */          \
    X(DEEP_GRIND, "deep grind")                                                              \
    X(COMMIT_GRIND, "commit grind")                                                          \
    X(QUERY_GRIND, "query grind")                                                            \
    X(TREE_PATH, "tree path")               /* openings of the four trees */                 \
    X(LAYER_PATH, "fri path")               /* layer 0 holds the DEEP quotient, each further \
                                               layer the fold of the one before */           \
    X(LAST_LAYER, "last layer")             /* its polynomial at the folded position */

enum verify_check {
#define VERIFY_X(id, text) CHECK_##id,
    VERIFY_CHECKS(VERIFY_X)
#undef VERIFY_X
    N_VERIFY_CHECKS
};

/* What the caller requires. Needed: the profile, the program id, and the io commitment or input and
 * output or all of them (what is given is compared); SP_ERR_ARG without. */
typedef struct {
    uint32_t profile;              /* enum profile_id */
    bool allow_unsound;
    const uint32_t *program_id;    /* 7 words */
    const uint32_t *context;       /* 7 words; NULL: all zero is required */
    const uint32_t *io_commitment; /* 8 words, or NULL */
    const uint8_t *input, *output; /* bytes; used when has_io */
    uint32_t input_bytes, output_bytes;
    bool has_io;
    uint32_t exit_code; /* required, unless any_exit_code */
    bool any_exit_code;
    unsigned skip; /* tests only: 1 + the check left out, in builds with SP_VERIFY_SKIP; else 0 */
} verify_expect;

typedef struct {
    enum verify_check check; /* the check that failed */
    const char *name;        /* its name */
    const char *text;        /* what is wrong; static */
    int query, layer, tree;  /* where, -1: not applicable */
    size_t offset;           /* byte offset in the proof for CHECK_FORM */
    const char *field;       /* for CHECK_FORM */
} verify_reason;

/* Scratch of the verifier, given by the caller; contents are of no interest. */
typedef struct verify_scratch {
    proof_view view;
    proof_shape shape;
    proof_query_layout layout;
    qm31 samples[SHAPE_MAX_SAMPLES];
    qm31 weights[SHAPE_MAX_SAMPLES];  /* powers of rho, then of delta */
    qm31 last[256];
    qm31 beta[FRI_MAX_LAYERS];
    uint32_t queries[PARAMS_MAX_QUERIES];
    uint32_t values[N_TREES][SHAPE_MAX_COLUMNS];
    uint32_t words[SHAPE_MAX_COLUMNS];
    uint32_t cap[7 << PARAMS_MAX_CAP_LOG];
    channel ch;
    air_challenges air;
} verify_scratch;

/* SP_OK: accepted. SP_ERR_FORMAT: not a proof (reason CHECK_FORM). SP_ERR_REJECT: a proof that does
 * not verify. SP_ERR_ARG: expectation incomplete. reason may be NULL. On SP_OK, s->view.st is the
 * proved statement. */
SP_MUST_USE sp_status verify(const uint8_t *proof, size_t n_bytes, const verify_expect *e,
                             verify_scratch *s, verify_reason *reason);

#endif
