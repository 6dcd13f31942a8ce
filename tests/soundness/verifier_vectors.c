/* verifier_vectors.c - the files of tests/vectors/ get the verdicts that their index says. */
#include "core/bytes.h"
#include "core/sp.h"
#include "tests/soundness/hostile_prover.h"

#include "air/felts.h"

#include <jansson.h>

#define MAX_PROOF ((size_t)1 << 20)

static uint8_t *read_file(const char *name, size_t *n)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", SP_VECTORS, name);
    FILE *f = fopen(path, "rb");
    uint8_t *b = calloc(1, MAX_PROOF);
    if (!f || !b) printf("  cannot read %s\n", path), exit(1);
    *n = fread(b, 1, MAX_PROOF, f);
    fclose(f);
    return b;
}
static size_t hex(uint8_t *out, size_t room, const json_t *v)
{
    const char *s = json_string_value(v);
    size_t n = 0;
    for (; s && s[0] && s[1] && n < room; s += 2) {
        const char pair[3] = {s[0], s[1], 0};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return n;
}
static void words(uint32_t *out, size_t n, const json_t *v)
{
    uint8_t b[64] = {0};
    (void)hex(b, sizeof b, v);
    for (size_t k = 0; k < n; k++) out[k] = bytes_le32(b + 4 * k);
}
#define TEXT(o, key) json_string_value(json_object_get(o, key))

static bool judged(const json_t *o)
{
    static verify_scratch s;
    verify_reason why;
    verify_expect e;
    uint32_t id[7], context[7];
    uint8_t input[256], output[256];
    memset(&e, 0, sizeof e);
    e.profile = (uint32_t)params_by_name(TEXT(o, "profile"))->id;
    e.allow_unsound = json_is_true(json_object_get(o, "allow_unsound"));
    words(id, 7, json_object_get(o, "program_id"));
    words(context, 7, json_object_get(o, "context"));
    e.program_id = id;
    e.context = context;
    e.has_io = true;
    e.exit_code = (uint32_t)json_integer_value(json_object_get(o, "exit_code"));
    e.input = input;
    e.output = output;
    e.input_bytes = (uint32_t)hex(input, sizeof input, json_object_get(o, "input"));
    e.output_bytes = (uint32_t)hex(output, sizeof output, json_object_get(o, "output"));

    const char *file = TEXT(o, "file"), *base = TEXT(o, "base");
    size_t n = 0;
    uint8_t *b = read_file(file ? file : base, &n);
    if (base) {
        const json_t *p;
        size_t k;
        n = (size_t)json_integer_value(json_object_get(o, "length"));
        json_array_foreach(json_object_get(o, "patch"), k, p)
        {
            const size_t at = (size_t)json_integer_value(json_object_get(p, "at"));
            (void)hex(b + at, MAX_PROOF - at, json_object_get(p, "bytes"));
        }
    }
    const sp_status st = verify(b, n, &e, &s, &why);
    free(b);
    if (!strcmp(TEXT(o, "verdict"), "accepted")) {
        if (st != SP_OK) printf("  %s: %s (%s)\n", TEXT(o, "name"), why.name, why.text);
        return st == SP_OK;
    }
    const bool ok = st != SP_OK && !strcmp(why.name, TEXT(o, "check")) && !strcmp(why.text, TEXT(o, "text"));
    if (!ok) printf("  %s: %s (%s)\n", TEXT(o, "name"), st ? why.name : "accepted", st ? why.text : "");
    return ok;
}

static json_t *vector_index(void)
{
    json_error_t err;
    json_t *root = json_load_file(SP_VECTORS "/index.json", 0, &err);
    if (!root) printf("  index.json: %s (tools/gen_vectors makes it)\n", err.text);
    return root;
}

TEST(vectors_get_the_verdicts_of_their_index)
{
    json_t *root = vector_index(), *o;
    size_t k, accepted = 0;
    bool ok = true;
    CHECK(root);
    const json_t *all = json_object_get(root, "vectors");
    json_array_foreach(all, k, o)
    {
        ok &= judged(o);
        accepted += !strcmp(TEXT(o, "verdict"), "accepted");
    }
    CHECK(ok && accepted >= 3 && json_array_size(all) >= accepted + 20);
    json_decref(root);
}

/* Each check of the verifier that a small profile has is the reason of one of them. */
TEST(vectors_cover_the_checks)
{
    static const char *const name[N_VERIFY_CHECKS] = {
#define X(id, text) text,
        VERIFY_CHECKS(X)
#undef X
    };
    json_t *root = vector_index(), *o;
    size_t k;
    CHECK(root);
    for (unsigned c = 0; c < N_VERIFY_CHECKS; c++) {
        bool found = c == CHECK_LOOKUP_GRIND || c == CHECK_OODS_GRIND || c == CHECK_DEEP_GRIND ||
                     c == CHECK_COMMIT_GRIND;
        json_array_foreach(json_object_get(root, "vectors"), k, o)
        {
            const char *check = TEXT(o, "check");
            found |= check && !strcmp(check, name[c]);
        }
        if (!found) printf("  no vector for \"%s\"\n", name[c]);
        CHECK(found);
    }
    json_decref(root);
}

/* The honest proof of today is the file: the vectors are those of the present constraints. */
TEST(vectors_are_up_to_date)
{
    static hostile h;
    size_t n = 0;
    uint8_t *b = read_file("words.proof", &n);
    CHECK(hostile_words(&h) && hostile_prove(&h));
    CHECK_EQ(n, h.proof_bytes);
    CHECK_BYTES(b, h.proof, n);
    hostile_free(&h);
    free(b);
}

TEST(felts_of_a_vector_are_its_proof)
{
    static proof_view v;
    static proof_shape s;
    proof_error err;
    size_t n = 0, text_n = 0, m = 0;
    uint8_t *b = read_file("words.proof", &n), *text = read_file("words.felts", &text_n);
    uint8_t *back = malloc(n);
    felt252 *f = calloc(text_n / 67 + 1, sizeof *f);
    CHECK(back && f && text_n % 67 == 0); /* 0x, 64 digits, end of line */
    for (; m < text_n / 67; m++)
        for (unsigned w = 0; w < 8; w++) {
            char digits[9] = {0};
            memcpy(digits, text + 67 * m + 2 + 8 * (7 - w), 8);
            f[m].w[w] = (uint32_t)strtoul(digits, NULL, 16);
        }
    size_t room = n;
    CHECK_EQ(felts_to_proof(back, &room, f, m, &v, &s, &err), SP_OK);
    CHECK_EQ(room, n);
    CHECK_BYTES(back, b, n);
    free(b), free(text), free(back), free(f);
}
