/* verifier_checks.c - every check of the verifier is needed: for each a proof that it rejects, and
 * that is accepted when it alone is left out. */
#include "tests/soundness/hostile_prover.h"

#include "core/bytes.h"

/* FORM and SIZES end the reading of a proof: nothing can be accepted without them. Each of their
 * rules has a proof of its own in verifier_form.c. */
TEST(every_check_has_a_proof_that_needs_it)
{
    static const char *const name[N_VERIFY_CHECKS] = {
#define X(id, text) text,
        VERIFY_CHECKS(X)
#undef X
    };
    bool ok = true;
    for (unsigned c = 0; c < N_VERIFY_CHECKS; c++) {
        if (c == CHECK_FORM || c == CHECK_SIZES || hostile_covered[c]) continue;
        printf("  no proof needs the check \"%s\"\n", name[c]);
        ok = false;
    }
    CHECK(ok);
}

TEST(honest_proofs_are_accepted_by_both_builds)
{
    for (unsigned mode = 0; mode < 2; mode++) {
        static hostile h;
        static verify_scratch s;
        verify_reason why;
        CHECK(mode ? hostile_digest(&h) : hostile_words(&h));
        CHECK(hostile_prove(&h));
        CHECK_EQ(verify(h.proof, h.proof_bytes, &h.e, &s, &why), SP_OK);
        CHECK_EQ(verify_skip(h.proof, h.proof_bytes, &h.e, &s, NULL), SP_OK);
        CHECK_EQ(s.view.st.cycles, h.s.run.n_cycles);
        CHECK_EQ(s.view.st.exit_code, 0);
        /* A trace that went through the tests' hands is the same proof. */
        uint8_t *first = h.proof;
        const size_t n = h.proof_bytes;
        h.proof = NULL;
        CHECK(hostile_fill(&h) && hostile_prove(&h));
        CHECK_EQ(h.proof_bytes, n);
        CHECK_BYTES(h.proof, first, n);
        free(first);
        hostile_free(&h);
    }
}

static bool honest(hostile *h) { return hostile_words(h) && hostile_prove(h); }

/* ---- the statement ---- */

CHEAT_ALONE(another_profile_than_required, PROFILE)
{
    if (!honest(h)) return false;
    h->e.profile = PROFILE_BALANCED;
    return true;
}

CHEAT_ALONE(an_unsound_profile, PROFILE)
{
    if (!honest(h)) return false;
    h->e.allow_unsound = false;
    return true;
}

CHEAT_ALONE(another_program_than_required, PROGRAM)
{
    static uint32_t other[7];
    if (!honest(h)) return false;
    memcpy(other, h->program_id, sizeof other);
    other[6] ^= 0x80000000u;
    h->e.program_id = other;
    return true;
}

CHEAT_ALONE(another_exit_code_than_required, EXIT_CODE)
{
    if (!honest(h)) return false;
    h->e.exit_code = 1;
    return true;
}
TEST(any_exit_code_is_taken_where_that_is_said)
{
    static hostile h;
    static verify_scratch s;
    CHECK(honest(&h));
    h.e.exit_code = 1;
    h.e.any_exit_code = true;
    CHECK_EQ(verify(h.proof, h.proof_bytes, &h.e, &s, NULL), SP_OK);
    hostile_free(&h);
}

/* The program that is proved multiplies by 6; the id is that of the one that multiplies by 5. */
STEP(claim_honest_id)
{
    (void)i;
    if (step == STEP_STATEMENT) {
        memcpy(pv->st.program_id, h->at, sizeof pv->st.program_id);
        memcpy(h->program_id, h->at, sizeof h->program_id);
    }
}
CHEAT_ALONE(a_changed_constant_under_the_honest_id, PROGRAM_HASH)
{
    uint32_t id[7];
    if (!honest(h)) return false;
    memcpy(id, h->program_id, sizeof id);
    hostile_free(h);
    if (!hostile_words(h)) return false;
    guest g = h->g;
    hostile_free(h);
    if (!hostile_words(h)) return false;
    scene_free(&h->s);
    h->g = g;
    h->g.data[1] = 6;
    if (!hostile_run(h)) return false;
    memcpy(h->at, id, sizeof id);
    h->step = claim_honest_id;
    return hostile_prove(h);
}

/* A header that no program tree goes with: the same cap, another entry. */
CHEAT(a_forged_program_header, PROGRAM_HASH)
{
    if (!honest(h)) return false;
    hostile_add(hostile_field(h, FIELD_PROGRAM), 4);
    return true;
}
CHEAT(a_forged_image_end, PROGRAM_HASH)
{
    if (!honest(h)) return false;
    hostile_add(hostile_field(h, FIELD_PROGRAM) + 4, 1);
    return true;
}

CHEAT_ALONE(another_context, CONTEXT)
{
    static uint32_t required[7];
    if (!hostile_words(h)) return false;
    h->context[0] = 1;
    if (!hostile_prove(h)) return false;
    required[0] = 2;
    h->e.context = required;
    return true;
}
CHEAT_ALONE(a_context_where_none_is_required, CONTEXT)
{
    if (!hostile_words(h)) return false;
    h->context[6] = 1;
    if (!hostile_prove(h)) return false;
    h->e.context = NULL;
    return true;
}
/* A replay: the words of the context exchanged for those of another task. */
CHEAT(a_replay_for_another_context, PRODUCT)
{
    if (!hostile_words(h) || !hostile_prove(h)) return false;
    hostile_add(hostile_field(h, FIELD_CONTEXT), 1);
    h->context[0] = 1;
    return true;
}

static void rehash(prover *pv)
{
    statement_io_commitment(pv->st.io_commitment, pv->st.h_in, pv->st.h_out);
}
/* The run was made with 77; the statement says 78. */
STEP(claim_other_input)
{
    (void)i;
    if (step != STEP_STATEMENT) return;
    bytes_put_le32(h->input, HOSTILE_INPUT + 1);
    h->keep = calloc(4, 1);
    if (!h->keep) abort();
    bytes_put_le32(h->keep, HOSTILE_INPUT);
    pv->pub.input = h->keep; /* the bytes in the proof */
    statement_hash_io(pv->st.h_in, h->input, 4);
    rehash(pv);
}
CHEAT_ALONE(another_input_than_stated, INPUT)
{
    if (!hostile_words(h)) return false;
    h->step = claim_other_input;
    return hostile_prove(h);
}

STEP(claim_other_output)
{
    (void)i;
    if (step != STEP_STATEMENT) return;
    h->output[0] ^= 1;
    statement_hash_io(pv->st.h_out, h->output, 4);
    rehash(pv);
}
CHEAT_ALONE(another_output_than_stated, OUTPUT)
{
    if (!hostile_words(h)) return false;
    h->step = claim_other_output;
    return hostile_prove(h);
}

STEP(claim_other_commitment)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) pv->st.io_commitment[0] ^= 1;
}
CHEAT_ALONE(a_wrong_io_commitment, IO)
{
    if (!hostile_words(h)) return false;
    h->step = claim_other_commitment;
    return hostile_prove(h);
}
/* The commitment a caller asks for, over the hashes of the honest run. */
CHEAT(a_required_io_commitment_put_into_the_proof, IO)
{
    if (!hostile_words(h)) return false;
    h->step = claim_other_commitment;
    if (!hostile_prove(h)) return false;
    memcpy(h->io, hostile_field(h, FIELD_IO), sizeof h->io);
    h->e.has_io = false;
    h->e.io_commitment = h->io;
    return true;
}

CHEAT_ALONE(another_input_than_required, IO_EXPECTED)
{
    static uint8_t other[4] = {HOSTILE_INPUT + 1};
    if (!honest(h)) return false;
    h->e.input = other;
    return true;
}
CHEAT_ALONE(a_longer_input_than_required, IO_EXPECTED)
{
    if (!honest(h)) return false;
    h->e.input_bytes = 3;
    return true;
}
CHEAT_ALONE(another_output_than_required, IO_EXPECTED)
{
    static const uint8_t other[4] = {0, 0, 0, 1};
    if (!honest(h)) return false;
    h->e.output = other;
    return true;
}
CHEAT_ALONE(another_io_commitment_than_required, IO_EXPECTED)
{
    if (!honest(h)) return false;
    memcpy(h->io, hostile_field(h, FIELD_IO), sizeof h->io);
    h->io[7] ^= 0x00800000u;
    h->e.has_io = false;
    h->e.io_commitment = h->io;
    return true;
}
CHEAT_ALONE(a_zero_io_commitment_as_requirement, IO_EXPECTED)
{
    if (!honest(h)) return false;
    h->e.has_io = false;
    h->e.io_commitment = h->io; /* all zero: not a wildcard */
    return true;
}
CHEAT_ALONE(another_digest_input_than_required, IO_EXPECTED)
{
    static uint8_t other[4] = {HOSTILE_INPUT + 1};
    if (!hostile_digest(h) || !hostile_prove(h)) return false;
    h->e.input = other;
    return true;
}

/* ---- bounds ---- */

/* 4 (cycles + 1) is computed modulo 2^32: without the bound this claims 2^30 cycles more. */
STEP(claim_wrapped_cycles)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) pv->st.cycles += UINT64_C(1) << 30;
}
CHEAT_ALONE(a_cycle_count_that_wraps, TIME)
{
    if (!hostile_words(h)) return false;
    h->step = claim_wrapped_cycles;
    return hostile_prove(h);
}
STEP(claim_cycles)
{
    (void)i;
    if (step == STEP_STATEMENT) pv->st.cycles = (uint64_t)h->at[1] << 32 | h->at[0];
}
static bool claimed_cycles(hostile *h, uint64_t n)
{
    if (!hostile_words(h)) return false;
    h->at[0] = (uint32_t)n;
    h->at[1] = (uint32_t)(n >> 32);
    h->step = claim_cycles;
    return hostile_prove(h);
}
CHEAT(no_cycles, TIME) { return claimed_cycles(h, 0); }
CHEAT(one_cycle_too_many, TIME) { return claimed_cycles(h, MACHINE_MAX_CYCLES + 1); }
CHEAT(cycles_of_two_words, TIME) { return claimed_cycles(h, UINT64_C(1) << 32); }
/* The largest count is within the bounds, but not what ran. */
CHEAT(the_largest_cycle_count, PRODUCT) { return claimed_cycles(h, MACHINE_MAX_CYCLES); }

/* A header made by the prover, pinned by a victim who did not compute it from the ELF. */
STEP(choose_header)
{
    (void)i;
    if (step != STEP_SETUP) return;
    pv->ph.entry += h->at[0];
    pv->ph.image_end = pv->prog.image_end += h->at[1];
}
static bool header(hostile *h, uint32_t entry, uint32_t image_end)
{
    if (!hostile_digest(h)) return false;
    h->at[0] = entry;
    h->at[1] = image_end;
    h->step = choose_header;
    return hostile_prove(h);
}
CHEAT_ALONE(an_image_that_ends_inside_the_windows, ADDRESSES)
{
    return header(h, 0, MACHINE_INPUT_ADDR / 4);
}
CHEAT(an_image_that_ends_below_ram, ADDRESSES) { return header(h, 0, M31_P - 0x9000); }
/* The state's pc is entry / 4: three addresses would name each one. */
CHEAT(an_entry_between_words, ADDRESSES) { return header(h, 2, 0); }
CHEAT(an_entry_beyond_memory, ADDRESSES) { return header(h, 4 * MACHINE_RAM_WORDS, 0); }

/* ---- nonces ---- */

static bool idle(hostile *h, const char *profile, unsigned n)
{
    if (!hostile_words(h)) return false;
    h->p = params_by_name(profile);
    h->idle_nonce = n;
    return hostile_prove(h);
}
/* proven: lookup, oods, deep, query; balanced: deep, commit of each layer, query. */
CHEAT_ALONE(a_lookup_nonce_without_work, LOOKUP_GRIND) { return idle(h, "proven", 1); }
CHEAT_ALONE(an_oods_nonce_without_work, OODS_GRIND) { return idle(h, "proven", 2); }
CHEAT_ALONE(a_deep_nonce_without_work, DEEP_GRIND) { return idle(h, "proven", 3); }
CHEAT_ALONE(a_query_nonce_without_work, QUERY_GRIND) { return idle(h, "proven", 4); }
CHEAT_ALONE(a_commit_nonce_without_work, COMMIT_GRIND) { return idle(h, "balanced", 3); }

/* ---- claims ---- */

STEP(claim_exit_code)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) pv->st.exit_code ^= 1;
}
CHEAT_ALONE(a_wrong_exit_code, PRODUCT)
{
    if (!hostile_words(h)) return false;
    h->step = claim_exit_code;
    return hostile_prove(h);
}

STEP(count_one_more)
{
    (void)i;
    uint32_t *m;
    if (step != STEP_STATEMENT) return;
    m = hostile_cell(pv, h->at[0] ? AIR_TABLES : AIR_ROM, h->at[0] == 2 ? tab_mbit : 0, h->at[1]);
    *m = m31_add(m31_from_reduced(*m), m31_from_reduced(h->at[2])).v;
}
static bool counted(hostile *h, uint32_t table, uint32_t row, uint32_t more)
{
    if (!hostile_words(h)) return false;
    h->at[0] = table;
    h->at[1] = row;
    h->at[2] = more;
    h->step = count_one_more;
    return hostile_prove(h);
}
CHEAT_ALONE(a_rom_row_counted_once_more, SUM) { return counted(h, 0, PROGRAM_SHAMT_ROWS, 1); }
CHEAT_ALONE(a_range_row_counted_once_less, SUM)
{
    return counted(h, 1, program_range_row(16, 0), M31_P - 1);
}
CHEAT_ALONE(a_byte_row_counted_once_more, SUM) { return counted(h, 2, program_byte_row(2, 1, 1), 1); }
CHEAT_ALONE(a_multiplicity_of_minus_one, SUM)
{
    return counted(h, 1, program_range_row(16, 12345), M31_P - 1);
}

/* ---- constraints ---- */

STEP(break_merge)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) *hostile_cell(pv, AIR_ALU, alu_mg0, 0) ^= 1;
}
/* Its lookups are then others. */
CHEAT(a_merge_column_that_is_no_product, SUM)
{
    if (!hostile_words(h)) return false;
    h->step = break_merge;
    return hostile_prove(h);
}
/* A sum column with another claim: the columns end elsewhere. */
STEP(move_claims)
{
    (void)i;
    if (step != STEP_INTERACTION) return;
    const qm31 one = qm31_one();
    qm31 *c = pv->claim + (h->at[0] ? pv->shape.n_prod : 0);
    if (h->at[0]) {
        c[0] = qm31_add(c[0], one);
        c[1] = qm31_sub(c[1], one);
    } else {
        const qm31 two = qm31_add(one, one);
        c[0] = qm31_mul(c[0], two);
        c[1] = qm31_mul(c[1], qm31_inv(two));
    }
}
static bool moved(hostile *h, bool sums)
{
    if (!hostile_words(h)) return false;
    h->at[0] = sums;
    h->step = move_claims;
    return hostile_prove(h);
}
CHEAT_ALONE(claimed_products_moved_between_chips, OODS) { return moved(h, false); }
CHEAT_ALONE(claimed_sums_moved_between_chips, OODS) { return moved(h, true); }

/* ---- openings ---- */

STEP(commit_to_nothing)
{
    (void)i;
    if (step == STEP_CAP && i == h->at[0])
        for (unsigned k = 0; k < 7u << pv->pa->cap_log; k++) pv->cap[i][k] ^= 0x5a5a5a5a;
    if (step == STEP_LAYER_CAP && i + N_TREES == h->at[0])
        for (unsigned k = 0; k < 7u << pv->pa->cap_log; k++) pv->layer_cap[i][k] ^= 0x5a5a5a5a;
}
static bool uncommitted(hostile *h, unsigned tree)
{
    if (!hostile_words(h)) return false;
    h->at[0] = tree;
    h->step = commit_to_nothing;
    return hostile_prove(h);
}
CHEAT_ALONE(a_program_that_is_not_committed, TREE_PATH) { return uncommitted(h, TREE_PROGRAM); }
CHEAT_ALONE(a_trace_that_is_not_committed, TREE_PATH) { return uncommitted(h, TREE_MAIN); }
CHEAT_ALONE(interaction_columns_that_are_not_committed, TREE_PATH)
{
    return uncommitted(h, TREE_INTERACTION);
}
CHEAT_ALONE(a_composition_that_is_not_committed, TREE_PATH)
{
    return uncommitted(h, TREE_COMPOSITION);
}
CHEAT_ALONE(a_quotient_that_is_not_committed, LAYER_PATH) { return uncommitted(h, N_TREES); }
CHEAT_ALONE(a_fold_that_is_not_committed, LAYER_PATH) { return uncommitted(h, N_TREES + 1); }
CHEAT_ALONE(a_last_fold_that_is_not_committed, LAYER_PATH) { return uncommitted(h, N_TREES + 2); }

STEP(change_last_layer)
{
    (void)i;
    if (step == STEP_LAST) pv->last[h->at[0]] = qm31_add(pv->last[h->at[0]], qm31_one());
}
static bool changed_last(hostile *h, uint32_t k)
{
    if (!hostile_words(h)) return false;
    h->at[0] = k;
    h->step = change_last_layer;
    return hostile_prove(h);
}
CHEAT_ALONE(another_constant_of_the_last_layer, LAST_LAYER) { return changed_last(h, 0); }
CHEAT_ALONE(another_last_coefficient, LAST_LAYER) { return changed_last(h, 63); }
