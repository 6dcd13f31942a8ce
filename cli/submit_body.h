/* submit_body.h - the request that makes a task (docs/relayer.md), from the options. */
#ifndef CLI_SUBMIT_BODY_H
#define CLI_SUBMIT_BODY_H

#include "cli/send.h"
#include "cli/task.h"
#include "core/params.h"

/* JSON text, to be freed. Prints its failure. */
int submit_body(char **body, const cli_args *a, const task *t, const params *p,
                const send_names *n);

#endif
