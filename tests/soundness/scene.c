/* scene.c - guest to trace. */
#include "tests/soundness/scene.h"

#include "core/circle.h"
#include "prover/count.h"
#include "tests/soundness/rowsim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scene_run(scene *s, const guest *g, const scene_options *o)
{
    memset(s, 0, sizeof *s);
    if (o) s->o = *o;
    if (!s->o.min_log) s->o.min_log = 5;
    if (!s->o.max_instances) s->o.max_instances = 1;
    vm_error err;
    if (!guest_load(&s->vm, g, s->o.mode)) return false;
    const vm_options run = {.input = s->o.input,
                            .input_bytes = s->o.input_bytes,
                            .hint = s->o.hint,
                            .hint_bytes = s->o.hint_bytes,
                            .mode = s->o.mode,
                            .record = true};
    if (vm_run(&s->run, &s->vm, &run, &err) != SP_OK ||
        program_setup(&s->p, &s->vm, s->o.mode, &err) != SP_OK) {
        printf("  %s\n", err.text);
        return false;
    }
    return true;
}

bool scene_fill(scene *s, bool keep_public)
{
    vm_error err;
    if (witness_sizes(&s->l, &s->p, &s->run, s->o.min_log, s->o.max_instances, &err) != SP_OK) {
        printf("  %s\n", err.text);
        return false;
    }
    free(s->columns);
    free(s->words);
    s->columns = malloc(s->l.n_columns * sizeof *s->columns);
    s->words = aligned_alloc(64, s->l.n_words * sizeof *s->words);
    if (!s->columns || !s->words) return false;
    memset(s->words, 0xff, s->l.n_words * sizeof *s->words); /* nothing may be left unset */
    if (!keep_public) witness_public(&s->pub, &s->p, &s->run, s->o.input, s->o.input_bytes);
    witness_bind(&s->t, &s->l, &s->p, &s->pub, s->columns, s->words);
    return witness_fill(&s->t, &s->p, &s->run) == SP_OK;
}

void scene_free(scene *s)
{
    free(s->columns);
    free(s->words);
    if (s->owned) {
        for (unsigned c = 0; c < VM_N_CHIPS; c++) free(s->run.rows[c]);
        free(s->run.refresh);
        free(s->run.touched);
        s->run = s->honest;
    }
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++) {
        if (s->grown[id]) free(s->grown[id][0]);
        free(s->grown[id]);
    }
    vm_result_free(&s->run);
    program_free(&s->p);
    vm_program_free(&s->vm);
    memset(s, 0, sizeof *s);
}

air_instance *scene_instance(scene *s, enum air_component_id id, unsigned k)
{
    for (unsigned i = 0; i < s->t.n_inst; i++)
        if (s->t.inst[i].id == id && k-- == 0) return &s->t.inst[i];
    return NULL;
}

/* A tuple and how often it is written less how often it is read. */
typedef struct {
    air_tuple t;
    int sign;
} entry;

typedef struct {
    entry *e;
    size_t n, cap;
} balance;

static void add(balance *b, const air_tuple *r, const air_tuple *w)
{
    if (b->n + 2 > b->cap) {
        b->cap = b->cap ? 2 * b->cap : 4096;
        b->e = realloc(b->e, b->cap * sizeof *b->e);
        if (!b->e) abort();
    }
    b->e[b->n++] = (entry){*r, -1};
    b->e[b->n++] = (entry){*w, 1};
}

static int compare(const void *x, const void *y)
{
    const air_tuple *a = &((const entry *)x)->t, *b = &((const entry *)y)->t;
    if (a->state != b->state) return a->state ? 1 : -1;
    if (a->addr != b->addr) return a->addr < b->addr ? -1 : 1;
    if (a->ts != b->ts) return a->ts < b->ts ? -1 : 1;
    if (a->lo != b->lo) return a->lo < b->lo ? -1 : 1;
    return a->hi < b->hi ? -1 : a->hi > b->hi;
}

static uint32_t left_over(balance *b)
{
    uint32_t n = 0;
    qsort(b->e, b->n, sizeof *b->e, compare);
    for (size_t i = 0, j; i < b->n; i = j) {
        int sum = 0;
        for (j = i; j < b->n && compare(&b->e[i], &b->e[j]) == 0; j++) sum += b->e[j].sign;
        n += sum != 0;
    }
    return n;
}

static bool judge_instance(scene *s, const air_instance *inst, balance *b, scene_verdict *v,
                           const char *const *off)
{
    const air_component *c = &air_components[inst->id];
    uint32_t main[64], before[64], pre[AIR_ROM_FIELDS];
    rowsim row = {.main = main, .before = before, .pre = pre, .image_end = s->t.image_end};
    for (uint32_t at = 0; at < 1u << inst->log; at++) {
        const uint32_t prev = circle_position_before(inst->log, inst->log, at);
        for (unsigned k = 0; k < c->n_main; k++) {
            main[k] = inst->main[k][at];
            before[k] = inst->main[k][prev];
        }
        for (unsigned k = 0; k < c->n_pre; k++) pre[k] = s->t.pre[inst->id][k][at];
        rowsim_merge(main, inst->id);
        for (unsigned k = 0; k < c->n_main; k++) {
            if (main[k] >= M31_P) {
                *v = (scene_verdict){"a cell is not canonical", inst->id, at};
                return false;
            }
            inst->main[k][at] = main[k];
        }
        row.first = circle_row_of_position(inst->log, at) == 0;
        const char *rule = rowsim_verdict(&row, inst->id, &s->p, s->vm.code_base, off);
        if (rule) {
            *v = (scene_verdict){rule, inst->id, at};
            return false;
        }
        for (unsigned k = 0; k < row.n_pairs; k++) add(b, &row.r[k], &row.w[k]);
    }
    return true;
}

scene_verdict scene_judge_without(scene *s, const char *const *off)
{
    scene_verdict v = {NULL, AIR_N_COMPONENTS, 0};
    balance b = {NULL, 0, 0};
    bool ok = true;
    for (unsigned i = 0; i < s->t.n_inst && ok; i++)
        if (s->t.inst[i].id != AIR_ROM && s->t.inst[i].id != AIR_TABLES)
            ok = judge_instance(s, &s->t.inst[i], &b, &v, off);
    if (ok && air_public_check(&s->t.pub) != SP_OK) {
        v.rule = "public";
    } else if (ok) {
        air_boundary it;
        air_tuple r, w;
        air_boundary_start(&it, &s->t.pub);
        while (air_boundary_next(&it, &r, &w)) add(&b, &r, &w);
        v.row = left_over(&b);
        if (v.row && !rowsim_is_off("balance", off)) v.rule = "balance";
    }
    free(b.e);
    return v;
}

scene_verdict scene_judge(scene *s) { return scene_judge_without(s, NULL); }

static void *copy_of(const void *from, size_t n, size_t extra, size_t size)
{
    void *to = calloc(n + extra + 1, size);
    if (!to) abort();
    if (n) memcpy(to, from, n * size);
    return to;
}

void scene_own(scene *s, size_t extra)
{
    s->honest = s->run;
    s->owned = true;
    for (unsigned c = 0; c < VM_N_CHIPS; c++)
        s->run.rows[c] = copy_of(s->run.rows[c], s->run.n_rows[c], extra, sizeof(vm_row));
    s->run.refresh = copy_of(s->run.refresh, s->run.n_refresh, extra, sizeof(vm_refresh));
    s->run.touched = copy_of(s->run.touched, s->run.n_touched, extra, sizeof(vm_touched));
}

vm_row *scene_row(scene *s, enum vm_op op, size_t nth)
{
    const unsigned chip = vm_op_chip[op];
    for (size_t i = 0; i < s->run.n_rows[chip]; i++) {
        vm_row *row = &s->run.rows[chip][i];
        if (s->vm.code[row->insn].op == op && nth-- == 0) return row;
    }
    abort();
}

size_t scene_row_index(const scene *s, const vm_row *row)
{
    return (size_t)(row - s->run.rows[vm_op_chip[s->vm.code[row->insn].op]]);
}

void scene_refresh(scene *s, uint32_t addr, uint32_t ts, uint32_t value, uint32_t gap)
{
    s->run.refresh[s->run.n_refresh++] = (vm_refresh){addr, ts, value, gap};
}

uint32_t *scene_cell(scene *s, enum air_component_id id, unsigned column, size_t row)
{
    const air_instance *inst = scene_instance(s, id, 0);
    if (!inst || row >> inst->log) abort();
    const size_t at = id == AIR_INITFIN ? circle_position_of_row(inst->log, (uint32_t)row) : row;
    return &inst->main[column][at];
}

void scene_set(scene *s, enum air_component_id id, unsigned column, size_t row, int64_t value)
{
    *scene_cell(s, id, column, row) = m31_from_i64(value).v;
}

void scene_set_reg(scene *s, unsigned reg, int64_t lo, int64_t hi)
{
    scene_set(s, AIR_IMAGE, img_lo, reg, lo);
    scene_set(s, AIR_IMAGE, img_hi, reg, hi);
}

void scene_grow(scene *s, enum air_component_id id, unsigned log)
{
    air_instance *inst = scene_instance(s, id, 0);
    const unsigned n = air_components[id].n_main;
    uint32_t **columns = calloc(n, sizeof *columns),
             *words = calloc((size_t)n << log, sizeof *words);
    if (!columns || !words || s->grown[id]) abort();
    for (unsigned c = 0; c < n; c++) {
        columns[c] = words + ((size_t)c << log);
        memcpy(columns[c], inst->main[c], sizeof(uint32_t) << inst->log);
    }
    s->grown[id] = columns;
    inst->main = columns;
    inst->log = log;
}

sp_status scene_check(scene *s, air_report *report)
{
    /* A value in no table leaves the counts short; the checker has to find the row. */
    (void)!count_trace(&s->t, &s->p);
    memset(report, 0, sizeof *report);
    return air_check(&s->t, report);
}

static bool checker_rejects(scene *s, const char *rule)
{
    air_report report;
    const sp_status st = scene_check(s, &report);
    const bool text = strchr(rule, ' ') != NULL; /* not "range", "rom", ... */
    if (st == SP_ERR_UNSAT && (!text || strstr(report.text, rule))) return true;
    printf("  expected \"%s\", the checker says %d: %s\n", rule, (int)st, report.text);
    return false;
}

bool scene_rejected(scene *s, const char *rule, const char *const *off)
{
    scene_verdict v = scene_judge(s);
    if (!v.rule || strcmp(v.rule, rule)) {
        printf("  expected \"%s\", got \"%s\" (component %d, row %u)\n", rule,
               v.rule ? v.rule : "accepted", (int)v.id, (unsigned)v.row);
        return false;
    }
    if (off) {
        v = scene_judge_without(s, off);
        if (v.rule) {
            printf("  without \"%s\" expected it accepted, got \"%s\" (component %d, row %u)\n",
                   off[0], v.rule, (int)v.id, (unsigned)v.row);
            return false;
        }
    }
    return checker_rejects(s, rule);
}

bool scene_unbalanced(scene *s, uint32_t n_tuples)
{
    const scene_verdict v = scene_judge(s);
    if (!v.rule || strcmp(v.rule, "balance") || v.row != n_tuples) {
        printf("  expected %u tuples left over, got \"%s\" (component %d, %u)\n",
               (unsigned)n_tuples, v.rule ? v.rule : "accepted", (int)v.id, (unsigned)v.row);
        return false;
    }
    return checker_rejects(s, "balance");
}
