/* gas.c - see gas.h. */
#include "cli/gas.h"

/* Unit costs in L2 gas. */
#define GAS_BASE 800000u     /* the transaction */
#define GAS_FELT 6720u       /* a calldata felt: validation and deserialisation */
#define GAS_NODE 16100u      /* a Merkle node with its sibling */
#define GAS_COLUMN8 22200u   /* eight opened values: unpacked, hashed, combined */
#define GAS_FRI_VALUE 17100u /* a value of a FRI leaf: unpacked, hashed, folded */
#define GAS_FRI_LEAF 38000u  /* a FRI leaf besides */
#define GAS_POINT 122000u    /* the domain point of a query */
#define GAS_DEEP 70000u      /* denominators of one sample point for a query */
#define GAS_SAMPLE 26000u    /* a sampled value: transcript, power, line */
#define GAS_MUL 15600u       /* a product and a sum in the constraints */
#define GAS_LAST 6000u       /* a coefficient of the last layer, for a query */
#define MULS_PER_COLUMN 6u   /* products in the constraints, by main and interaction column */

uint64_t gas_estimate(const proof_shape *s, uint64_t felts)
{
    const params *p = s->p;
    const uint64_t q = p->n_queries;
    uint64_t gas = GAS_BASE + felts * GAS_FELT;
    for (unsigned t = 0; t < N_TREES; t++)
        gas += q * ((s->tree[t].n_columns + 7) / 8 * (uint64_t)GAS_COLUMN8 +
                    (uint64_t)(s->tree[t].top - p->cap_log) * GAS_NODE) +
               ((uint64_t)GAS_NODE << p->cap_log);
    for (unsigned i = 0; i < s->n_layers; i++)
        gas += q * (GAS_FRI_LEAF + ((uint64_t)GAS_FRI_VALUE << s->fold[i]) +
                    (uint64_t)(shape_layer_top(s, i) - shape_layer_cap(s, i)) * GAS_NODE) +
               ((uint64_t)GAS_NODE << shape_layer_cap(s, i));
    gas += q * (GAS_POINT + 2 * GAS_DEEP + ((uint64_t)GAS_LAST << p->last_layer_log));
    gas += s->n_samples * (uint64_t)GAS_SAMPLE;
    gas += (s->tree[TREE_MAIN].n_columns + s->tree[TREE_INTERACTION].n_columns) *
           (uint64_t)MULS_PER_COLUMN * GAS_MUL;
    return gas;
}
