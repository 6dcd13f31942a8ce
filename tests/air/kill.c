/* kill.c - for each constraint a row that it alone rejects: with the constraint left out, every
 * other constraint and every table accepts the row. A constraint without such a row fails the test,
 * by its text. */
#include "tests/air/kill.h"
#include "tests/test.h"

TEST(each_own_constraint_has_a_row_that_it_alone_rejects)
{
    unsigned n = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_graph *g = row_graph((enum air_component_id)c);
        for (uint32_t k = 0; k < g->n_constraints; k++) {
            row r;
            row_rom rom;
            if (g->constraint[k].kind != AIR_KIND_OWN) continue;
            const bool have = kill_row(&r, (enum air_component_id)c, k);
            const char *broken = "", *all = NULL;
            if (have) {
                row_merge(&r);
                row_rom_of(&rom, &r); /* the instruction exists; or e = 0 and none is fetched */
                broken = row_broken(&r, &rom, k);
                all = row_broken(&r, &rom, ROW_ALL);
            }
            if (broken || !all) {
                printf("  %s %u: %s: %s%s\n", air_components[c].name, k, g->constraint[k].text,
                       !have    ? "no row"
                       : broken ? "also rejected by: "
                                : "not rejected",
                       broken && have ? broken : "");
                test_failed = 1;
            }
            n++;
        }
    }
    printf("  %u constraints\n", n);
}

/* A merge column that is not the product of its values: here, off by one. */
TEST(each_merge_constraint_has_a_row_that_it_alone_rejects)
{
    unsigned n = 0;
    for (int c = 0; c < AIR_N_COMPONENTS; c++) {
        const air_graph *g = row_graph((enum air_component_id)c);
        for (unsigned i = 0; i < g->n_merges; i++)
            for (unsigned j = 0; j + 1 < g->merge[i].n; j++) {
                row r;
                row_rom rom;
                row_honest(&r, (enum air_component_id)c);
                row_rom_of(&rom, &r);
                const unsigned column =
                    g->merge[i].n == 3 && j == 0 ? g->merge[i].c : g->merge[i].d;
                const uint32_t k = g->merge[i].constraint + j;
                r.main[column] = row_fe((int64_t)r.main[column] + 1);
                CHECK(!row_broken(&r, &rom, k));
                CHECK(row_broken(&r, &rom, ROW_ALL) == g->constraint[k].text);
                n++;
            }
    }
    printf("  %u constraints\n", n);
}

/* What a merge constraint is for: without it, range checks of one width can be passed by values out
 * of range, since only the sum and the merge columns enter the fraction. x, y, z with the sum, and
 * (by the column left alone) the product or the pairs, of values in range: */
static bool hide(row *r, const unsigned v[3], unsigned n, bool first, const air_merge_node *merge)
{
    const m31 p[3] = {m31_from_reduced(3), m31_from_reduced(5), m31_from_reduced(n == 3 ? 9 : 0)};
    const m31 sum = m31_add(p[0], m31_add(p[1], p[2])),
              product = m31_mul(m31_mul(p[0], p[1]), p[2]);
    const m31 pairs = m31_add(m31_mul(p[0], p[1]), m31_mul(p[2], m31_add(p[0], p[1])));
    r->main[merge->c] = n == 3 ? pairs.v : m31_mul(p[0], p[1]).v;
    if (n == 3) r->main[merge->d] = product.v;
    for (uint32_t out = 1u << 20; out < (1u << 20) + 100; out++) {
        const m31 x = m31_from_reduced(out), rest = m31_sub(sum, x);
        if (n == 2) { /* any y does */
            r->main[v[0]] = x.v;
            r->main[v[1]] = rest.v;
            return true;
        }
        /* y + z = rest and, when the pairs' column lies, x y z = product, else the pairs are right:
         * y z = pairs - x rest. Roots of t^2 - rest t + yz. */
        const m31 yz = first ? m31_mul(product, m31_inv(x)) : m31_sub(pairs, m31_mul(x, rest));
        const m31 four = m31_from_reduced(4), two = m31_from_reduced(2);
        const m31 disc = m31_sub(m31_mul(rest, rest), m31_mul(four, yz));
        const m31 root = m31_pow(disc, (M31_P + 1) / 4);
        if (m31_mul(root, root).v != disc.v) continue;
        r->main[v[0]] = x.v;
        r->main[v[1]] = m31_mul(m31_add(rest, root), m31_inv(two)).v;
        r->main[v[2]] = m31_mul(m31_sub(rest, root), m31_inv(two)).v;
        return true;
    }
    return false;
}

/* Groups of cells that are tied to nothing else in their row: gaps. A forged gap reads the future.
 */
static const struct {
    enum air_component_id id;
    unsigned merge, n;
    unsigned cell[3];
} gaps[] = {
    {AIR_ALU, 0, 2, {alu_d1, alu_d2}},
    {AIR_CMP, 0, 3, {cmp_d1, cmp_d2, cmp_d3}},
    {AIR_BIT, 0, 3, {bit_d1, bit_d2, bit_d3}},
    {AIR_SH, 0, 3, {sh_d1, sh_d2, sh_d3}},
    {AIR_LS, 0, 2, {ls_d1, ls_d3}},
    {AIR_LS, 1, 2, {ls_dml, ls_dmh}},
    {AIR_MULDIV, 0, 3, {md_d1, md_d2, md_d3}},
    {AIR_REFRESH, 1, 2, {rf_dl, rf_dh}},
};

TEST(without_a_merge_constraint_gaps_out_of_range_have_a_fraction_in_range)
{
    for (size_t i = 0; i < SP_COUNT(gaps); i++)
        for (unsigned j = 0; j + 1 < gaps[i].n; j++) {
            row r;
            row_rom rom;
            const air_graph *g = row_graph(gaps[i].id);
            const air_merge_node *m = &g->merge[gaps[i].merge];
            row_honest(&r, gaps[i].id);
            row_rom_of(&rom, &r);
            CHECK(m->n == gaps[i].n);
            CHECK(hide(&r, gaps[i].cell, m->n, j == 0, m));
            const uint32_t k = m->constraint + j;
            CHECK(row_merged_in_range(&r, k));
            CHECK(row_broken(&r, &rom, ROW_ALL) == g->constraint[k].text);
            /* Out of range it is: the values themselves are in no table. */
            const char *values_alone = row_broken(&r, &rom, k);
            CHECK(values_alone && strcmp(values_alone, "range table") == 0);
        }
}
