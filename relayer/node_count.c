/* node_count.c - what /metrics says of nodes: ends of attempts, signatures. */
#include "relayer/node.h"

#include "relayer/app.h"
#include "relayer/meters.h"

#include <stdlib.h>

typedef struct {
    job j;
    app *a;
    attempt_outcome outcome;
} ended;

static void count_ended(job *j)
{
    const ended *e = (const ended *)j;
    if (!j->failed) meters_count(meters_of(e->a), COUNT_ATTEMPTS, attempt_outcome_name(e->outcome));
    free(j);
}

void node_count_ended(core *c, attempt_outcome o)
{
    ended *e = calloc(1, sizeof *e);
    if (e == NULL) return; /* it is not counted: nothing else depends on it */
    e->j.done = count_ended;
    e->a = core_user(c);
    e->outcome = o;
    core_emit(c, &e->j);
}

sp_status node_check_signature(core *c, felt pubkey, felt z, const digest_signature *s)
{
    app *a = core_user(c);
    const uint64_t start = clock_ns();
    const sp_status status = digest_verify(pubkey, z, s);
    meters_time(meters_of(a), TIME_SIGNATURE, status == SP_OK ? "valid" : "invalid", "",
                clock_ns() - start);
    return status;
}
