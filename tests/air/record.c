/* record.c - the recorded constraints: sizes, degrees, and their values against the verifier's. */
#include "air/record.h"
#include "tests/air/mask.h"
#include "tests/test.h"

static air_graph graph;

/* Main columns, of them merge columns, cells of product and of sum columns, all of these. */
static const unsigned expected[AIR_N_COMPONENTS][5] = {
    {22, 2, 8, 8, 38},  /* ALU */
    {32, 4, 8, 8, 48},  /* CMP */
    {29, 2, 8, 12, 49}, /* BIT */
    {34, 3, 8, 16, 58}, /* SH */
    {16, 0, 8, 8, 32},  /* JALR */
    {15, 2, 4, 4, 23},  /* CONST */
    {37, 3, 8, 12, 57}, /* LS */
    {50, 8, 8, 20, 78}, /* MULDIV */
    {10, 2, 4, 4, 18},  /* REFRESH */
    {9, 2, 4, 4, 17},   /* INITFIN */
    {3, 0, 4, 0, 10},   /* IMAGE */
    {1, 0, 0, 4, 16},   /* ROM */
    {2, 0, 0, 4, 12},   /* TABLES */
};

TEST(column_counts_are_those_of_the_design)
{
    unsigned all = 8; /* composition */
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_component *k = &air_components[c];
        unsigned merge = 0;
        for (unsigned i = 0; i < k->n_main; i++) merge += strncmp(k->main_names[i], "mg", 2) == 0;
        CHECK_EQ(k->n_main, expected[c][0]);
        CHECK_EQ(merge, expected[c][1]);
        CHECK_EQ(4 * k->n_prod, expected[c][2]);
        CHECK_EQ(4 * k->n_sum, expected[c][3]);
        const unsigned cells = k->n_pre + k->n_main + 4 * (k->n_prod + k->n_sum);
        CHECK_EQ(cells, expected[c][4]);
        all += cells;
    }
    CHECK_EQ(all, 464);
}

TEST(component_table_agrees_with_the_texts)
{
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_component *k = &air_components[c];
        unsigned merges = 0, pairs = 0;
        CHECK(air_record(&graph, (enum air_component_id)c));
        CHECK_EQ(graph.n_constraints, k->n_constraints);
        CHECK_EQ(graph.n_prod, k->n_prod);
        CHECK_EQ(graph.n_sum, k->n_sum);
        CHECK(k->n_constraints <= AIR_MAX_CONSTRAINTS);
        CHECK_EQ(graph.n_prod, (graph.n_pairs + 1) / 2);
        for (unsigned i = 0; i < graph.n_merges; i++) merges += graph.merge[i].n - 1;
        CHECK_EQ(merges, expected[c][1]);
        /* Fractions: one per merge, one per other lookup. */
        unsigned fractions = graph.n_lookups;
        for (unsigned i = 0; i < graph.n_merges; i++) fractions -= graph.merge[i].n - 1;
        CHECK_EQ(graph.n_sum, (fractions + 1) / 2);
        pairs = graph.n_pairs;
        CHECK(pairs <= 4);
    }
}

TEST(every_main_column_is_used)
{
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_component *k = &air_components[c];
        bool used[MASK_MAX_COLUMNS] = {false};
        CHECK(air_record(&graph, (enum air_component_id)c));
        for (uint32_t i = 0; i < graph.n_nodes; i++)
            if (graph.node[i].op == AIR_OP_MAIN) used[graph.node[i].a] = true;
        for (unsigned i = 0; i < k->n_main; i++) CHECK(used[i]);
    }
}

/* Constraints have degree 3 at most; tuples, range-checked values and multiplicities are linear, so
 * that interaction constraints have degree 3. */
TEST(degrees)
{
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        CHECK(air_record(&graph, (enum air_component_id)c));
        for (uint32_t i = 0; i < graph.n_constraints; i++) {
            const unsigned d = graph.node[graph.constraint[i].node].degree;
            CHECK(d >= 1 && d <= 3);
        }
        for (uint32_t i = 0; i < graph.n_lookups; i++) {
            const air_lookup_node *l = &graph.lookup[i];
            CHECK(graph.node[l->times].degree <= 1);
            for (uint32_t j = 0; j < l->n; j++) CHECK(graph.node[l->t[j]].degree <= 1);
        }
        for (uint32_t i = 0; i < graph.n_pairs; i++)
            for (unsigned j = 0; j < 4; j++) {
                CHECK(graph.node[graph.pair[i].r[j]].degree <= 1);
                CHECK(graph.node[graph.pair[i].w[j]].degree <= 1);
            }
    }
}

TEST(operands_stand_before_operations_and_texts_say_something)
{
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        CHECK(air_record(&graph, (enum air_component_id)c));
        for (uint32_t i = 0; i < graph.n_nodes; i++)
            if (graph.node[i].op >= AIR_OP_ADD) CHECK(graph.node[i].a < i && graph.node[i].b < i);
        for (uint32_t i = 0; i < graph.n_constraints; i++)
            CHECK(graph.constraint[i].text && strlen(graph.constraint[i].text) > 9);
    }
}

TEST(recorded_constraints_equal_the_verifiers_evaluator)
{
    static qm31 value[AIR_MAX_NODES];
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const enum air_component_id id = (enum air_component_id)c;
        CHECK(air_record(&graph, id));
        for (unsigned round = 0; round < 100; round++) {
            mask_point p;
            air_challenges ch;
            qm31 weight[AIR_MAX_CONSTRAINTS], sum = qm31_zero();
            const air_claim claim = mask_claim();
            mask_random(&p, id);
            mask_challenges(&ch);
            mask_weights(weight);
            air_graph_eval(value, &graph, &p.mask, &ch, &claim);
            for (uint32_t i = 0; i < graph.n_constraints; i++)
                sum = qm31_add(sum, qm31_mul(weight[i], value[graph.constraint[i].node]));
            CHECK(qm31_eq(sum, air_point(id, &p.mask, &ch, &claim, weight)));
        }
    }
}

/* One weight at a time: a constraint in the wrong place could hide in a sum. */
TEST(every_constraint_has_its_number)
{
    static qm31 value[AIR_MAX_NODES];
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const enum air_component_id id = (enum air_component_id)c;
        mask_point p;
        air_challenges ch;
        qm31 weight[AIR_MAX_CONSTRAINTS] = {{{{0}, {0}}, {{0}, {0}}}};
        const air_claim claim = mask_claim();
        CHECK(air_record(&graph, id));
        mask_random(&p, id);
        mask_challenges(&ch);
        air_graph_eval(value, &graph, &p.mask, &ch, &claim);
        for (uint32_t i = 0; i < graph.n_constraints; i++) {
            weight[i] = qm31_one();
            CHECK(qm31_eq(value[graph.constraint[i].node],
                          air_point(id, &p.mask, &ch, &claim, weight)));
            weight[i] = qm31_zero();
        }
    }
}

TEST(row_values_equal_point_values)
{
    static qm31 value[AIR_MAX_NODES];
    static m31 row_value[AIR_MAX_NODES];
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const enum air_component_id id = (enum air_component_id)c;
        const air_component *k = &air_components[c];
        uint32_t pre[MASK_MAX_COLUMNS], main[MASK_MAX_COLUMNS], before[AIR_MAX_BEFORE];
        air_row row = {pre, main, before, 0, 0};
        mask_point p;
        air_challenges ch;
        air_claim claim = mask_claim();
        CHECK(air_record(&graph, id));
        mask_random(&p, id);
        mask_challenges(&ch);
        for (unsigned i = 0; i < k->n_pre; i++)
            p.pre[i] = qm31_from_m31(m31_from_reduced(pre[i] = mask_m31().v));
        for (unsigned i = 0; i < k->n_main; i++)
            p.main[i] = qm31_from_m31(m31_from_reduced(main[i] = mask_m31().v));
        for (unsigned i = 0; i < k->n_before; i++)
            p.main_before[i] = qm31_from_m31(m31_from_reduced(before[i] = mask_m31().v));
        row.is_first = mask_m31().v;
        row.image_end = claim.image_end.v;
        p.mask.is_first = qm31_from_m31(m31_from_reduced(row.is_first));
        air_graph_eval(value, &graph, &p.mask, &ch, &claim);
        air_graph_eval_row(row_value, &graph, &row);
        for (uint32_t i = 0; i < graph.n_nodes; i++)
            if (!graph.node[i].secure) CHECK(qm31_eq(value[i], qm31_from_m31(row_value[i])));
    }
}

TEST(air_id_is_not_zero_and_repeats)
{
    uint32_t a[7], b[7], any = 0;
    CHECK(air_graph_id(a, &graph));
    CHECK(air_graph_id(b, &graph));
    CHECK_BYTES(a, b, sizeof a);
    for (unsigned i = 0; i < 7; i++) any |= a[i];
    CHECK(any != 0);
}
