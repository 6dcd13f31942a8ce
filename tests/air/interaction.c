/* interaction.c - the interaction constraints: each has values that it alone rejects; range checks
 * of a cell accept exactly 2^k field elements. */
#include "tests/air/mask.h"
#include "tests/air/rows.h"
#include "tests/test.h"

static qm31 value[AIR_MAX_NODES];

static void sample_row(mask_point *p, const row *r)
{
    const air_component *k = &air_components[r->g->id];
    mask_random(p, r->g->id);
    for (unsigned i = 0; i < k->n_main; i++)
        p->main[i] = qm31_from_m31(m31_from_reduced(r->main[i]));
    for (unsigned i = 0; i < k->n_before; i++)
        p->main_before[i] = qm31_from_m31(m31_from_reduced(r->before[i]));
    for (unsigned i = 0; i < k->n_pre; i++) p->pre[i] = qm31_from_m31(mask_m31());
    p->mask.is_first = qm31_one();
}
static qm31 constraint(const air_graph *g, uint32_t k, const mask_point *p,
                       const air_challenges *ch, const air_claim *claim)
{
    air_graph_eval(value, g, &p->mask, ch, claim);
    return value[g->constraint[k].node];
}
/* Sets *x so that constraint k, which is linear in it, vanishes. */
static void solve(qm31 *x, const air_graph *g, uint32_t k, const mask_point *p,
                  const air_challenges *ch, const air_claim *claim)
{
    *x = qm31_zero();
    const qm31 at0 = constraint(g, k, p, ch, claim);
    *x = qm31_one();
    const qm31 slope = qm31_sub(constraint(g, k, p, ch, claim), at0);
    *x = qm31_mul(qm31_neg(at0), qm31_inv(slope));
}

/* Interaction values on row 0 that satisfy every interaction constraint but `without`. */
static void solve_all(mask_point *p, const air_graph *g, const air_challenges *ch,
                      const air_claim *claim, uint32_t without)
{
    const air_component *c = &air_components[g->id];
    const uint32_t first = g->n_constraints - c->n_prod - (c->n_prod > 0) - c->n_sum;
    const uint32_t claimed = first + c->n_prod; /* the product over all rows */
    p->mask.prod_before = claim->prod;
    if (c->n_prod && claimed == without) p->mask.prod_before = qm31_add(claim->prod, qm31_one());
    for (unsigned i = 0; i < c->n_prod; i++) {
        solve(&p->inter[i], g, first + i, p, ch, claim);
        if (first + i == without) p->inter[i] = qm31_add(p->inter[i], qm31_one());
    }
    for (unsigned i = 0; i < c->n_sum; i++) {
        const uint32_t k = first + c->n_prod + (c->n_prod > 0) + i;
        solve(&p->inter[c->n_prod + i], g, k, p, ch, claim);
        if (k == without) p->inter[c->n_prod + i] = qm31_add(p->inter[c->n_prod + i], qm31_one());
    }
}

TEST(each_interaction_constraint_has_values_that_it_alone_rejects)
{
    unsigned n = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const enum air_component_id id = (enum air_component_id)c;
        const air_graph *g = row_graph(id);
        for (uint32_t k = 0; k <= g->n_constraints; k++) { /* the last: none left out */
            row r;
            mask_point p;
            air_challenges ch;
            air_claim claim = mask_claim();
            if (k < g->n_constraints && g->constraint[k].kind <= AIR_KIND_MERGE) continue;
            row_honest(&r, id);
            while (id == AIR_INITFIN && !r.is_first) row_honest(&r, id);
            sample_row(&p, &r); /* as row 0, where the claims speak */
            claim.image_end = m31_from_reduced(r.image_end);
            mask_challenges(&ch);
            solve_all(&p, g, &ch, &claim, k);
            air_graph_eval(value, g, &p.mask, &ch, &claim);
            for (uint32_t i = 0; i < g->n_constraints; i++)
                CHECK((i == k) != qm31_is_zero(value[g->constraint[i].node]));
            if (k < g->n_constraints) n++;
        }
    }
    printf("  %u constraints\n", n);
}

/* ---- the columns against their definition ---- */

/* z - id alpha^11 - sum alpha^i t_i of lookup l, from the values of the last evaluation. */
static qm31 denominator(const air_lookup_node *l, const air_challenges *ch)
{
    qm31 d = qm31_sub(ch->z, qm31_mul_m31(ch->alpha[11], m31_from_reduced(l->relation)));
    for (uint32_t i = 0; i < l->n; i++) d = qm31_sub(d, qm31_mul(ch->alpha[i], value[l->t[i]]));
    return d;
}
/* F or F_state (docs/protocol.md 6) of nodes addr, ts, lo, hi. */
static qm31 fingerprint(bool state, const uint32_t t[4], const air_challenges *ch)
{
    const qm31 f = qm31_add(ch->gamma, qm31_mul(ch->alpha[1], value[t[1]]));
    if (state) return qm31_add(qm31_add(f, ch->alpha[4]), qm31_mul(ch->alpha[2], value[t[0]]));
    return qm31_add(qm31_add(f, value[t[0]]), qm31_add(qm31_mul(ch->alpha[2], value[t[2]]),
                                                       qm31_mul(ch->alpha[3], value[t[3]])));
}

TEST(interaction_columns_hold_products_and_fractions_as_defined)
{
    for (int c = 0; c < AIR_N_COMPONENTS; c++)
        for (unsigned round = 0; round < 20; round++) {
            const enum air_component_id id = (enum air_component_id)c;
            const air_component *k = &air_components[c];
            const air_graph *g = row_graph(id);
            const air_claim claim = mask_claim();
            row r;
            mask_point p;
            air_challenges ch;
            qm31 product = qm31_one(), sum = qm31_zero();
            row_honest(&r, id);
            sample_row(&p, &r);
            mask_challenges(&ch);
            p.mask.is_first = qm31_zero();
            solve_all(&p, g, &ch, &claim, ROW_ALL);
            air_graph_eval(value, g, &p.mask, &ch, &claim);
            for (uint32_t i = 0; i < g->n_pairs; i++) {
                const air_pair_node *t = &g->pair[i];
                product = qm31_mul(product, qm31_mul(fingerprint(t->state, t->r, &ch),
                                                     qm31_inv(fingerprint(t->state, t->w, &ch))));
            }
            for (uint32_t i = 0; i < g->n_lookups; i++)
                sum = qm31_add(sum, qm31_mul(value[g->lookup[i].times],
                                             qm31_inv(denominator(&g->lookup[i], &ch))));
            /* Column by column the row multiplies what stood before, and adds to it. */
            if (k->n_prod)
                CHECK(qm31_eq(p.inter[k->n_prod - 1], qm31_mul(p.mask.prod_before, product)));
            if (k->n_sum)
                CHECK(qm31_eq(p.inter[k->n_prod + k->n_sum - 1], qm31_add(p.mask.sum_before, sum)));
        }
}

/* ---- range checks over all field elements ---- */

/* The product of the two denominators of a sum column: the slope of its constraint. */
static qm31 denominators(const air_graph *g, unsigned column, mask_point *p,
                         const air_challenges *ch, const air_claim *claim)
{
    const air_component *c = &air_components[g->id];
    const uint32_t k = g->n_constraints - c->n_sum + column;
    qm31 *s = &p->inter[c->n_prod + column];
    *s = qm31_zero();
    const qm31 at0 = constraint(g, k, p, ch, claim);
    *s = qm31_one();
    return qm31_sub(constraint(g, k, p, ch, claim), at0);
}
static qm31 word(uint32_t v) { return qm31_from_m31(m31_from_reduced(v)); }

/* SH checks x0 to m bits, in one column with y0. A cell x0 = v passes when its denominator is that
 * of a table row (j, u). The denominator is affine in v, so each table row gives one v of QM31, and
 * the check accepts those that are in M31: of all P elements exactly the 2^k below 2^k. */
TEST(a_range_check_accepts_exactly_2_to_the_k_field_elements)
{
    static bool passes[1 << AIR_MAX_RC];
    const air_graph *sh = row_graph(AIR_SH), *tab = row_graph(AIR_TABLES);
    const air_claim claim = mask_claim();
    air_challenges ch;
    mask_point s, t;
    mask_random(&s, AIR_SH);
    mask_random(&t, AIR_TABLES);
    mask_challenges(&ch);
    s.main[sh_y0] = qm31_zero();
    for (uint32_t k = 0; k <= AIR_MAX_RC; k++) {
        uint64_t n = 0;
        memset(passes, 0, sizeof passes);
        /* D_k(v) D_k(0), where the table has D_j(u) times the byte table's: compare the ratios to
         * D_k(0). */
        s.main[sh_m] = word(k);
        s.main[sh_x0] = qm31_zero();
        const qm31 at0 = denominators(sh, 1, &s, &ch, &claim); /* D_k(0)^2 */
        s.main[sh_x0] = qm31_one();
        const qm31 slope = qm31_sub(denominators(sh, 1, &s, &ch, &claim), at0);
        for (unsigned i = 0; i < 10; i++) { /* affine */
            const m31 v = mask_m31();
            s.main[sh_x0] = qm31_from_m31(v);
            CHECK(qm31_eq(denominators(sh, 1, &s, &ch, &claim),
                          qm31_add(at0, qm31_mul_m31(slope, v))));
        }
        t.pre[tabp_rk] = word(k);
        t.pre[tabp_rv] = qm31_zero();
        const qm31 base = qm31_inv(denominators(tab, 0, &t, &ch, &claim));
        const qm31 scale = qm31_mul(at0, qm31_inv(slope));
        for (uint32_t j = 0; j <= AIR_MAX_RC; j++) {
            t.pre[tabp_rk] = word(j);
            t.pre[tabp_rv] = qm31_zero();
            const qm31 start = qm31_mul(denominators(tab, 0, &t, &ch, &claim), base);
            t.pre[tabp_rv] = qm31_one();
            const qm31 step =
                qm31_sub(qm31_mul(denominators(tab, 0, &t, &ch, &claim), base), start);
            for (uint32_t u = 0; u >> j == 0; u++) {
                const qm31 ratio = qm31_add(start, qm31_mul_m31(step, m31_from_reduced(u)));
                const qm31 v = qm31_mul(qm31_sub(ratio, qm31_one()), scale);
                if (v.a.b.v | v.b.a.v | v.b.b.v) continue; /* no cell holds this */
                CHECK(v.a.a.v >> k == 0);
                n += !passes[v.a.a.v];
                passes[v.a.a.v] = true;
            }
        }
        CHECK_EQ(n, UINT64_C(1) << k);
    }
}
