/* chain_prove.h - what a run that is proved for a task of the marketplace must be. */
#ifndef CLI_CHAIN_PROVE_H
#define CLI_CHAIN_PROVE_H

#include "cli/proving.h"
#include "starknet/felt.h"

/* Program id (of profile chain) and input commitment of a loaded task with its input. */
int chain_digests(felt *program_id, felt *input_commitment, const task *t);
/* `sprove run --task`: asks the contract whether --provider (or --account) would be paid for this
 * program and input, and sets profile, context and the most cycles accordingly. Prints its failure
 * and returns the exit code, before anything is run. */
int chain_for_task(const cli_args *a, const task *t, prove_options *o, uint64_t *max_cycles);

#endif
