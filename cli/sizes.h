/* sizes.h - the security of a proof from its form. */
#ifndef CLI_SIZES_H
#define CLI_SIZES_H

#include "air/proof.h"
#include "core/security.h"

#include <string.h>

static inline void sizes_security(security_bits *s, const proof_shape *shape, const proof_view *v)
{
    security_sizes z;
    memset(&z, 0, sizeof z);
    z.p = shape->p;
    z.n_max = shape->n_max;
    z.n_samples = shape->n_samples;
    z.n_constraints = shape->n_constraints;
    /* The boundary: public words, two lengths, exit code, digest and state. */
    z.n_accesses = shape->n_accesses + v->input_bytes / 4 + v->output_bytes / 4 + 16;
    z.n_lookups = shape->n_lookups;
    security_init(s, &z);
}

#endif
