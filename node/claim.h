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
    bool assigned;     /* only once the contract shows the task assigned to the account */
} claim_spec;

typedef struct node_claim node_claim;

#define CLAIM_WHY 300
/* done: exit code 0 and the transaction's hash ("" when it said none), or another exit code and why
 * (the last line of standard error). The claim is deleted after it. SP_ERR_IO: the program cannot
 * be started. */
SP_MUST_USE sp_status claim_start(uv_loop_t *loop, const claim_spec *s,
                                  void (*done)(void *user, int code, const char *tx,
                                               const char *why),
                                  void *user, char why[CLAIM_WHY]);

#endif
