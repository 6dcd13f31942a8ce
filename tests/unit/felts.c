/* felts.c - the packing of a proof into felts: one encoding, no bit unused but zero. */
#include "air/felts.h"

#include "core/bytes.h"
#include "tests/unit/synthetic.h"
#include "tests/test.h"

static proof_view v;
static proof_shape s;
static proof_error err;

TEST(bytes_to_felts_to_bytes_is_the_identity)
{
    for (uint32_t id = 1; id <= 5; id++)
        for (unsigned mode = 0; mode < 2; mode++)
            for (unsigned extreme = 0; extreme < 2; extreme++) {
                uint8_t logs[AIR_N_SLOTS];
                size_t n = 0;
                synthetic_logs(logs, 8 + id);
                uint8_t *b = synthetic_proof(&n, params_by_id(id), logs, (enum machine_io_mode)mode,
                                             mode ? 0 : 29, mode ? 0 : 57, extreme);
                CHECK(b && proof_read(&v, &s, b, n, &err) == SP_OK);
                size_t want = proof_felts(&s, mode, mode ? 0 : 29, mode ? 0 : 57), m = want + 3;
                felt252 *f = malloc(m * sizeof *f);
                uint8_t *back = malloc(n + 8);
                CHECK(f && back);
                CHECK_EQ(felts_from_proof(f, &m, b, n, &v, &s, &err), SP_OK);
                CHECK_EQ(m, want);
                for (size_t k = 0; k < m; k++) CHECK(f[k].w[7] < 1u << 24); /* below 2^248 */
                size_t room = n + 8;
                CHECK_EQ(felts_to_proof(back, &room, f, m, &v, &s, &err), SP_OK);
                CHECK_EQ(room, n);
                CHECK_BYTES(back, b, n);
                free(f), free(back), free(b);
            }
}

/* Bit 31 l of v0..v3 at 31 l, v4..v6 at 128 + 31 l, v7 at 124 (4 bits) and 221: set one bit of one
 * element, find exactly one bit of one felt. */
TEST(elements_lie_where_the_format_says)
{
    static const unsigned at[7] = {0, 31, 62, 93, 128, 159, 190};
    uint8_t logs[AIR_N_SLOTS];
    size_t n = 0;
    synthetic_logs(logs, 8);
    uint8_t *b = synthetic_proof(&n, params_by_name("bench"), logs, MACHINE_IO_DIGEST, 0, 0, false);
    CHECK(b && proof_read(&v, &s, b, n, &err) == SP_OK);
    size_t m = proof_felts(&s, MACHINE_IO_DIGEST, 0, 0), first = 0;
    felt252 *f = malloc(m * sizeof *f), *g = malloc(m * sizeof *g);
    CHECK(f && g);
    uint8_t *element = b + (v.at[FIELD_SAMPLES] - v.bytes);
    memset(element, 0, 32); /* two samples: one felt */
    CHECK_EQ(felts_from_proof(f, &m, b, n, &v, &s, &err), SP_OK);
    for (unsigned k = 0; k < 8; k++)
        for (unsigned bit = 0; bit < 31; bit++) {
            const unsigned want = k < 7 ? at[k] + bit : bit < 4 ? 124 + bit : 221 + bit - 4;
            bytes_put_le32(element + 4 * k, 1u << bit);
            CHECK_EQ(felts_from_proof(g, &m, b, n, &v, &s, &err), SP_OK);
            bytes_put_le32(element + 4 * k, 0);
            size_t i = 0;
            while (memcmp(&f[i], &g[i], sizeof *f) == 0) CHECK(++i < m);
            if (!first) first = i;
            CHECK_EQ(i, first);
            for (unsigned w = 0; w < 8; w++)
                CHECK_EQ(g[i].w[w], want / 32 == w ? 1u << want % 32 : 0);
            CHECK(memcmp(f + i + 1, g + i + 1, (m - i - 1) * sizeof *f) == 0);
        }
    free(f), free(g), free(b);
}

/* Words: seven a felt, low first. The head is four words, one digest thrice, ... */
TEST(head_of_a_proof_lies_where_the_format_says)
{
    uint8_t logs[AIR_N_SLOTS];
    size_t n = 0;
    synthetic_logs(logs, 8);
    uint8_t *b = synthetic_proof(&n, params_by_name("bench"), logs, MACHINE_IO_WORDS, 4, 4, false);
    size_t m = 4096;
    felt252 *f = calloc(m, sizeof *f);
    CHECK(b && f && felts_from_proof(f, &m, b, n, &v, &s, &err) == SP_OK);
    static const unsigned words[] = {4, 7, 7, 7, 8, 6, 8, 8, PROOF_LOG_WORDS, 2};
    size_t at = 0;
    for (size_t k = 0; k < SP_COUNT(words); k++)
        for (unsigned w = 0; w < 8; w++) {
            CHECK_EQ(f[k].w[w], w < words[k] ? bytes_le32(b + at) : 0);
            if (w < words[k]) at += 4;
        }
    CHECK(PROOF_LOG_WORDS <= 7);
    free(f), free(b);
}

/* Every bit of every felt of a small proof: either refused, or another proof. */
TEST(every_bit_of_a_felt_counts)
{
    uint8_t logs[AIR_N_SLOTS];
    size_t n = 0, m = 4096;
    synthetic_logs(logs, 8);
    uint8_t *b = synthetic_proof(&n, params_by_name("bench"), logs, MACHINE_IO_WORDS, 5, 6, false);
    felt252 *f = calloc(m, sizeof *f);
    uint8_t *back = malloc(2 * n);
    unsigned refused = 0;
    CHECK(b && f && back && felts_from_proof(f, &m, b, n, &v, &s, &err) == SP_OK);
    for (size_t k = 0; k < m; k++)
        for (unsigned bit = test_rand() % 5; bit < 256; bit += 5) {
            size_t room = 2 * n;
            f[k].w[bit / 32] ^= 1u << bit % 32;
            if (felts_to_proof(back, &room, f, m, &v, &s, &err) != SP_OK)
                refused++;
            else
                CHECK(room != n || memcmp(back, b, n));
            f[k].w[bit / 32] ^= 1u << bit % 32;
        }
    CHECK(refused > m); /* the unused bits alone */
    free(f), free(b), free(back);
}

/* Above 2^31 - 2 an element has a place in 31 bits, but no meaning. */
TEST(an_element_of_p_is_refused)
{
    uint8_t logs[AIR_N_SLOTS];
    size_t n = 0, m = 4096;
    synthetic_logs(logs, 8);
    uint8_t *b = synthetic_proof(&n, params_by_name("bench"), logs, MACHINE_IO_DIGEST, 0, 0, true);
    felt252 *f = calloc(m, sizeof *f);
    CHECK(b && f && felts_from_proof(f, &m, b, n, &v, &s, &err) == SP_OK);
    for (size_t k = 0; k < m; k++) {
        const uint32_t low = f[k].w[0];
        if (low != 0x7ffffffeu) continue; /* P - 1 and the low bit of the next */
        f[k].w[0] |= 1;
        size_t room = n;
        CHECK_EQ(felts_to_proof(b, &room, f, m, &v, &s, &err), SP_ERR_FORMAT);
        CHECK(strcmp(err.text, "a field element is not canonical") == 0);
        free(f), free(b);
        return;
    }
    CHECK(false); /* an element was found */
}
