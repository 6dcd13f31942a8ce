/* command.h - the program sprove in a child, with one JSON object as its answer. On the loop. */
#ifndef NODE_COMMAND_H
#define NODE_COMMAND_H

#include "core/sp.h"

#include <jansson.h>
#include <uv.h>

#define COMMAND_WORDS 32

/* Exit code (128 and the signal of one that was killed, 127 of one that cannot be started), what
 * it printed (NULL when that is no JSON; borrowed), and the last line of its standard error. */
typedef void command_done(void *user, int code, const json_t *said, const char *why);

/* words[0] is the program, NULL ends them. done is called once, from the loop, unless there was no
 * memory: SP_ERR_NOMEM. */
SP_MUST_USE sp_status command_start(uv_loop_t *loop, const char *const *words, command_done *done,
                                    void *user);

/* Adds an option that has a value; one without is left out. */
void command_option(const char *words[COMMAND_WORDS], size_t *n, const char *name,
                    const char *value);
/* Which chain and which contract: that of the deployment, where there is one. */
void command_chain(const char *words[COMMAND_WORDS], size_t *n, const char *rpc,
                   const char *deployment, const char *contract, const char *network);

#endif
