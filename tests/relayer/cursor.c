/* cursor.c - places in lists: one computed elsewhere, every other text refused. */
#include "relayer/cursor.h"
#include "tests/test.h"

static uint8_t secret[CURSOR_SECRET];
static const char context[] = "/api/v1/tasks?order=asc";
/* Time 1700000000123 and task 017f22e2-79b0-7cc3-98c4-dc0c0c07398f, with the secret 0, 1, .. 31;
 * computed with Python's hmac, hashlib and base64. */
static const char golden[] = "EAAAAYvP5Wh7AX8i4nmwfMOYxNwMDAc5j7-dZkfmut_x";
static const uint8_t golden_id[16] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
                                      0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};

static void set_secret(void)
{
    for (unsigned i = 0; i < CURSOR_SECRET; i++) secret[i] = (uint8_t)i;
}

static sp_status read_text(cursor *c, const char *text, size_t len)
{
    return cursor_read(c, text, len, secret, context, sizeof context - 1);
}

TEST(cursor_is_what_python_computes)
{
    cursor c, back;
    char text[CURSOR_TEXT];
    set_secret();
    memset(&c, 0, sizeof c);
    c.sort = UINT64_C(1700000000123);
    c.id_bytes = 16;
    memcpy(c.id, golden_id, 16);
    CHECK(cursor_write(text, &c, secret, context, sizeof context - 1) == SP_OK);
    CHECK(strcmp(text, golden) == 0);
    CHECK(read_text(&back, golden, strlen(golden)) == SP_OK);
    CHECK(back.sort == c.sort && back.id_bytes == 16);
    CHECK_BYTES(back.id, c.id, CURSOR_ID);
}

TEST(cursor_of_every_length_comes_back)
{
    set_secret();
    for (size_t n = 1; n <= CURSOR_ID; n++) {
        cursor c, back;
        char text[CURSOR_TEXT];
        memset(&c, 0, sizeof c);
        c.sort = n % 2 ? UINT64_MAX - n : n;
        c.id_bytes = n;
        for (size_t i = 0; i < n; i++) c.id[i] = (uint8_t)test_rand();
        CHECK(cursor_write(text, &c, secret, NULL, 0) == SP_OK && strlen(text) < CURSOR_TEXT);
        CHECK(cursor_read(&back, text, strlen(text), secret, NULL, 0) == SP_OK);
        CHECK(back.sort == c.sort && back.id_bytes == n);
        CHECK_BYTES(back.id, c.id, CURSOR_ID);
    }
    char text[CURSOR_TEXT] = "kept";
    cursor c;
    memset(&c, 0, sizeof c);
    CHECK(cursor_write(text, &c, secret, NULL, 0) == SP_ERR_ARG);
    c.id_bytes = CURSOR_ID + 1;
    CHECK(cursor_write(text, &c, secret, NULL, 0) == SP_ERR_ARG && strcmp(text, "kept") == 0);
}

TEST(cursor_is_of_one_list_and_one_secret)
{
    static const char other[] = "/api/v1/tasks?order=asd";
    cursor c;
    const size_t len = strlen(golden);
    set_secret();
    memset(&c, 7, sizeof c);
    const cursor kept = c;
    CHECK(cursor_read(&c, golden, len, secret, other, sizeof other - 1) == SP_ERR_REJECT);
    CHECK(cursor_read(&c, golden, len, secret, context, sizeof context - 2) == SP_ERR_REJECT);
    CHECK(cursor_read(&c, golden, len, secret, NULL, 0) == SP_ERR_REJECT);
    secret[31] ^= 1;
    CHECK(read_text(&c, golden, len) == SP_ERR_REJECT);
    CHECK_BYTES(&c, &kept, sizeof c);
}

TEST(cursor_refuses_every_change)
{
    char text[sizeof golden + 1];
    cursor c;
    const size_t len = strlen(golden);
    set_secret();
    for (size_t n = 0; n < len; n++) CHECK(read_text(&c, golden, n) != SP_OK);
    for (size_t i = 0; i < len; i++)
        for (unsigned v = 0; v < 256; v++) {
            memcpy(text, golden, sizeof golden);
            if (text[i] == (char)v) continue;
            text[i] = (char)v;
            CHECK(read_text(&c, text, len) != SP_OK);
        }
    memcpy(text, golden, sizeof golden);
    text[len] = 'A';
    CHECK(read_text(&c, text, len + 1) == SP_ERR_FORMAT);
    text[len] = '=';
    CHECK(read_text(&c, text, len + 1) == SP_ERR_FORMAT);
    CHECK(read_text(&c, "", 0) == SP_ERR_FORMAT);
    /* Longer than the longest, and the shortest that could be one. */
    char many[CURSOR_TEXT + 8];
    memset(many, 'A', sizeof many);
    CHECK(read_text(&c, many, sizeof many) == SP_ERR_FORMAT);
    CHECK(read_text(&c, "AQAAAAAAAAAAAAAAAAAAAAAA", 24) == SP_ERR_REJECT);
    CHECK(read_text(&c, "AAAAAAAAAAAAAAAAAAAAAAA", 23) == SP_ERR_FORMAT); /* an id of no bytes */
    CHECK(read_text(&c, "AgAAAAAAAAAAAAAAAAAAAAAA", 24) == SP_ERR_FORMAT);
}
