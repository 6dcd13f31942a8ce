/* node_count.c - what /metrics says of nodes: ends of attempts, signatures. */
#include "relayer/node.h"

#include "relayer/app.h"
#include "relayer/meters.h"

void node_count_ended(core *c, attempt_outcome o)
{
    meters_later(c, COUNT_ATTEMPTS, attempt_outcome_name(o));
}

sp_status node_check_signature(core *c, digest_key *key, felt z, const digest_signature *s)
{
    app *a = core_user(c);
    const uint64_t start = clock_ns();
    const sp_status status = digest_verify_again(key, z, s);
    meters_time(meters_of(a), TIME_SIGNATURE, status == SP_OK ? "valid" : "invalid", "",
                clock_ns() - start);
    return status;
}
