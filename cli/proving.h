/* proving.h - what run, estimate and bench share: options of the prover, and one proof. */
#ifndef CLI_PROVING_H
#define CLI_PROVING_H

#include "cli/task.h"
#include "prover/prove.h"

/* The most felts that one Starknet transaction takes beside a proof's own calldata. */
#define PROVING_MAX_CHAIN_FELTS 4950u

typedef struct {
    prove_options o;
    prove_plan plan;
    prove_stats stats;
    progress progress;
    uint8_t *proof;
    size_t proof_bytes;
    bool bounded; /* by proving_bound */
} proving;

/* --profile, --threads, --memory, --backend, --context, --progress. */
int proving_init(proving *p, const cli_args *a);
/* Without --memory: the prover may take what the system has now. */
void proving_bound(proving *p);
/* Sizes of the proof of a recorded run. */
int proving_plan(proving *p, const task *t, const vm_result *r);
int proving_prove(proving *p, const task *t, vm_result *r);
int proving_check(proving *p, const task *t, const vm_result *r);
void proving_free(proving *p);

/* {"setup":ms, ...}: wall time of the phases in milliseconds. */
json_t *proving_phases(const prove_stats *s);
uint64_t proving_ns(const prove_stats *s);

#endif
