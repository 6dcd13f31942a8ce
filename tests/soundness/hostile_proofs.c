/* hostile_proofs.c - false statements carried through a complete proof with an honest transcript:
 * each is rejected by the check named. Without that check each is accepted: nothing else in the
 * proof is wrong. */
#include "tests/soundness/hostile_prover.h"

#include "core/bytes.h"

static size_t row_of(hostile *h, enum vm_op op, size_t nth)
{
    return scene_row_index(&h->s, scene_row(&h->s, op, nth));
}
#define SET(id, column, row, value) scene_set(&h->s, id, column, row, value)
#define GET(id, column, row) (*scene_cell(&h->s, id, column, row))

/* A statement about another output than the run's, hashes and bytes made to fit. */
STEP(state_output)
{
    (void)i;
    if (step != STEP_STATEMENT) return;
    h->output[0] ^= 1;
    pv->pub.output = h->output;
    statement_hash_io(pv->st.h_out, h->output, 4);
    statement_io_commitment(pv->st.io_commitment, pv->st.h_in, pv->st.h_out);
}
CHEAT_ALONE(an_output_word_that_was_not_written, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->step = state_output;
    return hostile_prove(h);
}
STEP(state_input)
{
    (void)i;
    if (step != STEP_STATEMENT) return;
    h->input[0] ^= 1;
    pv->pub.input = h->input;
    statement_hash_io(pv->st.h_in, h->input, 4);
    statement_io_commitment(pv->st.io_commitment, pv->st.h_in, pv->st.h_out);
}
CHEAT_ALONE(an_input_word_that_was_not_read, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->step = state_input;
    return hostile_prove(h);
}
STEP(state_digest)
{
    (void)i;
    if (step != STEP_STATEMENT) return;
    h->input[0] ^= 1;
    statement_hash_io(pv->st.h_in, h->input, 4);
    statement_io_commitment(pv->st.io_commitment, pv->st.h_in, pv->st.h_out);
}
CHEAT_ALONE(a_digest_of_another_input, PRODUCT)
{
    if (!hostile_digest(h)) return false;
    h->step = state_digest;
    return hostile_prove(h);
}

/* ---- wrong execution ---- */

/* 77 + 3 = 81: all else is a true run with the hint 4, of which the advice row then says 3. */
CHEAT_ALONE(a_wrong_sum, OODS)
{
    vm_row *add, *advice;
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    h->hint[0] = 4;
    if (!hostile_run(h)) return false;
    scene_own(&h->s, 0);
    add = scene_row(&h->s, OP_add, 0);
    advice = scene_row(&h->s, OP_advice, 1);
    if (add->r != 81 || advice->r != 4) return false;
    advice->r = add->b = h->s.run.reg[7] = 3;
    return hostile_fill(h) && hostile_prove(h);
}

/* A row that is not there: nobody takes the state on. */
CHEAT_ALONE(a_missing_instruction, PRODUCT)
{
    if (!hostile_words(h) || !hostile_fill(h)) return false;
    for (unsigned c = 0; c < alu_n_columns; c++) SET(AIR_ALU, c, row_of(h, OP_add, 0), 0);
    return hostile_prove(h);
}
/* The times of two independent instructions exchanged, with those of their operands. */
CHEAT_ALONE(two_swapped_cycles, PRODUCT)
{
    if (!hostile_words(h) || !hostile_fill(h)) return false;
    const size_t a = row_of(h, OP_add, 0), b = row_of(h, OP_sub, 0);
    const uint32_t ts = GET(AIR_ALU, alu_ts, a);
    SET(AIR_ALU, alu_ts, a, GET(AIR_ALU, alu_ts, b));
    SET(AIR_ALU, alu_ts, b, ts);
    return hostile_prove(h);
}
STEP(state_cycles)
{
    (void)i;
    if (step == STEP_STATEMENT) pv->st.cycles += h->at[0] ? UINT64_MAX : 1;
}
CHEAT_ALONE(one_cycle_more, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->step = state_cycles;
    return hostile_prove(h);
}
CHEAT_ALONE(one_cycle_less, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->at[0] = 1;
    h->step = state_cycles;
    return hostile_prove(h);
}

/* Proves the run of h->g under the program tree of another program of the same size. */
static program pinned;
STEP(pin_program)
{
    (void)h, (void)i;
    if (step != STEP_SETUP) return;
    for (unsigned id = AIR_IMAGE; id <= AIR_ROM; id++)
        for (unsigned c = 0; c < air_components[id].n_pre; c++)
            memcpy(pv->prog.pre[id][c], pinned.pre[id][c],
                   sizeof(uint32_t) << (id == AIR_ROM ? pinned.rom_log : pinned.image_log));
}
static bool under(hostile *h, uint32_t at, const guest *g)
{
    vm_program vm;
    vm_error err;
    (void)at;
    h->step = pin_program;
    bool ok = guest_load(&vm, g, MACHINE_IO_WORDS) &&
              program_setup(&pinned, &vm, MACHINE_IO_WORDS, &err) == SP_OK;
    ok = ok && hostile_run(h) && pinned.rom_log == h->s.p.rom_log &&
         pinned.image_log == h->s.p.image_log && pinned.image_end == h->s.p.image_end &&
         hostile_prove(h);
    program_free(&pinned);
    vm_program_free(&vm);
    return ok;
}
/* The guest with one instruction (or word, when not 0) exchanged, under the honest program. */
static bool exchanged(hostile *h, uint32_t address, uint32_t word)
{
    static guest g;
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    g = h->g;
    h->g.code[(address - GUEST_CODE) / 4] = word;
    return under(h, address, &g);
}
/* Address of the guest's first instruction with this operation; from where on. */
static uint32_t find(hostile *h, enum vm_op op)
{
    for (uint32_t k = 0; k < h->g.n_code; k++)
        if (vm_decode(h->g.code[k]).op == op) return GUEST_CODE + 4 * k;
    abort();
}
static bool replaced(hostile *h, enum vm_op op, vm_insn by)
{
    if (!hostile_words(h)) return false;
    const uint32_t at = find(h, op);
    hostile_free(h);
    return exchanged(h, at, vm_encode(by));
}
CHEAT_ALONE(a_forged_program_word, SUM)
{
    return replaced(h, OP_mul, (vm_insn){OP_add, 12, 8, 11, 0});
}
CHEAT_ALONE(a_skipped_instruction, SUM)
{
    return replaced(h, OP_sub, (vm_insn){OP_jal, 0, 0, 0, 4});
}
CHEAT_ALONE(a_branch_taken_the_other_way, SUM)
{
    return replaced(h, OP_beq, (vm_insn){OP_bne, 0, 13, 0, 8});
}
/* The halt is a jump; the run goes on where no instruction stands. */
CHEAT_ALONE(a_jump_outside, SUM)
{
    static guest g;
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    guest_word(&h->g, 0); /* the same number of words, nothing legal there */
    g = h->g;
    h->g.n_code -= 2;
    guest_jal(&h->g, 0, guest_here(&h->g) + 4);
    guest_halt(&h->g);
    return under(h, 0, &g);
}
/* x0 = 5: nobody reads it but the program that jumps through x5. */
CHEAT_ALONE(a_write_to_x0, SUM)
{
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    guest_start(&h->g, 0x2000);
    guest_i(&h->g, OP_addi, 5, 0, MACHINE_HALT_PC);
    guest_i(&h->g, OP_addi, 0, 0, 5);
    guest_i(&h->g, OP_jalr, 0, 5, 0);
    if (!hostile_run(h) || !hostile_fill(h)) return false;
    SET(AIR_ALU, alu_rd, 1, 0); /* was the sink: written at time 10, then at 14 */
    SET(AIR_ALU, alu_d3, 1, 0);
    SET(AIR_IMAGE, img_tf, 0, 10);
    SET(AIR_IMAGE, img_lo, 0, 5);
    SET(AIR_JALR, jalr_d3, 0, 13);
    SET(AIR_JALR, jalr_plo, 0, 0);
    return hostile_prove(h);
}

/* ---- memory ---- */

/* A store, then a load that takes the value from before the store. */
CHEAT_ALONE(a_stale_read, PRODUCT)
{
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    guest_start(&h->g, 0x2000);
    guest_li(&h->g, 10, 0x2400);
    guest_i(&h->g, OP_addi, 5, 0, 1);
    guest_store(&h->g, OP_sw, 5, 10, 0);
    guest_i(&h->g, OP_lw, 6, 10, 0);
    guest_halt(&h->g);
    if (!hostile_run(h)) return false;
    scene_own(&h->s, 0);
    vm_row *lw = scene_row(&h->s, OP_lw, 0);
    lw->m = lw->m_new = lw->r = h->s.run.reg[6] = 0;
    lw->dm = 4 * lw->cycle + 3 - 1;
    for (size_t k = 0; k < h->s.run.n_touched; k++)
        if (h->s.run.touched[k].word == 0x2400 / 4) h->s.run.touched[k].value = 0;
    return hostile_fill(h) && hostile_prove(h);
}
/* The input word's initial zero, read instead of the input; or a hint of the prover's choice. */
static bool other_input(hostile *h, uint32_t word)
{
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    bytes_put_le32(h->input, word);
    if (!hostile_run(h)) return false;
    bytes_put_le32(h->input, HOSTILE_INPUT); /* what the proof says */
    return hostile_prove(h);
}
CHEAT_ALONE(an_input_read_as_zero, PRODUCT) { return other_input(h, 0); }
CHEAT_ALONE(a_hint_read_as_input, PRODUCT) { return other_input(h, 0x12345678); }

/* x9 is never written; the add reads 123 from it. */
static vm_row *forged_x9(hostile *h)
{
    if (!hostile_words(h)) abort();
    scene_free(&h->s);
    guest_start(&h->g, 0x2000);
    guest_i(&h->g, OP_addi, 5, 0, 1);
    guest_r(&h->g, OP_add, 8, 9, 5);
    guest_halt(&h->g);
    if (!hostile_run(h)) abort();
    scene_own(&h->s, 16);
    vm_row *add = scene_row(&h->s, OP_add, 0);
    add->a = 123;
    add->r = h->s.run.reg[8] = 124;
    h->s.run.reg_ts[9] = 0;
    return add;
}
/* 131072 slots later a REFRESH row holds the value; the gap -131072 takes the read there. */
static bool read_the_future(hostile *h)
{
    vm_row *add = forged_x9(h);
    const uint32_t ts = 4 * add->cycle, later = ts - 1 + 131072;
    scene_refresh(&h->s, 9, later, 123, later - ts - 1);
    if (!hostile_fill(h)) return false;
    SET(AIR_ALU, alu_d1, scene_row_index(&h->s, add), -131072);
    return true;
}
CHEAT_ALONE(a_read_from_the_future, SUM) { return read_the_future(h) && hostile_prove(h); }
/* A range table with one false row, which makes this gap look right, under the honest id. */
#define LAST_ROW (((size_t)1 << AIR_TABLES_LOG) - 1)
STEP(forge_table)
{
    (void)i;
    if (step == STEP_SETUP) {
        pv->prog.pre[AIR_TABLES][tabp_rk][LAST_ROW] = 16;
        pv->prog.pre[AIR_TABLES][tabp_rv][LAST_ROW] = M31_P - 131072;
    }
    if (step != STEP_STATEMENT) return;
    *hostile_cell(pv, AIR_TABLES, tab_mrc, LAST_ROW) = 1;
    memcpy(pv->st.program_id, h->at, sizeof pv->st.program_id);
    memcpy(h->program_id, h->at, sizeof h->program_id);
}
CHEAT_ALONE(a_forged_range_table, PROGRAM_HASH)
{
    prove_error err;
    uint32_t id[7];
    if (!read_the_future(h)) return false;
    if (prove_program_id(id, &h->s.vm, MACHINE_IO_WORDS, h->p, backend_find("auto"), &err) != SP_OK)
        return false;
    memcpy(h->at, id, sizeof id);
    h->step = forge_table;
    return hostile_prove(h);
}
/* Two REFRESH rows close a loop through 2^30: th would need 16 bits. */
CHEAT_ALONE(a_time_loop, SUM)
{
    vm_row *add = forged_x9(h);
    const uint32_t ts = 4 * add->cycle, top = (1u << 30) - 49153;
    scene_refresh(&h->s, 9, top, 123, top - ts - 1);
    scene_refresh(&h->s, 9, 0, 123, 0);
    if (!hostile_fill(h)) return false;
    SET(AIR_REFRESH, rf_dl, 1, 65535);
    SET(AIR_REFRESH, rf_dh, 1, 65535);
    return hostile_prove(h);
}
/* 32769 padding rows, each letting up to 65535 slots pass, carry a value once around the field. */
CHEAT_ALONE(a_ring_of_padding_rows, OODS)
{
    vm_row *add = forged_x9(h);
    if (!hostile_fill(h)) return false;
    size_t row = h->s.run.n_rows[VM_ALU];
    uint32_t t = 4 * add->cycle, left = M31_P - 1 - add->d1;
    scene_grow(&h->s, AIR_ALU, 16);
    for (; left; row++) {
        const uint32_t gap = left < 65535 ? left : 65535;
        left -= gap;
        t = m31_add(m31_from_reduced(t), m31_from_reduced(gap)).v;
        SET(AIR_ALU, alu_rs2, row, 9);
        SET(AIR_ALU, alu_ts, row, (int64_t)t - 1);
        SET(AIR_ALU, alu_blo, row, 123);
        SET(AIR_ALU, alu_rlo, row, 123);
        SET(AIR_ALU, alu_plo, row, 123);
        SET(AIR_ALU, alu_d2, row, gap);
    }
    return hostile_prove(h);
}
/* A padding row turns the exit code 0 into 1 at the time at which it was last written. */
STEP(exit_with_one)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) pv->st.exit_code = 1;
}
CHEAT_ALONE(a_padding_row_that_writes, OODS)
{
    if (!hostile_words(h) || !hostile_fill(h)) return false;
    const size_t row = h->s.run.n_rows[VM_ALU], last = row_of(h, OP_addi, 0);
    size_t k = last; /* the row that writes x9 */
    while (GET(AIR_ALU, alu_rd, k) != MACHINE_EXIT_REG) k++;
    SET(AIR_ALU, alu_rd, row, MACHINE_EXIT_REG);
    SET(AIR_ALU, alu_ts, row, GET(AIR_ALU, alu_ts, k));
    SET(AIR_ALU, alu_alo, row, 1); /* 1 + 0 = 1 */
    SET(AIR_ALU, alu_rlo, row, 1);
    SET(AIR_REFRESH, rf_vlo, h->s.run.n_refresh, 1);
    SET(AIR_IMAGE, img_lo, MACHINE_EXIT_REG, 1);
    h->step = exit_with_one;
    return hostile_prove(h);
}
/* Two INITFIN rows for one word: the second gap is -1. */
CHEAT_ALONE(a_word_initialised_twice, SUM)
{
    if (!hostile_words(h) || !hostile_fill(h)) return false;
    for (size_t row = 1; row < 8; row++) { /* untouched words follow the image: move them down */
        if (GET(AIR_INITFIN, inf_tf, row) || GET(AIR_INITFIN, inf_tf, row + 1)) continue;
        SET(AIR_INITFIN, inf_wl, row, GET(AIR_INITFIN, inf_wl, row - 1));
        SET(AIR_INITFIN, inf_wh, row, GET(AIR_INITFIN, inf_wh, row - 1));
        SET(AIR_INITFIN, inf_gl, row, -1);
        SET(AIR_INITFIN, inf_gl, row + 1, GET(AIR_INITFIN, inf_gl, row + 1) + 1);
        return hostile_prove(h);
    }
    return false;
}

/* ---- mode ---- */

/* A program made for words, run in digest mode, where nobody gives it its input. */
STEP(claim_words_id)
{
    (void)i;
    if (step != STEP_STATEMENT || !h->n) return;
    memcpy(pv->st.program_id, h->at, sizeof pv->st.program_id);
}
static bool other_mode(hostile *h, bool claimed)
{
    prove_error err;
    vm_program words;
    if (!hostile_digest(h) || !guest_load(&words, &h->g, MACHINE_IO_WORDS)) return false;
    const sp_status st = prove_program_id(h->at, &words, MACHINE_IO_WORDS, h->p,
                                          backend_find("auto"), &err);
    vm_program_free(&words);
    h->n = claimed;
    h->step = claim_words_id;
    if (st != SP_OK || !hostile_prove(h)) return false;
    memcpy(h->program_id, h->at, sizeof h->program_id);
    return true;
}
CHEAT_ALONE(the_other_mode, PROGRAM) { return other_mode(h, false); }
CHEAT_ALONE(the_other_mode_under_the_id_of_words, PROGRAM_HASH) { return other_mode(h, true); }

/* ---- arguments ---- */

STEP(zero_products)
{
    if (step != STEP_INTERACTION) return;
    (void)i;
    const shape_instance *in = &pv->shape.instance[0];
    for (unsigned k = 0; k < 4 * in->c->n_prod; k++)
        memset(pv->trace_col[TREE_INTERACTION][in->inter + k], 0, sizeof(uint32_t) << in->log);
    if (h->at[0]) pv->claim[in->prod_claim] = qm31_zero();
}
static bool zeroed(hostile *h, bool claim)
{
    if (!hostile_words(h)) return false;
    h->at[0] = claim;
    h->step = zero_products;
    return hostile_prove(h);
}
CHEAT_ALONE(a_product_column_of_zeros, OODS) { return zeroed(h, false); }
CHEAT(a_claimed_product_of_zero, PRODUCT) { return zeroed(h, true); }
STEP(zero_all_claims)
{
    (void)h, (void)i;
    if (step == STEP_INTERACTION)
        for (unsigned k = 0; k < pv->shape.n_prod; k++) pv->claim[k] = qm31_zero();
}
CHEAT(all_claimed_products_zero, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->step = zero_all_claims;
    return hostile_prove(h);
}
STEP(claim_sum)
{
    (void)i;
    if (step == STEP_INTERACTION)
        pv->claim[pv->shape.n_prod + h->at[0]] =
            qm31_add(pv->claim[pv->shape.n_prod + h->at[0]], qm31_one());
}
CHEAT(a_claimed_sum_off_by_one, SUM)
{
    if (!hostile_words(h)) return false;
    h->step = claim_sum;
    return hostile_prove(h);
}

/* ---- low degree ---- */

/* A sampled value that is not the column's; the composition's are chosen so that the equation at the
 * OODS point holds all the same. The quotients then have a pole. */
STEP(change_samples)
{
    (void)i;
    if (step != STEP_SAMPLES) return;
    unsigned q = 0;
    for (unsigned t = 0; t < TREE_COMPOSITION; t++) q += pv->shape.tree[t].n_columns;
    const qm31 van = circle_vanishing_q(pv->shape.n_max, pv->z[0].x), one = qm31_one();
    if (h->at[0]) {
        pv->samples[q] = qm31_add(pv->samples[q], van);
        pv->samples[q + 4] = qm31_sub(pv->samples[q + 4], one);
    } else {
        pv->samples[q - 1] = qm31_add(pv->samples[q - 1], one);
    }
}
static bool sampled(hostile *h, bool fitting)
{
    if (!hostile_words(h)) return false;
    h->at[0] = fitting;
    h->step = change_samples;
    return hostile_prove(h);
}
CHEAT(a_sample_off_by_one, OODS) { return sampled(h, false); }
CHEAT_ALONE(samples_that_fit_but_are_not_the_columns, LAST_LAYER) { return sampled(h, true); }

/* A column of the composition that is of no low degree, quotient and folds made from it. */
static uint32_t noise(uint32_t position) { return (position * 2654435761u) >> 8; }
STEP(raise_degree)
{
    if (step == STEP_EXTENDED && i == TREE_COMPOSITION)
        for (uint32_t p = 0; p < UINT32_C(1) << pv->shape.top; p++) {
            uint32_t *v = &pv->lde[TREE_COMPOSITION][0][p];
            *v = m31_add(m31_from_reduced(*v), m31_from_reduced(noise(p))).v;
        }
    if (step != STEP_QUOTIENT) return;
    unsigned q = 0;
    for (unsigned t = 0; t < TREE_COMPOSITION; t++) q += pv->shape.tree[t].n_columns;
    quotient_point z;
    quotient_point_init(&z, pv->z[0]); /* a = b = 0: linear in the column */
    (void)h;
    for (uint32_t p = 0; p < UINT32_C(1) << pv->shape.top; p++) {
        const qm31 num = qm31_mul_m31(pv->weight[q], m31_from_reduced(noise(p)));
        uint32_t w[4];
        qm31_to_words(w, quotient_value(&z, num, circle_at(pv->shape.top, p)));
        for (unsigned k = 0; k < 4; k++) {
            uint32_t *v = &pv->layer[0].v[k][p];
            *v = m31_add(m31_from_reduced(*v), m31_from_reduced(w[k])).v;
        }
    }
}
CHEAT_ALONE(a_composition_of_high_degree, LAST_LAYER)
{
    if (!hostile_words(h)) return false;
    h->step = raise_degree;
    return hostile_prove(h);
}

/* ---- openings ---- */

STEP(open_elsewhere)
{
    (void)i;
    if (step == STEP_QUERIES) pv->queries[h->at[0]] ^= h->at[1];
}
static bool elsewhere(hostile *h, uint32_t query, uint32_t flip)
{
    if (!hostile_words(h)) return false;
    h->at[0] = query;
    h->at[1] = flip;
    h->step = open_elsewhere;
    return hostile_prove(h);
}
CHEAT(a_query_opened_at_the_neighbour, TREE_PATH) { return elsewhere(h, 0, 1); }
CHEAT(a_last_query_opened_at_the_conjugate, TREE_PATH) { return elsewhere(h, 2, 1u << 18); }
/* Positions with the conjugate flag lowest: a small column would be opened at the sibling. */
STEP(open_siblings)
{
    (void)i;
    if (step != STEP_QUERIES) return;
    const unsigned top = pv->shape.top;
    h->keep = malloc(SHAPE_MAX_COLUMNS * sizeof(uint32_t));
    if (!h->keep) abort();
    h->n = 0;
    for (unsigned c = 0; c < pv->shape.tree[TREE_MAIN].n_columns; c++) {
        const unsigned log = pv->shape.tree[TREE_MAIN].log[c];
        const uint32_t at = pv->queries[0] >> (top - log);
        bytes_put_le32(h->keep + 4 * c, pv->lde[TREE_MAIN][c][log == top ? at : at ^ 1]);
        h->n++;
    }
}
CHEAT(small_columns_opened_at_the_sibling, TREE_PATH)
{
    static proof_shape shape;
    proof_view v;
    proof_error err;
    proof_query_layout l;
    if (!hostile_words(h)) return false;
    h->step = open_siblings;
    if (!hostile_prove(h) || proof_read(&v, &shape, h->proof, h->proof_bytes, &err) != SP_OK)
        return false;
    proof_query_layout_init(&l, &shape);
    uint8_t *values = h->proof + (v.queries - v.bytes) + l.values[TREE_MAIN];
    if (memcmp(values, h->keep, 4 * h->n) == 0) return false;
    memcpy(values, h->keep, 4 * h->n);
    return true;
}
