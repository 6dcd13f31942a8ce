/* weak_params.c - core/params.c with another profile `chain`, that a hostile prover has put in the
 * place of the real one: weak_set says of what. Linked before sp_core. */
#include "core/params.h"

const params *honest_by_id(uint32_t id);
const params *honest_by_name(const char *name);
#define params_by_id honest_by_id
#define params_by_name honest_by_name
#include "core/params.c"
#undef params_by_id
#undef params_by_name

#include "tests/chain/weak_params.h"

static params weak;

void weak_set(unsigned n_queries, bool grinds)
{
    weak = *honest_by_id(PROFILE_CHAIN);
    weak.n_queries = n_queries;
    if (!grinds) /* one bit, not none: the nonces are in the proof, so that its form is right */
        weak.grind_lookup = weak.grind_deep = weak.grind_commit = weak.grind_query = 1;
}

const params *params_by_id(uint32_t id) { return id == PROFILE_CHAIN ? &weak : honest_by_id(id); }

const params *params_by_name(const char *name)
{
    return strcmp(name, "chain") == 0 ? &weak : honest_by_name(name);
}
