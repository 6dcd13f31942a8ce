/* uuid.c - ids of version 7: bits, order, text. */
#include "market/uuid.h"
#include "tests/test.h"

static const uint8_t ones[UUID_RANDOM] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
static const uint8_t zeros[UUID_RANDOM];

static bool text_is(uuid u, const char *want)
{
    char text[UUID_TEXT];
    uuid_write(text, u);
    if (strcmp(text, want) != 0) printf("%s, not %s\n", text, want);
    return strcmp(text, want) == 0;
}

TEST(uuid_has_the_bits_of_version_7)
{
    uuid_source s = {0, 0, 0};
    uuid u;
    /* The example of RFC 9562, A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b
     * 0x18C4DC0C0C07398F. Of rand_a the topmost bit is kept 0 here. */
    static const uint8_t random[UUID_RANDOM] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc,
                                                0x0c, 0x0c, 0x07, 0x39, 0x8f};
    CHECK(uuid_next(&s, &u, UINT64_C(0x017F22E279B0), random) == SP_OK);
    CHECK(text_is(u, "017f22e2-79b0-74c3-98c4-dc0c0c07398f"));
    CHECK(uuid_ms(u) == UINT64_C(0x017F22E279B0));
    CHECK(uuid_next(&s, &u, UINT64_C(0x017F22E279B1), ones) == SP_OK);
    CHECK(text_is(u, "017f22e2-79b1-77ff-bfff-ffffffffffff"));
    CHECK(uuid_next(&s, &u, UINT64_C(0x017F22E279B2), zeros) == SP_OK);
    CHECK(text_is(u, "017f22e2-79b2-7000-8000-000000000000"));
}

TEST(uuid_grows_when_the_clock_does_not)
{
    uuid_source s = {0, 0, 0};
    uuid u, last;
    CHECK(uuid_next(&s, &last, 5000, ones) == SP_OK);
    /* Carries from the low random bits into the high ones: 0x7ff becomes 0x800. */
    CHECK(uuid_next(&s, &u, 5000, zeros) == SP_OK);
    CHECK(text_is(u, "00000000-1388-7800-8000-000000000000"));
    CHECK(uuid_cmp(last, u) < 0);
    last = u;
    CHECK(uuid_next(&s, &u, 4000, ones) == SP_OK); /* a clock set back */
    CHECK(text_is(u, "00000000-1388-7800-8000-000100000000"));
    CHECK(uuid_cmp(last, u) < 0);
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t random[UUID_RANDOM];
        for (unsigned k = 0; k < UUID_RANDOM; k++) random[k] = (uint8_t)test_rand();
        last = u;
        CHECK(uuid_next(&s, &u, 3000 + test_rand() % 4096, random) == SP_OK);
        CHECK(uuid_cmp(last, u) < 0);
    }
}

TEST(uuid_moves_the_time_when_random_bits_are_used_up)
{
    uuid_source s = {7000, 0xfff, (UINT64_C(1) << 62) - 1};
    uuid u;
    CHECK(uuid_next(&s, &u, 7000, zeros) == SP_OK);
    CHECK(uuid_ms(u) == 7001 && text_is(u, "00000000-1b59-7000-8000-000000000000"));
    /* The last millisecond is reached so alone. */
    uuid_source last = {(UINT64_C(1) << 48) - 2, 0xfff, (UINT64_C(1) << 62) - 1};
    CHECK(uuid_next(&last, &u, 1, zeros) == SP_OK && uuid_ms(u) == (UINT64_C(1) << 48) - 1);
    /* At the end of time nothing is made and nothing changes. */
    uuid_source end = {(UINT64_C(1) << 48) - 1, 0xfff, (UINT64_C(1) << 62) - 1};
    const uuid_source before = end;
    const uuid kept = u;
    CHECK(uuid_next(&end, &u, 1, zeros) == SP_ERR_ARG);
    CHECK(memcmp(&end, &before, sizeof end) == 0 && uuid_cmp(u, kept) == 0);
}

TEST(uuid_refuses_a_time_that_does_not_fit)
{
    uuid_source s = {0, 0, 0};
    uuid u;
    CHECK(uuid_next(&s, &u, (UINT64_C(1) << 48) - 1, zeros) == SP_ERR_ARG);
    CHECK(uuid_next(&s, &u, UINT64_MAX, zeros) == SP_ERR_ARG);
    CHECK(s.ms == 0);
    CHECK(uuid_next(&s, &u, (UINT64_C(1) << 48) - 2, zeros) == SP_OK);
    CHECK(text_is(u, "ffffffff-fffe-7000-8000-000000000000"));
}

TEST(uuid_text_and_halves_come_back)
{
    for (unsigned i = 0; i < 1000; i++) {
        uuid_source s = {0, 0, 0};
        uuid u, v;
        uint8_t random[UUID_RANDOM];
        char text[UUID_TEXT];
        uint64_t high, low;
        for (unsigned k = 0; k < UUID_RANDOM; k++) random[k] = (uint8_t)test_rand();
        CHECK(uuid_next(&s, &u, 1 + (uint64_t)test_rand() * 7919, random) == SP_OK);
        uuid_write(text, u);
        CHECK(uuid_read(&v, text, strlen(text)) == SP_OK && uuid_cmp(u, v) == 0);
        uuid_halves(&high, &low, u);
        CHECK(uuid_from_halves(&v, high, low) == SP_OK && uuid_cmp(u, v) == 0);
    }
    uint64_t high, low;
    uuid u;
    CHECK(uuid_read(&u, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 36) == SP_OK);
    uuid_halves(&high, &low, u);
    CHECK(high == UINT64_C(0x017f22e279b07cc3) && low == UINT64_C(0x98c4dc0c0c07398f));
}

TEST(uuid_refuses_every_other_text)
{
    static const char good[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    static const char *const bad[] = {
        "",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", /* version 4 */
        "017f22e2-79b0-8cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-18c4-dc0c0c07398f", /* other variants */
        "017f22e2-79b0-7cc3-58c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
    };
    uuid u, kept;
    CHECK(uuid_read(&u, good, 36) == SP_OK);
    kept = u;
    CHECK(uuid_read(&u, good, 35) == SP_ERR_FORMAT && uuid_read(&u, good, 37) == SP_ERR_FORMAT);
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(uuid_read(&u, bad[i], strlen(bad[i])) == SP_ERR_FORMAT);
    /* At every place, every byte that is not the one of the text: another id, or refused. */
    for (unsigned at = 0; at < 36; at++)
        for (unsigned c = 0; c < 256; c++) {
            char text[37];
            memcpy(text, good, 37);
            text[at] = (char)c;
            const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            bool fine = good[at] == '-' ? c == '-' : digit;
            if (at == 14) fine = c == '7';
            if (at == 19) fine = c == '8' || c == '9' || c == 'a' || c == 'b';
            u = kept;
            CHECK((uuid_read(&u, text, 36) == SP_OK) == fine);
            CHECK(fine || uuid_cmp(u, kept) == 0);
        }
    CHECK(uuid_from_halves(&u, 0, 0) == SP_ERR_FORMAT);
}
