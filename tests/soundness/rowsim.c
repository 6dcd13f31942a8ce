/* rowsim.c - a row evaluator over M31 that keeps tuples as they are. */
#include "tests/soundness/rowsim.h"

#include <string.h>

bool rowsim_is_off(const char *text, const char *const *off)
{
    for (; off && *off; off++)
        if (!strcmp(text, *off)) return true;
    return false;
}

#define AIR_FN static inline __attribute__((unused))

typedef m31 fe;
typedef m31 ef; /* never used as one */

typedef struct {
    rowsim *s;
    uint32_t *merge; /* where merge columns are written, or NULL */
} air_cx;

AIR_FN fe fe_const(uint32_t v) { return m31_from_u32(v); }
#define fe_add m31_add
#define fe_sub m31_sub
#define fe_mul m31_mul

AIR_FN fe air_main(air_cx *cx, unsigned i) { return m31_from_u32(cx->s->main[i]); }
AIR_FN fe air_pre(air_cx *cx, unsigned i) { return m31_from_u32(cx->s->pre[i]); }
AIR_FN fe air_before(air_cx *cx, unsigned i)
{
    return m31_from_u32(cx->s->before[air_components[AIR_INITFIN].before[i]]);
}
AIR_FN fe air_is_first(air_cx *cx) { return m31_from_u32(cx->s->first); }
AIR_FN fe air_image_end(air_cx *cx) { return m31_from_u32(cx->s->image_end); }
static void air_zero(air_cx *cx, fe x, const char *text)
{
    cx->s->text[cx->s->n_constraints] = text;
    cx->s->value[cx->s->n_constraints++] = x.v;
    if (x.v && !cx->s->broken && !rowsim_is_off(text, cx->s->off)) cx->s->broken = text;
}

#include "air/air.h"

static air_tuple tuple(bool state, fe addr, fe ts, fe lo, fe hi)
{
    air_tuple t = {state, addr.v, ts.v, lo.v, hi.v};
    return t;
}
AIR_FN void air_cells(air_cx *cx, air_cell r, air_cell w)
{
    rowsim *s = cx->s;
    s->r[s->n_pairs] = tuple(false, r.addr, r.ts, r.lo, r.hi);
    s->w[s->n_pairs++] = tuple(false, w.addr, w.ts, w.lo, w.hi);
}
AIR_FN void air_states(air_cx *cx, fe ts, fe pc, fe ts_new, fe pc_new)
{
    rowsim *s = cx->s;
    s->r[s->n_pairs] = tuple(true, pc, ts, m31_zero(), m31_zero());
    s->w[s->n_pairs++] = tuple(true, pc_new, ts_new, m31_zero(), m31_zero());
}
static void look(air_cx *cx, enum air_relation rel, air_times n, const fe *t, unsigned len)
{
    rowsim_lookup *l = &cx->s->look[cx->s->n_looks++];
    memset(l, 0, sizeof *l);
    l->relation = rel;
    l->times = n.one ? 1 : n.f.v;
    l->len = len;
    for (unsigned i = 0; i < len; i++) l->t[i] = t[i].v;
}
AIR_FN void air_rc(air_cx *cx, air_times n, fe k, fe v)
{
    const fe t[2] = {k, v};
    look(cx, AIR_REL_RC, n, t, 2);
}
AIR_FN void air_range(air_cx *cx, const air_merged *m)
{
    for (unsigned i = 0; i < m->n; i++) air_rc(cx, air_once(), fe_const(m->k[i]), m->v[i]);
}
AIR_FN void air_bytes(air_cx *cx, air_times n, const fe t[4]) { look(cx, AIR_REL_BIT, n, t, 4); }
AIR_FN void air_rom(air_cx *cx, air_times n, const fe *t, unsigned len)
{
    look(cx, AIR_REL_ROM, n, t, len);
}
AIR_FN void air_pairs_end(air_cx *cx) { (void)cx; }
AIR_FN void air_lookups_end(air_cx *cx) { (void)cx; }
AIR_FN void air_merge2(air_cx *cx, const air_merged *m, unsigned c, const char *text)
{
    if (cx->merge)
        cx->merge[c] = air_merge_product(m).v;
    else
        air_zero(cx, fe_sub(m->c, air_merge_product(m)), text);
}
AIR_FN void air_merge3(air_cx *cx, const air_merged *m, unsigned c, unsigned d, const char *text_c,
                       const char *text_d)
{
    if (cx->merge) {
        cx->merge[c] = air_merge_pairs(m).v;
        cx->merge[d] = air_merge_product(m).v;
    } else {
        air_zero(cx, fe_sub(m->c, air_merge_pairs(m)), text_c);
        air_zero(cx, fe_sub(m->d, air_merge_product(m)), text_d);
    }
}

#include "air/each.air.h"

static void evaluate(air_cx *cx, enum air_component_id id)
{
    switch (id) {
#define AIR_X(prefix, NAME) \
    case AIR_##NAME: prefix##_constraints(cx); break;
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    case AIR_N_COMPONENTS: break;
    }
}

void rowsim_run(rowsim *s, enum air_component_id id)
{
    air_cx cx = {s, NULL};
    s->broken = NULL;
    s->n_pairs = s->n_looks = s->n_constraints = 0;
    evaluate(&cx, id);
}

void rowsim_merge(uint32_t *main, enum air_component_id id)
{
    static const uint32_t zero[AIR_MAX_CONSTRAINTS];
    rowsim s = {.main = main, .before = zero, .pre = zero};
    air_cx cx = {&s, main};
    evaluate(&cx, id);
}

/* Field of the pc in the ROM rows of each chip, by op. */
static const unsigned pc_field[9] = {0, 2, 3, 2, 2, 1, 2, 7, 6};

static bool in_rom(const rowsim_lookup *l, const program *p, uint32_t code_base)
{
    const uint32_t *const *rom = program_columns(p, AIR_ROM);
    const uint32_t op = l->t[0];
    uint32_t row;
    if (op == PROGRAM_ROM_SHAMT) {
        row = program_shamt_row(l->t[1] >> 16 & 1, l->t[1] & 31);
    } else {
        if (op == 0 || op > VM_N_CHIPS) return false;
        const uint32_t k = l->t[pc_field[op]] - code_base / 4;
        if (k >= p->n_code || p->insn[k].f[0] == 0) return false;
        row = p->insn[k].rom_row;
    }
    for (unsigned j = 0; j < AIR_ROM_FIELDS; j++)
        if (rom[j][row] != l->t[j]) return false;
    return true;
}

static const char *lookup_broken(const rowsim_lookup *l, const program *p, uint32_t code_base)
{
    const uint32_t *t = l->t;
    if (l->times == 0) return NULL;
    if (l->relation == AIR_REL_RC) return t[0] > AIR_MAX_RC || t[1] >> t[0] ? "range" : NULL;
    if (l->relation == AIR_REL_BIT) {
        const uint32_t r[4] = {t[1] & t[2], t[1] | t[2], t[1] ^ t[2], 0};
        return t[0] > 3 || t[1] > 255 || t[2] > 255 || t[3] != r[t[0]] ? "bytes" : NULL;
    }
    if (in_rom(l, p, code_base)) return NULL;
    return t[0] == PROGRAM_ROM_SHAMT ? "shamt" : "rom";
}

const char *rowsim_verdict(rowsim *s, enum air_component_id id, const program *p,
                           uint32_t code_base, const char *const *off)
{
    s->off = off;
    rowsim_run(s, id);
    for (unsigned i = 0; i < s->n_looks && !s->broken; i++) {
        const char *rule = lookup_broken(&s->look[i], p, code_base);
        if (rule && !rowsim_is_off(rule, off)) s->broken = rule;
    }
    return s->broken;
}
