/* air.h - the dialect in which the constraints of every component are written, once.
 *
 * air/NAME.air.h is plain C over names that an evaluator defines BEFORE it includes this file:
 *
 *   AIR_FN                      how its functions are declared (static inline ...)
 *   fe, ef                      a value of a base column, of a secure (QM31) column
 *   air_cx                      the evaluator's state
 *   fe_const fe_add fe_sub fe_mul
 *   air_main(cx, i) air_pre(cx, i)   main and preprocessed column i at this row
 *   air_before(cx, i)           entry i of the component's list of columns read at the row before
 *   air_is_first(cx)            1 on row 0 of the trace, 0 on the other rows
 *   air_image_end(cx)           public: tuple address of the last image word
 *   air_zero(cx, x, text)       x must vanish on every row; text: what this forbids
 *   air_merge2, air_merge3      a committed product of range-checked values, see AIR_MERGE2
 *   air_cells(cx, r, w)         the row reads memory tuple r and leaves w
 *   air_states(cx, ts, pc, ts_new, pc_new)   the same for the machine's state
 *   air_range(cx, m) air_rc(cx, n, k, v) air_bytes(cx, n, t) air_rom(cx, n, t, len)   lookups
 *   air_pairs_end(cx) air_lookups_end(cx)    the last pair, the last lookup has been stated
 *
 * Evaluators that compute interaction columns take the last six from air/product.air.h and
 * air/logup.air.h. Rules, which let one text serve all of them:
 * 1. No branch, index or loop bound depends on an fe or ef (they are structs: slips do not
 * compile).
 * 2. No state outside cx, no memory, no input or output.
 * 3. The order of statements is protocol: it numbers the constraints, and it deals pairs and
 *    fractions, two at a time, to the interaction columns. Append; never reorder silently.
 * Values here are residues modulo P = 2^31 - 1; sums written as integers stay below P unless a
 * comment says otherwise. */
#ifndef AIR_AIR_H
#define AIR_AIR_H

#include "air/components.h"
#include "core/machine.h"

/* The recorder listens here; nobody else needs to. */
#ifndef air_note_cells
#define air_note_cells(cx, r, w) ((void)0)
#define air_note_states(cx, ts, pc, ts_new, pc_new) ((void)0)
#define air_note_lookup(cx, id, times, t, len) ((void)0)
#define air_note_merge(cx, m, c, d) ((void)0)
#endif

/* A memory tuple. */
typedef struct {
    fe addr, ts, lo, hi;
} air_cell;

/* How often a lookup counts: 1, or the value of f. */
typedef struct {
    bool one;
    fe f;
} air_times;

/* n = 2 or 3 range checks of v[i] to k[i] bits that share one fraction. With denominators
 * (z_i - v_i), z_i = z - id - alpha k_i, two of them need c = v0 v1; three with the same k need
 * c = v0 v1 + v0 v2 + v1 v2 and d = v0 v1 v2. */
typedef struct {
    unsigned n, k[3];
    fe v[3], c, d;
} air_merged;

/* Declares every column of a component as a local of its own name. */
#define AIR_MAIN(prefix, name) \
    const fe name __attribute__((unused)) = air_main(cx, prefix##_##name);
#define AIR_PRE(prefix, name) const fe name __attribute__((unused)) = air_pre(cx, prefix##_##name);

#define AIR_ZERO(x, text) air_zero(cx, (x), text)
#define AIR_EQ(a, b, text) air_zero(cx, fe_sub((a), (b)), text)
#define AIR_BIT(x) air_zero(cx, fe_mul((x), fe_sub((x), fe_const(1))), #x " is neither 0 nor 1")
/* Every row: e says whether it is a real one. */
#define AIR_ENABLE(e) AIR_BIT(e)
/* A padding row must leave memory and state as they are: its gaps are 0, so that it reads at the
 * very time at which it writes, */
#define AIR_IDLE(e, gap) \
    air_zero(cx, fe_mul(fe_sub(fe_const(1), (e)), (gap)), "a padding row lets time pass: " #gap)
/* and it writes what it read. */
#define AIR_KEEP(e, now, old)                                            \
    air_zero(cx, fe_mul(fe_sub(fe_const(1), (e)), fe_sub((now), (old))), \
             "a padding row changes " #old)

/* Declares the merged checks `name`, kept in columns c (and d), and constrains those columns. */
#define AIR_MERGE2(name, k0, v0, k1, v1, c)                                         \
    const air_merged name = air_merge2_of((k0), (v0), (k1), (v1), air_main(cx, c)); \
    air_merge2(cx, &name, c, #name ": the merge column is not the product")
#define AIR_MERGE3(name, k0, v0, v1, v2, c, d)                                               \
    const air_merged name =                                                                  \
        air_merge3_of((k0), (v0), (v1), (v2), air_main(cx, c), air_main(cx, d));             \
    air_merge3(cx, &name, c, d, #name ": the first merge column is not the sum of products", \
               #name ": the second merge column is not the product")
/* The checks of a merge: one fraction. */
#define AIR_RANGE(name) air_range(cx, &name)
/* 0 <= v < 2^k, alone; k a constant, or the value of a field in AIR_RCV. */
#define AIR_RC(k, v) air_rc(cx, air_once(), fe_const(k), (v))
#define AIR_RCV(k, v) air_rc(cx, air_once(), (k), (v))
/* r = a op b for bytes a, b: op 0 and, 1 or, 2 xor, 3 none (r = 0: only "a and b are bytes"). */
#define AIR_BYTES(op, a, b, r)                  \
    do {                                        \
        const fe t_[4] = {(op), (a), (b), (r)}; \
        air_bytes(cx, air_once(), t_);          \
    } while (0)
/* (op, fields...) is a row of the program table, on rows where e = 1. op is a constant of the chip:
 * no chip can execute a row that was made for another. */
#define AIR_FETCH(e, op, ...)                                                   \
    do {                                                                        \
        const fe t_[] = {fe_const(op), __VA_ARGS__};                            \
        air_rom(cx, air_times_of(e), t_, (unsigned)(sizeof t_ / sizeof t_[0])); \
    } while (0)

/* The row reads (addr, time, value) and leaves the new one. `gap` is what passed since the last
 * access, less one: a real row reads at least one slot earlier than it writes. */
#define AIR_ACCESS(addr, ts, gap, e, old_lo, old_hi, lo, hi) \
    air_access(cx, (addr), (ts), fe_add((gap), (e)), (old_lo), (old_hi), (lo), (hi))
#define AIR_READ(addr, ts, gap, e, lo, hi) AIR_ACCESS(addr, ts, gap, e, lo, hi, lo, hi)
/* The machine goes from (ts, pc) to (ts + 4, pc_new); a padding row stays. */
#define AIR_STATE(e, ts, pc, pc_new) \
    air_states(cx, (ts), (pc), fe_add((ts), fe_mul(fe_const(4), (e))), (pc_new))
#define AIR_PAIRS_END() air_pairs_end(cx)
#define AIR_LOOKUPS_END() air_lookups_end(cx)

/* 2^-16 and 2^-8 modulo P: 2^31 = 1. */
#define AIR_INV_2_16 (1u << 15)
#define AIR_INV_2_8 (1u << 23)

/* lo + 2^shift hi */
AIR_FN fe air_join(fe lo, fe hi, unsigned shift)
{
    return fe_add(lo, fe_mul(fe_const(1u << shift), hi));
}
/* a + on * (b - a): b where on = 1, a where on = 0. */
AIR_FN fe air_select(fe on, fe a, fe b) { return fe_add(a, fe_mul(on, fe_sub(b, a))); }
/* x is 0 or 1; 0 or -1; -1, 0 or 1: each of degree 2 or 3 in x. */
AIR_FN fe air_01(fe x) { return fe_mul(x, fe_sub(x, fe_const(1))); }
AIR_FN fe air_m01(fe x) { return fe_mul(x, fe_add(x, fe_const(1))); }
AIR_FN fe air_m011(fe x) { return fe_mul(air_01(x), fe_add(x, fe_const(1))); }

AIR_FN air_times air_times_of(fe f)
{
    air_times n;
    n.one = false;
    n.f = f;
    return n;
}
AIR_FN air_times air_once(void)
{
    air_times n;
    n.one = true;
    n.f = fe_const(1);
    return n;
}
AIR_FN air_merged air_merge3_of(unsigned k, fe v0, fe v1, fe v2, fe c, fe d)
{
    air_merged m;
    m.n = 3;
    m.k[0] = m.k[1] = m.k[2] = k;
    m.v[0] = v0;
    m.v[1] = v1;
    m.v[2] = v2;
    m.c = c;
    m.d = d;
    return m;
}
AIR_FN air_merged air_merge2_of(unsigned k0, fe v0, unsigned k1, fe v1, fe c)
{
    air_merged m = air_merge3_of(k0, v0, v1, v1, c, c);
    m.n = 2;
    m.k[1] = k1;
    return m;
}
/* What the merge columns must hold. */
AIR_FN fe air_merge_product(const air_merged *m)
{
    const fe p = fe_mul(m->v[0], m->v[1]);
    return m->n == 2 ? p : fe_mul(p, m->v[2]);
}
AIR_FN fe air_merge_pairs(const air_merged *m)
{
    return fe_add(fe_mul(m->v[0], m->v[1]), fe_mul(fe_add(m->v[0], m->v[1]), m->v[2]));
}
AIR_FN void air_cells(air_cx *cx, air_cell r, air_cell w);
AIR_FN void air_access(air_cx *cx, fe addr, fe ts, fe gap, fe old_lo, fe old_hi, fe lo, fe hi)
{
    air_cell r, w;
    r.addr = w.addr = addr;
    r.ts = fe_sub(ts, gap);
    w.ts = ts;
    r.lo = old_lo;
    r.hi = old_hi;
    w.lo = lo;
    w.hi = hi;
    air_cells(cx, r, w);
}

#endif
