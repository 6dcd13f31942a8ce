/* witness.c - sizes of a trace, its place in memory, and the work of filling it. */
#include "prover/witness.h"

#include "prover/cpu/parallel.h"
#include "prover/witness/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TASK_ROWS (1u << 14) /* rows of one unit of parallel work; a multiple of WITNESS_BLOCK */
#define MAX_MAIN 64u         /* columns of one component */

/* Main columns that witness_fill writes; the rest are merge columns. */
static const unsigned n_main[AIR_N_COMPONENTS] = {
#define AIR_X(prefix, NAME) prefix##_n_columns,
    AIR_COMPONENTS(AIR_X)
#undef AIR_X
};
static const unsigned n_filled[AIR_N_SPLIT] = {alu_mg0, cmp_mg0, bit_mg0, sh_mg0, jalr_n_columns,
                                               cst_mg0, ls_mg0,  md_mg0,  rf_mg0};
static witness_rows *const row_makers[VM_N_CHIPS] = {
    witness_rows_alu,  witness_rows_cmp,   witness_rows_bit, witness_rows_sh,
    witness_rows_jalr, witness_rows_const, witness_rows_ls,  witness_rows_muldiv};

static __attribute__((format(printf, 3, 4))) sp_status refuse(vm_error *err, sp_status s,
                                                              const char *fmt, ...)
{
    va_list ap;
    if (!err) return s;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return s;
}

static unsigned log_for(uint64_t n, unsigned min_log)
{
    unsigned k = min_log;
    while (UINT64_C(1) << k < n) k++;
    return k;
}

static void place(witness_layout *l, enum air_component_id id, unsigned k, unsigned log,
                  uint64_t n_active)
{
    const unsigned slot = air_component_slot(id) + k;
    l->log[slot] = (uint8_t)log;
    l->n_active[slot] = (size_t)n_active;
    l->n_inst++;
    l->n_columns += n_main[id];
    l->n_words += (size_t)n_main[id] << log;
}

/* One instance of 2^k rows, or two of 2^(k-1) and the least that holds the rest. */
static void place_split(witness_layout *l, enum air_component_id id, uint64_t n, unsigned min_log,
                        unsigned max_instances)
{
    if (n == 0) return;
    const unsigned k = log_for(n, min_log);
    if (max_instances >= 2 && k > min_log && k > WITNESS_SPLIT_LOG) {
        const uint64_t first = UINT64_C(1) << (k - 1);
        const unsigned b = log_for(n - first, min_log);
        if (b < k - 1) {
            place(l, id, 0, k - 1, first);
            place(l, id, 1, b, n - first);
            return;
        }
    }
    place(l, id, 0, k, n);
}

static sp_status check_run(const program *p, const vm_result *run, vm_error *err)
{
    size_t rows = 0;
    for (unsigned c = 0; c < VM_N_CHIPS; c++) rows += run->n_rows[c];
    if (rows != run->n_cycles || rows == 0)
        return refuse(err, SP_ERR_ARG, "the run was not recorded");
    if (run->n_cycles > MACHINE_MAX_CYCLES)
        return refuse(err, SP_ERR_LIMIT, "the run has %llu cycles, one proof takes %u",
                      (unsigned long long)run->n_cycles, MACHINE_MAX_CYCLES);
    if (run->n_touched && run->touched[0].word < p->base_word)
        return refuse(err, SP_ERR_LIMIT, "the program accessed 0x%x, below its image",
                      4 * run->touched[0].word);
    if (p->mode == MACHINE_IO_WORDS) {
        const uint32_t out = MACHINE_OUTPUT_ADDR / 4, n = air_window_words(run->output_bytes);
        const size_t at = witness_touched_at(run, out);
        if (run->n_touched - at < n || run->touched[at].word != out ||
            run->touched[at + n - 1].word != out + n - 1)
            return refuse(err, SP_ERR_ARG, "the run lacks its output words");
    }
    return SP_OK;
}

sp_status witness_sizes(witness_layout *l, const program *p, const vm_result *run, unsigned min_log,
                        unsigned max_instances, vm_error *err)
{
    memset(l, 0, sizeof *l);
    SP_TRY(check_run(p, run, err));
    l->cycles = run->n_cycles;
    for (unsigned c = 0; c < VM_N_CHIPS; c++)
        place_split(l, (enum air_component_id)c, run->n_rows[c], min_log, max_instances);
    place_split(l, AIR_REFRESH, run->n_refresh + witness_n_final(run, p->mode), min_log,
                max_instances);
    const size_t above = run->n_touched - witness_touched_at(run, p->image_end - MACHINE_RAM + 1);
    place(l, AIR_INITFIN, 0, log_for(above, min_log), above);
    place(l, AIR_IMAGE, 0, p->image_log, UINT64_C(1) << p->image_log);
    place(l, AIR_ROM, 0, p->rom_log, PROGRAM_SHAMT_ROWS + p->n_legal);
    place(l, AIR_TABLES, 0, AIR_TABLES_LOG, UINT64_C(1) << AIR_TABLES_LOG);
    return SP_OK;
}

void witness_public(air_public *pub, const program *p, const vm_result *run, const uint8_t *input,
                    uint32_t input_bytes)
{
    memset(pub, 0, sizeof *pub);
    pub->entry = p->entry;
    pub->cycles = run->n_cycles;
    pub->exit_code = run->exit_code;
    pub->mode = p->mode;
    pub->input = input;
    pub->input_bytes = input_bytes;
    pub->output = run->output;
    pub->output_bytes = run->output_bytes;
    if (p->mode == MACHINE_IO_DIGEST)
        memcpy(pub->digest, run->reg + MACHINE_DIGEST_REG, sizeof pub->digest);
}

void witness_bind(air_trace *t, const witness_layout *l, const program *p, const air_public *pub,
                  uint32_t **columns, uint32_t *words)
{
    memset(t, 0, sizeof *t);
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        if (l->log[slot] == 0) continue;
        air_instance *inst = &t->inst[t->n_inst++];
        inst->id = air_slot_component(slot);
        inst->log = l->log[slot];
        inst->n_active = l->n_active[slot];
        inst->main = columns;
        for (unsigned c = 0; c < n_main[inst->id]; c++, words += (size_t)1 << inst->log)
            *columns++ = words;
    }
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++)
        t->pre[id] = program_columns(p, (enum air_component_id)id);
    t->image_end = p->image_end;
    t->pub = *pub;
}

/* Rows [from, to) of an instance, 2^log rows at most; the instance's rows start at `first` of the
 * component's. */
struct task {
    const air_instance *inst;
    size_t first, from, to;
};
struct job {
    const program *p;
    const vm_result *run;
    const air_trace *t;
    size_t first_of[AIR_N_SLOTS];       /* first row of the instance among its component's */
    size_t first_task[AIR_N_SLOTS + 1]; /* prefix sums over instances */
};

static void fill_rows(const struct job *j, const air_instance *inst, size_t first, size_t from,
                      size_t to)
{
    uint32_t o[MAX_MAIN][WITNESS_BLOCK];
    const unsigned n_cols = n_filled[inst->id];
    const size_t active = to < inst->n_active ? to : inst->n_active;
    size_t at = from;
    for (; at < active; at += WITNESS_BLOCK) {
        const size_t n = active - at < WITNESS_BLOCK ? active - at : WITNESS_BLOCK;
        if (inst->id == AIR_REFRESH)
            witness_refresh(o, j->p, j->run, first + at, n);
        else
            row_makers[inst->id](o, j->run->rows[inst->id] + first + at, j->p->insn, n);
        for (unsigned c = 0; c < n_cols; c++)
            memcpy(inst->main[c] + at, o[c], n * sizeof(uint32_t));
    }
    if (from > active)
        at = from;
    else
        at = active;
    for (unsigned c = 0; c < n_cols && at < to; c++)
        memset(inst->main[c] + at, 0, (to - at) * sizeof(uint32_t));
}

static void run_task(void *user, size_t task)
{
    const struct job *j = user;
    unsigned i = 0;
    while (task >= j->first_task[i + 1]) i++;
    const air_instance *inst = &j->t->inst[i];
    if (inst->id == AIR_INITFIN)
        witness_initfin(inst, j->p, j->run);
    else if (inst->id == AIR_IMAGE)
        witness_image(inst, j->p, j->run);
    else if ((unsigned)inst->id < AIR_N_SPLIT) {
        const size_t from = (task - j->first_task[i]) * TASK_ROWS, n = (size_t)1 << inst->log;
        fill_rows(j, inst, j->first_of[i], from, n - from < TASK_ROWS ? n : from + TASK_ROWS);
    }
}

/* The public facts that a run fixes too. */
static bool agrees(const air_public *pub, const program *p, const vm_result *run)
{
    if (pub->entry != p->entry || pub->cycles != run->n_cycles || pub->mode != p->mode ||
        pub->exit_code != run->reg[MACHINE_EXIT_REG])
        return false;
    if (pub->mode == MACHINE_IO_DIGEST)
        return memcmp(pub->digest, run->reg + MACHINE_DIGEST_REG, sizeof pub->digest) == 0;
    if (pub->output_bytes != run->output_bytes) return false;
    const size_t at = witness_touched_at(run, MACHINE_OUTPUT_ADDR / 4);
    for (uint32_t i = 0; i < air_window_words(pub->output_bytes); i++)
        if (air_window_word(pub->output, pub->output_bytes, i) != run->touched[at + i].value)
            return false;
    return true;
}

sp_status witness_fill(air_trace *t, const program *p, const vm_result *run)
{
    if (!agrees(&t->pub, p, run)) return SP_ERR_UNSAT;
    struct job j = {p, run, t, {0}, {0}};
    for (unsigned i = 0; i < t->n_inst; i++) {
        const air_instance *inst = &t->inst[i];
        size_t n = 1;
        if ((unsigned)inst->id < AIR_N_SPLIT)
            n = (((size_t)1 << inst->log) + TASK_ROWS - 1) / TASK_ROWS;
        if (i && inst[-1].id == inst->id) j.first_of[i] = j.first_of[i - 1] + inst[-1].n_active;
        j.first_task[i + 1] = j.first_task[i] + n;
    }
    parallel_for(j.first_task[t->n_inst], run_task, &j);
    return SP_OK;
}

void witness_count_cells(witness_cells *c, const witness_layout *l)
{
    memset(c, 0, sizeof *c);
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        if (l->log[slot] == 0) continue;
        const air_component *k = &air_components[air_slot_component(slot)];
        const uint64_t cells = k->n_main + 4 * (k->n_prod + k->n_sum);
        if (air_slot_component(slot) > AIR_INITFIN) {
            c->tables += cells << l->log[slot];
            continue;
        }
        c->active += cells * l->n_active[slot];
        c->padded += cells << l->log[slot];
    }
}

uint32_t witness_cells_per_cycle(const witness_layout *l)
{
    witness_cells c;
    if (l->cycles == 0) return 0;
    witness_count_cells(&c, l);
    return (uint32_t)((100 * c.active + l->cycles / 2) / l->cycles);
}
