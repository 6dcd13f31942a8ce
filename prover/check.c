/* check.c - the checking evaluator of the texts in air/: rows, and exact balance. */
#include "prover/check.h"

#include "core/circle.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AIR_FN static inline __attribute__((unused))

typedef m31 fe;
typedef struct balance balance;
typedef struct counts counts;

typedef struct {
    const air_checker *k;
    const air_instance *in;
    unsigned inst;
    uint32_t at;
    fe pc;
    bool has_pc;
    air_report *r;
    bool rows, bad; /* rows: check this row; bad: it failed */
    balance *bal;   /* or NULL: tuples go here */
    counts *cnt;    /* or NULL: lookups are counted here */
} air_cx;

AIR_FN fe fe_const(uint32_t v) { return m31_from_reduced(v); }
#define fe_add m31_add
#define fe_sub m31_sub
#define fe_mul m31_mul

AIR_FN fe air_main(air_cx *cx, unsigned i) { return m31_from_u32(cx->in->main[i][cx->at]); }
AIR_FN fe air_pre(air_cx *cx, unsigned i)
{
    return m31_from_u32(cx->k->t->pre[cx->in->id][i][cx->at]);
}
AIR_FN fe air_before(air_cx *cx, unsigned i)
{
    const uint8_t col = air_components[cx->in->id].before[i];
    const unsigned log = cx->in->log;
    return m31_from_u32(cx->in->main[col][circle_position_before(log, log, cx->at)]);
}
/* Row 0 stands at position 0. */
AIR_FN fe air_is_first(air_cx *cx) { return fe_const(cx->at == 0); }
AIR_FN fe air_image_end(air_cx *cx) { return m31_from_u32(cx->k->t->image_end); }

static __attribute__((format(printf, 2, 3))) void fail(air_cx *cx, const char *fmt, ...);

AIR_FN void air_zero(air_cx *cx, fe x, const char *text)
{
    if (cx->rows && x.v) fail(cx, "%s", text);
}
static void count_range(air_cx *cx, fe times, uint32_t k, uint32_t v);
static void count_bytes(air_cx *cx, fe times, const fe t[4]);
static void count_rom(air_cx *cx, fe times, const fe *t, unsigned len);
static void add_cell(air_cx *cx, int sign, bool state, fe addr, fe ts, fe lo, fe hi);

#include "air/air.h"

AIR_FN void air_cells(air_cx *cx, air_cell r, air_cell w)
{
    if (!cx->bal) return;
    add_cell(cx, -1, false, r.addr, r.ts, r.lo, r.hi);
    add_cell(cx, 1, false, w.addr, w.ts, w.lo, w.hi);
}
AIR_FN void air_states(air_cx *cx, fe ts, fe pc, fe ts_new, fe pc_new)
{
    cx->pc = pc;
    cx->has_pc = true;
    if (!cx->bal) return;
    add_cell(cx, -1, true, pc, ts, fe_const(0), fe_const(0));
    add_cell(cx, 1, true, pc_new, ts_new, fe_const(0), fe_const(0));
}
AIR_FN void air_pairs_end(air_cx *cx) { (void)cx; }
AIR_FN void air_lookups_end(air_cx *cx) { (void)cx; }
AIR_FN void air_merge2(air_cx *cx, const air_merged *m, unsigned c, const char *text)
{
    (void)c;
    air_zero(cx, fe_sub(m->c, air_merge_product(m)), text);
}
AIR_FN void air_merge3(air_cx *cx, const air_merged *m, unsigned c, unsigned d, const char *text_c,
                       const char *text_d)
{
    (void)c;
    (void)d;
    air_zero(cx, fe_sub(m->c, air_merge_pairs(m)), text_c);
    air_zero(cx, fe_sub(m->d, air_merge_product(m)), text_d);
}
AIR_FN void air_rc(air_cx *cx, air_times n, fe k, fe v) { count_range(cx, n.f, k.v, v.v); }
AIR_FN void air_range(air_cx *cx, const air_merged *m)
{
    for (unsigned i = 0; i < m->n; i++) count_range(cx, fe_const(1), m->k[i], m->v[i].v);
}
AIR_FN void air_bytes(air_cx *cx, air_times n, const fe t[4]) { count_bytes(cx, n.f, t); }
AIR_FN void air_rom(air_cx *cx, air_times n, const fe *t, unsigned len)
{
    count_rom(cx, n.f, t, len);
}

#include "air/each.air.h"

static void evaluate(air_cx *cx)
{
    switch (cx->in->id) {
#define AIR_X(prefix, NAME) \
    case AIR_##NAME: prefix##_constraints(cx); break;
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    case AIR_N_COMPONENTS: break;
    }
}

/* ---- what is said ---- */

/* "ALU row 7" and, on instance 2 of a component, "ALU (second instance) row 7". */
static int name_row(char *text, size_t bytes, const air_trace *t, unsigned inst, uint32_t row)
{
    const air_instance *in = &t->inst[inst];
    const bool second = inst > 0 && t->inst[inst - 1].id == in->id;
    return snprintf(text, bytes, "%s%s row %" PRIu32, air_components[in->id].name,
                    second ? " (second instance)" : "", row);
}

static void fail(air_cx *cx, const char *fmt, ...)
{
    va_list ap;
    if (cx->bad) return;
    cx->bad = true;
    air_report *r = cx->r;
    if (!r) return;
    r->inst = (int)cx->inst;
    r->row = circle_row_of_position(cx->in->log, cx->at);
    int n = name_row(r->text, sizeof r->text, cx->k->t, cx->inst, r->row);
    if (n < 0 || (size_t)n >= sizeof r->text - 2) return;
    r->text[n++] = ':';
    r->text[n++] = ' ';
    va_start(ap, fmt);
    (void)vsnprintf(r->text + n, sizeof r->text - (size_t)n, fmt, ap);
    va_end(ap);
}

/* ---- tables ---- */

/* How often a lookup asked for each table row, less the multiplicities; modulo P. */
struct counts {
    uint32_t *rc, *bytes, *rom;
};
#define RC_ROWS ((size_t)1 << (AIR_MAX_RC + 1))
#define BYTE_ROWS ((size_t)1 << AIR_TABLES_LOG)

static void count_up(uint32_t *c, fe times) { *c = m31_add(m31_from_reduced(*c), times).v; }

static void count_range(air_cx *cx, fe times, uint32_t k, uint32_t v)
{
    const bool in_table = k <= AIR_MAX_RC && v >> k == 0;
    if (cx->cnt && in_table) count_up(&cx->cnt->rc[(UINT32_C(1) << k) - 1 + v], times);
    if (cx->rows && times.v && !in_table)
        fail(cx, "a value that must be below 2^%" PRIu32 " is %" PRIu32, k, v);
}
static void count_bytes(air_cx *cx, fe times, const fe t[4])
{
    const uint32_t op = t[0].v, a = t[1].v, b = t[2].v;
    const uint32_t r = op == 0 ? (a & b) : op == 1 ? (a | b) : op == 2 ? (a ^ b) : 0;
    const bool in_table = op < 4 && a < 256 && b < 256 && t[3].v == r;
    if (cx->cnt && in_table) count_up(&cx->cnt->bytes[op << 16 | a << 8 | b], times);
    if (cx->rows && times.v && !in_table)
        fail(cx,
             "(%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32
             ") is not in the byte table (and, or, "
             "xor, pair)",
             op, a, b, t[3].v);
}

static uint32_t rom_hash(const uint32_t t[AIR_ROM_FIELDS])
{
    uint64_t h = 0;
    for (unsigned i = 0; i < AIR_ROM_FIELDS; i++)
        h = (h ^ t[i]) * UINT64_C(0x9E3779B97F4A7C15) ^ h >> 29;
    return (uint32_t)(h >> 32);
}
static void rom_row(uint32_t t[AIR_ROM_FIELDS], const air_trace *tr, uint32_t row)
{
    for (unsigned i = 0; i < AIR_ROM_FIELDS; i++) t[i] = tr->pre[AIR_ROM][i][row];
}
/* Row of the program table, or UINT32_MAX. Of equal rows the first. */
static uint32_t rom_find(const air_checker *c, const uint32_t t[AIR_ROM_FIELDS])
{
    uint32_t row[AIR_ROM_FIELDS];
    for (uint32_t h = rom_hash(t) & c->mask; c->slot[h]; h = (h + 1) & c->mask) {
        rom_row(row, c->t, c->slot[h] - 1);
        if (memcmp(row, t, sizeof row) == 0) return c->slot[h] - 1;
    }
    return UINT32_MAX;
}
static void count_rom(air_cx *cx, fe times, const fe *t, unsigned len)
{
    uint32_t f[AIR_ROM_FIELDS] = {0};
    if (times.v == 0) return;
    for (unsigned i = 0; i < len; i++) f[i] = t[i].v;
    const uint32_t row = rom_find(cx->k, f);
    if (cx->cnt && row != UINT32_MAX) count_up(&cx->cnt->rom[row], times);
    if (!cx->rows || row != UINT32_MAX) return;
    char text[16 * AIR_ROM_FIELDS];
    int n = 0;
    for (unsigned i = 0; i < len; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%" PRIu32, i ? ", " : "", f[i]);
    fail(cx, "(%s) is not in the program table", text);
}

sp_status air_checker_init(air_checker *c, const air_trace *t)
{
    memset(c, 0, sizeof *c);
    c->t = t;
    for (unsigned i = 0; i < t->n_inst; i++)
        if (t->inst[i].id == AIR_ROM) c->rom_rows = UINT32_C(1) << t->inst[i].log;
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)c->rom_rows) slots *= 2;
    c->mask = (uint32_t)(slots - 1);
    c->slot = calloc((size_t)slots, sizeof *c->slot);
    if (!c->slot) return SP_ERR_NOMEM;
    for (uint32_t row = 0; row < c->rom_rows; row++) {
        uint32_t f[AIR_ROM_FIELDS], h;
        rom_row(f, t, row);
        if (rom_find(c, f) != UINT32_MAX) continue;
        for (h = rom_hash(f) & c->mask; c->slot[h]; h = (h + 1) & c->mask) {}
        c->slot[h] = row + 1;
    }
    return SP_OK;
}
void air_checker_free(air_checker *c)
{
    free(c->slot);
    memset(c, 0, sizeof *c);
}

/* ---- rows ---- */

static air_cx row_cx(const air_checker *c, unsigned inst, uint32_t position)
{
    air_cx cx;
    memset(&cx, 0, sizeof cx);
    cx.k = c;
    cx.in = &c->t->inst[inst];
    cx.inst = inst;
    cx.at = position;
    return cx;
}

/* A stored word is canonical: anything else would be another value to a hash than to a constraint.
 */
static void check_words(air_cx *cx)
{
    const air_component *k = &air_components[cx->in->id];
    for (unsigned i = 0; i < k->n_main; i++)
        if (cx->in->main[i][cx->at] >= M31_P) fail(cx, "%s is not canonical", k->main_names[i]);
}

bool air_checker_row(const air_checker *c, unsigned inst, uint32_t position, air_report *r)
{
    air_cx cx = row_cx(c, inst, position);
    cx.r = r;
    cx.rows = true;
    check_words(&cx);
    evaluate(&cx);
    if (cx.bad && r && cx.has_pc) {
        const size_t n = strlen(r->text);
        (void)snprintf(r->text + n, sizeof r->text - n, " (pc 0x%" PRIx64 ")",
                       4 * (uint64_t)cx.pc.v);
    }
    return !cx.bad;
}

sp_status air_check_rows(const air_trace *t, air_report *r)
{
    air_checker c;
    sp_status st = air_checker_init(&c, t);
    if (r) memset(r, 0, sizeof *r);
    for (unsigned i = 0; i < t->n_inst && st == SP_OK; i++) {
        const uint64_t n = UINT64_C(1) << t->inst[i].log;
        for (uint64_t row = 0; row < n && st == SP_OK; row++) {
            const uint32_t at = circle_position_of_row(t->inst[i].log, (uint32_t)row);
            if (!air_checker_row(&c, i, at, r)) st = SP_ERR_UNSAT;
        }
    }
    air_checker_free(&c);
    return st;
}

/* ---- balance ---- */

/* A tuple, how often it was left less how often it was read, and a row that did so. The top bit of
 * addr marks a state tuple; count = 0 and inst = FREE: an empty slot. */
typedef struct {
    uint32_t addr, ts, lo, hi;
    int32_t count;
    uint32_t row;
    uint32_t inst;
} tuple_slot;
#define STATE_BIT (UINT32_C(1) << 31)
#define FREE UINT32_MAX
#define BOUNDARY (UINT32_MAX - 1)

/* Tuples are taken in several passes over the trace, each with those of one share of the hash. */
struct balance {
    tuple_slot *slot;
    uint32_t mask;
    uint64_t pass, n_passes, n_used;
};
#define BALANCE_SLOTS (UINT32_C(1) << 21)

static void add_tuple(balance *b, tuple_slot x)
{
    uint64_t h = ((uint64_t)x.addr << 32 | x.ts) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ h >> 32 ^ ((uint64_t)x.lo << 32 | x.hi)) * UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    if ((h >> 24) % b->n_passes != b->pass) return;
    uint32_t i = (uint32_t)h & b->mask;
    while (b->slot[i].inst != FREE) {
        tuple_slot *s = &b->slot[i];
        if (s->addr == x.addr && s->ts == x.ts && s->lo == x.lo && s->hi == x.hi) {
            /* Name the row that caused what is left over. */
            if (s->count == 0 || (s->count > 0) == (x.count > 0)) {
                s->inst = x.inst;
                s->row = x.row;
            }
            s->count += x.count;
            return;
        }
        i = (i + 1) & b->mask;
    }
    if (b->n_used++ >= b->mask) return; /* full: reported by the caller */
    b->slot[i] = x;
}
static void add_cell(air_cx *cx, int sign, bool state, fe addr, fe ts, fe lo, fe hi)
{
    const tuple_slot x = {
        addr.v | (state ? STATE_BIT : 0), ts.v, lo.v, hi.v, sign, cx->at, cx->inst};
    add_tuple(cx->bal, x);
}
static void add_boundary(balance *b, int sign, const air_tuple *t)
{
    const tuple_slot x = {
        t->addr | (t->state ? STATE_BIT : 0), t->ts, t->lo, t->hi, sign, 0, BOUNDARY};
    add_tuple(b, x);
}

static void report_tuple(air_report *r, const air_trace *t, const tuple_slot *s)
{
    char where[80] = "the public statement", what[120];
    if (!r) return;
    r->inst = -1;
    if (s->inst != BOUNDARY) {
        r->inst = (int)s->inst;
        r->row = circle_row_of_position(t->inst[s->inst].log, s->row);
        (void)name_row(where, sizeof where, t, s->inst, r->row);
    }
    const uint32_t addr = s->addr & ~STATE_BIT;
    const uint64_t value = s->lo | (uint64_t)s->hi << 16;
    if (s->addr & STATE_BIT)
        (void)snprintf(what, sizeof what, "the state (time %" PRIu32 ", pc 0x%" PRIx64 ")", s->ts,
                       4 * (uint64_t)addr);
    else if (addr < MACHINE_N_REGS)
        (void)snprintf(what, sizeof what, "register x%" PRIu32 " = 0x%" PRIx64 " at time %" PRIu32,
                       addr, value, s->ts);
    else
        (void)snprintf(what, sizeof what, "memory 0x%" PRIx64 " = 0x%" PRIx64 " at time %" PRIu32,
                       4 * ((uint64_t)addr - MACHINE_RAM), value, s->ts);
    (void)snprintf(r->text, sizeof r->text, "%s %s %s, and nobody %s", where,
                   s->count > 0 ? "leaves" : "reads", what,
                   s->count > 0 ? "reads that" : "left that");
}

static sp_status run_pass(const air_checker *c, balance *b)
{
    air_boundary it;
    air_tuple rd, wr;
    for (uint32_t i = 0; i <= b->mask; i++) b->slot[i].inst = FREE;
    b->n_used = 0;
    for (unsigned i = 0; i < c->t->n_inst; i++) {
        const uint32_t n = UINT32_C(1) << c->t->inst[i].log;
        if (air_components[c->t->inst[i].id].n_prod == 0) continue;
        for (uint32_t at = 0; at < n; at++) {
            air_cx cx = row_cx(c, i, at);
            cx.bal = b;
            evaluate(&cx);
        }
    }
    air_boundary_start(&it, &c->t->pub);
    while (air_boundary_next(&it, &rd, &wr)) {
        add_boundary(b, -1, &rd);
        add_boundary(b, 1, &wr);
    }
    return b->n_used > b->mask ? SP_ERR_NOMEM : SP_OK;
}

static sp_status check_tuples(const air_checker *c, air_report *r)
{
    balance b = {NULL, BALANCE_SLOTS - 1, 0, 1, 0};
    tuple_slot worst;
    sp_status st = SP_OK;
    uint64_t tuples = 0;
    memset(&worst, 0, sizeof worst);
    for (unsigned i = 0; i < c->t->n_inst; i++)
        tuples += (uint64_t)(4 * air_components[c->t->inst[i].id].n_prod) << c->t->inst[i].log;
    b.n_passes = tuples / (BALANCE_SLOTS / 2) + 1;
    b.slot = malloc(BALANCE_SLOTS * sizeof *b.slot);
    if (!b.slot) return SP_ERR_NOMEM;
    for (b.pass = 0; b.pass < b.n_passes && st == SP_OK; b.pass++) {
        st = run_pass(c, &b);
        for (uint32_t i = 0; i <= b.mask && st == SP_OK; i++) {
            const tuple_slot *s = &b.slot[i];
            if (s->inst == FREE || s->count == 0) continue;
            if (worst.count == 0 || s->ts < worst.ts) worst = *s;
        }
    }
    free(b.slot);
    if (st == SP_OK && worst.count) {
        st = SP_ERR_UNSAT;
        report_tuple(r, c->t, &worst);
    }
    return st;
}

/* The first table row whose lookups and multiplicity differ. */
static sp_status compare(const uint32_t *count, size_t n, const char *table, air_report *r)
{
    for (size_t i = 0; i < n; i++)
        if (count[i]) {
            if (r) {
                r->inst = -1;
                (void)snprintf(r->text, sizeof r->text,
                               "row %zu of the %s table: lookups less multiplicity = %" PRIu32
                               " modulo P",
                               i, table, count[i]);
            }
            return SP_ERR_UNSAT;
        }
    return SP_OK;
}
static sp_status check_lookups(const air_checker *c, air_report *r)
{
    const size_t rom_rows = c->rom_rows;
    uint32_t *w = calloc(RC_ROWS + BYTE_ROWS + rom_rows, sizeof *w);
    counts cnt = {w, w + RC_ROWS, w + RC_ROWS + BYTE_ROWS};
    if (!w) return SP_ERR_NOMEM;
    for (unsigned i = 0; i < c->t->n_inst; i++) {
        const uint32_t n = UINT32_C(1) << c->t->inst[i].log;
        if (air_components[c->t->inst[i].id].n_sum == 0) continue;
        for (uint32_t at = 0; at < n; at++) {
            air_cx cx = row_cx(c, i, at);
            cx.cnt = &cnt;
            evaluate(&cx);
        }
    }
    sp_status st = compare(cnt.rc, RC_ROWS, "range", r);
    if (st == SP_OK) st = compare(cnt.bytes, BYTE_ROWS, "byte", r);
    if (st == SP_OK) st = compare(cnt.rom, rom_rows, "program", r);
    free(w);
    return st;
}

sp_status air_check_balance(const air_trace *t, air_report *r)
{
    air_checker c;
    sp_status st = air_public_check(&t->pub);
    if (r) memset(r, 0, sizeof *r);
    if (st != SP_OK) return st;
    st = air_checker_init(&c, t);
    if (st == SP_OK) st = check_tuples(&c, r);
    if (st == SP_OK) st = check_lookups(&c, r);
    air_checker_free(&c);
    return st;
}

sp_status air_check(const air_trace *t, air_report *r)
{
    SP_TRY(air_check_rows(t, r));
    return air_check_balance(t, r);
}
