/* chain_vectors.c - chain.proof under another requirement, or with a word changed: for each check
 * of the verifier that needs no transcript made anew. The others have proofs made by tests/cairo.
 */
#include "tools/chain_vectors.h"

#include "core/bytes.h"

static vectors *all;
static hostile *base;
static hostile_span span[HOSTILE_MAX_SPANS];
static unsigned n_spans;
static proof_shape shape;

static void put(const char *name, const char *about, const char *check, const vector_patch *p,
                size_t n_patches, size_t length)
{
    vectors_put_patched(all, base, "chain.proof", name, about, check, p, n_patches, length);
}
static void put_word(const char *name, const char *about, const char *check, size_t at,
                     uint32_t value)
{
    uint8_t bytes[4];
    bytes_put_le32(bytes, value);
    const vector_patch p = {at, 4, bytes};
    put(name, about, check, &p, 1, base->proof_bytes);
}
static uint32_t old(size_t at) { return bytes_le32(base->proof + at); }
/* The lowest bit of a word. */
static void flip(const char *name, const char *about, const char *check, size_t at)
{
    put_word(name, about, check, at, old(at) ^ 1);
}

/* The nth field of this name. */
static const hostile_span *field(enum proof_field f, unsigned nth)
{
    for (unsigned k = 0; k < n_spans; k++)
        if (span[k].f == f && nth-- == 0) return &span[k];
    fprintf(stderr, "chain.proof has no such field\n");
    exit(1);
}
static size_t first(enum proof_field f) { return field(f, 0)->offset; }
static size_t last(const hostile_span *s) { return s->offset + s->bytes - 4; }

static void requirements(void)
{
    static const uint8_t other[4] = {1, 2, 3, 4};
    static const uint32_t none[7];
    const verify_expect e = base->e;
    uint32_t id[7];
#define OTHER(name, about, check)                            \
    do {                                                     \
        put(name, about, check, NULL, 0, base->proof_bytes); \
        base->e = e;                                         \
    } while (0)
    memcpy(id, e.program_id, sizeof id);
    id[0] ^= 1;
    base->e.program_id = id;
    OTHER("chain-other-program", "another program is required", "program id");
    base->e.context = none;
    OTHER("chain-no-context", "no context is required", "context");
    base->e.input = other;
    OTHER("chain-other-input", "another input is required", "expected io");
    base->e.output = other;
    OTHER("chain-other-output", "another output is required", "expected io");
    base->e.exit_code = 1;
    OTHER("chain-other-exit-code", "exit code 1 is required", "exit code");
#undef OTHER
}

static void heads(void)
{
    const size_t logs = first(FIELD_LOGS), numbers = first(FIELD_NUMBERS);
    put_word("chain-bad-magic", "the first word", "form", 0, 0);
    put_word("chain-bad-version", "version 2", "form", 4, 2);
    put_word("chain-bad-profile", "profile 6", "form", 8, 6);
    put_word("chain-bad-length", "a length that is not the length", "form", 12, old(12) + 4);
    flip("chain-bad-air-id", "other constraints", "form", first(FIELD_AIR_ID));
    put_word("chain-bad-mode", "io mode 2", "form", numbers + 12, 2);
    put_word("chain-digest-with-bytes", "digest mode, but with an input and an output", "form",
             numbers + 12, 1);
    put_word("chain-more-input", "an input of five bytes in one word", "form", numbers + 16, 5);
    put_word("chain-huge-input", "an input larger than its window", "form", numbers + 16,
             0x4000001);
    put_word("chain-padded-sizes", "a byte after the log sizes", "form", logs + 20,
             old(logs + 20) | 0x10000);
    put_word("chain-chip-left-out", "no ALU, but the proof as long as with it", "form", logs,
             old(logs) & ~255u);
    put_word("chain-small-chip", "an ALU of 2^4 rows", "sizes", logs, (old(logs) & ~255u) | 4);
    put_word("chain-large-chip", "an ALU of 2^21 rows", "sizes", logs, (old(logs) & ~255u) | 21);
    put_word("chain-two-instances", "a second ALU", "sizes", logs, old(logs) | 5 << 8);
    put_word("chain-no-rom", "log size 0 of the ROM", "sizes", logs + 20, old(logs + 20) & ~255u);
    put_word("chain-small-tables", "tables of 2^17 rows", "sizes", logs + 20,
             (old(logs + 20) & ~0xff00u) | 17 << 8);
    put_word("chain-larger-rom", "a ROM of twice the rows", "program hash", logs + 20,
             old(logs + 20) + 1);
    put_word("chain-larger-chip", "an ALU of twice the rows: the challenges are others",
             "lookup grind", logs, old(logs) + 1);
}

static void statements(void)
{
    const size_t numbers = first(FIELD_NUMBERS);
    flip("chain-io-commitment", "a bit of the io commitment", "io commitment", first(FIELD_IO));
    flip("chain-input-hash", "a bit of H_in", "input", first(FIELD_H_IN));
    flip("chain-output-hash", "a bit of H_out", "output", first(FIELD_H_OUT));
    flip("chain-input", "a bit of the input", "input", first(FIELD_INPUT));
    flip("chain-output", "a bit of the output", "output", first(FIELD_OUTPUT));
    flip("chain-exit-code", "exit code 1 stated, 0 required", "exit code", numbers);
    put_word("chain-no-cycles", "cycles = 0", "time", numbers + 4, 0);
    put_word("chain-many-cycles", "cycles = 2^27 - 1", "time", numbers + 4, 0x7ffffff);
    put_word("chain-cycles-of-two-words", "2^32 cycles more", "time", numbers + 8, 1);
    flip("chain-cycles", "one cycle more or less: the challenges are others", "lookup grind",
         numbers + 4);
    put_word("chain-entry", "the entry in the program header", "program hash", first(FIELD_PROGRAM),
             old(first(FIELD_PROGRAM)) + 4);
    flip("chain-image-end", "the end of the image in the program header", "program hash",
         first(FIELD_PROGRAM) + 4);
    flip("chain-program-cap", "the first digest of the program cap", "program hash",
         first(FIELD_PROGRAM_CAP));
    flip("chain-program-cap-end", "the last digest of the program cap", "program hash",
         last(field(FIELD_PROGRAM_CAP, 0)));
    /* A proof for one task under the context of another. */
    const uint32_t context[7] = {8};
    const verify_expect e = base->e;
    base->e.context = context;
    put_word("chain-replay", "another context, in the proof and required", "lookup grind",
             first(FIELD_CONTEXT), 8);
    base->e = e;
}

static void transcript(void)
{
    static const char *const sample[5] = {"program", "main", "interaction", "composition",
                                          "before"};
    const hostile_span *samples = field(FIELD_SAMPLES, 0), *prod = field(FIELD_PROD_CLAIMS, 0);
    char name[64], about[96];
    flip("chain-main-cap", "a bit of the main cap", "lookup grind", first(FIELD_MAIN_CAP));
    flip("chain-lookup-nonce", "a lookup nonce without work", "lookup grind",
         first(FIELD_LOOKUP_NONCE));
    flip("chain-product", "a word of the first claimed product", "product", prod->offset);
    flip("chain-last-product", "a word of the last claimed product", "product", last(prod));
    flip("chain-sum", "a word of the first claimed sum", "sum", first(FIELD_SUM_CLAIMS));
    flip("chain-last-sum", "a word of the last claimed sum", "sum",
         last(field(FIELD_SUM_CLAIMS, 0)));
    flip("chain-interaction-cap", "a bit of the interaction cap", "oods",
         first(FIELD_INTERACTION_CAP));
    flip("chain-composition-cap", "a bit of the composition cap", "oods",
         first(FIELD_COMPOSITION_CAP));
    size_t at = samples->offset;
    for (unsigned t = 0; t < 5; t++) {
        (void)snprintf(name, sizeof name, "chain-sample-%s", sample[t]);
        (void)snprintf(about, sizeof about, "a word of the first sample: %s", sample[t]);
        flip(name, about, "oods", at);
        if (t < N_TREES) at += 16 * (size_t)shape.tree[t].n_columns;
    }
    flip("chain-last-sample", "a word of the last sample", "oods", last(samples));
    flip("chain-deep-nonce", "a deep nonce without work", "deep grind", first(FIELD_DEEP_NONCE));
    for (unsigned l = 0; l < shape.n_layers; l++) {
        (void)snprintf(name, sizeof name, "chain-layer-%u-cap", l);
        (void)snprintf(about, sizeof about, "a bit of the cap of FRI layer %u", l);
        /* A nonce of 4 bits: this change is one that leaves it without work. */
        put_word(name, about, "commit grind", field(FIELD_LAYER_CAP, l)->offset,
                 old(field(FIELD_LAYER_CAP, l)->offset) ^ 2);
        (void)snprintf(name, sizeof name, "chain-layer-%u-nonce", l);
        (void)snprintf(about, sizeof about, "the nonce of FRI layer %u without work", l);
        flip(name, about, "commit grind", field(FIELD_COMMIT_NONCE, l)->offset);
    }
    flip("chain-last-layer", "a coefficient of the last layer", "query grind",
         first(FIELD_LAST_LAYER));
    flip("chain-last-layer-end", "the last coefficient of the last layer", "query grind",
         last(field(FIELD_LAST_LAYER, 0)));
    flip("chain-query-nonce", "a query nonce without work", "query grind",
         first(FIELD_QUERY_NONCE));
}

/* In the first query: of every tree and layer a value and both ends of its path. */
static void openings(void)
{
    static const char *const tree[N_TREES] = {"program", "main", "interaction", "composition"};
    char name[64], about[96];
    for (unsigned t = 0; t < N_TREES; t++) {
        const hostile_span *values = field(FIELD_VALUES, t), *path = field(FIELD_PATH, t);
        (void)snprintf(about, sizeof about, "query 0, the %s tree", tree[t]);
        (void)snprintf(name, sizeof name, "chain-%s-value", tree[t]);
        flip(name, about, "tree path", values->offset);
        (void)snprintf(name, sizeof name, "chain-%s-last-value", tree[t]);
        flip(name, about, "tree path", last(values));
        (void)snprintf(name, sizeof name, "chain-%s-path", tree[t]);
        flip(name, about, "tree path", path->offset);
        (void)snprintf(name, sizeof name, "chain-%s-path-end", tree[t]);
        flip(name, about, "tree path", last(path));
    }
    for (unsigned l = 0; l < shape.n_layers; l++) {
        const hostile_span *siblings = field(FIELD_SIBLINGS, l), *path = field(FIELD_LAYER_PATH, l);
        (void)snprintf(about, sizeof about, "query 0, FRI layer %u", l);
        (void)snprintf(name, sizeof name, "chain-layer-%u-sibling", l);
        flip(name, about, "fri path", siblings->offset);
        (void)snprintf(name, sizeof name, "chain-layer-%u-last-sibling", l);
        flip(name, about, "fri path", last(siblings));
        (void)snprintf(name, sizeof name, "chain-layer-%u-path", l);
        flip(name, about, "fri path", path->offset);
        (void)snprintf(name, sizeof name, "chain-layer-%u-path-end", l);
        flip(name, about, "fri path", last(path));
    }
    put_word("chain-value-of-p", "an opened value of P instead of an element", "form",
             field(FIELD_VALUES, 1)->offset, M31_P);
    put_word("chain-sample-of-p", "a sample with a word of P", "form", first(FIELD_SAMPLES), M31_P);
    flip("chain-last-query", "the last word of the proof", "fri path", base->proof_bytes - 4);
}

static void lengths(void)
{
    const size_t n = base->proof_bytes, one = (n - first(FIELD_VALUES)) / shape.p->n_queries;
    uint8_t length[4];
    bytes_put_le32(length, (uint32_t)(n - one));
    const vector_patch fewer = {12, 4, length};
    put("chain-fewer-queries", "19 queries, the length in the header that of 19", "form", &fewer, 1,
        n - one);
    put("chain-trailing-word", "a zero word at the end", "form", NULL, 0, n + 4);
}

void chain_vectors(vectors *v, hostile *h)
{
    all = v;
    base = h;
    n_spans = hostile_spans(span, &shape, h->proof, h->proof_bytes);
    if (!n_spans) exit(1);
    requirements();
    heads();
    statements();
    transcript();
    openings();
    lengths();
}
