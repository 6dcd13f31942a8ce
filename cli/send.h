/* send.h - what of a task is too long for its request, or is no job of the relayer's: sent before
 * it, and named by its hash. */
#ifndef CLI_SEND_H
#define CLI_SEND_H

#include "cli/relay.h"
#include "cli/task.h"

/* Inputs up to here go along in the request, whose body has at most 256 KiB. */
#define SEND_INLINE ((size_t)160 << 10)

typedef struct {
    char program[SP_SHA256_HEX]; /* "": it is a built-in job */
    char input[SP_SHA256_HEX];   /* "": it goes along */
} send_names;

void send_name(send_names *n, const task *t);
/* Uploads and registers what has a name and is not there. Prints its failure and returns the exit
 * code. */
int send_all(relay *at, const send_names *n, const task *t, progress *p);

#endif
