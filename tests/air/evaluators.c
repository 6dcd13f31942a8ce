/* evaluators.c - the prover's checker and counter judge and fill single rows as the recorded
 * constraints do. */
#include "core/circle.h"
#include "prover/check.h"
#include "prover/count.h"
#include "tests/air/rows.h"
#include "tests/test.h"

#define LOG 5
#define ROWS (1u << LOG)
#define ROM_LOG 7

/* A trace of one instance, and a program table of one instruction and the SHAMT rows. */
static uint32_t cells[ROW_CELLS][ROWS], rom_cells[AIR_ROM_FIELDS][1 << ROM_LOG];
static uint32_t *columns[ROW_CELLS];
static const uint32_t *rom_columns[AIR_ROM_FIELDS];
static air_trace trace;

static void set_up(enum air_component_id id, const row_rom *rom)
{
    memset(&trace, 0, sizeof trace);
    memset(cells, 0, sizeof cells);
    memset(rom_cells, 0, sizeof rom_cells);
    for (unsigned i = 0; i < ROW_CELLS; i++) columns[i] = cells[i];
    for (unsigned i = 0; i < AIR_ROM_FIELDS; i++) rom_columns[i] = rom_cells[i];
    for (uint32_t n = 0; n < 64; n++) { /* (9, amount + 2^16 right, m, Q, L0, L1, R0) */
        const uint32_t right = n >> 5, big = n >> 4 & 1, l = n & 15, m = right ? l : 16 - l;
        const uint32_t f[7] = {9,
                               (n & 31) + (right << 16),
                               m,
                               1u << (16 - m),
                               !right && !big,
                               !right && big,
                               right && !big};
        for (unsigned i = 0; i < 7; i++) rom_cells[i][n] = f[i];
    }
    if (rom->any)
        for (unsigned i = 0; i < AIR_ROM_FIELDS; i++) rom_cells[i][64] = rom->fetch[i];
    trace.inst[0].id = id;
    trace.inst[0].log = LOG;
    trace.inst[0].main = columns;
    trace.inst[1].id = AIR_ROM;
    trace.inst[1].log = ROM_LOG;
    trace.n_inst = 2;
    trace.pre[AIR_ROM] = rom_columns;
}
/* Puts r at a position (row 0 when it is a first row) and returns it. */
static uint32_t place(const row *r)
{
    const air_component *c = &air_components[r->g->id];
    const uint32_t number = r->is_first ? 0 : 1 + test_rand() % (ROWS - 1);
    const uint32_t at = circle_position_of_row(LOG, number);
    const uint32_t before = circle_position_of_row(LOG, (number + ROWS - 1) % ROWS);
    for (unsigned i = 0; i < c->n_main; i++) cells[i][at] = r->main[i];
    for (unsigned i = 0; i < c->n_before; i++) cells[c->before[i]][before] = r->before[i];
    trace.image_end = r->image_end;
    return at;
}

/* A few cells of an honest row changed, now and then so that merge columns follow. */
static void disturb(row *r)
{
    static const int64_t step[] = {1, -1, 256, 65536, -65536, 1 << 15};
    const unsigned n = test_rand() % 3, n_main = air_components[r->g->id].n_main;
    for (unsigned i = 0; i < n; i++) {
        const unsigned cell = test_rand() % n_main;
        const int64_t d = test_rand() % 4 ? step[test_rand() % SP_COUNT(step)] : test_rand();
        r->main[cell] = row_fe(r->main[cell] + d);
    }
    if (test_rand() % 2) row_merge(r);
}

TEST(checker_accepts_the_rows_that_the_recorded_constraints_accept)
{
    unsigned accepted = 0, rejected = 0;
    for (int c = 0; c <= AIR_INITFIN; c++)
        for (unsigned round = 0; round < 400; round++) {
            const enum air_component_id id = (enum air_component_id)c;
            row r;
            row_rom rom;
            air_checker k;
            air_report report;
            row_honest(&r, id);
            row_rom_of(&rom, &r);
            disturb(&r);
            set_up(id, &rom);
            const uint32_t at = place(&r);
            const char *broken = row_broken(&r, &rom, ROW_ALL);
            CHECK(air_checker_init(&k, &trace) == SP_OK);
            const bool good = air_checker_row(&k, 0, at, &report);
            air_checker_free(&k);
            CHECK(good == !broken);
            accepted += good;
            rejected += !good;
            if (good) continue;
            CHECK(report.row == circle_row_of_position(LOG, at));
            CHECK(strncmp(report.text, air_components[id].name, strlen(air_components[id].name)) ==
                  0);
            if (!strstr(broken, "table")) CHECK(strstr(report.text, broken));
        }
    CHECK(accepted > 1000 && rejected > 1000);
}

TEST(checker_names_the_row_in_a_trace)
{
    row r;
    row_rom rom;
    air_report report;
    row_honest(&r, AIR_ALU);
    row_rom_of(&rom, &r);
    set_up(AIR_ALU, &rom);
    trace.n_inst = 1; /* the ROM columns alone serve the fetches */
    CHECK(air_check_rows(&trace, &report) == SP_OK);
    r.main[alu_e] = 0;
    r.main[alu_d1] = 3;
    row_merge(&r);
    const uint32_t at = place(&r);
    CHECK(air_check_rows(&trace, &report) == SP_ERR_UNSAT);
    CHECK(report.inst == 0 && report.row == circle_row_of_position(LOG, at));
    CHECK(strstr(report.text, "ALU row"));
    CHECK(strstr(report.text, "a padding row lets time pass: d1"));
}

TEST(counter_fills_merge_columns_and_counts_every_lookup)
{
    static uint32_t rc[1 << 17], bytes[1 << 18], rom_count[1 << ROM_LOG];
    for (int c = 0; c <= AIR_INITFIN; c++)
        for (unsigned round = 0; round < 50; round++) {
            const enum air_component_id id = (enum air_component_id)c;
            const air_component *k = &air_components[c];
            const air_graph *g = row_graph(id);
            program p;
            program_insn insn;
            count_tables t = {&p, rc, bytes, rom_count};
            uint32_t n_rc = 0, n_bytes = 0, n_rom = 0, range = 0, byte = 0, rom_lookups = 0;
            row r;
            row_rom rom;
            row_honest(&r, id);
            row_rom_of(&rom, &r);
            set_up(id, &rom);
            const uint32_t at = place(&r);
            for (unsigned i = 0; i < k->n_main; i++)
                if (strncmp(k->main_names[i], "mg", 2) == 0) cells[i][at] = 12345;
            memset(&p, 0, sizeof p);
            memcpy(insn.f, rom.fetch, sizeof insn.f);
            insn.rom_row = 64;
            p.insn = &insn;
            p.n_code = 1;
            p.code_word = c <= AIR_MULDIV ? r.main[2] : 0; /* pc */
            p.rom_log = ROM_LOG;
            memset(rc, 0, sizeof rc);
            memset(bytes, 0, sizeof bytes);
            memset(rom_count, 0, sizeof rom_count);
            CHECK(count_rows(id, columns, at, at + 1, &t));
            for (unsigned i = 0; i < k->n_main; i++) CHECK_EQ(cells[i][at], r.main[i]);
            for (uint32_t i = 0; i < g->n_lookups; i++) {
                range += g->lookup[i].relation == AIR_REL_RC;
                byte += g->lookup[i].relation == AIR_REL_BIT;
                rom_lookups += g->lookup[i].relation == AIR_REL_ROM;
            }
            for (size_t i = 0; i < SP_COUNT(rc); i++) n_rc += rc[i];
            for (size_t i = 0; i < SP_COUNT(bytes); i++) n_bytes += bytes[i];
            for (size_t i = 0; i < SP_COUNT(rom_count); i++) n_rom += rom_count[i];
            CHECK_EQ(n_rc, range);
            CHECK_EQ(n_bytes, byte);
            CHECK_EQ(n_rom, rom_lookups);
            CHECK_EQ(rom_count[64], c <= AIR_MULDIV);
            if (id == AIR_ALU) CHECK(rc[program_range_row(16, r.main[alu_rhi])] > 0);
            if (id == AIR_JALR) CHECK(rc[program_range_row(14, r.main[jalr_q])] == 1);
            if (id == AIR_SH)
                CHECK(rom_count[program_shamt_row(r.main[sh_dsh] >> 16, r.main[sh_dsh] & 31)] == 1);
        }
}

TEST(counter_reports_values_outside_their_table)
{
    static uint32_t rc[1 << 17], bytes[1 << 18], rom_count[1 << ROM_LOG];
    program p;
    count_tables t = {&p, rc, bytes, rom_count};
    row r;
    row_rom none = {{0}, false};
    memset(&p, 0, sizeof p);
    row_padding(&r, AIR_ALU);
    r.main[alu_rhi] = 65536;
    set_up(AIR_ALU, &none);
    const uint32_t at = place(&r);
    CHECK(!count_rows(AIR_ALU, columns, at, at + 1, &t));
    cells[alu_rhi][at] = 65535;
    CHECK(count_rows(AIR_ALU, columns, at, at + 1, &t));
    cells[alu_e][at] = 1; /* fetches from an empty program */
    CHECK(!count_rows(AIR_ALU, columns, at, at + 1, &t));
}
