/* channel.c - the transcript: against hashes made elsewhere, its statistics, and its redraws. The
 * channel is compiled into this file so that a test may put a block of its choice under a draw. */
#include "core/blake2s.h"

static void scripted_final(blake2s_ctx *s, uint32_t out[8]);
#define blake2s_final scripted_final
#include "core/channel.c"
#undef blake2s_final

#include "tests/test.h"

static const uint32_t *script; /* blocks given instead of hashes, when not NULL */
static unsigned n_final;
static void scripted_final(blake2s_ctx *s, uint32_t out[8])
{
    blake2s_final(s, out);
    if (script) memcpy(out, script + 8 * n_final, 32);
    n_final++;
}

static channel start(void)
{
    static const uint32_t words[3] = {1, 2, 3};
    channel c;
    channel_init(&c);
    channel_mix_u32s(&c, words, 3);
    return c;
}

/* Computed with another implementation of BLAKE2s. */
TEST(transcript_equals_hashes_made_elsewhere)
{
    static const uint32_t mixed[8] = {0x777517f8, 0x474818a5, 0x898fe94e, 0x58f79b09,
                                      0xe738a033, 0xedc35993, 0xe6ee1f42, 0x419c81c5};
    static const uint32_t felt[4] = {1067880599, 1600577156, 1416486503, 66514791};
    static const uint32_t queries[10] = {430231, 450180, 384615, 454503, 314642,
                                         349540, 194178, 150614, 35484,  19385};
    static const uint32_t cap[8] = {0x031b5534, 0xe4e7b013, 0x3eae21d5, 0xcdd26ed7,
                                    0xb25746c8, 0x3d31a22c, 0x84592d3c, 0xd0c96e65};
    static const uint32_t nonce[8] = {0x810a73bb, 0xbdbee0b2, 0xdd1915f1, 0x706e7c79,
                                      0x941b4ce9, 0xefa71aff, 0x9e7c541c, 0x627d545c};
    uint32_t w[10], digests[14];
    channel c = start();
    CHECK_BYTES(c.state, mixed, sizeof mixed);
    CHECK_EQ(c.counter, 0);
    qm31_to_words(w, channel_draw_felt(&c));
    CHECK_BYTES(w, felt, sizeof felt);
    CHECK_EQ(c.counter, 1);
    c = start();
    channel_draw_queries(&c, w, 10, 19);
    CHECK_BYTES(w, queries, sizeof queries);
    CHECK_EQ(c.counter, 2);
    c = start();
    for (uint64_t n = 0; n < 1145; n++) CHECK(!channel_grind_check(&c, n, 12));
    CHECK(channel_grind_check(&c, 1145, 12));
    CHECK_BYTES(c.state, mixed, sizeof mixed); /* checking absorbs nothing */
    channel_mix_nonce(&c, 1145);
    CHECK_BYTES(c.state, nonce, sizeof nonce);
    for (uint32_t i = 0; i < 14; i++) digests[i] = i;
    channel_init(&c);
    channel_mix_cap(&c, digests, 2);
    CHECK_BYTES(c.state, cap, sizeof cap);
}

TEST(both_words_of_a_nonce_count)
{
    const channel c = start();
    channel a = c, b = c, d = c;
    channel_mix_nonce(&a, 1145);
    channel_mix_nonce(&b, 1145 | UINT64_C(1) << 32);
    channel_mix_nonce(&d, (uint64_t)1145 << 32);
    CHECK(memcmp(a.state, b.state, 32) && memcmp(a.state, d.state, 32) && memcmp(b.state, d.state, 32));
    unsigned n = 0; /* work of the low word is no work with another high word */
    for (uint64_t k = 1; k <= 64; k++) n += channel_grind_check(&c, 1145 | k << 32, 12);
    CHECK(n < 8);
}

TEST(every_mixed_word_and_their_order_count)
{
    uint32_t w[5] = {1, 2, 3, 4, 5};
    channel a, b;
    channel_init(&a);
    channel_mix_u32s(&a, w, 5);
    for (unsigned k = 0; k < 5 * 32; k++) {
        w[k / 32] ^= 1u << k % 32;
        channel_init(&b);
        channel_mix_u32s(&b, w, 5);
        CHECK(memcmp(a.state, b.state, 32));
        w[k / 32] ^= 1u << k % 32;
    }
    for (size_t n = 0; n < 5; n++) { /* two messages are not one */
        channel_init(&b);
        channel_mix_u32s(&b, w, n);
        channel_mix_u32s(&b, w + n, 5 - n);
        CHECK(memcmp(a.state, b.state, 32));
    }
    channel_init(&b); /* a zero word more is another message */
    w[4] = 0;
    channel_mix_u32s(&b, w, 5);
    channel_init(&a);
    channel_mix_u32s(&a, w, 4);
    CHECK(memcmp(a.state, b.state, 32));
}

TEST(felts_are_mixed_as_their_words)
{
    uint32_t w[12];
    qm31 f[3];
    channel a, b;
    for (unsigned k = 0; k < 12; k++) w[k] = test_rand() % M31_P;
    for (unsigned k = 0; k < 3; k++) f[k] = qm31_from_words(w + 4 * k);
    channel_init(&a);
    channel_init(&b);
    channel_mix_u32s(&a, w, 12);
    channel_mix_felts(&b, f, 3);
    CHECK_BYTES(a.state, b.state, 32);
}

TEST(draws_depend_on_the_counter_and_mixing_resets_it)
{
    channel c = start(), d = start();
    uint32_t a[4], b[4];
    qm31_to_words(a, channel_draw_felt(&c));
    qm31_to_words(b, channel_draw_felt(&c));
    CHECK(memcmp(a, b, 16));
    CHECK_BYTES(c.state, d.state, 32); /* drawing does not change the state */
    channel_mix_nonce(&c, 7);
    CHECK_EQ(c.counter, 0);
    channel_mix_nonce(&d, 7);
    CHECK_BYTES(c.state, d.state, 32);
}

/* Four fresh words a felt, each uniform below P: no coordinate is special. */
TEST(drawn_felts_are_of_the_whole_field)
{
    enum { N = 4000 };
    channel c = start();
    unsigned bits[4][31] = {{0}};
    uint32_t last[4] = {0};
    for (unsigned k = 0; k < N; k++) {
        uint32_t w[4];
        qm31_to_words(w, channel_draw_felt(&c));
        for (unsigned j = 0; j < 4; j++) {
            CHECK(w[j] < M31_P && w[j] != 0 && w[j] != last[j]); /* 2^-31 each */
            for (unsigned b = 0; b < 31; b++) bits[j][b] += w[j] >> b & 1;
            for (unsigned i = 0; i < j; i++) CHECK(w[i] != w[j]);
            last[j] = w[j];
        }
    }
    CHECK_EQ(c.counter, N);
    /* 124 binomials of N = 4000: 6 standard deviations are 190. */
    for (unsigned j = 0; j < 4; j++)
        for (unsigned b = 0; b < 31; b++) CHECK(bits[j][b] > N / 2 - 190 && bits[j][b] < N / 2 + 190);
}

TEST(positions_are_uniform_and_below_their_bound)
{
    static uint32_t at[16384];
    unsigned count[16] = {0};
    for (unsigned bits = 1; bits <= 32; bits++) {
        channel c = start();
        channel_draw_queries(&c, at, 193, bits);
        CHECK_EQ(c.counter, 25); /* 193 words in blocks of 8 */
        uint32_t all = 0;
        for (unsigned k = 0; k < 193; k++) all |= at[k];
        CHECK(bits == 32 ? all == UINT32_MAX : all == (UINT32_C(1) << bits) - 1);
    }
    channel c = start();
    channel_draw_queries(&c, at, 16384, 4);
    for (unsigned k = 0; k < 16384; k++) count[at[k]]++;
    for (unsigned k = 0; k < 16; k++) CHECK(count[k] > 1024 - 190 && count[k] < 1024 + 190);
}

/* Words of P or, with the top bit cleared, P are passed over; with fewer than four left the whole
 * block is. */
TEST(words_that_are_not_canonical_are_redrawn)
{
    const uint32_t p = M31_P, q = 0xffffffffu;
    const uint32_t blocks[3][8] = {
        {p, 1, q, 2, p, 3, q, q}, {p, 4, q, 0x80000005u, 6, p, 7, 8}, {9, 10, 11, 12, 13, 14, 15, 16}};
    const uint32_t want[2][4] = {{4, 5, 6, 7}, {9, 10, 11, 12}};
    channel c = start();
    uint32_t w[4];
    script = blocks[0];
    n_final = 0;
    for (unsigned k = 0; k < 2; k++) {
        qm31_to_words(w, channel_draw_felt(&c));
        CHECK_BYTES(w, want[k], 16);
    }
    script = NULL;
    CHECK_EQ(n_final, 3);
    CHECK_EQ(c.counter, 3);
}

TEST(grinding_tests_the_low_bits_of_the_first_word)
{
    const channel c = start();
    uint32_t block[1][8] = {{0}};
    for (unsigned bits = 1; bits <= 32; bits++)
        for (unsigned at = 0; at < 64; at++) {
            memset(block, 0, sizeof block);
            block[0][at / 32] = 1u << at % 32;
            script = block[0];
            n_final = 0;
            const bool ok = channel_grind_check(&c, 0, bits);
            script = NULL;
            CHECK_EQ(ok, at >= bits);
        }
}
