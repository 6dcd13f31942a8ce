/* mask.c - random columns and sampled values. */
#include "tests/air/mask.h"
#include "core/circle.h"
#include "tests/test.h"

m31 mask_m31(void)
{
    const uint32_t r = test_rand();
    if (r % 16 == 0) return m31_zero();
    if (r % 16 == 1) return m31_one();
    if (r % 16 == 2) return m31_from_reduced(M31_P - 1);
    return m31_from_u32(test_rand());
}
qm31 mask_qm31(void)
{
    const m31 a = mask_m31(), b = mask_m31(), c = mask_m31();
    return qm31_from4(a, b, c, mask_m31());
}
void mask_challenges(air_challenges *ch)
{
    ch->gamma = mask_qm31();
    ch->z = mask_qm31();
    ch->alpha[0] = qm31_one();
    ch->alpha[1] = mask_qm31();
    for (unsigned i = 2; i < SP_COUNT(ch->alpha); i++)
        ch->alpha[i] = qm31_mul(ch->alpha[i - 1], ch->alpha[1]);
}
air_claim mask_claim(void)
{
    air_claim c;
    c.prod = mask_qm31();
    c.sum = mask_qm31();
    c.image_end = mask_m31();
    return c;
}
void mask_weights(qm31 weight[AIR_MAX_CONSTRAINTS])
{
    for (unsigned i = 0; i < AIR_MAX_CONSTRAINTS; i++) weight[i] = mask_qm31();
}

bool mask_columns_init(mask_columns *c, enum air_component_id id, unsigned log)
{
    const air_component *k = &air_components[id];
    const unsigned n_inter = 4 * (k->n_prod + k->n_sum);
    const size_t n = (size_t)1 << log, n_cols = k->n_pre + k->n_main + n_inter + 1;
    uint32_t *p = aligned_alloc(64, (n < 16 ? 16 : n) * n_cols * sizeof *p);
    memset(c, 0, sizeof *c);
    c->log = log;
    c->memory = p;
    if (!p) return false;
    for (size_t i = 0; i < n * n_cols; i++) p[i] = mask_m31().v;
    for (unsigned i = 0; i < k->n_pre; i++, p += n) c->pre[i] = p;
    for (unsigned i = 0; i < k->n_main; i++, p += n) c->main[i] = p;
    for (unsigned i = 0; i < n_inter; i++, p += n) c->inter[i] = p;
    c->is_first = p;
    return true;
}
void mask_columns_free(mask_columns *c)
{
    free(c->memory);
    memset(c, 0, sizeof *c);
}

static qm31 inter_at(const mask_columns *c, unsigned k, uint32_t position)
{
    uint32_t w[4];
    for (unsigned j = 0; j < 4; j++) w[j] = c->inter[4 * k + j][position];
    return qm31_from_words(w);
}
static qm31 word_at(const uint32_t *col, uint32_t position)
{
    return qm31_from_m31(m31_from_reduced(col[position]));
}

static void link_arrays(mask_point *p)
{
    p->mask.pre = p->pre;
    p->mask.main = p->main;
    p->mask.inter = p->inter;
    p->mask.main_before = p->main_before;
}
void mask_at(mask_point *p, const mask_columns *c, enum air_component_id id, unsigned trace_log,
             uint32_t position)
{
    const air_component *k = &air_components[id];
    const uint32_t before = circle_position_before(c->log, trace_log, position);
    const unsigned n_inter = k->n_prod + k->n_sum;
    memset(p, 0, sizeof *p);
    link_arrays(p);
    for (unsigned i = 0; i < k->n_pre; i++) p->pre[i] = word_at(c->pre[i], position);
    for (unsigned i = 0; i < k->n_main; i++) p->main[i] = word_at(c->main[i], position);
    for (unsigned i = 0; i < n_inter; i++) p->inter[i] = inter_at(c, i, position);
    for (unsigned i = 0; i < k->n_before; i++)
        p->main_before[i] = word_at(c->main[k->before[i]], before);
    if (k->n_prod) p->mask.prod_before = inter_at(c, k->n_prod - 1, before);
    if (k->n_sum) p->mask.sum_before = inter_at(c, n_inter - 1, before);
    p->mask.is_first = word_at(c->is_first, position);
}
void mask_random(mask_point *p, enum air_component_id id)
{
    const air_component *k = &air_components[id];
    memset(p, 0, sizeof *p);
    link_arrays(p);
    for (unsigned i = 0; i < k->n_pre; i++) p->pre[i] = mask_qm31();
    for (unsigned i = 0; i < k->n_main; i++) p->main[i] = mask_qm31();
    for (unsigned i = 0; i < k->n_prod + k->n_sum; i++) p->inter[i] = mask_qm31();
    for (unsigned i = 0; i < k->n_before; i++) p->main_before[i] = mask_qm31();
    p->mask.prod_before = mask_qm31();
    p->mask.sum_before = mask_qm31();
    p->mask.is_first = mask_qm31();
}
