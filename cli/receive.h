/* receive.h - the result of a task: fetched from a relayer, and proved here before anything is
 * written. The relayer's word counts for nothing: output and proof must be of the recorded program
 * and input. */
#ifndef CLI_RECEIVE_H
#define CLI_RECEIVE_H

#include "cli/record.h"
#include "cli/watch.h"

typedef struct {
    file_outputs files;
    unsigned output, raw_output, felts, proof;
    bool stdout_taken;
} receipt;

/* Opens --output, --raw-output, --felts and --proof, before anything is waited for. t: its files
 * are not replaced; or NULL. */
int receive_open(receipt *f, const cli_args *a, const task *t);
/* Fetches, checks, writes, and prints the report. EXIT_FORMAT: what came does not prove what r
 * says; then nothing is written. */
int receive(receipt *f, relay *at, const record *r, const cli_args *a, const watched *w);
void receive_close(receipt *f);

#endif
