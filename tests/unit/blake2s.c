/* blake2s.c - BLAKE2s-256 against vectors of Python's hashlib (message byte i = 7 i + 3 mod 256).
 */
#include "core/blake2s.h"
#include "tests/test.h"

static const struct {
    size_t n;
    const char *tag, *hex;
} vectors[] = {
    {0, NULL, "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9"},
    {3, NULL, "ca943acca89a34cf4040cf8ea24147dd94ea62a49de8ef9a88af5272339927b3"},
    {64, NULL, "5377e4ff957bda4d4535f4879876b71a61056c4cec31e78397c66ec47a86a130"},
    {65, "spLeaf", "35b7158c207e36160b10443ef4550ee44335fbaece7b2b11d1793fc34670e343"},
    {56, "spNode", "202815b6cb7c7c11594f1fadf71444279ae0d5b0f444af6d346728906cd79ede"},
    {128, "12345678", "0b4ad1a66b160bda4c89184a9063b4857e81040bd7ea902f53c0592825cb1385"},
    {1000, "spMix", "57bc3e9e285ce3b3e069235f8230a39bfca7e5caf22b3af3540fa490fd5c0c35"},
    {63, "spCap", "da894930c570ef85d6cea2cf9e8afbc0969c936fcd9bd16150d37799f28b0d32"},
    {129, NULL, "26fd8892ab0a5f12d4acbff1efd7dcd92b99e2d377f888f07e3cb81b232b11cf"},
};

static void fill(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)((7 * i + 3) & 255);
}
static void to_hex(char hex[65], const uint32_t h[8])
{
    uint8_t b[32];
    blake2s_to_bytes(b, h);
    for (unsigned i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", b[i]);
}

TEST(blake2s_matches_hashlib)
{
    uint8_t msg[1000];
    fill(msg, sizeof msg);
    for (size_t i = 0; i < SP_COUNT(vectors); i++) {
        uint32_t h[8];
        char hex[65];
        blake2s_hash(h, vectors[i].tag, msg, vectors[i].n);
        to_hex(hex, h);
        CHECK_BYTES(hex, vectors[i].hex, 64);
    }
}

TEST(blake2s_does_not_depend_on_the_cuts_of_its_input)
{
    uint8_t msg[300];
    fill(msg, sizeof msg);
    for (size_t n = 0; n <= sizeof msg; n += 13) {
        uint32_t want[8], got[8];
        blake2s_hash(want, "cut", msg, n);
        for (size_t step = 1; step <= 130; step += 43) {
            blake2s_ctx s;
            blake2s_init(&s, "cut");
            for (size_t i = 0; i < n; i += step)
                blake2s_update(&s, msg + i, n - i < step ? n - i : step);
            blake2s_final(&s, got);
            CHECK_BYTES(want, got, 32);
        }
    }
}

TEST(blake2s_words_are_little_endian_bytes)
{
    uint32_t words[40], a[8], b[8], c[8];
    uint8_t bytes[160];
    for (size_t i = 0; i < 40; i++) {
        words[i] = test_rand();
        for (unsigned k = 0; k < 4; k++) bytes[4 * i + k] = (uint8_t)(words[i] >> 8 * k & 255);
    }
    for (size_t n = 0; n <= 40; n++) {
        blake2s_hash_words(a, "w", words, n);
        blake2s_hash(b, "w", bytes, 4 * n);
        CHECK_BYTES(a, b, 32);
    }
    blake2s_to_bytes(bytes, a);
    blake2s_from_bytes(c, bytes);
    CHECK_BYTES(a, c, 32);
}

TEST(blake2s_tags_separate)
{
    uint32_t a[8], b[8], c[8];
    blake2s_hash_words(a, NULL, NULL, 0);
    blake2s_hash_words(b, "a", NULL, 0);
    blake2s_hash_words(c, "b", NULL, 0);
    CHECK(memcmp(a, b, 32) != 0 && memcmp(b, c, 32) != 0);
}

TEST(blake2s_words_are_their_bytes_wherever_they_begin)
{
    uint32_t words[40];
    uint8_t bytes[160], before[70] = {7};
    uint32_t a[8], b[8];
    for (unsigned i = 0; i < 40; i++) {
        words[i] = test_rand();
        for (unsigned k = 0; k < 4; k++) bytes[4 * i + k] = (uint8_t)(words[i] >> (8 * k));
    }
    for (unsigned offset = 0; offset <= sizeof before; offset++)
        for (unsigned n = 0; n <= 40; n++) {
            blake2s_ctx c;
            blake2s_init(&c, "test");
            blake2s_update(&c, before, offset);
            blake2s_update_words(&c, words, n);
            blake2s_final(&c, a);
            blake2s_init(&c, "test");
            blake2s_update(&c, before, offset);
            blake2s_update(&c, bytes, 4 * n);
            blake2s_final(&c, b);
            CHECK_BYTES(a, b, sizeof a);
        }
}
