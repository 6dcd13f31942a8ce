/* verifier_flips.c - a valid proof with something changed: every byte, pairs of bytes, lengths,
 * fields removed, doubled, exchanged; and the same for its encoding as felts. Nothing passes. */
#include "tests/soundness/hostile_prover.h"

#include "air/felts.h"
#include "core/bytes.h"

static hostile h;
static hostile_span fields[HOSTILE_MAX_SPANS];
static unsigned n_fields;
static uint8_t *base, *work;
static size_t n_base;
static proof_shape shape;
static verify_scratch scratch;

static bool setup(void)
{
    if (base) return true;
    if (!hostile_words(&h) || !hostile_prove(&h)) return false;
    base = h.proof;
    n_base = h.proof_bytes;
    work = malloc(3 * n_base);
    n_fields = hostile_spans(fields, &shape, base, n_base);
    return work && n_fields > 0;
}

static sp_status judge(size_t n)
{
    verify_reason why;
    uint8_t *exact = malloc(n ? n : 1); /* a sanitizer sees reads beyond it */
    if (!exact) abort();
    memcpy(exact, work, n);
    const sp_status st = verify(exact, n, &h.e, &scratch, &why);
    free(exact);
    return st;
}
static bool rejected(size_t n) { return judge(n) != SP_OK; }
static void fresh(void) { memcpy(work, base, n_base); }

TEST(every_byte_of_a_proof_matters)
{
    CHECK(setup());
    fresh();
    CHECK_EQ(judge(n_base), SP_OK);
    for (size_t at = 0; at < n_base; at++) {
        const uint8_t bit = (uint8_t)(1u << test_rand() % 8);
        work[at] ^= bit;
        if (!rejected(n_base)) printf("  byte %zu, bit mask %u: accepted\n", at, bit), test_failed = 1;
        work[at] ^= bit;
    }
    printf("  %zu bytes\n", n_base);
}

TEST(two_changed_bytes_are_rejected)
{
    CHECK(setup());
    for (unsigned k = 0; k < 2000; k++) {
        fresh();
        const size_t a = test_rand() % n_base;
        /* Half of the time neighbours, to meet the same word. */
        const size_t b = k % 2 ? (a + 1 + test_rand() % 8) % n_base : test_rand() % n_base;
        work[a] ^= (uint8_t)(1 + test_rand() % 255);
        work[b] = (uint8_t)(work[b] + 1 + test_rand() % 255);
        if (memcmp(work, base, n_base) == 0) continue;
        if (!rejected(n_base)) printf("  bytes %zu and %zu: accepted\n", a, b), test_failed = 1;
    }
}

TEST(lengths_at_every_border_are_rejected)
{
    CHECK(setup());
    for (unsigned k = 0; k < n_fields; k++)
        for (int d = -1; d <= 1; d++) {
            const size_t n = fields[k].offset + (size_t)(1 + d) - 1;
            if (fields[k].offset == 0 && d < 1) continue;
            fresh();
            CHECK(rejected(n));
            if (n >= 16) bytes_put_le32(work + 12, (uint32_t)n);
            CHECK(rejected(n));
        }
    for (size_t more = 1; more < 64; more++) {
        fresh();
        memset(work + n_base, 0, more);
        CHECK(rejected(n_base + more));
        bytes_put_le32(work + 12, (uint32_t)(n_base + more));
        CHECK(rejected(n_base + more));
    }
}

/* Takes `bytes` at offset away, and puts them in `times` times. */
static size_t repeated(size_t offset, size_t bytes, unsigned times)
{
    size_t n = offset;
    memcpy(work, base, offset);
    for (unsigned k = 0; k < times; k++, n += bytes) memcpy(work + n, base + offset, bytes);
    memcpy(work + n, base + offset + bytes, n_base - offset - bytes);
    n += n_base - offset - bytes;
    bytes_put_le32(work + 12, (uint32_t)n);
    return n;
}

TEST(removed_and_doubled_fields_are_rejected)
{
    CHECK(setup());
    for (unsigned k = 1; k < n_fields; k++) {
        if (fields[k].bytes == 0) continue;
        CHECK(rejected(repeated(fields[k].offset, fields[k].bytes, 0)));
        CHECK(rejected(repeated(fields[k].offset, fields[k].bytes, 2)));
    }
}

/* Fields of the same size and kind at each other's place: caps, paths, values of queries, claims. */
TEST(exchanged_fields_are_rejected)
{
    unsigned n = 0;
    CHECK(setup());
    for (unsigned a = 1; a < n_fields; a++)
        for (unsigned b = a + 1; b < n_fields; b++) {
            const size_t bytes = fields[a].bytes, x = fields[a].offset, y = fields[b].offset;
            if (fields[b].bytes != bytes || memcmp(base + x, base + y, bytes) == 0) continue;
            fresh();
            memcpy(work + x, base + y, bytes);
            memcpy(work + y, base + x, bytes);
            n++;
            if (rejected(n_base)) continue;
            printf("  %s exchanged for %s: accepted\n", proof_field_name[fields[a].f],
                   proof_field_name[fields[b].f]);
            test_failed = 1;
        }
    CHECK(n > 100);
}

/* One field with the content of another: a proof of one tree used for the next. */
TEST(copied_fields_are_rejected)
{
    CHECK(setup());
    for (unsigned a = 1; a < n_fields; a++)
        for (unsigned b = 1; b < n_fields; b++) {
            const size_t bytes = fields[a].bytes;
            if (a == b || fields[b].bytes != bytes || fields[a].f != fields[b].f) continue;
            if (memcmp(base + fields[a].offset, base + fields[b].offset, bytes) == 0) continue;
            fresh();
            memcpy(work + fields[a].offset, base + fields[b].offset, bytes);
            CHECK(rejected(n_base));
        }
}

TEST(exchanged_and_doubled_queries_are_rejected)
{
    proof_view v;
    proof_error err;
    CHECK(setup());
    CHECK(proof_read(&v, &shape, base, n_base, &err) == SP_OK);
    const size_t first = (size_t)(v.queries - v.bytes), n = v.query_bytes;
    for (unsigned a = 0; a < shape.p->n_queries; a++)
        for (unsigned b = 0; b < shape.p->n_queries; b++) {
            if (a == b) continue;
            fresh();
            memcpy(work + first + a * n, base + first + b * n, n);
            CHECK(rejected(n_base)); /* one twice */
            memcpy(work + first + b * n, base + first + a * n, n);
            CHECK(rejected(n_base)); /* exchanged */
        }
    CHECK(rejected(repeated(first, n, 0)));
    CHECK(rejected(repeated(first, n, 2)));
}

/* ---- felts ---- */

static felt252 *felts, *changed;
static size_t n_felts;

static bool setup_felts(void)
{
    static proof_view v;
    proof_error err;
    if (felts) return true;
    if (!setup()) return false;
    n_felts = proof_felts(&shape, MACHINE_IO_WORDS, h.input_bytes, h.output_bytes);
    felts = malloc((n_felts + 1) * sizeof *felts);
    changed = malloc((n_felts + 1) * sizeof *felts);
    size_t n = n_felts;
    return felts && changed && felts_from_proof(felts, &n, base, n_base, &v, &shape, &err) == SP_OK &&
           n == n_felts;
}
/* As a verifier of felts does it. */
static sp_status judge_felts(size_t n)
{
    static proof_view v;
    proof_error err;
    size_t bytes = 3 * n_base;
    const sp_status st = felts_to_proof(work, &bytes, changed, n, &v, &shape, &err);
    return st == SP_OK ? judge(bytes) : st;
}

TEST(both_encodings_are_the_same_proof)
{
    CHECK(setup_felts());
    memcpy(changed, felts, n_felts * sizeof *felts);
    memset(work, 0xee, n_base);
    CHECK_EQ(judge_felts(n_felts), SP_OK);
    CHECK_BYTES(work, base, n_base);
    for (size_t k = 0; k < n_felts; k++) CHECK(felts[k].w[7] < 1u << 27); /* < 2^251 */
    printf("  %zu felts\n", n_felts);
}

/* Four bits of every felt, the highest used and an unused one among them. */
TEST(every_felt_of_a_proof_matters)
{
    CHECK(setup_felts());
    memcpy(changed, felts, n_felts * sizeof *felts);
    for (size_t k = 0; k < n_felts; k++)
        for (unsigned j = 0; j < 4; j++) {
            const unsigned bit = j == 0 ? 248 + test_rand() % 8 : j == 1 ? test_rand() % 64
                                                                        : test_rand() % 248;
            changed[k].w[bit / 32] ^= 1u << bit % 32;
            if (judge_felts(n_felts) == SP_OK)
                printf("  felt %zu bit %u: accepted\n", k, bit), test_failed = 1;
            changed[k].w[bit / 32] ^= 1u << bit % 32;
        }
}

TEST(felts_of_the_wrong_length_are_rejected)
{
    CHECK(setup_felts());
    memcpy(changed, felts, n_felts * sizeof *felts);
    memset(&changed[n_felts], 0, sizeof *changed);
    CHECK(judge_felts(n_felts + 1) != SP_OK);
    for (size_t n = 0; n < n_felts; n++) CHECK(judge_felts(n) != SP_OK);
    for (size_t k = 0; k + 1 < n_felts; k++) {
        if (memcmp(&felts[k], &felts[k + 1], sizeof *felts) == 0) continue;
        changed[k] = felts[k + 1];
        changed[k + 1] = felts[k];
        CHECK(judge_felts(n_felts) != SP_OK);
        changed[k] = felts[k];
        changed[k + 1] = felts[k + 1];
    }
}
