/* verify.h - every result's proof is checked, in sandboxed children, before anybody is told that it
 * holds. */
#ifndef RELAYER_VERIFY_H
#define RELAYER_VERIFY_H

#include "relayer/node.h"

struct app;

/* Starts the threads, each with a child of its own. why[SETTINGS_WHY]. */
SP_MUST_USE sp_status verify_open(struct app *a, char *why);
void verify_close(struct app *a);

/* A node's result of an attempt: notes it, or says what is wrong with it ("proof_not_uploaded"). On
 * the core's thread. */
const char *verify_accept(core *c, const char *task, int64_t attempt, const json_t *message);
/* Results that wait go to free workers. */
void verify_start_waiting(core *c);
/* What a relayer that is no more, or whose verdict was lost, was verifying is to be verified again.
 */
void verify_recover(core *c, const char *relayer);

/* The context that a proof must have to be paid to this account (docs/chain.md 1), 56 hex digits.
 */
void verify_context_hex(char out[57], felt chain_id, const char *contract, const char *task_id,
                        const char *account);

#endif
