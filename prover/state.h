/* state.h - one proof in the making: what the steps of prove.c share. Internal to prover/. */
#ifndef PROVER_STATE_H
#define PROVER_STATE_H

#include "core/quotient.h"
#include "prover/air_kernels.h"
#include "prover/program.h"
#include "prover/prove.h"
#include "prover/tree.h"
#include "prover/witness.h"

typedef struct {
    uint32_t *v[4];
} qcolumn;

/* Where the tests' hostile prover may change what is about to be used; i as noted. */
enum prove_step {
    STEP_SETUP,       /* program columns and header made, nothing sized */
    STEP_SIZES,       /* layout made, shape not yet */
    STEP_EXTENDED,    /* i = tree: extended, not hashed; not when columns are streamed */
    STEP_CAP,         /* i = tree: committed, not mixed */
    STEP_STATEMENT,   /* main columns filled; the statement not mixed */
    STEP_INTERACTION, /* interaction columns and claims made, not mixed */
    STEP_COMPOSITION, /* composition columns made */
    STEP_SAMPLES,     /* samples made, not mixed */
    STEP_QUOTIENT,    /* first FRI layer made */
    STEP_LAYER_CAP,   /* i = layer: committed, not mixed */
    STEP_LAST,        /* last layer made, not mixed */
    STEP_QUERIES      /* positions drawn, openings not written */
};
struct prover;
typedef struct {
    void (*step)(void *user, struct prover *pv, enum prove_step step, unsigned i);
    bool (*grind)(void *user, struct prover *pv, unsigned bits, uint64_t *nonce); /* false: grind */
    void *user;
} prove_hook;

typedef struct prover {
    const prove_hook *hook; /* NULL but in tests */
    const prove_options *o;
    const backend *be;
    const params *pa;
    program prog;
    witness_layout layout;
    proof_shape shape;
    air_public pub;
    statement st;
    program_header ph;
    arena mem;
    channel ch;
    air_trace trace;
    air_challenges air;

    /* Columns of the trees in tree order: on the trace domains and extended. Streamed, coefficients
     * and one part of the extended columns while a tree is committed, and nothing after. */
    bool stream;
    uint32_t *trace_col[N_TREES][SHAPE_MAX_COLUMNS];
    uint32_t *coeff[N_TREES][SHAPE_MAX_COLUMNS];
    uint32_t *lde[N_TREES][SHAPE_MAX_COLUMNS];
    uint8_t trace_log[N_TREES][SHAPE_MAX_COLUMNS];
    merkle_tree tree[N_TREES];
    uint32_t cap[N_TREES][7 << PARAMS_MAX_CAP_LOG];
    uint32_t **main_pointers; /* witness_bind's */

    qm31 claim[2 * AIR_N_SLOTS]; /* products, then sums */
    qm31 rho, delta;
    circle_point_q z[2];
    qm31 samples[SHAPE_MAX_SAMPLES], weight[SHAPE_MAX_POWERS];

    uint32_t *is_first[31];  /* indicator on the constraint domain (log n + 1), by n; or NULL */
    qcolumn acc[31];         /* constraint sums on D_(n+1), by n; or empty */
    arena scratch;           /* streamed: room for one instance on D_(n+1) */
    qcolumn num;             /* DEEP numerator of one point on the FRI domain */
    qcolumn small[2];        /* and of one trace size; extended, but the largest */
    qcolumn oods_weight;     /* of one size and point */
    uint32_t *opened;        /* streamed: n_at values of each query */

    qcolumn layer[FRI_MAX_LAYERS + 1];
    merkle_tree layer_tree[FRI_MAX_LAYERS];
    uint32_t layer_cap[FRI_MAX_LAYERS][7 << PARAMS_MAX_CAP_LOG];
    qm31 last[256];
    uint64_t nonce_lookup, nonce_oods, nonce_deep, nonce_commit[FRI_MAX_LAYERS], nonce_query;
    uint32_t queries[PARAMS_MAX_QUERIES];

    prove_stats *stats;
    prove_error *err;
    uint64_t done, total; /* progress, in committed words or the like */
    enum prove_phase phase;
    uint64_t phase_start; /* ns */
} prover;

/* Starts a phase: closes the timing of the one before. SP_ERR_CANCEL when the caller asked. */
SP_MUST_USE sp_status prover_phase(prover *pv, enum prove_phase phase);
/* Adds work done and reports. */
SP_MUST_USE sp_status prover_work(prover *pv, uint64_t units);

/* Trace log sizes of all columns, from the shape. */
void prover_set_trace_logs(prover *pv);
/* Takes all memory of the proof, in an arena that may only count. Trees without columns take none. */
void prover_carve(prover *pv, arena *a);

/* commit.c: extends the columns of a tree from their trace values, commits, mixes the cap unless the
 * tree is the program's. */
SP_MUST_USE sp_status commit_tree(prover *pv, unsigned tree, bool mix);
/* interaction.c: interaction columns and claims. */
SP_MUST_USE sp_status interaction_fill(prover *pv);
/* composition.c: constraint sums -> composition columns (trace and extended). */
SP_MUST_USE sp_status composition_fill(prover *pv);
/* opening.c: sampled values; DEEP quotient into layer[0]; streamed columns at the queried positions. */
SP_MUST_USE sp_status opening_samples(prover *pv);
SP_MUST_USE sp_status opening_quotient(prover *pv);
SP_MUST_USE sp_status opening_values(prover *pv);
/* fri_prove.c: layers, last layer, queries. */
SP_MUST_USE sp_status fri_prove(prover *pv);
/* proof_write.c: the proof's bytes. */
SP_MUST_USE sp_status proof_write(prover *pv, uint8_t **proof, size_t *proof_bytes);

/* prove() with a hook. Goes on where an honest prover finds the run at odds with its public facts,
 * and keeps the record's rows. */
SP_MUST_USE sp_status prove_hooked(uint8_t **proof, size_t *proof_bytes, const vm_program *p,
                                   vm_result *run, const uint8_t *input, uint32_t input_bytes,
                                   enum machine_io_mode mode, const prove_options *o,
                                   prove_stats *stats, prove_error *e, const prove_hook *hook);
void prover_step(prover *pv, enum prove_step step, unsigned i);

/* Grinds `bits` bits on the channel (0: nothing), mixes the nonce and returns it. */
uint64_t prover_grind(prover *pv, unsigned bits);

#endif
