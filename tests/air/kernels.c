/* kernels.c - the prover's evaluators of every backend give what the verifier's gives. */
#include "core/circle.h"
#include "prover/air_kernels.h"
#include "prover/backend.h"
#include "tests/air/mask.h"
#include "tests/test.h"

static void domain_of(air_domain *d, const mask_columns *c, unsigned trace_log,
                      const air_challenges *ch, const qm31 *weight)
{
    memset(d, 0, sizeof *d);
    d->log = c->log;
    d->trace_log = trace_log;
    d->pre = (const uint32_t *const *)c->pre;
    d->main = (const uint32_t *const *)c->main;
    d->inter = (const uint32_t *const *)c->inter;
    d->is_first = c->is_first;
    d->ch = ch;
    d->claim = mask_claim();
    d->weight = weight;
}

static void check_constraints(const struct air_kernels *k, enum air_component_id id, unsigned log,
                              unsigned trace_log)
{
    const size_t n = (size_t)1 << log;
    mask_columns c;
    mask_point p;
    air_challenges ch;
    air_domain d;
    qm31 weight[AIR_MAX_CONSTRAINTS];
    uint32_t *acc[4], *start = aligned_alloc(64, 8 * n * sizeof *start);
    CHECK(start && mask_columns_init(&c, id, log));
    for (size_t i = 0; i < 4 * n; i++) start[i] = start[4 * n + i] = mask_m31().v;
    for (unsigned j = 0; j < 4; j++) acc[j] = start + j * n;
    mask_challenges(&ch);
    mask_weights(weight);
    domain_of(&d, &c, trace_log, &ch, weight);
    k->constraints[id](acc, &d);
    for (uint32_t s = 0; s < n; s++) {
        uint32_t was[4], is[4];
        mask_at(&p, &c, id, trace_log, s);
        for (unsigned j = 0; j < 4; j++) {
            was[j] = start[(4 + j) * n + s];
            is[j] = acc[j][s];
        }
        const qm31 x = air_point(id, &p.mask, &ch, &d.claim, weight);
        CHECK(qm31_eq(qm31_from_words(is), qm31_add(qm31_from_words(was), x)));
    }
    mask_columns_free(&c);
    free(start);
}

/* A row's own columns solve its constraints when the row before holds 1 and 0 and is_first = 0. */
static void check_rows(const struct air_kernels *k, enum air_component_id id, unsigned log)
{
    const air_component *a = &air_components[id];
    const unsigned n_inter = 4 * (a->n_prod + a->n_sum);
    const unsigned n_own = a->n_constraints - a->n_prod - (a->n_prod > 0) - a->n_sum;
    mask_columns c;
    mask_point p;
    air_challenges ch;
    air_domain d;
    qm31 weight[AIR_MAX_CONSTRAINTS];
    CHECK(mask_columns_init(&c, id, log));
    mask_challenges(&ch);
    mask_weights(weight);
    for (unsigned i = 0; i < n_own; i++) weight[i] = qm31_zero();
    domain_of(&d, &c, log, &ch, weight);
    for (unsigned i = 0; i < n_inter; i++) memset(c.inter[i], 0xff, sizeof(uint32_t) << log);
    k->rows[id](c.inter, &d);
    for (uint32_t s = 0; s < UINT32_C(1) << log; s++) {
        for (unsigned i = 0; i < n_inter; i++) CHECK(c.inter[i][s] < M31_P);
        mask_at(&p, &c, id, log, s);
        p.mask.prod_before = qm31_one();
        p.mask.sum_before = qm31_zero();
        p.mask.is_first = qm31_zero();
        CHECK(qm31_is_zero(air_point(id, &p.mask, &ch, &d.claim, weight)));
    }
    mask_columns_free(&c);
}

/* Blowup 2 and 16, the trace domain itself, and a size above one task of the kernels. */
static const unsigned char sizes[][2] = {{6, 5}, {5, 5}, {7, 6}, {8, 5}, {9, 5}, {10, 9}, {13, 12}};

static void on_backend(const backend *b, bool rows)
{
    for (int id = 0; id < AIR_N_COMPONENTS; id++)
        for (unsigned i = 0; i < SP_COUNT(sizes); i++) {
            if (rows)
                check_rows(b->air, (enum air_component_id)id, sizes[i][1]);
            else
                check_constraints(b->air, (enum air_component_id)id, sizes[i][0], sizes[i][1]);
            if (test_failed) {
                printf("  backend %s, %s, log %u/%u\n", b->name, air_components[id].name,
                       sizes[i][0], sizes[i][1]);
                return;
            }
        }
}

static void on_all_backends(bool rows)
{
    size_t n;
    const backend *const *list = backend_list(&n);
    CHECK(n > 0);
    for (size_t i = 0; i < n; i++) {
        if (!list[i]->usable()) continue;
        CHECK(list[i]->air);
        on_backend(list[i], rows);
        if (test_failed) return;
    }
}

TEST(constraints_on_domains_equal_the_verifiers_evaluator) { on_all_backends(false); }
TEST(row_fractions_solve_the_interaction_constraints) { on_all_backends(true); }

/* Sixteen lanes, over plain C restatements of the AVX-512 intrinsics: one component, which reads
 * the row before in place and by gathering. */
void air_constraints_inf_avx512_emulated(uint32_t *const acc[4], const air_domain *d);
TEST(sixteen_lanes_equal_the_verifiers_evaluator)
{
    struct air_kernels k;
    memset(&k, 0, sizeof k);
    k.constraints[AIR_INITFIN] = air_constraints_inf_avx512_emulated;
    for (unsigned i = 0; i < SP_COUNT(sizes); i++) {
        check_constraints(&k, AIR_INITFIN, sizes[i][0], sizes[i][1]);
        if (test_failed) return;
    }
}
