/* guard.c - heads of requests that must not pass, and those that must. */
#include "relayer/guard.h"

#include "tests/test.h"

static guard_head plain(http_method m)
{
    const guard_head h = {.method = m, .http_1_1 = true, .has_host = true, .max_body = 1000};
    return h;
}

static int status_of(const guard_head *h)
{
    uint64_t n = 77;
    const guard_verdict v = guard_check(h, &n);
    /* A verdict is whole: a code and a sentence, or neither. */
    if ((v.status == 0) != (v.code == NULL) || (v.status == 0) != (v.detail == NULL)) return -1;
    return v.status;
}

static const http_method all[] = {HTTP_GET,   HTTP_HEAD,   HTTP_POST, HTTP_PUT,
                                  HTTP_PATCH, HTTP_DELETE, HTTP_OTHER};
static bool has_body(http_method m) { return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH; }

TEST(host_is_required_of_1_1_alone)
{
    for (size_t i = 0; i < SP_COUNT(all); i++) {
        guard_head h = plain(all[i]);
        h.content_length = "0";
        CHECK_EQ(status_of(&h), 0);
        h.has_host = false;
        CHECK_EQ(status_of(&h), 400);
        h.http_1_1 = false;
        CHECK_EQ(status_of(&h), 0);
    }
}

TEST(a_length_is_required_where_there_is_a_body)
{
    for (size_t i = 0; i < SP_COUNT(all); i++) {
        guard_head h = plain(all[i]);
        CHECK_EQ(status_of(&h), has_body(all[i]) ? 411 : 0);
        h.content_length = "0";
        CHECK_EQ(status_of(&h), 0);
        h.content_length = "1";
        CHECK_EQ(status_of(&h), has_body(all[i]) ? 0 : 400);
        h.content_length = "1000";
        CHECK_EQ(status_of(&h), has_body(all[i]) ? 0 : 400);
        h.content_length = "1001";
        CHECK_EQ(status_of(&h), has_body(all[i]) ? 413 : 400);
    }
}

TEST(transfer_encodings_are_refused)
{
    static const char *const codings[] = {"chunked", "identity", "gzip, chunked", "too long", ""};
    for (size_t i = 0; i < SP_COUNT(all); i++)
        for (size_t k = 0; k < SP_COUNT(codings); k++) {
            guard_head h = plain(all[i]);
            h.transfer_encoding = codings[k];
            CHECK_EQ(status_of(&h), 411);
            h.content_length = "5"; /* smuggling: whichever of the two another server took */
            CHECK_EQ(status_of(&h), 411);
        }
}

TEST(lengths_are_one_decimal_number)
{
    static const char *const bad[] = {"",
                                      "-5",
                                      "+5",
                                      " 5",
                                      "5 ",
                                      "5,5",
                                      "5, 5",
                                      "0x5",
                                      "5e1",
                                      "5.0",
                                      "\t5",
                                      "5\r",
                                      "--",
                                      "99999999999999999999",
                                      "9223372036854775808",
                                      "18446744073709551617",
                                      "too long",
                                      "\xd9\xa5"};
    static const struct {
        const char *text;
        uint64_t n;
    } good[] = {{"0", 0},
                {"00", 0},
                {"007", 7},
                {"262144", 262144},
                {"9223372036854775807", INT64_MAX},
                {"000000000000000000000000000001", 1}};
    uint64_t n;
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        guard_head h = plain(HTTP_POST);
        n = 5;
        CHECK(!guard_parse_length(&n, bad[i]));
        CHECK_EQ(n, 0);
        h.content_length = bad[i];
        CHECK_EQ(status_of(&h), 400);
    }
    for (size_t i = 0; i < SP_COUNT(good); i++) {
        CHECK(guard_parse_length(&n, good[i].text));
        CHECK_EQ(n, good[i].n);
    }
}

TEST(what_will_come_is_said)
{
    guard_head h = plain(HTTP_PUT);
    uint64_t n = 0;
    h.content_length = "999";
    CHECK_EQ(guard_check(&h, &n).status, 0);
    CHECK_EQ(n, 999);
    h.max_body = 0;
    CHECK_EQ(guard_check(&h, &n).status, 413);
    h.max_body = UINT64_MAX;
    h.content_length = "9223372036854775807";
    CHECK_EQ(guard_check(&h, &n).status, 0);
}

TEST(only_one_expectation_is_known)
{
    guard_head h = plain(HTTP_POST);
    h.content_length = "5";
    h.expect = "100-continue";
    CHECK_EQ(status_of(&h), 0);
    h.expect = "100-Continue";
    CHECK_EQ(status_of(&h), 0);
    h.expect = "200-ok";
    CHECK_EQ(status_of(&h), 417);
    h.expect = "100-continue, 100-continue";
    CHECK_EQ(status_of(&h), 417);
    h.http_1_1 = false; /* which does not know it */
    CHECK_EQ(status_of(&h), 0);
}

TEST(request_ids_are_short_and_plain)
{
    char id[80];
    CHECK(!guard_is_request_id(""));
    memset(id, 'a', sizeof id);
    id[64] = 0;
    CHECK(guard_is_request_id(id));
    id[64] = 'a';
    id[65] = 0;
    CHECK(!guard_is_request_id(id));
    for (int c = 1; c < 256; c++) {
        const char one[2] = {(char)c, 0};
        const bool plain_one = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        CHECK_EQ(guard_is_request_id(one), plain_one);
    }
}

/* Against jansson, which checks all of its strings. */
TEST(text_is_utf8_without_control_characters)
{
    char s[6];
    for (uint32_t round = 0; round < 300000; round++) {
        const uint32_t r = round < 65536 ? round : test_rand();
        memset(s, 0, sizeof s);
        for (size_t i = 0; i < (round < 65536 ? 2 : 4); i++) {
            s[i] = (char)(r >> 8 * i);
            /* mostly bytes that may belong to longer forms */
            if (round >= 65536 && (r >> 28) > 2) s[i] = (char)(s[i] | 0x80);
        }
        if (round >= 65536 && (r & 3) == 0) s[0] = (char)(0xe0 | (s[0] & 0x1f));
        bool control = false;
        for (const char *p = s; *p != 0; p++)
            control = control || (unsigned char)*p < 0x20 || *p == 0x7f;
        json_t *j = json_string(s);
        const bool expected = j != NULL && !control;
        json_decref(j);
        if (guard_is_text(s) != expected)
            printf("%02x %02x %02x %02x\n", s[0] & 255, s[1] & 255, s[2] & 255, s[3] & 255);
        CHECK_EQ(guard_is_text(s), expected);
    }
}

TEST(handshakes_name_a_node_a_version_and_our_protocol)
{
    static const struct {
        const char *upgrade, *path, *version, *protocols;
        bool good;
    } cases[] = {{"websocket", "/ws/node/a", "13", NULL, true},
                 {"WebSocket", "/ws/node/0x1f", "13", "sprove-node.v1", true},
                 {"websocket", "/ws/node/a.b_c-9", "13", "x, sprove-node.v1", true},
                 {"websocket", "/ws/node/a", "13", "x,sprove-node.v1,y", true},
                 {"websocket", "/ws/node/a", "13", "sprove-node.v11", false},
                 {"websocket", "/ws/node/a", "13", "sprove-node.v", false},
                 {"websocket", "/ws/node/a", "13", "SPROVE-NODE.V1", false},
                 {"websocket", "/ws/node/a", "13", "", false},
                 {"websocket", "/ws/node/a", "13", ",, ", false},
                 {"websocket", "/ws/node/a", "12", NULL, false},
                 {"websocket", "/ws/node/a", "8", NULL, false},
                 {"websocket", "/ws/node/a", "013", NULL, false},
                 {"websocket", "/ws/node/a", "13, 8", NULL, false},
                 {"websocket", "/ws/node/a", NULL, NULL, false},
                 {"h2c", "/ws/node/a", "13", NULL, false},
                 {"foo", "/ws/node/a", "13", NULL, false},
                 {"websocket, h2c", "/ws/node/a", "13", NULL, false},
                 {"", "/ws/node/a", "13", NULL, false},
                 {NULL, "/ws/node/a", "13", NULL, false},
                 {"websocket", "/ws/node/", "13", NULL, false},
                 {"websocket", "/ws/node", "13", NULL, false},
                 {"websocket", "/ws/node/a/b", "13", NULL, false},
                 {"websocket", "/ws/node/a b", "13", NULL, false},
                 {"websocket", "/ws/node/\xc3\xa9", "13", NULL, false},
                 {"websocket", "/", "13", NULL, false},
                 {"websocket", "", "13", NULL, false},
                 {"websocket", "/WS/node/a", "13", NULL, false}};
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        const bool good = guard_check_upgrade(cases[i].upgrade, cases[i].path, cases[i].version,
                                              cases[i].protocols);
        if (good != cases[i].good) printf("case %zu\n", i);
        CHECK_EQ(good, cases[i].good);
    }
    char path[128] = "/ws/node/";
    memset(path + 9, 'a', GUARD_NODE_ID);
    path[9 + GUARD_NODE_ID] = 0;
    CHECK(guard_check_upgrade("websocket", path, "13", NULL));
    path[9 + GUARD_NODE_ID] = 'a';
    path[10 + GUARD_NODE_ID] = 0;
    CHECK(!guard_check_upgrade("websocket", path, "13", NULL));
}

TEST(nesting_is_counted_outside_of_texts)
{
    char text[64];
    for (unsigned n = 0; n <= 20; n++) {
        memset(text, '[', n);
        memset(text + n, ']', n);
        CHECK_EQ(guard_json_depth(text, 2u * n), n <= GUARD_JSON_DEPTH);
        CHECK_EQ(guard_json_depth(text, n), n <= GUARD_JSON_DEPTH); /* never closed */
    }
    CHECK(guard_json_depth(NULL, 0));
    CHECK(guard_json_depth("[][][][][][][][][][][][][][][][][][]", 36));
    CHECK(guard_json_depth("\"[[[[[[[[[[[[[[[[[[[[\"", 22));
    CHECK(guard_json_depth("\"\\\"[[[[[[[[[[[[[[[[[[[[\"", 24));
    CHECK(!guard_json_depth("\"\\\\\"[[[[[[[[[[[[[[[[[[[[", 24));
    CHECK(!guard_json_depth("]]]][[[[[[[[[[[[[[[[[", 21)); /* what closes too often gives no room */
    CHECK(guard_json_depth("\"\\", 2));
}
