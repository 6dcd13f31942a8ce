/* gen_vectors.c - writes tests/vectors/: proofs that a verifier accepts or rejects, with the reason.
 *
 *   gen_vectors DIRECTORY
 *
 * Deterministic: the same constraints give the same files. docs/proof-format.md says what index.json
 * holds. Every verdict is checked while writing. */
#include "tests/soundness/hostile_prover.h"

#include "air/felts.h"
#include "core/bytes.h"

static const char *directory;
static FILE *index_file;
static unsigned n_vectors;
static bool failed;
static verify_scratch scratch;

static FILE *create(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "wb");
    if (!f) perror(path), exit(1);
    return f;
}
static void write_bytes(const char *name, const uint8_t *b, size_t n)
{
    FILE *f = create(name);
    if (fwrite(b, 1, n, f) != n || fclose(f) != 0) perror(name), exit(1);
}

static void put_hex(const char *key, const uint8_t *b, size_t n)
{
    fprintf(index_file, ", \"%s\": \"", key);
    for (size_t k = 0; k < n; k++) fprintf(index_file, "%02x", b[k]);
    fputc('"', index_file);
}
static void put_words(const char *key, const uint32_t *w, size_t n)
{
    uint8_t b[32];
    for (size_t k = 0; k < n; k++) bytes_put_le32(b + 4 * k, w[k]);
    put_hex(key, b, 4 * n);
}

/* What is required of the proof, and the verdict: check NULL means accepted. */
static void put_entry(const char *name, const char *about, const verify_expect *e,
                      const uint8_t *proof, size_t n, const char *check)
{
    verify_reason why;
    const sp_status st = verify(proof, n, e, &scratch, &why);
    if (check ? st == SP_OK || strcmp(why.name, check) != 0 : st != SP_OK) {
        fprintf(stderr, "%s: %s (%s), expected %s\n", name, st == SP_OK ? "accepted" : why.name,
                st == SP_OK ? "" : why.text, check ? check : "accepted");
        failed = true;
    }
    fprintf(index_file, "%s\n  {\"name\": \"%s\", \"about\": \"%s\", \"verdict\": \"%s\"",
            n_vectors++ ? "," : "", name, about, check ? "rejected" : "accepted");
    if (check) fprintf(index_file, ", \"check\": \"%s\", \"text\": \"%s\"", check, why.text);
    fprintf(index_file, ",\n   \"profile\": \"%s\", \"allow_unsound\": %s",
            params_by_id(e->profile)->name, e->allow_unsound ? "true" : "false");
    put_words("program_id", e->program_id, 7);
    put_words("context", e->context, 7);
    put_hex("input", e->input, e->input_bytes);
    put_hex("output", e->output, e->output_bytes);
    fprintf(index_file, ", \"exit_code\": %u", (unsigned)e->exit_code);
}

/* A proof in a file of its own. */
static void put_file(hostile *h, const char *name, const char *about, const char *check)
{
    char file[128];
    (void)snprintf(file, sizeof file, "%s.proof", name);
    write_bytes(file, h->proof, h->proof_bytes);
    put_entry(name, about, &h->e, h->proof, h->proof_bytes, check);
    fprintf(index_file, ",\n   \"file\": \"%s\"}", file);
}
static void put_felts(hostile *h, const char *name)
{
    static proof_view v;
    static proof_shape s;
    proof_error err;
    size_t n = 8192;
    felt252 *f = malloc(n * sizeof *f);
    if (!f || felts_from_proof(f, &n, h->proof, h->proof_bytes, &v, &s, &err) != SP_OK) exit(1);
    FILE *out = create(name);
    for (size_t k = 0; k < n; k++) {
        fprintf(out, "0x");
        for (unsigned w = 8; w-- > 0;) fprintf(out, "%08x", f[k].w[w]);
        fputc('\n', out);
    }
    if (fclose(out) != 0) perror(name), exit(1);
    free(f);
}

/* A few bytes of another vector changed, or its length. */
typedef struct {
    size_t at, n;
    const char *bytes;
} patch;
static void put_patched(hostile *h, const char *base, const char *name, const char *about,
                        const char *check, const patch *p, size_t n_patches, size_t length)
{
    uint8_t *b = calloc(1, length > h->proof_bytes ? length : h->proof_bytes);
    if (!b) exit(1);
    memcpy(b, h->proof, h->proof_bytes);
    for (size_t k = 0; k < n_patches; k++) memcpy(b + p[k].at, p[k].bytes, p[k].n);
    put_entry(name, about, &h->e, b, length, check);
    fprintf(index_file, ",\n   \"base\": \"%s\", \"length\": %zu, \"patch\": [", base, length);
    for (size_t k = 0; k < n_patches; k++) {
        fprintf(index_file, "%s{\"at\": %zu", k ? ", " : "", p[k].at);
        put_hex("bytes", (const uint8_t *)p[k].bytes, p[k].n);
        fputc('}', index_file);
    }
    fprintf(index_file, "]}");
    free(b);
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
        put_patched(h, "words.proof", name, about, check, NULL, 0, h->proof_bytes);    \
        h->e = e;                                                                      \
    } while (0)
    h->e.profile = PROFILE_BALANCED;
    OTHER("other-profile", "balanced is required", "profile");
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
    char bytes[64];
#define WORD(name, about, check, offset, value)                                          \
    do {                                                                                 \
        bytes_put_le32((uint8_t *)bytes, (value));                                       \
        const patch p_ = {(offset), 4, bytes};                                           \
        put_patched(h, "words.proof", name, about, check, &p_, 1, n);                    \
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
    put_patched(h, "words.proof", "trailing-word", "a zero word at the end", "form", NULL, 0, n + 4);
    bytes_put_le32((uint8_t *)bytes, (uint32_t)n - 4);
    const patch shorter = {12, 4, bytes};
    put_patched(h, "words.proof", "truncated", "the last word missing, the length made to fit", "form",
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
    directory = argv[1];
    index_file = create("index.json");
    fprintf(index_file, "{\"version\": %u, \"vectors\": [", SP_VERSION);

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

    fprintf(index_file, "\n]}\n");
    if (fclose(index_file) != 0) return perror("index.json"), 1;
    return failed;
}
