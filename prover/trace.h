/* trace.h - the committed columns of one run: what the witness fills, and what the checker, the
 * counter and the prover read.
 *
 * Every column has 2^log canonical words in position order (core/circle.h). */
#ifndef PROVER_TRACE_H
#define PROVER_TRACE_H

#include "air/boundary.h"

typedef struct {
    enum air_component_id id;
    unsigned log;    /* the instance has 2^log rows */
    size_t n_active; /* rows that are not padding; the others are all zero (REFRESH and chips) */
    uint32_t **main; /* the component's main columns */
} air_instance;

typedef struct {
    air_instance inst[AIR_N_SLOTS]; /* the present ones, in protocol order */
    unsigned n_inst;
    /* Preprocessed columns of IMAGE, ROM and TABLES (2^pre_log words each), NULL elsewhere. */
    const uint32_t *const *pre[AIR_N_COMPONENTS];
    uint32_t image_end; /* tuple address of the last image word: INITFIN starts above it */
    air_public pub;
} air_trace;

#endif
