/* base64.c - texts of RFC 4648, and every text of up to four characters that is not one. */
#include "market/base64.h"
#include "tests/test.h"

TEST(base64_examples_of_rfc_4648)
{
    static const char *const some[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xbf", "+/+/", "-_-_"},
    };
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        const size_t n = strlen(some[i][0]);
        char text[16];
        uint8_t bytes[8];
        size_t got = n;
        CHECK_EQ(base64_write(text, (const uint8_t *)some[i][0], n), BASE64_TEXT(n) - 1);
        CHECK(strcmp(text, some[i][1]) == 0);
        CHECK(base64_read(bytes, &got, text, strlen(text)) == SP_OK);
        CHECK_EQ(got, n);
        CHECK_BYTES(bytes, some[i][0], n);
        CHECK_EQ(base64url_write(text, (const uint8_t *)some[i][0], n), BASE64URL_TEXT(n) - 1);
        CHECK(strcmp(text, some[i][2]) == 0);
        CHECK(base64url_read(bytes, &got, text, strlen(text)) == SP_OK);
        CHECK_EQ(got, n);
        CHECK_BYTES(bytes, some[i][0], n);
    }
}

TEST(base64_comes_back)
{
    for (size_t n = 0; n < 200; n++) {
        uint8_t bytes[200], back[200];
        char text[BASE64_TEXT(200)];
        size_t got = n;
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)test_rand();
        CHECK_EQ(base64_write(text, bytes, n), BASE64_TEXT(n) - 1);
        CHECK(base64_read(back, &got, text, strlen(text)) == SP_OK && got == n);
        CHECK_BYTES(bytes, back, n);
        CHECK_EQ(base64url_write(text, bytes, n), BASE64URL_TEXT(n) - 1);
        CHECK(base64url_read(back, &got, text, strlen(text)) == SP_OK && got == n);
        CHECK_BYTES(bytes, back, n);
        if (n == 0) continue;
        got = n - 1;
        CHECK(base64url_read(back, &got, text, strlen(text)) == SP_ERR_LIMIT && got == n - 1);
    }
}

/* Whatever is read is written as it was: there is one text for each sequence of bytes. */
TEST(base64_has_one_text_for_each_sequence)
{
    static const char some[] = "ABQZgmw+/-_=09 \n\x80";
    const size_t n_some = sizeof some; /* the zero byte, too */
    size_t good[2] = {0, 0};
    for (size_t len = 1; len <= 4; len++) {
        size_t all = 1;
        for (size_t i = 0; i < len; i++) all *= n_some;
        for (size_t k = 0; k < all; k++) {
            char text[5] = "", again[16];
            uint8_t bytes[3];
            for (size_t i = 0, rest = k; i < len; i++, rest /= n_some)
                text[i] = some[rest % n_some];
            size_t got = sizeof bytes;
            if (base64_read(bytes, &got, text, len) == SP_OK) {
                CHECK(base64_write(again, bytes, got) == len && memcmp(text, again, len) == 0);
                good[0]++;
            }
            got = sizeof bytes;
            if (base64url_read(bytes, &got, text, len) == SP_OK) {
                CHECK(base64url_write(again, bytes, got) == len && memcmp(text, again, len) == 0);
                good[1]++;
            }
        }
    }
    /* 11 of those characters are in an alphabet, so that 11^4 texts of four are good; of a third
     * character the last two bits must be zero, which leaves 5 (A Q g w 0), of a second the last
     * four, which leaves 4 (A Q g w): 11*11*5 and 11*4 more. */
    CHECK_EQ(good[0], 14641 + 605 + 44);
    CHECK_EQ(good[1], 14641 + 605 + 44);
}

TEST(base64_refuses_other_texts)
{
    static const char *const bad[] = {"Zg=",  "Zg",   "Z===",  "====",    "Zg==Zg==",
                                      "Zh==", "Zm9=", "Zm9v=", "Zm9vYg=", "Zm 9v",
                                      "Zm-_", "Zg=g", "=Zg="};
    uint8_t bytes[16];
    size_t n = sizeof bytes;
    for (size_t i = 0; i < SP_COUNT(bad); i++)
        CHECK(base64_read(bytes, &n, bad[i], strlen(bad[i])) == SP_ERR_FORMAT && n == 16);
    CHECK(base64url_read(bytes, &n, "Zg==", 4) == SP_ERR_FORMAT);
    CHECK(base64url_read(bytes, &n, "Zh", 2) == SP_ERR_FORMAT);
    CHECK(base64url_read(bytes, &n, "Zm9vY", 5) == SP_ERR_FORMAT);
    CHECK(base64url_read(bytes, &n, "Zm+/", 4) == SP_ERR_FORMAT);
}
