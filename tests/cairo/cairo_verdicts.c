/* cairo_verdicts.c - prints proofs and their verdicts (docs/proof-format.md 5) as tests of the
 * Cairo verifier.
 *
 *   cairo_verdicts DIRECTORY.. > verdicts.cairo
 *
 * Every proof that profile chain is required of: it is accepted, or refused by the check of the
 * same name as in C. One that is accepted when this check is left out (in the index, alone; or when
 * nothing of an accepted proof was changed, only what is required) is tested for that too, with
 * crate::skip, which tests/cairo/verdicts.sh makes. Vectors that felts cannot express are named in
 * a comment. */
#include "air/felts.h"
#include "core/bytes.h"
#include "tests/soundness/hostile_prover.h"

#include <jansson.h>

#define MAX_PROOF ((size_t)1 << 18)
#define MAX_FELTS 8192
#define MAX_PROOFS 128

/* A proof that others change: its bytes and felts, and where its fields are. */
typedef struct {
    char file[160];
    uint8_t bytes[MAX_PROOF];
    size_t n_bytes, n_felts;
    felt252 felts[MAX_FELTS];
    hostile_span span[HOSTILE_MAX_SPANS];
    unsigned n_spans;
} base_proof;
static base_proof *proofs[MAX_PROOFS];
static unsigned n_proofs, n_refused, n_alone;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "cairo_verdicts: %s: %s\n", what, why);
    exit(1);
}
#define TEXT(o, key) json_string_value(json_object_get(o, key))

static size_t read_file(uint8_t *out, const char *directory, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "rb");
    if (!f) fail(path, "cannot be read");
    const size_t n = fread(out, 1, MAX_PROOF, f);
    fclose(f);
    return n;
}

static size_t hex(uint8_t *out, size_t room, const char *s)
{
    size_t n = 0;
    for (; s && s[0] && s[1] && n < room; s += 2) {
        const char pair[3] = {s[0], s[1], 0};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}

/* ---- felts of a proof that need not be well-formed ---- */

static void put_bits(felt252 *f, unsigned at, uint32_t v)
{
    const uint64_t wide = (uint64_t)v << (at % 32);
    f->w[at / 32] |= (uint32_t)wide;
    if (wide >> 32) f->w[at / 32 + 1] |= (uint32_t)(wide >> 32);
}

/* docs/proof-format.md 4: the felts of one field; 0 when a word does not fit. */
static size_t pack(felt252 *out, enum proof_kind kind, const uint8_t *words, size_t n)
{
    static const unsigned element[8] = {0, 31, 62, 93, 128, 159, 190, 221};
    const bool elements = kind == KIND_M31 || kind == KIND_QM31;
    const size_t per = elements || kind == KIND_HASH31 ? 8 : kind == KIND_NONCE ? 2 : 7;
    for (size_t k = 0; k < n; k++) {
        felt252 *f = out + k / per;
        const unsigned i = (unsigned)(k % per);
        const uint32_t v = bytes_le32(words + 4 * k);
        if (i == 0) memset(f, 0, sizeof *f);
        if (elements && v >> 31) return 0;
        if (kind == KIND_HASH31 && i == 7 && v >> 24) return 0;
        if (!elements) {
            put_bits(f, 32 * i, v);
        } else if (i == 7) {
            put_bits(f, 124, v & 15);
            put_bits(f, element[7], v >> 4);
        } else {
            put_bits(f, element[i], v);
        }
    }
    return (n + per - 1) / per;
}

/* The felts of bytes laid out like the base, cut after a whole field; 0: they cannot be expressed.
 */
static size_t felts_like(felt252 *out, const base_proof *b, const uint8_t *bytes, size_t n_bytes)
{
    size_t n = 0, end = 0;
    for (unsigned k = 0; k < b->n_spans && end < n_bytes; k++) {
        const hostile_span *s = &b->span[k];
        end = s->offset + s->bytes;
        const size_t m = pack(out + n, s->kind, bytes + s->offset, s->bytes / 4);
        if (m == 0 && s->bytes) return 0;
        n += m;
    }
    return end == n_bytes ? n : 0;
}

/* ---- printing ---- */

static void put_felt(const felt252 *f)
{
    unsigned i = 7;
    while (i && !f->w[i]) i--;
    printf("0x%" PRIx32, f->w[i]);
    while (i-- > 0) printf("%08" PRIx32, f->w[i]);
}
static void put_hash(const uint32_t *w, size_t n)
{
    felt252 f = {{0}};
    memcpy(f.w, w, n * sizeof *w);
    put_felt(&f);
}

static void put_base(const base_proof *b, unsigned number)
{
    printf("\n/// %s\nconst PROOF_%u: [felt252; %zu] = [\n", b->file, number, b->n_felts);
    for (size_t k = 0; k < b->n_felts; k++) {
        printf("    ");
        put_felt(&b->felts[k]);
        puts(",");
    }
    puts("];");
}

/* The number of the file's proof, which is read and printed when it is new. */
static unsigned number_of(const char *directory, const char *file)
{
    static proof_view view;
    static proof_shape shape;
    static felt252 again[MAX_FELTS];
    proof_error err;
    char path[160];
    (void)snprintf(path, sizeof path, "%.90s/%.60s", directory, file);
    for (unsigned k = 0; k < n_proofs; k++)
        if (!strcmp(proofs[k]->file, path)) return k;
    base_proof *b = n_proofs < MAX_PROOFS ? calloc(1, sizeof *b) : NULL;
    if (!b) fail(path, "too many proofs");
    memcpy(b->file, path, sizeof path);
    b->n_bytes = read_file(b->bytes, directory, file);
    b->n_felts = MAX_FELTS;
    if (felts_from_proof(b->felts, &b->n_felts, b->bytes, b->n_bytes, &view, &shape, &err) != SP_OK)
        fail(path, err.text);
    b->n_spans = hostile_spans(b->span, &shape, b->bytes, b->n_bytes);
    /* Two packers that agree. */
    if (felts_like(again, b, b->bytes, b->n_bytes) != b->n_felts ||
        memcmp(again, b->felts, b->n_felts * sizeof *again) != 0)
        fail(path, "packed otherwise than by felts_from_proof");
    put_base(b, n_proofs);
    proofs[n_proofs] = b;
    return n_proofs++;
}

/* ---- tests ---- */

/* What is required, as the struct of src/statement.cairo. */
static void put_required(const json_t *v)
{
    uint8_t b[256];
    uint32_t w[8];
#define HEX_WORDS(key, n)                                                   \
    do {                                                                    \
        memset(b, 0, 32);                                                   \
        (void)hex(b, sizeof b, TEXT(v, key));                               \
        for (size_t k_ = 0; k_ < (n); k_++) w[k_] = bytes_le32(b + 4 * k_); \
        put_hash(w, n);                                                     \
    } while (0)
    printf("Required { program_id: ");
    HEX_WORDS("program_id", 7);
    printf(", context: ");
    HEX_WORDS("context", 7);
    if (TEXT(v, "io_commitment")) {
        printf(", io: RequiredIo::Commitment(");
        HEX_WORDS("io_commitment", 8);
        printf(")");
    } else {
        printf(", io: RequiredIo::Hashes((");
        statement_hash_io(w, b, (uint32_t)hex(b, sizeof b, TEXT(v, "input")));
        put_hash(w, 8);
        printf(", ");
        statement_hash_io(w, b, (uint32_t)hex(b, sizeof b, TEXT(v, "output")));
        put_hash(w, 8);
        printf("))");
    }
    printf(", exit_code: %d }", (int)json_integer_value(json_object_get(v, "exit_code")));
}

static void put_test(const char *attribute, const char *prefix, const char *name,
                     const char *suffix, const char *skip, const json_t *v, const char *proof)
{
    printf("\n#[test]\n%sfn %s_", attribute, prefix);
    for (; *name; name++) putchar(*name == '-' ? '_' : *name);
    printf("%s() {\n    skip::leave_out('%s');\n    let required = ", suffix, skip);
    put_required(v);
    printf(";\n    let _ = verify(required, %s);\n}\n", proof);
}

static void put_vector(const char *directory, const char *prefix, const json_t *v)
{
    static uint8_t bytes[MAX_PROOF];
    static felt252 felts[MAX_FELTS];
    static char text[16384];
    char attribute[80];
    const char *check = TEXT(v, "check"), *file = TEXT(v, "file"), *base = TEXT(v, "base");
    const unsigned number = number_of(directory, file ? file : base);
    const base_proof *b = proofs[number];
    size_t k, length = b->n_bytes, n = b->n_felts;
    const json_t *patch, *patches = json_object_get(v, "patch");
    memcpy(bytes, b->bytes, sizeof bytes);
    if (base) length = (size_t)json_integer_value(json_object_get(v, "length"));
    json_array_foreach(patches, k, patch)
    {
        const size_t at = (size_t)json_integer_value(json_object_get(patch, "at"));
        (void)hex(bytes + at, MAX_PROOF - at, TEXT(patch, "bytes"));
    }
    n = length <= b->n_bytes ? felts_like(felts, b, bytes, length) : 0;
    if (n == 0) {
        printf("\n// %s: %s: felts cannot say this\n", directory, TEXT(v, "name"));
        return;
    }
    int at = snprintf(text, sizeof text, "changed(PROOF_%u.span(), %zu, [", number, n);
    for (k = 0; k < n; k++) {
        if (memcmp(&felts[k], &b->felts[k], sizeof *felts) == 0) continue;
        at += snprintf(text + at, sizeof text - (size_t)at, "(%zu, 0x", k);
        for (unsigned w = 8; w-- > 0;)
            at += snprintf(text + at, sizeof text - (size_t)at, "%08" PRIx32, felts[k].w[w]);
        at += snprintf(text + at, sizeof text - (size_t)at, "), ");
        if ((size_t)at > sizeof text - 200) fail(TEXT(v, "name"), "too many felts differ");
    }
    (void)snprintf(text + at, sizeof text - (size_t)at, "].span())");
    if (!check) {
        put_test("", prefix, TEXT(v, "name"), "", "", v, text);
        return;
    }
    (void)snprintf(attribute, sizeof attribute, "#[should_panic(expected: '%s')]\n", check);
    put_test(attribute, prefix, TEXT(v, "name"), "", "", v, text);
    n_refused++;
    /* An honest proof of which something else is required. */
    const bool other = base && strcmp(check, "profile") != 0 && json_array_size(patches) == 0 &&
                       length == b->n_bytes;
    if (!other && !json_is_true(json_object_get(v, "alone"))) return;
    put_test("", prefix, TEXT(v, "name"), "_without_the_check", check, v, text);
    n_alone++;
}

int main(int argc, char **argv)
{
    puts("//! Proofs and their verdicts, printed by tests/cairo/cairo_verdicts. Do not edit.\n"
         "use crate::skip;\n"
         "use crate::statement::{Required, RequiredIo};\n"
         "use crate::verifier::verify;\n\n"
         "/// The first n felts of a proof, some of them changed.\n"
         "fn changed(proof: Span<felt252>, n: u32, changes: Span<(u32, felt252)>) -> Span<felt252> "
         "{\n"
         "    let mut felts = array![];\n"
         "    let mut next = 0;\n"
         "    for change in changes {\n"
         "        let (at, value) = *change;\n"
         "        felts.append_span(proof.slice(next, at - next));\n"
         "        felts.append(value);\n"
         "        next = at + 1;\n"
         "    }\n"
         "    felts.append_span(proof.slice(next, n - next));\n"
         "    felts.span()\n"
         "}");
    for (int i = 1; i < argc; i++) {
        char path[1024], prefix[16];
        json_error_t err;
        const json_t *v;
        size_t k;
        (void)snprintf(path, sizeof path, "%s/index.json", argv[i]);
        (void)snprintf(prefix, sizeof prefix, "v%d", i);
        json_t *root = json_load_file(path, 0, &err);
        if (!root) fail(path, err.text);
        json_array_foreach(json_object_get(root, "vectors"), k, v)
        {
            if (!strcmp(TEXT(v, "profile"), "chain")) put_vector(argv[i], prefix, v);
        }
        json_decref(root);
    }
    fprintf(stderr, "%u proofs refused, %u of them accepted without the check that refuses them\n",
            n_refused, n_alone);
    return n_alone >= 15 && fflush(stdout) == 0 ? 0 : 1;
}
