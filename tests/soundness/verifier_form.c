/* verifier_form.c - the reader of proofs and the rules of sizes: each rule has a proof that it alone
 * refuses, named by its own text, and no text of the sources goes without one. */
#include "tests/soundness/hostile_prover.h"

#include "air/felts.h"
#include "core/bytes.h"

static hostile_span fields[HOSTILE_MAX_SPANS];
static unsigned n_fields;
static uint8_t *base, *work; /* an honest proof; work has room for more */
static size_t n_base;
static hostile h;
static verify_scratch scratch;
static proof_shape shape;

/* Input and output of 6 bytes: both end inside a word. */
static bool setup(enum machine_io_mode mode)
{
    hostile_free(&h);
    if (!(mode ? hostile_digest(&h) : hostile_words(&h))) return false;
    if (!mode) {
        scene_free(&h.s);
        h.input_bytes = 6;
        if (!hostile_run(&h)) return false;
    }
    if (!hostile_prove(&h)) return false;
    free(work);
    base = h.proof;
    n_base = h.proof_bytes;
    work = malloc(2 * n_base);
    n_fields = hostile_spans(fields, &shape, base, n_base);
    return work && n_fields > 0;
}

static const hostile_span *field(enum proof_field f, unsigned nth)
{
    for (unsigned k = 0; k < n_fields; k++)
        if (fields[k].f == f && nth-- == 0) return &fields[k];
    abort();
}

/* ---- the texts of the rules ---- */

static char seen[64][96];
static unsigned n_seen;

static void saw(const char *text)
{
    for (unsigned k = 0; k < n_seen; k++)
        if (!strcmp(seen[k], text)) return;
    if (n_seen == SP_COUNT(seen)) abort();
    (void)snprintf(seen[n_seen++], sizeof seen[0], "%s", text);
}

static char *source(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", SP_SOURCE_DIR, name);
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 17);
    if (!f || !text) abort();
    const size_t n = fread(text, 1, (1 << 17) - 1, f);
    fclose(f);
    text[n] = 0;
    return text;
}
/* Every literal between `from` and the next semicolon, if it starts with start. */
static bool all_seen(const char *name, const char *from, const char *start)
{
    bool ok = true;
    unsigned n = 0;
    char *text = source(name), literal[96];
    for (char *p = text; (p = strstr(p, from));) {
        char *end = strchr(p, ';');
        for (p += strlen(from); p < end;) {
            char *a = memchr(p, '"', (size_t)(end - p)), *b = a ? strchr(a + 1, '"') : NULL;
            if (!b) break;
            (void)snprintf(literal, sizeof literal, "%.*s", (int)(b - a - 1), a + 1);
            p = b + 1;
            if (strncmp(literal, start, strlen(start))) continue;
            bool found = false;
            for (unsigned k = 0; k < n_seen; k++) found |= !strcmp(seen[k], literal);
            if (!found) printf("  %s: no proof is refused with \"%s\"\n", name, literal);
            ok &= found;
            n++;
        }
        p = end;
    }
    free(text);
    return ok && n > 0;
}

/* ---- refusals ---- */

static bool refused(size_t n, sp_status st, const char *text, enum proof_field f)
{
    verify_reason why;
    const sp_status got = verify(work, n, &h.e, &scratch, &why);
    const enum verify_check check = st == SP_ERR_FORMAT ? CHECK_FORM : CHECK_SIZES;
    if (got != st || why.check != check || !why.text || strcmp(why.text, text) ||
        strcmp(why.field, proof_field_name[f])) {
        printf("  expected \"%s\" in %s, got %d %s \"%s\" in %s\n", text, proof_field_name[f],
               (int)got, why.name ? why.name : "-", why.text ? why.text : "",
               why.field ? why.field : "-");
        return false;
    }
    saw(text);
    return true;
}
static void fresh(void) { memcpy(work, base, n_base); }
static void length_is(size_t n) { bytes_put_le32(work + 12, (uint32_t)n); }
static bool word_refused(enum proof_field f, size_t word, uint32_t value, const char *text)
{
    fresh();
    bytes_put_le32(work + field(f, 0)->offset + 4 * word, value);
    return refused(n_base, SP_ERR_FORMAT, text, f);
}
static bool log_refused(unsigned slot, unsigned log, const char *text)
{
    fresh();
    work[field(FIELD_LOGS, 0)->offset + slot] = (uint8_t)log;
    return refused(n_base, SP_ERR_REJECT, text, FIELD_LOGS);
}

static bool header_rules(void)
{
    bool ok = true;
    const char *const length = "the length in the header is not the length";
    fresh();
    for (size_t n = 0; n < 4 * PROOF_HEAD_WORDS; n += n ? 4 : 1)
        ok &= refused(n, SP_ERR_FORMAT, "shorter than a proof's head", FIELD_HEADER);
    ok &= word_refused(FIELD_HEADER, 0, 0, "not a sprove proof");
    ok &= word_refused(FIELD_HEADER, 1, SP_VERSION + 1, "unknown proof version");
    ok &= word_refused(FIELD_HEADER, 1, 0, "unknown proof version");
    ok &= word_refused(FIELD_HEADER, 2, 0, "unknown profile");
    ok &= word_refused(FIELD_HEADER, 2, PROFILE_BENCH + 1, "unknown profile");
    ok &= word_refused(FIELD_HEADER, 2, 0x80000000u | PROFILE_BENCH, "unknown profile");
    for (unsigned k = 0; k < 7; k++)
        ok &= word_refused(FIELD_AIR_ID, k, bytes_le32(base + field(FIELD_AIR_ID, 0)->offset + 4 * k) ^ 1,
                           "made for other constraints (air id)");
    ok &= word_refused(FIELD_HEADER, 3, (uint32_t)n_base + 1, length);
    fresh();
    work[n_base] = work[n_base + 1] = work[n_base + 2] = work[n_base + 3] = 0;
    for (size_t more = 1; more <= 4; more++) {
        length_is(n_base);
        ok &= refused(n_base + more, SP_ERR_FORMAT, length, FIELD_HEADER);
        length_is(n_base + more);
        ok &= refused(n_base + more, SP_ERR_FORMAT, "data after the end of the proof", FIELD_HEADER);
    }
    return ok;
}

static bool number_rules(bool digest)
{
    bool ok = word_refused(FIELD_NUMBERS, 3, 2, "unknown io mode");
    ok &= word_refused(FIELD_NUMBERS, 4, MACHINE_INPUT_CAP + 1, "public data beyond the window");
    ok &= word_refused(FIELD_NUMBERS, 5, MACHINE_OUTPUT_CAP + 1, "public data beyond the window");
    ok &= word_refused(FIELD_NUMBERS, 5, 0xffffffffu, "public data beyond the window");
    for (unsigned k = 4; k < 6; k++)
        if (digest) ok &= word_refused(FIELD_NUMBERS, k, 1, "public data in digest mode");
    return ok;
}

/* Every element at the least and at the largest word that is too large, and plus P. */
static bool element_rules(void)
{
    unsigned n = 0;
    for (unsigned k = 0; k < n_fields; k++) {
        const hostile_span *f = &fields[k];
        if (f->kind != KIND_M31 && f->kind != KIND_QM31) continue;
        for (size_t at = f->offset; at < f->offset + f->bytes; at += 4, n++) {
            const uint32_t v = bytes_le32(base + at);
            const uint32_t bad[3] = {M31_P, v + M31_P, 0xffffffffu};
            fresh();
            bytes_put_le32(work + at, bad[n % 3]);
            if (!refused(n_base, SP_ERR_FORMAT, "a field element is not canonical", f->f)) return false;
            if (h.why.offset && h.why.offset != at) return false;
        }
    }
    return n > 3000;
}

static bool padding_rules(void)
{
    bool ok = true;
    for (enum proof_field f = 0; f < N_FIELDS; f++) {
        if (f != FIELD_IO && f != FIELD_H_IN && f != FIELD_H_OUT) continue;
        fresh();
        work[field(f, 0)->offset + 31] = 0x80;
        ok &= refused(n_base, SP_ERR_FORMAT, "byte 31 is not zero", f);
    }
    for (unsigned k = 6; k < 8; k++) {
        fresh();
        work[field(FIELD_INPUT, 0)->offset + k] = 1;
        ok &= refused(n_base, SP_ERR_FORMAT, "padding is not zero", FIELD_INPUT);
    }
    for (unsigned k = AIR_N_SLOTS; k < 4 * PROOF_LOG_WORDS; k++) {
        fresh();
        work[field(FIELD_LOGS, 0)->offset + k] = 1;
        ok &= refused(n_base, SP_ERR_FORMAT, "padding is not zero", FIELD_LOGS);
    }
    return ok;
}

/* Cut inside every field, the length made to fit. */
static bool truncation_rules(void)
{
    for (unsigned k = 0; k < n_fields; k++) {
        const hostile_span *f = &fields[k];
        if (f->offset < 4 * PROOF_HEAD_WORDS || f->bytes == 0) continue;
        fresh();
        length_is(f->offset + f->bytes - 1);
        if (!refused(f->offset + f->bytes - 1, SP_ERR_FORMAT, "the proof ends inside this field", f->f))
            return false;
        if (k + 1 == n_fields) break;
        length_is(f->offset);
        if (!refused(f->offset, SP_ERR_FORMAT, "the proof ends inside this field", f->f)) return false;
    }
    return true;
}

static bool size_rules(void)
{
    const unsigned alu = air_component_slot(AIR_ALU), rom = air_component_slot(AIR_ROM);
    const unsigned inf = air_component_slot(AIR_INITFIN), tab = air_component_slot(AIR_TABLES);
    const unsigned img = air_component_slot(AIR_IMAGE);
    bool ok = true;
    ok &= log_refused(rom, 0, "size: a table is absent");
    ok &= log_refused(img, 0, "size: a table is absent");
    ok &= log_refused(inf, 0, "size: a table is absent");
    ok &= log_refused(tab, 0, "size: a table is absent");
    ok &= log_refused(alu, 1, "size: an instance is too small");
    ok &= log_refused(alu, params_min_log(h.p) - 1, "size: an instance is too small");
    ok &= log_refused(alu, h.p->max_trace_log + 1, "size: an instance is too large");
    ok &= log_refused(inf, 31, "size: an instance is too large");
    ok &= log_refused(alu, 255, "size: an instance is too large");
    ok &= log_refused(tab, AIR_TABLES_LOG - 1, "size: wrong table size");
    ok &= log_refused(tab, AIR_TABLES_LOG + 1, "size: wrong table size");
    const char *const order = "size: instances are not in descending order";
    ok &= log_refused(alu + 1, work[field(FIELD_LOGS, 0)->offset + alu] + 1u, order);
    fresh();
    work[field(FIELD_LOGS, 0)->offset + air_component_slot(AIR_BIT)] = 0;
    work[field(FIELD_LOGS, 0)->offset + air_component_slot(AIR_BIT) + 1] = 5;
    ok &= refused(n_base, SP_ERR_REJECT, order, FIELD_LOGS);
    fresh(); /* every chip twice at the largest size */
    for (unsigned k = 0; k < AIR_N_SPLIT * AIR_MAX_INSTANCES; k++)
        work[field(FIELD_LOGS, 0)->offset + k] = (uint8_t)h.p->max_trace_log;
    ok &= refused(n_base, SP_ERR_REJECT, "bound: lookups", FIELD_LOGS);
    fresh();
    bytes_put_le32(work + 8, PROFILE_CHAIN);
    work[field(FIELD_LOGS, 0)->offset + alu + 1] = 5;
    ok &= refused(n_base, SP_ERR_REJECT, "size: too many instances for the profile", FIELD_LOGS);
    return ok;
}

/* The limits of the profiles keep these two from ever being needed: with wider ones they are. */
static bool rules_behind_the_limits(void)
{
    params wide = *params_by_name("bench");
    uint8_t log[AIR_N_SLOTS];
    const char *why = NULL;
    memcpy(log, base + field(FIELD_LOGS, 0)->offset, sizeof log);
    wide.max_trace_log = PARAMS_MAX_LOG;
    log[air_component_slot(AIR_INITFIN)] = PARAMS_MAX_LOG;
    if (shape_init(&shape, &wide, log, &why) != SP_ERR_REJECT) return false;
    saw(why);
    if (strcmp(why, "size: the evaluation domain is too large")) return false;
    /* 2^29 rows of two pairs, thrice. */
    memcpy(log, base + field(FIELD_LOGS, 0)->offset, sizeof log);
    log[air_component_slot(AIR_ALU)] = PARAMS_MAX_LOG - 1;
    if (shape_init(&shape, &wide, log, &why) != SP_ERR_REJECT) return false;
    saw(why);
    return !strcmp(why, "bound: accesses");
}

/* The same proof as felts: what is wrong with them only. */
static bool felt_rules(void)
{
    static proof_view v;
    proof_error err;
    size_t n = proof_felts(&shape, 0, h.input_bytes, h.output_bytes), m = n;
    felt252 *f = malloc((n + 1) * sizeof *f);
    bool ok = f != NULL;
#define REFUSED(call, words)                                       \
    do {                                                           \
        const bool r_ = (call) == SP_ERR_FORMAT && !strcmp(err.text, words); \
        if (!r_) printf("  expected \"%s\", got \"%s\"\n", words, err.text); \
        saw(words);                                                \
        ok &= r_;                                                  \
    } while (0)
    m = n - 1;
    REFUSED(felts_from_proof(f, &m, base, n_base, &v, &shape, &err), "no room for the felts");
    m = n;
    ok &= felts_from_proof(f, &m, base, n_base, &v, &shape, &err) == SP_OK && m == n;
    size_t room = n_base - 1;
    REFUSED(felts_to_proof(work, &room, f, n, &v, &shape, &err), "no room for the proof");
    room = n_base;
    REFUSED(felts_to_proof(work, &room, f, n - 1, &v, &shape, &err), "the felts end inside this field");
    memset(&f[n], 0, sizeof f[n]);
    REFUSED(felts_to_proof(work, &room, f, n + 1, &v, &shape, &err), "felts after the end of the proof");
    f[n - 1].w[7] |= 1;
    REFUSED(felts_to_proof(work, &room, f, n, &v, &shape, &err), "unused bits of a felt are set");
    free(f);
    return ok;
}

TEST(every_rule_of_form_and_sizes_refuses_a_proof)
{
    n_seen = 0;
    CHECK(setup(MACHINE_IO_DIGEST));
    CHECK(header_rules());
    CHECK(number_rules(true));
    CHECK(setup(MACHINE_IO_WORDS));
    CHECK(header_rules());
    CHECK(number_rules(false));
    CHECK(element_rules());
    CHECK(padding_rules());
    CHECK(truncation_rules());
    CHECK(size_rules());
    CHECK(felt_rules());
    CHECK(rules_behind_the_limits());
    CHECK(all_seen("air/proof.c", "fail(", ""));
    CHECK(all_seen("air/felts.c", "fail(", ""));
    CHECK(all_seen("air/shape.c", "*why = ", ""));
    CHECK(all_seen("air/shape.c", "return split ? NULL : ", ""));
    CHECK(all_seen("air/shape.c", "        return ", "size:"));
    hostile_free(&h);
    free(work);
    work = NULL;
}

/* Not a proof, whatever the length says. */
TEST(nothing_and_noise_are_refused)
{
    CHECK(setup(MACHINE_IO_WORDS));
    for (size_t n = 0; n < 2 * n_base; n++) work[n] = (uint8_t)test_rand();
    verify_reason why;
    CHECK_EQ(verify(work, 0, &h.e, &scratch, &why), SP_ERR_FORMAT);
    CHECK_EQ(verify(work, 2 * n_base, &h.e, &scratch, &why), SP_ERR_FORMAT);
    hostile_free(&h);
}

TEST(an_incomplete_requirement_is_an_error)
{
    CHECK(setup(MACHINE_IO_WORDS));
    verify_expect e = h.e;
    e.program_id = NULL;
    CHECK_EQ(verify(base, n_base, &e, &scratch, NULL), SP_ERR_ARG);
    e = h.e;
    e.has_io = false;
    CHECK_EQ(verify(base, n_base, &e, &scratch, NULL), SP_ERR_ARG);
    e = h.e;
    e.profile = 0;
    CHECK_EQ(verify(base, n_base, &e, &scratch, NULL), SP_ERR_ARG);
    hostile_free(&h);
}
