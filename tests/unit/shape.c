/* shape.c - the largest shapes fit the arrays, what follows from sizes is consistent, and a chain
 * proof fits one transaction. */
#include "air/shape.h"

#include "tests/unit/synthetic.h"
#include "tests/test.h"

#define CHAIN_FELTS 4950 /* what one Starknet transaction takes, with what else is in it */

static proof_shape s;
static const char *why;

static sp_status shape(const params *p, const uint8_t *log) { return shape_init(&s, p, log, &why); }

/* Every chip twice: the most columns, samples, constraints that sizes can ask for. Sizes do not
 * change these counts, and the smallest are accepted by every profile with two instances. */
TEST(largest_shapes_fit_the_arrays)
{
    for (uint32_t id = 1; id <= 5; id++) {
        const params *p = params_by_id(id);
        uint8_t log[AIR_N_SLOTS];
        synthetic_logs(log, params_min_log(p));
        for (unsigned k = 0; k < AIR_N_SPLIT * AIR_MAX_INSTANCES; k++)
            if (k % AIR_MAX_INSTANCES < p->max_instances) log[k] = (uint8_t)params_min_log(p);
        CHECK_EQ(shape(p, log), SP_OK);
        unsigned n = 0, widest = 0;
        for (unsigned t = 0; t < N_TREES; t++) {
            CHECK(s.tree[t].n_columns <= SHAPE_MAX_COLUMNS);
            n += s.tree[t].n_columns;
            if (s.tree[t].n_columns > widest) widest = s.tree[t].n_columns;
        }
        CHECK_EQ(n, s.n_at);
        CHECK(s.n_samples <= SHAPE_MAX_SAMPLES && s.n_before <= SHAPE_MAX_BEFORE);
        CHECK_EQ(s.n_samples, s.n_at + s.n_before);
        CHECK(s.n_samples <= SHAPE_MAX_POWERS && s.n_constraints <= SHAPE_MAX_POWERS);
        CHECK(s.n_prod + s.n_sum <= SHAPE_MAX_SAMPLES); /* verify.c keeps claims there */
        CHECK(s.n_prod + s.n_sum <= 2 * AIR_N_SLOTS);
        if (id <= 2)
            printf("  %s, all instances: %u columns (%u in one tree), %u samples, %u constraints\n",
                   p->name, n, widest, s.n_samples, s.n_constraints);
    }
    unsigned c = 0;
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++) {
        const air_component *k = &air_components[id];
        CHECK(k->n_prod + k->n_sum <= SHAPE_MAX_INTER && k->n_constraints <= AIR_MAX_CONSTRAINTS);
        CHECK(k->n_pre + k->n_main + 4 * (k->n_prod + k->n_sum) <= SHAPE_MAX_INSTANCE_COLUMNS);
        CHECK(k->n_before <= AIR_MAX_BEFORE);
        c += k->n_main;
    }
    CHECK(c < SHAPE_MAX_COLUMNS);
}

TEST(largest_sizes_fit_the_domains)
{
    for (uint32_t id = 1; id <= 5; id++) {
        const params *p = params_by_id(id);
        uint8_t log[AIR_N_SLOTS];
        synthetic_logs(log, 12); /* not all at once: the bound on lookups */
        log[air_component_slot(AIR_ALU)] = log[air_component_slot(AIR_LS)] =
            log[air_component_slot(AIR_INITFIN)] = (uint8_t)p->max_trace_log;
        CHECK_EQ(shape(p, log), SP_OK);
        CHECK_EQ(s.n_max, p->max_trace_log);
        CHECK_EQ(s.top, p->max_trace_log + p->log_blowup);
        CHECK(s.top <= PARAMS_MAX_LOG && s.n_layers <= FRI_MAX_LAYERS);
        CHECK_EQ(shape_layer_log(&s, s.n_layers), p->last_layer_log + p->log_blowup);
        for (unsigned l = 0; l < s.n_layers; l++) {
            CHECK(shape_layer_cap(&s, l) <= shape_layer_top(&s, l));
            CHECK_EQ(shape_layer_top(&s, l), shape_layer_log(&s, l + 1));
            CHECK_EQ(shape_layer_circle_log(&s, l), shape_layer_log(&s, l) + (l > 0));
        }
        CHECK(s.n_accesses < M31_P && s.n_lookups < M31_P);
    }
}

/* Columns, claims and samples of each instance: in order, without a gap or an overlap. */
TEST(instances_share_out_the_columns)
{
    const params *p = params_by_name("balanced");
    for (unsigned k = 0; k < 500; k++) {
        uint8_t log[AIR_N_SLOTS];
        synthetic_logs(log, 8);
        for (unsigned slot = 0; slot < AIR_N_SPLIT * AIR_MAX_INSTANCES; slot += 2) {
            log[slot] = test_rand() % 3 ? (uint8_t)(7 + test_rand() % 14) : 0;
            log[slot + 1] =
                (uint8_t)(log[slot] && test_rand() % 2 ? 7 + test_rand() % (log[slot] - 6u) : 0u);
        }
        CHECK_EQ(shape(p, log), SP_OK);
        unsigned at[3] = {0}, before = s.n_at, prod = 0, sum = 0, n_before = 0;
        for (unsigned i = 0; i < s.n_instances; i++) {
            const shape_instance *in = &s.instance[i];
            const air_component *c = in->c;
            CHECK_EQ(in->log, log[in->slot]);
            CHECK(i == 0 || in->slot > s.instance[i - 1].slot);
            CHECK(in->pre == at[0] && in->main == at[1] && in->inter == at[2] && in->before == before);
            if (c->n_prod) CHECK_EQ(in->prod_claim, prod++);
            if (c->n_sum) CHECK_EQ(in->sum_claim, sum++);
            const unsigned n[3] = {c->n_pre, c->n_main, 4 * (c->n_prod + c->n_sum)};
            for (unsigned t = 0; t < 3; t++) {
                for (unsigned j = 0; j < n[t]; j++)
                    CHECK_EQ(s.tree[t].log[at[t] + j], in->log + p->log_blowup);
                at[t] += n[t];
            }
            const unsigned b = c->n_before + (c->n_prod ? 4u : 0) + (c->n_sum ? 4u : 0);
            for (unsigned j = 0; j < b; j++, n_before++) {
                const unsigned tree = s.before_tree[n_before], col = s.before_column[n_before];
                CHECK(tree == TREE_MAIN || tree == TREE_INTERACTION);
                const unsigned first = tree == TREE_MAIN ? in->main : in->inter;
                CHECK(col >= first && col < first + n[tree]);
            }
            before += b;
        }
        for (unsigned t = 0; t < 3; t++) CHECK_EQ(at[t], s.tree[t].n_columns);
        CHECK(prod == s.n_prod && sum == s.n_sum && n_before == s.n_before);
        CHECK_EQ(s.tree[TREE_COMPOSITION].n_columns, SHAPE_COMPOSITION_COLUMNS);
        CHECK_EQ(s.tree[TREE_COMPOSITION].top, s.top);
    }
}

/* Every chip present, the largest instance 2^20 rows, public data of 64 bytes each way. */
TEST(chain_proofs_fit_one_transaction)
{
    const params *p = params_by_name("chain");
    uint8_t log[AIR_N_SLOTS];
    synthetic_logs(log, 20);
    CHECK_EQ(shape(p, log), SP_OK);
    const size_t largest = proof_felts(&s, MACHINE_IO_WORDS, 64, 64);
    log[air_component_slot(AIR_ROM)] = 16;
    log[air_component_slot(AIR_IMAGE)] = 16;
    CHECK_EQ(shape(p, log), SP_OK);
    const size_t n = proof_felts(&s, MACHINE_IO_WORDS, 64, 64);
    printf("  2^20 rows, tables of 2^18: %zu felts, %zu bytes; all at 2^20: %zu felts\n", n,
           proof_bytes(&s, MACHINE_IO_WORDS, 64, 64), largest);
    CHECK(n <= CHAIN_FELTS);
}
