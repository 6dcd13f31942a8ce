/* chain_proofs.c - proofs of the chain's profile that tests/soundness/ has not: honest ones of
 * digest mode and of larger domains, and nonces without work. The hostile proofs of that folder are
 * made under this profile too, by compiling its files with chain_judged for hostile_judged. */
#include "tests/cairo/chain_judge.h"

#include "core/bytes.h"

/* The digest proof of h with one word of a field changed. */
static bool changed(hostile *h, const char *name, enum proof_field f, size_t word, uint32_t value,
                    enum verify_check check)
{
    uint8_t bytes[4];
    bytes_put_le32(bytes, value);
    const vector_patch p = {(size_t)(hostile_field(h, f) - h->proof) + 4 * word, 4, bytes};
    return chain_put_patched(h, "digest.proof", name, check, &p, 1);
}

TEST(proofs_of_digest_mode)
{
    static hostile h;
    static const uint8_t other[4] = {1};
    CHECK(hostile_digest(&h) && hostile_prove(&h));
    CHECK(chain_put(&h, "digest", "io digest", N_VERIFY_CHECKS));
    CHECK(changed(&h, "digest_other_input_hash", FIELD_H_IN, 0, 7, CHECK_IO));
    CHECK(changed(&h, "digest_other_commitment", FIELD_IO, 0, 7, CHECK_IO));
    CHECK(changed(&h, "digest_in_words_mode", FIELD_NUMBERS, 3, MACHINE_IO_WORDS,
                  CHECK_PROGRAM_HASH));
    CHECK(changed(&h, "digest_with_input_bytes", FIELD_NUMBERS, 4, 4, CHECK_FORM));
    CHECK(changed(&h, "digest_other_cycles", FIELD_NUMBERS, 1, 7, CHECK_LOOKUP_GRIND));
    h.e.input = other;
    CHECK(chain_put_patched(&h, "digest.proof", "digest_other_input_required", CHECK_IO_EXPECTED,
                            NULL, 0));
    hostile_free(&h);
}

/* 16 n + 11 cycles that use every chip, more than half of them ALU. */
static bool long_run(hostile *h, uint32_t n)
{
    if (!hostile_words(h)) return false;
    guest *g = &h->g;
    scene_free(&h->s);
    guest_start(g, 0x2000);
    guest_li(g, 5, n);
    guest_li(g, 10, 0x2400);
    guest_li(g, 11, guest_here(g) + 12);
    guest_i(g, OP_jalr, 0, 11, 0);
    const uint32_t top = guest_here(g);
    for (unsigned k = 0; k < 8; k++) guest_i(g, OP_addi, 6, 6, 1);
    guest_i(g, OP_addi, 5, 5, -1);
    guest_r(g, OP_xor, 7, 6, 5);
    guest_i(g, OP_srli, 7, 7, 3);
    guest_r(g, OP_mul, 8, 7, 6);
    guest_store(g, OP_sw, 8, 10, 0);
    guest_i(g, OP_lw, 12, 10, 0);
    guest_word(g, 0x000017b7); /* lui x15, 1 */
    guest_branch(g, OP_bne, 5, 0, top);
    guest_halt(g);
    return hostile_run(h) && hostile_prove(h);
}
static bool long_proof(uint32_t n, const char *name, unsigned want)
{
    static hostile h;
    static hostile_span span[HOSTILE_MAX_SPANS];
    static proof_shape shape;
    const bool ok = long_run(&h, n) && hostile_spans(span, &shape, h.proof, h.proof_bytes) &&
                    shape.n_max == want && chain_put(&h, name, "a long run", N_VERIFY_CHECKS);
    hostile_free(&h);
    return ok;
}
TEST(a_proof_of_half_a_million_cycles) { CHECK(long_proof(1 << 15, "rows_19", 19)); }
/* The most that one proof of this profile covers: 2^20 cycles, and tables of 2^20 rows. */
TEST(a_proof_of_a_million_cycles) { CHECK(long_proof((1 << 16) - 1, "rows_20", 20)); }

/* docs/chain.md: 5,000 felts of calldata, of which our client sends 4,950; 20 for the call. What is
 * left is for public bytes, 28 a felt. */
TEST(the_largest_proof_fits_into_a_transaction)
{
    static proof_shape s;
    const char *why;
    uint8_t log[AIR_N_SLOTS] = {0};
    for (unsigned c = 0; c < AIR_N_COMPONENTS; c++)
        log[air_component_slot((enum air_component_id)c)] = 20;
    log[air_component_slot(AIR_TABLES)] = AIR_TABLES_LOG;
    CHECK_EQ(shape_init(&s, params_by_name("chain"), log, &why), SP_OK);
    CHECK_EQ(proof_felts(&s, MACHINE_IO_WORDS, 0, 0), 4556);
    CHECK(proof_felts(&s, MACHINE_IO_WORDS, 8192, 2048) + 20 <= 4950);
}

static bool idle(hostile *h, unsigned n)
{
    if (!hostile_words(h)) return false;
    h->idle_nonce = n;
    return hostile_prove(h);
}
/* lookup; deep; one for each of three layers; query */
CHEAT_ALONE(a_chain_lookup_nonce_without_work, LOOKUP_GRIND) { return idle(h, 1); }
CHEAT_ALONE(a_chain_deep_nonce_without_work, DEEP_GRIND) { return idle(h, 2); }
CHEAT_ALONE(a_first_commit_nonce_without_work, COMMIT_GRIND) { return idle(h, 3); }
CHEAT_ALONE(a_last_commit_nonce_without_work, COMMIT_GRIND) { return idle(h, 5); }
CHEAT_ALONE(a_chain_query_nonce_without_work, QUERY_GRIND) { return idle(h, 6); }

/* Two words of cycles: what is computed of the lower one alone says nothing of the higher. */
STEP(claim_many_cycles)
{
    (void)h, (void)i;
    if (step == STEP_STATEMENT) pv->st.cycles += UINT64_C(1) << 32;
}
CHEAT_ALONE(two_to_the_32_cycles_more, TIME)
{
    if (!hostile_words(h)) return false;
    h->step = claim_many_cycles;
    return hostile_prove(h);
}
