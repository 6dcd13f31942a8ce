/* memory.c - rows that are not instructions: REFRESH, IMAGE, INITFIN. */
#include "prover/witness/rows.h"

#include "core/circle.h"

size_t witness_touched_at(const vm_result *run, uint32_t word)
{
    size_t a = 0, b = run->n_touched;
    while (a < b) {
        const size_t mid = a + (b - a) / 2;
        if (run->touched[mid].word < word)
            a = mid + 1;
        else
            b = mid;
    }
    return a;
}

/* After the last cycle: the time that public cells are brought to; their final time is one more. */
static uint32_t end_time(const vm_result *run) { return (uint32_t)(4 * (run->n_cycles + 1)); }

size_t witness_n_final(const vm_result *run, enum machine_io_mode mode)
{
    return mode == MACHINE_IO_WORDS ? 1 + (size_t)air_window_words(run->output_bytes)
                                    : 1 + AIR_DIGEST_WORDS;
}

static vm_refresh final_refresh(const program *p, const vm_result *run, size_t k)
{
    vm_refresh r = {0, end_time(run), 0, 0};
    uint32_t last;
    if (k == 0 || p->mode == MACHINE_IO_DIGEST) {
        r.addr = k == 0 ? MACHINE_EXIT_REG : MACHINE_DIGEST_REG + (uint32_t)(k - 1);
        r.value = run->reg[r.addr];
        last = run->reg_ts[r.addr];
    } else {
        const vm_touched *t =
            &run->touched[witness_touched_at(run, MACHINE_OUTPUT_ADDR / 4) + (k - 1)];
        r.addr = MACHINE_RAM + t->word;
        r.value = t->value;
        last = t->ts;
    }
    r.gap = r.ts - last - 1;
    return r;
}

void witness_refresh(uint32_t (*o)[WITNESS_BLOCK], const program *p, const vm_result *run,
                     size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t k = first + i;
        const vm_refresh r =
            k < run->n_refresh ? run->refresh[k] : final_refresh(p, run, k - run->n_refresh);
        o[rf_e][i] = 1;
        o[rf_addr][i] = r.addr;
        o[rf_tl][i] = r.ts & 0x3fff;
        o[rf_th][i] = r.ts >> 14;
        o[rf_vlo][i] = witness_lo(r.value);
        o[rf_vhi][i] = witness_hi(r.value);
        o[rf_dl][i] = r.gap & 0x3fff;
        o[rf_dh][i] = r.gap >> 14;
    }
}

static bool is_public_reg(const program *p, uint32_t reg)
{
    return reg == MACHINE_EXIT_REG || (p->mode == MACHINE_IO_DIGEST && reg >= MACHINE_DIGEST_REG &&
                                       reg < MACHINE_DIGEST_REG + AIR_DIGEST_WORDS);
}

void witness_image(const air_instance *inst, const program *p, const vm_result *run)
{
    uint32_t *tf = inst->main[img_tf], *lo = inst->main[img_lo], *hi = inst->main[img_hi];
    for (uint32_t r = 0; r < MACHINE_N_REGS; r++) {
        tf[r] = is_public_reg(p, r) ? end_time(run) + 1 : run->reg_ts[r];
        lo[r] = witness_lo(run->reg[r]);
        hi[r] = witness_hi(run->reg[r]);
    }
    const uint32_t *lo0 = p->pre[AIR_IMAGE][imgp_lo], *hi0 = p->pre[AIR_IMAGE][imgp_hi];
    for (uint32_t r = MACHINE_N_REGS; r < UINT32_C(1) << inst->log; r++) {
        tf[r] = 0;
        lo[r] = lo0[r];
        hi[r] = hi0[r];
    }
    for (size_t k = witness_touched_at(run, p->base_word); k < run->n_touched; k++) {
        const vm_touched *t = &run->touched[k];
        const uint32_t i = t->word - p->base_word;
        if (i >= p->n_words) break;
        tf[MACHINE_N_REGS + i] = t->ts;
        lo[MACHINE_N_REGS + i] = witness_lo(t->value);
        hi[MACHINE_N_REGS + i] = witness_hi(t->value);
    }
}

void witness_initfin(const air_instance *inst, const program *p, const vm_result *run)
{
    uint32_t *const *col = inst->main;
    const uint32_t out = MACHINE_OUTPUT_ADDR / 4, n = UINT32_C(1) << inst->log;
    const uint32_t out_end =
        p->mode == MACHINE_IO_WORDS ? out + air_window_words(run->output_bytes) : out;
    uint32_t before = p->image_end - MACHINE_RAM, pads = n - (uint32_t)inst->n_active;
    size_t k = run->n_touched - inst->n_active;
    for (uint32_t row = 0; row < n; row++) {
        vm_touched t = {before + 1, 0, 0};
        /* The smallest free addresses are the padding: an untouched word cancels itself. */
        if (k < run->n_touched && (pads == 0 || run->touched[k].word == before + 1))
            t = run->touched[k++];
        else
            pads--;
        const uint32_t step = t.word - before - 1, s = circle_position_of_row(inst->log, row);
        if (t.word >= out && t.word < out_end) t.ts = end_time(run) + 1;
        col[inf_wl][s] = t.word & 0x3fff;
        col[inf_wh][s] = t.word >> 14;
        col[inf_gl][s] = step & 0x3fff;
        col[inf_gh][s] = step >> 14;
        col[inf_tf][s] = t.ts;
        col[inf_lo][s] = witness_lo(t.value);
        col[inf_hi][s] = witness_hi(t.value);
        before = t.word;
    }
}
