/* rows.h - single rows for the tests of the AIR: honest ones of every instruction, made here from
 * the meaning of the instruction alone, and an oracle of what a row by itself must satisfy. */
#ifndef TESTS_AIR_ROWS_H
#define TESTS_AIR_ROWS_H

#include "air/record.h"
#include "core/machine.h"

#define ROW_CELLS 64

/* One row of one component, with the recorded constraints that judge it. */
typedef struct {
    const air_graph *g;
    uint32_t main[ROW_CELLS];
    uint32_t before[AIR_MAX_BEFORE];
    uint32_t is_first, image_end;
} row;

uint32_t row_fe(int64_t v);   /* v modulo P */
uint32_t row_half(int64_t v); /* v / 2^16 modulo P */
/* The recorded constraints of a component; kept for the whole test. */
const air_graph *row_graph(enum air_component_id id);

/* A padding row: all cells 0. INITFIN has none: a row in the middle of the table. */
void row_padding(row *r, enum air_component_id id);
/* A random real row; operands are often edge values. */
void row_honest(row *r, enum air_component_id id);
/* Merge columns from the other cells. */
void row_merge(row *r);

/* Row fillers: complete a row whose ROM fields (op, s, u ...), operands and e are chosen. They keep
 * what they are given and compute the rest; see rows.c. */
void row_fill_alu(row *r);
void row_fill_cmp(row *r);
void row_fill_sh(row *r, uint32_t right, uint32_t amount);
/* Given X, Y (bytes), alo ahi, dv, sa, sx, sy, sr, w, z: in a product g, u, r and the carries; in a
 * division g (from the identity), u, r and the carries. */
void row_fill_md(row *r);
uint32_t row_word(const row *r, unsigned lo, unsigned hi); /* from two limbs */
void row_set_word(row *r, unsigned lo, unsigned hi, uint32_t v);
void row_set_bytes(row *r, unsigned first, uint32_t v);

/* The program table of a test: the fetches of one real row, and the SHAMT rows. */
typedef struct {
    uint32_t fetch[AIR_ROM_FIELDS];
    bool any;
} row_rom;
/* Takes the instruction that an honest row fetches. */
void row_rom_of(row_rom *rom, const row *r);

#define ROW_ALL UINT32_MAX
/* What the row breaks first, or NULL: every own and merge constraint but number `without`, and
 * exact membership of every lookup in its table. */
const char *row_broken(const row *r, const row_rom *rom, uint32_t without);
/* The same with merge constraint `without` left out, judging its range checks by their fraction:
 * values in range whose fraction equals that of the merge columns. */
bool row_merged_in_range(const row *r, uint32_t without);
/* The row's effect on memory and state: R and W tuples that do not cancel within the row. Equal
 * effects give equal hashes. */
uint64_t row_effect(const row *r);

#endif
