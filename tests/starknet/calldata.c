/* calldata.c - writing and reading of serialized values, and their bounds. */
#include "starknet/calldata.h"
#include "starknet/selector.h"
#include "starknet/tx.h"
#include "tests/starknet/util.h"

static felt room[TX_MAX_CALLDATA + 8];

TEST(u256_text)
{
    u256 a = {0, 0};
    char out[U256_TEXT];
    const char *most =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    CHECK(u256_read_text(&a, most) == SP_OK && a.low == ~(u128)0 && a.high == ~(u128)0);
    u256_write_text(out, a);
    CHECK(!strcmp(out, most));
    CHECK(u256_read_text(&a, "0x100000000000000000000000000000000") == SP_OK);
    CHECK(a.low == 0 && a.high == 1);
    u256_write_text(out, a);
    CHECK(!strcmp(out, "340282366920938463463374607431768211456"));
    CHECK(u256_read_text(&a, "000") == SP_OK && a.low == 0 && a.high == 0);
    u256_write_text(out, a);
    CHECK(!strcmp(out, "0"));
    static const char *const bad[] = {
        "",
        "0x",
        "-1",
        "1 ",
        "1e18",
        "1.5",
        "0xg",
        "a",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "0x10000000000000000000000000000000000000000000000000000000000000000"};
    a.low = 5;
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(u256_read_text(&a, bad[i]) == SP_ERR_FORMAT && a.low == 5);
}

TEST(account_calls_are_wrapped)
{
    calldata_writer c;
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 1);
    felt token = felt_of("0x4718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938d");
    felt to = felt_of("0x2939f2dc3f80cc7d620e8a86f2e69c1e187b7ff44b74056647368b5c49dc370");
    calldata_call_open(&c, token, selector_from_name("transfer"));
    calldata_felt(&c, to);
    calldata_u256(&c, (u256){0x3039, 0});
    CHECK(calldata_status(&c) == SP_ERR_ARG); /* not closed */
    calldata_call_close(&c);
    CHECK(calldata_status(&c) == SP_OK);
    const felt want[] = {felt_one(),       token, selector_from_name("transfer"),
                         felt_from_u64(3), to,    felt_from_u64(0x3039),
                         felt_zero()};
    CHECK_EQ(calldata_span(&c).n, 7);
    CHECK_BYTES(calldata_span(&c).v, want, sizeof want);
}

TEST(two_calls_have_their_own_lengths)
{
    calldata_writer c;
    calldata_init(&c, room, SP_COUNT(room));
    calldata_calls(&c, 2);
    calldata_call_open(&c, felt_from_u64(10), felt_from_u64(11));
    calldata_call_close(&c);
    calldata_call_open(&c, felt_from_u64(20), felt_from_u64(21));
    calldata_list(&c, (felt_span){(const felt[]){felt_one(), felt_one()}, 2});
    calldata_u64(&c, 1);
    calldata_call_close(&c);
    static const uint64_t want[] = {2, 10, 11, 0, 20, 21, 4, 2, 1, 1, 1};
    CHECK(calldata_status(&c) == SP_OK);
    CHECK_EQ(c.n, SP_COUNT(want));
    for (size_t i = 0; i < c.n; i++) CHECK(felt_eq(c.v[i], felt_from_u64(want[i])));
}

TEST(calls_used_wrongly_are_errors)
{
    calldata_writer c;
    calldata_init(&c, room, 100);
    calldata_call_open(&c, felt_one(), felt_one()); /* no calldata_calls */
    CHECK(calldata_status(&c) == SP_ERR_ARG && c.n == 0);
    calldata_init(&c, room, 100);
    calldata_calls(&c, 1);
    calldata_call_open(&c, felt_one(), felt_one());
    calldata_call_open(&c, felt_one(), felt_one());
    CHECK(calldata_status(&c) == SP_ERR_ARG);
    calldata_init(&c, room, 100);
    calldata_calls(&c, 0);
    calldata_call_close(&c);
    CHECK(calldata_status(&c) == SP_ERR_ARG);
}

TEST(calldata_never_passes_its_end)
{
    calldata_writer c;
    const felt mark = felt_from_u64(77);
    for (size_t at = 0; at <= TX_MAX_CALLDATA + 1; at++) room[at] = mark;
    calldata_init(&c, room, SP_COUNT(room)); /* more room than the network takes */
    for (size_t i = 0; i < TX_MAX_CALLDATA; i++) calldata_u64(&c, 1);
    CHECK(calldata_status(&c) == SP_OK);
    calldata_u64(&c, 1);
    CHECK(calldata_status(&c) == SP_ERR_LIMIT);
    CHECK(c.n == TX_MAX_CALLDATA && felt_eq(room[TX_MAX_CALLDATA], mark));
    /* Each writer, with one felt too few; nothing is written in part, and the failure stays. */
    const felt two[2] = {mark, mark};
    for (unsigned kind = 0; kind < 4; kind++) {
        calldata_init(&c, room, 2);
        calldata_u64(&c, 9);
        if (kind == 0) calldata_u256(&c, (u256){1, 2});
        if (kind == 1) calldata_felts(&c, (felt_span){two, 2});
        if (kind == 2) calldata_list(&c, (felt_span){two, 1});
        if (kind == 3) calldata_bytes(&c, "", 0);
        CHECK(calldata_status(&c) == SP_ERR_LIMIT && c.n == 1);
        calldata_u64(&c, 9);
        CHECK(calldata_status(&c) == SP_ERR_LIMIT && c.n == 1);
    }
    calldata_init(&c, room, 100);
    calldata_list(&c, (felt_span){two, SIZE_MAX});
    CHECK(calldata_status(&c) == SP_ERR_LIMIT && c.n == 0);
    calldata_bytes(&c, "", SIZE_MAX);
    CHECK(c.n == 0);
}

/* starknet.js, __tests__/utils/shortString.test.ts and calldata/byteArray.test.ts. */
TEST(byte_arrays_published)
{
    static const struct {
        const char *text;
        size_t n;
        const char *felts[6];
    } cases[] = {
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ12345AAADEFGHIJKLMNOPQRSTUVWXYZ12345A",
         5,
         {"2", "0x4142434445464748494a4b4c4d4e4f505152535455565758595a3132333435",
          "0x4141414445464748494a4b4c4d4e4f505152535455565758595a3132333435", "0x41", "1"}},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ12345",
         4,
         {"1", "0x4142434445464748494a4b4c4d4e4f505152535455565758595a3132333435", "0", "0"}},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ1234",
         3,
         {"0", "0x4142434445464748494a4b4c4d4e4f505152535455565758595a31323334", "30"}},
        {"ABCDEFGHI", 3, {"0", "0x414243444546474849", "9"}},
        {"", 3, {"0", "0", "0"}}};
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        calldata_writer c;
        uint8_t back[64];
        size_t n = sizeof back, len = strlen(cases[i].text);
        calldata_init(&c, room, 100);
        calldata_bytes(&c, cases[i].text, len);
        CHECK(calldata_status(&c) == SP_OK);
        CHECK_EQ(c.n, cases[i].n);
        for (size_t j = 0; j < c.n; j++) CHECK_HEX(c.v[j], cases[i].felts[j]);
        calldata_reader r = {calldata_span(&c), 0};
        CHECK(calldata_read_bytes(&r, back, &n) == SP_OK && n == len);
        CHECK_BYTES(back, cases[i].text, len);
        CHECK(calldata_read_end(&r) == SP_OK);
        if (len) {
            r.at = 0;
            n = len - 1;
            CHECK(calldata_read_bytes(&r, back, &n) == SP_ERR_LIMIT);
        }
    }
}

TEST(byte_arrays_malformed)
{
    uint8_t back[64];
    size_t n = sizeof back;
    const felt too_much[] = {felt_zero(), felt_zero(), felt_from_u64(31)};
    const felt wide_rest[] = {felt_zero(), felt_from_u64(256), felt_from_u64(1)};
    const felt wide_word[] = {felt_one(), felt_neg(felt_one()), felt_zero(), felt_zero()};
    const felt beyond[] = {felt_from_u64(9), felt_zero(), felt_zero()};
    const felt huge[] = {felt_neg(felt_one()), felt_zero(), felt_zero()};
    const felt_span bad[] = {{too_much, 3}, {wide_rest, 3}, {wide_word, 4}, {beyond, 3},
                             {huge, 3},     {too_much, 2},  {too_much, 1},  {NULL, 0}};
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        calldata_reader r = {bad[i], 0};
        CHECK(calldata_read_bytes(&r, back, &n) == SP_ERR_FORMAT && n == sizeof back);
    }
}

TEST(values_read_back)
{
    calldata_writer c;
    calldata_init(&c, room, 100);
    u256 a = {~(u128)0, 7};
    calldata_u64(&c, 1);
    calldata_u64(&c, 2);
    calldata_u128(&c, ~(u128)0);
    calldata_u256(&c, a);
    calldata_list(&c, (felt_span){(const felt[]){felt_one(), felt_zero()}, 2});
    calldata_reader r = {calldata_span(&c), 0};
    bool yes = false;
    uint64_t v = 0;
    u128 w = 0;
    u256 b = {0, 0};
    felt_span list = {NULL, 0};
    CHECK(calldata_read_bool(&r, &yes) == SP_OK && yes);
    CHECK(calldata_read_bool(&r, &yes) == SP_ERR_FORMAT && yes);
    r.at = 1;
    CHECK(calldata_read_u64(&r, &v) == SP_OK && v == 2);
    CHECK(calldata_read_end(&r) == SP_ERR_FORMAT);
    CHECK(calldata_read_u64(&r, &v) == SP_ERR_FORMAT && v == 2);
    r.at = 2;
    CHECK(calldata_read_u128(&r, &w) == SP_OK && w == ~(u128)0);
    CHECK(calldata_read_u256(&r, &b) == SP_OK && b.low == a.low && b.high == a.high);
    CHECK(calldata_read_list(&r, &list) == SP_OK && list.n == 2 && felt_eq(list.v[0], felt_one()));
    CHECK(calldata_read_end(&r) == SP_OK);
    CHECK(calldata_read_felt(&r, &room[0]) == SP_ERR_FORMAT);
    /* A u256 of one felt that is too large, or without its second. */
    const felt large[] = {felt_neg(felt_one()), felt_zero()};
    r = (calldata_reader){{large, 2}, 0};
    CHECK(calldata_read_u256(&r, &b) == SP_ERR_FORMAT && b.high == 7);
    r = (calldata_reader){{large + 1, 1}, 0};
    CHECK(calldata_read_u256(&r, &b) == SP_ERR_FORMAT && b.high == 7);
    const felt long_list[] = {felt_from_u64(2), felt_zero()};
    r = (calldata_reader){{long_list, 2}, 0};
    CHECK(calldata_read_list(&r, &list) == SP_ERR_FORMAT);
}
