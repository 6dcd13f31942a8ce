/* count.c - the counting evaluator of the texts in air/: merge columns and multiplicities. */
#include "prover/count.h"

#include "prover/cpu/parallel.h"

#include <stdlib.h>
#include <string.h>

#define AIR_FN SP_FN

typedef m31 fe;
typedef struct {
    uint32_t *const *main;
    size_t at;
    count_tables *c;
    fe pc;
    bool bad; /* a value in no table */
} air_cx;

AIR_FN fe fe_const(uint32_t v) { return m31_from_reduced(v); }
#define fe_add m31_add
#define fe_sub m31_sub
#define fe_mul m31_mul

/* Merge columns are named before they are filled, and then hold anything: no canonical value is
 * asserted, and none of theirs is used. */
AIR_FN fe air_main(air_cx *cx, unsigned i)
{
    fe r;
    r.v = cx->main[i][cx->at];
    return r;
}
/* Nothing that is counted depends on these. */
#define air_pre(cx, i) fe_const(0)
#define air_before(cx, i) fe_const(0)
#define air_is_first(cx) fe_const(0)
#define air_image_end(cx) fe_const(0)
#define air_zero(cx, x, text) ((void)(cx), (void)(x))
#define air_pairs_end(cx) ((void)(cx))
#define air_lookups_end(cx) ((void)(cx))
#define air_merge2(cx, m, c, text) air_merge_fill(cx, m, c, c)
#define air_merge3(cx, m, c, d, text_c, text_d) air_merge_fill(cx, m, c, d)

#include "air/air.h"

AIR_FN void air_cells(air_cx *cx, air_cell r, air_cell w)
{
    (void)cx;
    (void)r;
    (void)w;
}
AIR_FN void air_states(air_cx *cx, fe ts, fe pc, fe ts_new, fe pc_new)
{
    (void)ts;
    (void)ts_new;
    (void)pc_new;
    cx->pc = pc;
}
AIR_FN void air_merge_fill(air_cx *cx, const air_merged *m, unsigned c, unsigned d)
{
    if (m->n == 3) cx->main[c][cx->at] = air_merge_pairs(m).v;
    cx->main[m->n == 3 ? d : c][cx->at] = air_merge_product(m).v;
}
/* These lookups stand on every row of a chip, and count once. */
AIR_FN void air_rc(air_cx *cx, air_times n, fe k, fe v)
{
    (void)n;
    if (k.v <= AIR_MAX_RC && v.v >> k.v == 0)
        cx->c->rc[program_range_row(k.v, v.v)]++;
    else
        cx->bad = true;
}
AIR_FN void air_range(air_cx *cx, const air_merged *m)
{
    for (unsigned i = 0; i < m->n; i++) air_rc(cx, air_once(), fe_const(m->k[i]), m->v[i]);
}
AIR_FN void air_bytes(air_cx *cx, air_times n, const fe t[4])
{
    (void)n;
    if (t[0].v < 4 && t[1].v < 256 && t[2].v < 256)
        cx->c->bytes[program_byte_row(t[0].v, t[1].v, t[2].v)]++;
    else
        cx->bad = true;
}
AIR_FN void air_rom(air_cx *cx, air_times n, const fe *t, unsigned len)
{
    const program *p = cx->c->p;
    (void)len;
    if (n.f.v == 0) return;
    if (t[0].v == PROGRAM_ROM_SHAMT) {
        const uint32_t right = t[1].v >> 16, amount = t[1].v & 0xffff;
        if (right < 2 && amount < 32)
            cx->c->rom[program_shamt_row(right, amount)]++;
        else
            cx->bad = true;
        return;
    }
    const uint32_t i = cx->pc.v - p->code_word; /* wraps below the code */
    if (i < p->n_code && p->insn[i].f[0] == t[0].v)
        cx->c->rom[p->insn[i].rom_row]++;
    else
        cx->bad = true;
}

#include "air/each.air.h"

#define COMPONENT(prefix, NAME)                                                                  \
    static bool prefix##_count(uint32_t *const *main, size_t begin, size_t end, count_tables *c) \
    {                                                                                            \
        air_cx cx = {.main = main, .c = c};                                                      \
        for (cx.at = begin; cx.at < end; cx.at++) prefix##_constraints(&cx);                     \
        return !cx.bad;                                                                          \
    }
AIR_COMPONENTS(COMPONENT)

bool count_rows(enum air_component_id id, uint32_t *const *main, size_t begin, size_t end,
                count_tables *c)
{
    if (id == AIR_ROM || id == AIR_TABLES) return true; /* the other side of the lookups */
    switch (id) {
#define AIR_X(prefix, NAME) \
    case AIR_##NAME: return prefix##_count(main, begin, end, c);
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    case AIR_N_COMPONENTS: break;
    }
    return true;
}

/* Each task counts its share of every instance's rows for itself; then the counters are added. */
#define ROWS_PER_TASK 65536u
#define MAX_TASKS 64u
#define RC_ROWS ((size_t)1 << (AIR_MAX_RC + 1))
#define BYTE_ROWS ((size_t)1 << AIR_TABLES_LOG)

typedef struct {
    const air_trace *t;
    const program *p;
    size_t n_tasks, n_words; /* counters of a task: range table, byte table, ROM */
    uint32_t *words;
    bool bad[MAX_TASKS];
    uint32_t *sum[3]; /* where the totals go */
    size_t len[3];
} count_job;

static void count_task(void *user, size_t i)
{
    count_job *job = user;
    uint32_t *w = job->words + i * job->n_words;
    count_tables c = {job->p, w, w + RC_ROWS, w + RC_ROWS + BYTE_ROWS};
    memset(w, 0, job->n_words * sizeof *w);
    for (unsigned k = 0; k < job->t->n_inst; k++) {
        const air_instance *in = &job->t->inst[k];
        const uint64_t n = UINT64_C(1) << in->log;
        const size_t begin = (size_t)(n * i / job->n_tasks),
                     end = (size_t)(n * (i + 1) / job->n_tasks);
        if (!count_rows(in->id, in->main, begin, end, &c)) job->bad[i] = true;
    }
}
/* Adds the counters of one sixteenth of every table. */
#define ADD_PARTS 16u
static void add_task(void *user, size_t i)
{
    const count_job *job = user;
    size_t first = 0;
    for (unsigned part = 0; part < 3; part++) {
        const size_t n = job->len[part], end = n * (i + 1) / ADD_PARTS;
        for (size_t v = n * i / ADD_PARTS; v < end; v++) {
            uint32_t sum = 0; /* < P: there are fewer lookups than P (the verifier checks it) */
            for (size_t k = 0; k < job->n_tasks; k++)
                sum += job->words[k * job->n_words + first + v];
            job->sum[part][v] = sum;
        }
        first += n;
    }
}

sp_status count_trace(air_trace *t, const program *p)
{
    count_job job = {.t = t, .p = p};
    const size_t rom_rows = (size_t)1 << p->rom_log;
    uint64_t rows = 0;
    for (unsigned k = 0; k < t->n_inst; k++) {
        const air_instance *in = &t->inst[k];
        rows += UINT64_C(1) << in->log;
        if (in->id == AIR_ROM) job.sum[2] = in->main[rom_mult];
        if (in->id != AIR_TABLES) continue;
        job.sum[0] = in->main[tab_mrc];
        job.sum[1] = in->main[tab_mbit];
    }
    if (!job.sum[0] || !job.sum[1] || !job.sum[2]) return SP_ERR_ARG;
    job.n_tasks = rows / ROWS_PER_TASK < MAX_TASKS ? (size_t)(rows / ROWS_PER_TASK) + 1 : MAX_TASKS;
    job.len[0] = RC_ROWS;
    job.len[1] = BYTE_ROWS;
    job.len[2] = rom_rows;
    job.n_words = RC_ROWS + BYTE_ROWS + rom_rows;
    job.words = malloc(job.n_tasks * job.n_words * sizeof *job.words);
    if (!job.words) return SP_ERR_NOMEM;
    parallel_for(job.n_tasks, count_task, &job);
    parallel_for(ADD_PARTS, add_task, &job);
    memset(job.sum[0] + RC_ROWS, 0, (BYTE_ROWS - RC_ROWS) * sizeof *job.sum[0]);
    free(job.words);
    for (size_t i = 0; i < job.n_tasks; i++)
        if (job.bad[i]) return SP_ERR_UNSAT;
    return SP_OK;
}
