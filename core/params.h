/* params.h - the parameter sets. Their values are constants of prover and verifier and are never
 * read from a proof (docs/protocol.md 8). */
#ifndef CORE_PARAMS_H
#define CORE_PARAMS_H

#include "core/sp.h"

enum profile_id {
    PROFILE_FAST = 1,
    PROFILE_BALANCED = 2,
    PROFILE_PROVEN = 3,
    PROFILE_CHAIN = 4,
    PROFILE_BENCH = 5
};

#define FRI_MAX_LAYERS 8
#define FRI_MAX_FOLD 4      /* a layer folds at most 2^4 values */
#define PARAMS_MAX_CAP_LOG 8
#define PARAMS_MAX_QUERIES 193
#define PARAMS_MAX_LOG 30   /* largest log size of an evaluation domain */

typedef struct {
    const char *name;
    enum profile_id id;
    bool sound;               /* false: accepted only with --allow-unsound */
    unsigned log_blowup;
    unsigned n_queries;
    unsigned grind_lookup, grind_oods, grind_deep, grind_commit, grind_query; /* bits; 0: no nonce */
    unsigned cap_log;         /* Merkle caps have 2^cap_log nodes */
    unsigned last_layer_log;  /* the last FRI layer has 2^last_layer_log coefficients */
    unsigned max_instances;   /* per chip */
    unsigned max_trace_log;   /* largest trace log size */
} params;

/* NULL when there is no such profile. */
const params *params_by_id(uint32_t id);
const params *params_by_name(const char *name);
/* The smallest trace log size a component may have: 5, and above the cap after extension. */
unsigned params_min_log(const params *p);

/* Binary folds per FRI layer for a first domain of log size m; returns the number of layers.
 * Formula in docs/protocol.md 8. */
unsigned params_fri_schedule(const params *p, unsigned m, unsigned fold[FRI_MAX_LAYERS]);

#endif
