/* point.c - the verifier's evaluator: a component's constraints at one point, over QM31. */
#include "air/components.h"

#define AIR_FN static inline __attribute__((unused))

typedef qm31 fe;
typedef qm31 ef;
#include "air/open.air.h"

typedef struct {
    const air_mask *m;
    const air_challenges *ch;
    const air_claim *claim;
    const qm31 *weight; /* of the next constraint */
    const air_component *c;
    qm31 acc;
    air_open_pair pair;
    air_open_sum sum;
} air_cx;

/* Out of line: a component has hundreds of multiplications. */
static __attribute__((noinline)) qm31 mul(qm31 a, qm31 b) { return qm31_mul(a, b); }

AIR_FN fe fe_const(uint32_t v) { return qm31_from_m31(m31_from_reduced(v)); }
#define fe_add qm31_add
#define fe_sub qm31_sub
#define fe_mul mul
#define ef_add qm31_add
#define ef_sub qm31_sub
#define ef_mul mul
#define ef_mul_fixed mul
#define ef_mul_fe mul
#define ef_add_fe qm31_add
#define ef_sub_fe qm31_sub

AIR_FN fe air_main(air_cx *cx, unsigned i) { return cx->m->main[i]; }
AIR_FN fe air_pre(air_cx *cx, unsigned i) { return cx->m->pre[i]; }
AIR_FN fe air_before(air_cx *cx, unsigned i) { return cx->m->main_before[i]; }
AIR_FN fe air_is_first(air_cx *cx) { return cx->m->is_first; }
AIR_FN fe air_image_end(air_cx *cx) { return qm31_from_m31(cx->claim->image_end); }
AIR_FN ef air_gamma(air_cx *cx) { return cx->ch->gamma; }
AIR_FN ef air_z(air_cx *cx) { return cx->ch->z; }
AIR_FN ef air_alpha(air_cx *cx, unsigned i) { return cx->ch->alpha[i]; }
AIR_FN ef air_dot(air_cx *cx, unsigned i, const fe *v, unsigned n)
{
    ef r = qm31_zero();
    for (unsigned j = 0; j < n; j++) r = qm31_add(r, mul(cx->ch->alpha[i + j], v[j]));
    return r;
}
AIR_FN ef air_prod(air_cx *cx, unsigned k) { return cx->m->inter[k]; }
AIR_FN ef air_sum(air_cx *cx, unsigned k) { return cx->m->inter[cx->c->n_prod + k]; }
AIR_FN ef air_prod_before(air_cx *cx) { return cx->m->prod_before; }
AIR_FN ef air_sum_before(air_cx *cx) { return cx->m->sum_before; }
AIR_FN ef air_claim_prod(air_cx *cx) { return cx->claim->prod; }
AIR_FN ef air_claim_sum(air_cx *cx) { return cx->claim->sum; }
static void air_zero_ef(air_cx *cx, ef x, const char *text)
{
    (void)text;
    cx->acc = qm31_add(cx->acc, mul(*cx->weight++, x));
}
#define air_zero air_zero_ef

#include "air/air.h"
#include "air/product.air.h"
#include "air/logup.air.h"
#include "air/column.air.h"
#include "air/each.air.h"

qm31 air_point(enum air_component_id id, const air_mask *mask, const air_challenges *ch,
               const air_claim *claim, const qm31 *weight)
{
    air_cx cx = {.m = mask, .ch = ch, .claim = claim, .weight = weight, .c = &air_components[id]};
    switch (id) {
#define AIR_X(prefix, NAME) \
    case AIR_##NAME: prefix##_constraints(&cx); break;
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    case AIR_N_COMPONENTS: break;
    }
    return cx.acc;
}
