/* mutate.c - every cell of every chip, changed alone: which changes go unnoticed is a golden list,
 * free_cells.golden. A free cell on a real row must not matter; on a padding row it cancels. */
#include "tests/air/rows.h"
#include "tests/test.h"

#define ROUNDS 150
#define MAX_LINES 512
#define LINE 40

#ifndef GOLDEN
#error "-DGOLDEN=path of free_cells.golden"
#endif

static char found[MAX_LINES][LINE];
static unsigned n_found;
static uint64_t n_tried;

static void note(const row *r, unsigned cell, bool active)
{
    char line[LINE];
    const air_component *c = &air_components[r->g->id];
    (void)snprintf(line, sizeof line, "%s.%s %s", c->name, c->main_names[cell],
                   active ? "active" : "padding");
    for (unsigned i = 0; i < n_found; i++)
        if (strcmp(found[i], line) == 0) return;
    if (n_found < MAX_LINES) memcpy(found[n_found++], line, sizeof line);
}

static void try_value(const row *r, const row_rom *rom, unsigned cell, uint32_t v, bool active)
{
    row x = *r;
    if (v == r->main[cell]) return;
    x.main[cell] = v;
    /* Merge columns follow, so that they do not hide what the other cells may do. */
    if (strncmp(air_components[r->g->id].main_names[cell], "mg", 2) != 0) row_merge(&x);
    n_tried++;
    if (!row_broken(&x, rom, ROW_ALL) && row_effect(&x) == row_effect(r)) note(r, cell, active);
}

static void mutate(const row *r, const row_rom *rom, bool active)
{
    const air_component *c = &air_components[r->g->id];
    for (unsigned cell = 0; cell < c->n_main; cell++) {
        const int64_t v = r->main[cell];
        static const int64_t step[] = {1, -1, 65536, -65536};
        for (unsigned i = 0; i < SP_COUNT(step); i++)
            try_value(r, rom, cell, row_fe(v + step[i]), active);
        for (unsigned bits = 14; bits <= 17; bits += 3)
            for (unsigned i = 0; i < 2; i++) {
                const int64_t j = (int64_t)(test_rand() % 33) - 16;
                try_value(r, rom, cell, row_fe(v + j * (INT64_C(1) << bits)), active);
            }
        try_value(r, rom, cell, row_fe(v + test_rand()), active);
        if (v <= 1) {
            static const int64_t flag[] = {0, 1, 2, 3, -1};
            for (unsigned i = 0; i < SP_COUNT(flag); i++)
                try_value(r, rom, cell, row_fe(flag[i]), active);
        }
    }
}

/* A padding row that says something, as far as it may. */
static void padding(row *r, enum air_component_id id)
{
    row_padding(r, id);
    const uint32_t ts = test_rand() % M31_P, pc = test_rand() % M31_P;
    switch (id) {
    case AIR_CMP: r->main[cmp_pcF] = r->main[cmp_pcn] = pc; break;
    case AIR_CONST: r->main[cst_pcn] = pc; break;
    default: break;
    }
    if (id == AIR_REFRESH || id == AIR_INITFIN) return;
    r->main[1] = ts; /* e, ts, pc are the first columns of every instruction chip */
    if (id != AIR_JALR) r->main[2] = pc;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static void compare_with_golden(void)
{
    char line[200];
    unsigned n = 0, i = 0;
    bool same = true;
    FILE *f = fopen(GOLDEN, "r");
    CHECK(f);
    qsort(found, n_found, sizeof found[0], by_name);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || line[0] == 0) continue;
        n++;
        while (i < n_found && strcmp(found[i], line) < 0) {
            printf("  new free cell: %s\n", found[i++]);
            same = false;
        }
        if (i < n_found && strcmp(found[i], line) == 0)
            i++;
        else {
            printf("  no longer free: %s\n", line);
            same = false;
        }
    }
    fclose(f);
    for (; i < n_found; i++, same = false) printf("  new free cell: %s\n", found[i]);
    printf("  %llu changes, %u free cells, %u in the golden list\n", (unsigned long long)n_tried,
           n_found, n);
    CHECK(same);
}

TEST(cells_that_may_change_alone_are_the_golden_ones)
{
    n_found = 0;
    n_tried = 0;
    for (int c = 0; c <= AIR_INITFIN; c++)
        for (unsigned i = 0; i < ROUNDS; i++) {
            const enum air_component_id id = (enum air_component_id)c;
            row r;
            row_rom rom, none = {{0}, false};
            row_honest(&r, id);
            row_rom_of(&rom, &r);
            CHECK(!row_broken(&r, &rom, ROW_ALL));
            mutate(&r, &rom, true);
            if (id == AIR_INITFIN) continue; /* has no padding rows */
            padding(&r, id);
            CHECK(!row_broken(&r, &none, ROW_ALL));
            CHECK(row_effect(&r) == 0);
            mutate(&r, &none, false);
        }
    compare_with_golden();
}
