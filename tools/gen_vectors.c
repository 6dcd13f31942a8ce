/* gen_vectors.c - writes tests/vectors/: proofs that a verifier accepts or rejects, with the reason.
 *
 *   gen_vectors DIRECTORY
 *
 * Deterministic: the same constraints give the same files. docs/proof-format.md says what index.json
 * holds. Every verdict is checked while writing. */
#include "tools/chain_vectors.h"

#include "air/felts.h"
#include "core/bytes.h"

static vectors all;

static void put_file(hostile *h, const char *name, const char *about, const char *check)
{
    vectors_put(&all, h, name, about, check, false);
}
static void put_felts(hostile *h, const char *name)
{
    static proof_view v;
    static proof_shape s;
    proof_error err;
    size_t n = 8192;
    felt252 *f = malloc(n * sizeof *f);
    if (!f || felts_from_proof(f, &n, h->proof, h->proof_bytes, &v, &s, &err) != SP_OK) exit(1);
    FILE *out = vectors_create(&all, name);
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "0x");
        for (unsigned w = 8; w-- > 0;) fprintf(out, "%08x", f[k].w[w]);
        fputc('\n', out);
    }
    if (fclose(out) != 0) perror(name), exit(1);
    free(f);
}

static void put_patched(hostile *h, const char *name, const char *about, const char *check,
                        const vector_patch *p, size_t n_patches, size_t length)
{
    vectors_put_patched(&all, h, "words.proof", name, about, check, p, n_patches, length);
}

/* ---- hostile provers ---- */

enum {
    CHEAT_NONE,
    CHEAT_EXIT,
    CHEAT_CYCLES,
    CHEAT_WRAP,
    CHEAT_COMMITMENT,
    CHEAT_INPUT,
    CHEAT_OUTPUT,
    CHEAT_MULTIPLICITY,
    CHEAT_PRODUCTS,
    CHEAT_SUMS,
    CHEAT_SAMPLE,
    CHEAT_TREE,
    CHEAT_LAYER,
    CHEAT_LAST,
    CHEAT_ID,
    CHEAT_IMAGE
};

STEP(cheat)
{
    statement *st = &pv->st;
    const qm31 one = qm31_one(), two = qm31_add(one, one);
    qm31 *c = pv->claim;
    if (step == STEP_SETUP && h->at[0] == CHEAT_IMAGE)
        pv->ph.image_end = pv->prog.image_end += MACHINE_INPUT_ADDR / 4;
    if (step == STEP_STATEMENT) switch (h->at[0]) {
        case CHEAT_EXIT: st->exit_code ^= 1; break;
        case CHEAT_CYCLES: st->cycles++; break;
        case CHEAT_WRAP: st->cycles += UINT64_C(1) << 30; break;
        case CHEAT_COMMITMENT: st->io_commitment[0] ^= 1; break;
        case CHEAT_INPUT:
            h->keep = calloc(4, 1);
            if (!h->keep) exit(1);
            memcpy(h->keep, h->input, 4);
            pv->pub.input = h->keep;
            h->input[0] ^= 1;
            statement_hash_io(st->h_in, h->input, 4);
            statement_io_commitment(st->io_commitment, st->h_in, st->h_out);
            break;
        case CHEAT_OUTPUT:
            h->output[0] ^= 1;
            statement_hash_io(st->h_out, h->output, 4);
            statement_io_commitment(st->io_commitment, st->h_in, st->h_out);
            break;
        case CHEAT_MULTIPLICITY: hostile_cell(pv, AIR_ROM, rom_mult, PROGRAM_SHAMT_ROWS)[0]++; break;
        case CHEAT_ID:
            memcpy(st->program_id, h->at + 1, sizeof st->program_id);
            memcpy(h->program_id, h->at + 1, sizeof h->program_id);
            break;
        default: break;
        }
    if (step == STEP_INTERACTION && h->at[0] == CHEAT_PRODUCTS) {
        c[0] = qm31_mul(c[0], two);
        c[1] = qm31_mul(c[1], qm31_inv(two));
    }
    if (step == STEP_INTERACTION && h->at[0] == CHEAT_SUMS) {
        c += pv->shape.n_prod;
        c[0] = qm31_add(c[0], one);
        c[1] = qm31_sub(c[1], one);
    }
    if (step == STEP_SAMPLES && h->at[0] == CHEAT_SAMPLE) pv->samples[0] = qm31_add(pv->samples[0], one);
    if (step == STEP_CAP && i == TREE_MAIN && h->at[0] == CHEAT_TREE)
        for (unsigned k = 0; k < 7u << pv->pa->cap_log; k++) pv->cap[i][k] ^= 1;
    if (step == STEP_LAYER_CAP && i == 1 && h->at[0] == CHEAT_LAYER)
        for (unsigned k = 0; k < 7u << pv->pa->cap_log; k++) pv->layer_cap[i][k] ^= 1;
    if (step == STEP_LAST && h->at[0] == CHEAT_LAST) pv->last[63] = qm31_add(pv->last[63], one);
}

static void prove_as(hostile *h, uint32_t what)
{
    h->at[0] = what;
    h->step = cheat;
    if (!hostile_prove(h)) exit(1);
}

static void put_cheat(uint32_t what, const char *name, const char *about, const char *check)
{
    static hostile h;
    if (!hostile_words(&h)) exit(1);
    prove_as(&h, what);
    put_file(&h, name, about, check);
    hostile_free(&h);
}

static void put_wrong_sum(void)
{
    static hostile h;
    if (!hostile_words(&h)) exit(1);
    scene_free(&h.s);
    h.hint[0] = 4;
    if (!hostile_run(&h)) exit(1);
    scene_own(&h.s, 0);
    scene_row(&h.s, OP_advice, 1)->r = scene_row(&h.s, OP_add, 0)->b = h.s.run.reg[7] = 3;
    if (!hostile_fill(&h) || !hostile_prove(&h)) exit(1);
    put_file(&h, "wrong-sum", "an add row says 77 + 3 = 81; everything else follows from 81", "oods");
    hostile_free(&h);
}

static void put_other_program(const uint32_t id[7])
{
    static hostile h;
    if (!hostile_words(&h)) exit(1);
    scene_free(&h.s);
    h.g.data[1] = 6;
    if (!hostile_run(&h)) exit(1);
    memcpy(h.at + 1, id, 7 * sizeof *id);
    prove_as(&h, CHEAT_ID);
    put_file(&h, "changed-constant", "a program with another constant, under the id of the honest one",
             "program hash");
    hostile_free(&h);
}

static void put_image(void)
{
    static hostile h;
    if (!hostile_digest(&h)) exit(1);
    prove_as(&h, CHEAT_IMAGE);
    put_file(&h, "image-in-windows", "the program header's image ends inside the io windows",
             "addresses");
    hostile_free(&h);
}

/* ---- other requirements, and changed bytes ---- */

static void put_requirements(hostile *h)
{
    static const uint8_t other[4] = {1, 2, 3, 4};
    static const uint32_t context[7] = {1};
    uint32_t id[7];
    const verify_expect e = h->e;
#define OTHER(name, about, check)                                                      \
    do {                                                                               \
        put_patched(h, name, about, check, NULL, 0, h->proof_bytes);    \
        h->e = e;                                                                      \
    } while (0)
    h->e.profile = PROFILE_BALANCED;
    OTHER("other-profile", "balanced is required", "profile");
    h->e.profile = PROFILE_CHAIN;
    OTHER("bench-for-chain", "chain is required", "profile");
    h->e.allow_unsound = false;
    OTHER("unsound", "an unsound profile without leave", "profile");
    memcpy(id, e.program_id, sizeof id);
    id[6] ^= 1;
    h->e.program_id = id;
    OTHER("other-program", "another program is required", "program id");
    h->e.context = context;
    OTHER("other-context", "another context is required: a replay", "context");
    h->e.input = other;
    OTHER("other-input", "another input is required", "expected io");
    h->e.output = other;
    OTHER("other-output", "another output is required", "expected io");
    h->e.output_bytes = 0;
    OTHER("no-output", "an empty output is required", "expected io");
    h->e.exit_code = 1;
    OTHER("other-exit-code", "exit code 1 is required", "exit code");
}

static void put_changed_bytes(hostile *h)
{
    static hostile_span span[HOSTILE_MAX_SPANS];
    static proof_shape shape;
    const size_t n = h->proof_bytes;
    const unsigned n_spans = hostile_spans(span, &shape, h->proof, n);
    if (n_spans == 0) exit(1);
    uint8_t bytes[4];
#define WORD(name, about, check, offset, value)                                          \
    do {                                                                                 \
        bytes_put_le32(bytes, (value));                                       \
        const vector_patch p_ = {(offset), 4, bytes};                                           \
        put_patched(h, name, about, check, &p_, 1, n);                    \
    } while (0)
#define OLD(offset) bytes_le32(h->proof + (offset))
    size_t at[N_FIELDS];
    for (unsigned f = 0; f < N_FIELDS; f++) at[f] = 0;
    for (unsigned k = n_spans; k-- > 0;) at[span[k].f] = span[k].offset;
    WORD("bad-magic", "the first word", "form", 0, 0);
    WORD("bad-version", "version 2", "form", 4, 2);
    WORD("bad-profile", "profile 6", "form", 8, 6);
    WORD("bad-air-id", "other constraints", "form", 16, OLD(16) ^ 1);
    WORD("bad-length", "a length that is not the length", "form", 12, (uint32_t)n + 4);
    put_patched(h, "trailing-word", "a zero word at the end", "form", NULL, 0, n + 4);
    bytes_put_le32(bytes, (uint32_t)n - 4);
    const vector_patch shorter = {12, 4, bytes};
    put_patched(h, "truncated", "the last word missing, the length made to fit", "form",
                &shorter, 1, n - 4);
    WORD("no-rom", "log size 0 of the ROM", "sizes", at[FIELD_LOGS] + 20, 0);
    WORD("sample-plus-p", "an element not canonical: v + P", "form", at[FIELD_SAMPLES],
         OLD(at[FIELD_SAMPLES]) + M31_P);
    WORD("value-of-p", "an opened value of P instead of an element", "form", at[FIELD_VALUES], M31_P);
    WORD("hash-of-32-bytes", "byte 31 of the io commitment", "form", at[FIELD_IO] + 28,
         OLD(at[FIELD_IO] + 28) | 0x01000000u);
    WORD("other-entry", "the entry in the program header", "program hash", at[FIELD_PROGRAM],
         OLD(at[FIELD_PROGRAM]) + 4);
    WORD("no-cycles", "cycles = 0", "time", at[FIELD_NUMBERS] + 4, 0);
    WORD("claim-changed", "a word of a claimed product", "product", at[FIELD_PROD_CLAIMS],
         OLD(at[FIELD_PROD_CLAIMS]) ^ 1);
    WORD("sample-changed", "a word of a sample", "oods", at[FIELD_SAMPLES], OLD(at[FIELD_SAMPLES]) ^ 1);
    WORD("nonce-changed", "a query nonce without work", "query grind", at[FIELD_QUERY_NONCE],
         OLD(at[FIELD_QUERY_NONCE]) ^ 1);
    WORD("path-changed", "a digest on a path of the program tree", "tree path", at[FIELD_PATH],
         OLD(at[FIELD_PATH]) ^ 1);
    WORD("sibling-changed", "a sibling of the first FRI layer", "fri path", at[FIELD_SIBLINGS],
         OLD(at[FIELD_SIBLINGS]) ^ 1);
}

int main(int argc, char **argv)
{
    static hostile h;
    if (argc != 2) return fprintf(stderr, "usage: gen_vectors DIRECTORY\n"), 2;
    vectors_open(&all, argv[1]);

    if (!hostile_words(&h) || !hostile_prove(&h)) return 1;
    uint32_t id[7];
    memcpy(id, h.program_id, sizeof id);
    put_file(&h, "words", "an honest proof, public words, profile bench", NULL);
    put_felts(&h, "words.felts");
    put_requirements(&h);
    put_changed_bytes(&h);
    hostile_free(&h);

    if (!hostile_digest(&h) || !hostile_prove(&h)) return 1;
    put_file(&h, "digest", "an honest proof, io digest, profile bench", NULL);
    hostile_free(&h);
    if (!hostile_words(&h)) return 1;
    h.p = params_by_name("chain");
    h.context[0] = 7;
    if (!hostile_prove(&h)) return 1;
    put_file(&h, "chain", "an honest proof, public words, profile chain, with a context", NULL);
    chain_vectors(&all, &h);
    hostile_free(&h);

    put_cheat(CHEAT_EXIT, "wrong-exit-code", "exit code 1 stated and required, 0 reached", "product");
    put_cheat(CHEAT_CYCLES, "one-cycle-more", "one cycle more stated than run", "product");
    put_cheat(CHEAT_WRAP, "cycles-wrap", "2^30 cycles more: 4 (cycles + 1) is the same modulo 2^32",
              "time");
    put_cheat(CHEAT_COMMITMENT, "wrong-commitment", "an io commitment that is not the hash",
              "io commitment");
    put_cheat(CHEAT_INPUT, "wrong-input-hash", "H_in of another input than the one carried", "input");
    put_cheat(CHEAT_OUTPUT, "wrong-output-hash", "H_out of another output than the one carried",
              "output");
    put_cheat(CHEAT_MULTIPLICITY, "multiplicity", "a ROM row counted once more", "sum");
    put_cheat(CHEAT_PRODUCTS, "products-moved", "a factor moved between two claimed products", "oods");
    put_cheat(CHEAT_SUMS, "sums-moved", "an amount moved between two claimed sums", "oods");
    put_cheat(CHEAT_SAMPLE, "sample-plus-one", "a sample off by one, absorbed as such", "oods");
    put_cheat(CHEAT_TREE, "other-trace", "the cap of the main tree is not that of the columns opened",
              "tree path");
    put_cheat(CHEAT_LAYER, "other-layer", "the cap of FRI layer 1 is not that of its values", "fri path");
    put_cheat(CHEAT_LAST, "other-last-layer", "the highest coefficient off by one", "last layer");
    put_wrong_sum();
    put_other_program(id);
    put_image();

    return vectors_close(&all) ? 0 : 1;
}
