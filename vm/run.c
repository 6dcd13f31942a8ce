/* run.c - a whole run: set-up of memory and tape, the interpreter, output, record and messages. */
#include "vm/exec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRESS_CYCLES (1u << 22) /* between two calls of the progress callback */

sp_status vm_fail(vm_error *err, sp_status s, const char *fmt, ...)
{
    va_list ap;
    if (!err) return s;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return s;
}

static sp_status no_memory(vm_error *err)
{
    return vm_fail(err, SP_ERR_NOMEM, "out of memory while running the program");
}

static uint32_t read_word(const uint8_t *b, uint32_t n_bytes, uint32_t at)
{
    uint32_t w = 0;
    for (uint32_t k = 0; k < 4 && at + k < n_bytes; k++) w |= (uint32_t)b[at + k] << 8 * k;
    return w;
}

static sp_status load_memory(struct vm_exec *m, const vm_program *p, const vm_options *o)
{
    for (uint32_t k = 0; k < p->n_image; k++)
        if (p->image[k] != 0) SP_TRY(vm_mem_set(&m->mem, p->base / 4 + k, p->image[k], 0));
    if (o->mode == MACHINE_IO_WORDS) {
        const uint32_t first = MACHINE_INPUT_ADDR / 4;
        SP_TRY(vm_mem_set(&m->mem, first, o->input_bytes, 1));
        for (uint32_t at = 0; at < o->input_bytes; at += 4)
            SP_TRY(vm_mem_set(&m->mem, first + 1 + at / 4, read_word(o->input, o->input_bytes, at),
                              1));
    }
    return SP_OK;
}

static void load_tape(struct vm_tape *t, const vm_options *o)
{
    if (o->mode == MACHINE_IO_DIGEST) {
        t->part[t->n_parts] = o->input;
        t->part_bytes[t->n_parts++] = o->input_bytes;
    }
    t->part[t->n_parts] = o->hint;
    t->part_bytes[t->n_parts++] = o->hint_bytes;
}

/* " in SYMBOL+0x.. at FILE:LINE", as far as known. */
static void place(char *text, size_t text_bytes, const vm_program *p, uint32_t pc)
{
    const vm_symbol *s = vm_symbol_at(p, pc);
    const char *file;
    uint32_t line;
    int n = 0;
    text[0] = 0;
    if (s) n = snprintf(text, text_bytes, " in %.60s+0x%x", s->name, (unsigned)(pc - s->addr));
    if (n >= 0 && (size_t)n < text_bytes && vm_line_at(p, pc, &file, &line)) {
        const size_t len = strlen(file); /* the end of a long path tells more */
        snprintf(text + n, text_bytes - (size_t)n, " at %s:%u", len > 60 ? file + len - 60 : file,
                 (unsigned)line);
    }
}

static sp_status trap(vm_error *err, const struct vm_exec *m, enum vm_stop why)
{
    const vm_program *p = m->program;
    const uint32_t pc = p->code_base + 4 * m->index, addr = m->address;
    char where[160], insn[64], cause[96];
    place(where, sizeof where, p, pc);
    const bool known = m->index < p->n_code;
    const uint32_t word = (pc - p->base) / 4;
    if (known && p->code[m->index].op != OP_illegal)
        vm_disassemble(insn, sizeof insn, &p->code[m->index], pc);
    else if (known && word < p->n_image)
        snprintf(insn, sizeof insn, "word 0x%08x", (unsigned)p->image[word]);
    else
        snprintf(insn, sizeof insn, "nothing");
    switch (why) {
    case VM_STOP_ILLEGAL:
        snprintf(cause, sizeof cause,
                 known ? "illegal instruction" : "ran past the end of the code");
        break;
    case VM_STOP_FETCH:
        snprintf(cause, sizeof cause, "jump to 0x%08x, where there is no code", (unsigned)addr);
        break;
    case VM_STOP_JUMP_MISALIGNED:
        snprintf(cause, sizeof cause, "jump to the misaligned address 0x%08x", (unsigned)addr);
        break;
    case VM_STOP_JUMP_RANGE:
        snprintf(cause, sizeof cause, "jump target wraps around the address space");
        break;
    case VM_STOP_MISALIGNED:
        snprintf(cause, sizeof cause, "misaligned access to address 0x%08x", (unsigned)addr);
        break;
    case VM_STOP_RANGE:
        snprintf(cause, sizeof cause, "access to address 0x%08x outside 0x%08x..0x%08x",
                 (unsigned)addr, (unsigned)m->low, (unsigned)(4 * MACHINE_RAM_WORDS - 1));
        break;
    case VM_STOP_HINT: snprintf(cause, sizeof cause, "hint exhausted"); break;
    default: snprintf(cause, sizeof cause, "stopped"); break;
    }
    /* A jump to nowhere is counted; its cycle is the one before. */
    const uint64_t cycle = m->cycle - (why == VM_STOP_FETCH);
    return vm_fail(err, SP_ERR_TRAP, "trap at pc 0x%08x (%s)%s, cycle %llu: %s", (unsigned)pc, insn,
                   where, (unsigned long long)cycle, cause);
}

static sp_status run_loop(struct vm_exec *m, const vm_options *o, uint64_t limit, vm_error *err)
{
    for (;;) {
        const uint64_t left = limit - (m->cycle - 1);
        m->stop = m->cycle + (left < PROGRESS_CYCLES ? left : PROGRESS_CYCLES);
        const enum vm_stop why = o->record ? vm_exec_record(m) : vm_exec_plain(m);
        if (m->failed || why == VM_STOP_NOMEM) return no_memory(err);
        if (why == VM_STOP_HALT) return SP_OK;
        if (why != VM_STOP_CYCLE) return trap(err, m, why);
        if (m->cycle - 1 == limit) {
            char where[160];
            const uint32_t pc = m->program->code_base + 4 * m->index;
            place(where, sizeof where, m->program, pc);
            return vm_fail(err, SP_ERR_TRAP,
                           "cycle limit: not halted after %llu cycles%s, at pc 0x%08x%s",
                           (unsigned long long)limit,
                           limit == MACHINE_MAX_CYCLES ? " (the most that a proof covers)" : "",
                           (unsigned)pc, where);
        }
        if (o->progress && !o->progress(o->user, m->cycle - 1))
            return vm_fail(err, SP_ERR_CANCEL, "cancelled after %llu cycles",
                           (unsigned long long)(m->cycle - 1));
    }
}

static sp_status take_output(vm_result *r, const struct vm_exec *m, const vm_options *o,
                             vm_error *err)
{
    const uint32_t first = MACHINE_OUTPUT_ADDR / 4, n = vm_mem_word(&m->mem, first);
    if (n > MACHINE_OUTPUT_CAP)
        return vm_fail(err, SP_ERR_LIMIT,
                       "output length %u at halt is more than the limit of %u bytes", (unsigned)n,
                       (unsigned)MACHINE_OUTPUT_CAP);
    r->output = (uint8_t *)malloc(n ? n : 1);
    if (!r->output) return no_memory(err);
    r->output_bytes = n;
    for (uint32_t k = 0; k < n; k++)
        r->output[k] = (uint8_t)(vm_mem_word(&m->mem, first + 1 + k / 4) >> 8 * (k % 4));
    if (o->mode == MACHINE_IO_WORDS && n % 4 != 0 &&
        vm_mem_word(&m->mem, first + 1 + n / 4) >> 8 * (n % 4) != 0)
        return vm_fail(err, SP_ERR_TRAP,
                       "output padding: the bytes after the last output byte (length %u) up to the "
                       "end of its word are not zero at halt",
                       (unsigned)n);
    return SP_OK;
}

/* Owns the arrays of a record; vm_result.opaque. */
struct vm_record {
    struct vm_array rows[VM_N_CHIPS], refresh;
};

/* Words of this page in the touched list: accessed ones and, in words mode, output words. */
static bool is_touched(const struct vm_cell *cells, uint32_t word, uint32_t out_end)
{
    return (cells && cells[word % VM_PAGE_WORDS].ts != 0) ||
           (word >= MACHINE_OUTPUT_ADDR / 4 && word < out_end);
}

static sp_status take_record(vm_result *r, struct vm_exec *m, const vm_options *o, vm_error *err)
{
    /* One past the last public output word. */
    const uint32_t out = MACHINE_OUTPUT_ADDR / 4;
    const uint32_t out_end =
        o->mode == MACHINE_IO_WORDS ? out + 1 + (r->output_bytes + 3) / 4 : out;
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            r->touched = (vm_touched *)malloc((n ? n : 1) * sizeof *r->touched);
            if (!r->touched) return no_memory(err);
            n = 0;
        }
        for (uint32_t pg = 0; pg < VM_N_PAGES; pg++) {
            const struct vm_cell *cells = (const struct vm_cell *)m->mem.page[pg];
            const uint32_t w0 = pg * VM_PAGE_WORDS;
            if (!cells && !(w0 + VM_PAGE_WORDS > out && w0 < out_end)) continue;
            for (uint32_t w = w0; w < w0 + VM_PAGE_WORDS; w++) {
                if (!is_touched(cells, w, out_end)) continue;
                if (pass == 1) {
                    r->touched[n].word = w;
                    r->touched[n].ts = cells ? cells[w % VM_PAGE_WORDS].ts : 0;
                    r->touched[n].value = cells ? cells[w % VM_PAGE_WORDS].value : 0;
                }
                n++;
            }
        }
    }
    r->n_touched = n;
    struct vm_record *own = (struct vm_record *)calloc(1, sizeof *own);
    if (!own) return no_memory(err);
    r->opaque = own;
    for (unsigned c = 0; c < VM_N_CHIPS; c++) {
        struct vm_rows *s = &m->rows[c];
        r->n_rows[c] = s->next ? (size_t)(s->next - (vm_row *)s->array.base) : 0;
        own->rows[c] = s->array;
        memset(s, 0, sizeof *s);
        vm_array_trim(&own->rows[c], r->n_rows[c] * sizeof(vm_row));
        r->rows[c] = (vm_row *)own->rows[c].base;
    }
    r->n_refresh = m->n_refresh;
    own->refresh = m->refresh;
    memset(&m->refresh, 0, sizeof m->refresh);
    vm_array_trim(&own->refresh, r->n_refresh * sizeof(vm_refresh));
    r->refresh = (vm_refresh *)own->refresh.base;
    memcpy(r->reg_ts, m->ts, sizeof r->reg_ts);
    return SP_OK;
}

sp_status vm_run(vm_result *r, const vm_program *p, const vm_options *o, vm_error *err)
{
    memset(r, 0, sizeof *r);
    if (err) err->text[0] = 0;
    if (!p->opaque || (o->record && o->profile) || (o->input_bytes && !o->input) ||
        (o->hint_bytes && !o->hint))
        return vm_fail(err, SP_ERR_ARG, "vm_run: wrong arguments");
    if (o->input_bytes > MACHINE_INPUT_CAP)
        return vm_fail(err, SP_ERR_LIMIT,
                       "the input of %u bytes is longer than the limit of %u bytes",
                       (unsigned)o->input_bytes, (unsigned)MACHINE_INPUT_CAP);
    /* The mode that the program was loaded for. */
    if (p->io_mode_addr ? p->image[(p->io_mode_addr - p->base) / 4] != (uint32_t)o->mode
                        : o->mode != MACHINE_IO_WORDS)
        return vm_fail(err, SP_ERR_ARG, "the program was loaded for another io mode");
    uint64_t limit = o->max_cycles ? o->max_cycles : UINT64_MAX - 1;
    if (o->record && limit > MACHINE_MAX_CYCLES) limit = MACHINE_MAX_CYCLES;

    struct vm_exec *m = (struct vm_exec *)calloc(1, sizeof *m);
    if (!m) return no_memory(err);
    m->program = p;
    m->code = ((const struct vm_private *)p->opaque)->exec;
    m->profile = o->profile;
    m->index = (p->entry - p->code_base) / 4;
    m->cycle = 1;
    m->low = p->base;
    m->mem.timed = o->record;
    load_tape(&m->tape, o);
    if (o->record) {
        for (unsigned c = 0; c < VM_N_CHIPS; c++)
            vm_array_init(&m->rows[c].array, (size_t)limit * sizeof(vm_row));
        /* A register is refreshed once in 2^14 cycles at most. */
        vm_array_init(&m->refresh,
                      (size_t)(limit / 16384 + 1) * MACHINE_N_REGS * sizeof(vm_refresh));
    }
    sp_status s = load_memory(m, p, o);
    if (s != SP_OK)
        (void)no_memory(err);
    else {
        if (m->profile) vm_profile_start(m->profile, p);
        s = run_loop(m, o, limit, err);
        if (m->profile) vm_profile_stop(m->profile, m->cycle - 1);
        if (s == SP_OK && m->profile && vm_profile_failed(m->profile)) s = no_memory(err);
    }
    if (s == SP_OK) s = take_output(r, m, o, err);
    if (s == SP_OK && o->record) s = take_record(r, m, o, err);
    if (s == SP_OK) {
        r->n_cycles = m->cycle - 1;
        r->exit_code = m->x[MACHINE_EXIT_REG];
        memcpy(r->reg, m->x, sizeof r->reg);
        memcpy(r->n_op, m->n_op, sizeof r->n_op);
    } else {
        vm_result_free(r);
    }
    for (unsigned c = 0; c < VM_N_CHIPS; c++) vm_array_free(&m->rows[c].array);
    vm_array_free(&m->refresh);
    vm_mem_free(&m->mem);
    free(m);
    return s;
}

void vm_result_free_rows(vm_result *r)
{
    struct vm_record *own = (struct vm_record *)r->opaque;
    for (unsigned c = 0; own && c < VM_N_CHIPS; c++) {
        vm_array_free(&own->rows[c]);
        r->rows[c] = NULL;
        r->n_rows[c] = 0;
    }
}

void vm_result_free(vm_result *r)
{
    struct vm_record *own = (struct vm_record *)r->opaque;
    free(r->output);
    if (own) {
        for (unsigned c = 0; c < VM_N_CHIPS; c++) vm_array_free(&own->rows[c]);
        vm_array_free(&own->refresh);
        free(own);
    }
    free(r->touched);
    memset(r, 0, sizeof *r);
}
