/* claim.h - a proof is taken to the contract by `sprove claim`, which keeps its own journal of what
 * it signed: run again, it sends the same bytes. On the loop. */
#ifndef NODE_CLAIM_H
#define NODE_CLAIM_H

#include "core/sp.h"

#include <uv.h>

typedef struct {
    const char *sprove;         /* the program */
    const char *proof, *task;   /* path; number of the contract's task */
    const char *rpc, *contract; /* contract: an address, where there is no deployment */
    const char *deployment;     /* "" or the path of one */
    const char *network, *account, *keystore, *password_file;
    const char *state; /* folder of the journal of signed transactions */
    const char *keep;  /* seconds that a claim stays there after it was executed */
    bool assigned;     /* only once the contract shows the task assigned to the account */
} claim_spec;

#define CLAIM_OVER 8 /* sprove: the task has ended on the chain (docs/cli.md, exit codes) */
/* done: exit code 0 and the transaction's hash ("" when it said none), or another exit code and why
 * (the last line of standard error). SP_ERR_NOMEM: nothing was started, and done is not called. */
SP_MUST_USE sp_status claim_start(uv_loop_t *loop, const claim_spec *s,
                                  void (*done)(void *user, int code, const char *tx,
                                               const char *why),
                                  void *user);

#endif
