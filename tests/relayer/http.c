/* http.c - responses that no input can split, and problems that are always JSON. */
#include "relayer/http.h"

#include "tests/test.h"

static http_request q;
static http_response r;

static json_t *body(void)
{
    return r.body == NULL
               ? NULL
               : json_loadb((const char *)r.body, r.body_bytes, JSON_REJECT_DUPLICATES, NULL);
}

static bool says(const json_t *j, const char *name, const char *value)
{
    const char *s = json_string_value(json_object_get(j, name));
    return s != NULL && strcmp(s, value) == 0;
}

static void begin(const char *path)
{
    memset(&q, 0, sizeof q);
    q.body_fd = -1;
    (void)snprintf(q.path, sizeof q.path, "%s", path);
    (void)snprintf(q.request_id, sizeof q.request_id, "id-1");
    http_response_init(&r);
}

TEST(a_problem_has_its_members)
{
    begin("/api/v1/x");
    http_problem(&r, &q, 404, "not_found", "there is no %s", "x");
    json_t *j = body();
    CHECK_EQ(r.status, 404);
    CHECK(strcmp(r.content_type, "application/problem+json") == 0);
    CHECK(says(j, "type", "https://sprove.dev/problems/not_found"));
    CHECK(says(j, "title", "Not Found") && says(j, "detail", "there is no x"));
    CHECK(says(j, "instance", "/api/v1/x") && says(j, "code", "not_found"));
    CHECK(says(j, "request_id", "id-1"));
    CHECK_EQ(json_integer_value(json_object_get(j, "status")), 404);
    CHECK_EQ(json_object_size(j), 7);
    json_decref(j);
    http_problem_with(&r, &q, 400, "validation_failed", json_pack("{s:[i]}", "errors", 1), "d");
    j = body();
    CHECK_EQ(json_array_size(json_object_get(j, "errors")), 1);
    json_decref(j);
    http_response_free(&r);
}

TEST(what_is_no_utf8_is_replaced_in_problems)
{
    static const char *const paths[] = {"/\xff", "/a\xc3", "/\xed\xa0\x80", "/\xf8\x88\x80\x80\x80",
                                        "/\xc0\x80"};
    for (size_t i = 0; i < SP_COUNT(paths); i++) {
        begin(paths[i]);
        http_problem(&r, &q, 400, "validation_failed", "near \"%s\"", paths[i]);
        CHECK(!r.broken);
        CHECK_EQ(r.status, 400);
        json_t *j = body();
        const char *at = json_string_value(json_object_get(j, "instance"));
        CHECK(at != NULL && strlen(at) == strlen(paths[i]));
        CHECK(strchr(at, '?') != NULL);
        json_decref(j);
        http_response_free(&r);
    }
}

TEST(a_long_detail_is_cut)
{
    char text[2000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 0;
    begin("/");
    http_problem(&r, &q, 400, "validation_failed", "%s", text);
    json_t *j = body();
    CHECK(json_string_length(json_object_get(j, "detail")) == 511);
    json_decref(j);
    /* The cut may fall into a character. */
    for (size_t i = 0; i + 2 < sizeof text; i += 2) memcpy(text + i, "\xc3\xa9", 2);
    http_problem(&r, &q, 400, "validation_failed", "%s", text);
    CHECK(!r.broken);
    j = body();
    CHECK(j != NULL);
    json_decref(j);
    http_response_free(&r);
}

TEST(no_value_splits_a_response)
{
    static const char *const bad[] = {"a\r\nSet-Cookie: x", "a\n", "\r", "a\tb", "\x7f", "\x01"};
    begin("/");
    for (size_t i = 0; i < SP_COUNT(bad); i++) http_add_header(&r, "X-A", "%s", bad[i]);
    CHECK_EQ(r.headers_bytes, 0);
    char text[HTTP_MAX_HEADER + 1];
    memset(text, 'a', sizeof text);
    text[HTTP_MAX_HEADER] = 0;
    http_add_header(&r, "X-A", "%s", text);
    CHECK_EQ(r.headers_bytes, 0);
    text[HTTP_MAX_HEADER - 1] = 0;
    http_add_header(&r, "X-A", "%s", text);
    CHECK_EQ(r.headers_bytes, 5 + HTTP_MAX_HEADER - 1 + 2);
    for (int i = 0; i < 100; i++) http_add_header(&r, "X-B", "%d", i);
    CHECK_EQ(strlen(r.headers), r.headers_bytes);
    CHECK(strcmp(r.headers + r.headers_bytes - 9, "X-B: 99\r\n") == 0);
    http_response_free(&r);
    CHECK(r.headers == NULL && r.headers_bytes == 0);
}

TEST(an_etag_is_looked_for_in_a_list)
{
    static const struct {
        const char *header;
        bool strong, weak;
    } forms[] = {{NULL, false, false},
                 {"", false, false},
                 {"\"v7\"", true, true},
                 {" \"v7\" ", true, true},
                 {"*", true, true},
                 {" * ", true, true},
                 {"*, \"v7\"", false, false},
                 {"W/\"v7\"", false, true},
                 {"\"a\", W/\"b\" ,\"v7\"", true, true},
                 {"\"a\",W/\"v7\"", false, true},
                 {"\"v70\"", false, false},
                 {"\"v\"", false, false},
                 {"\"*\"", false, false},
                 {"v7", false, false},
                 {"\"v7", false, false},
                 {"\"", false, false},
                 {"W/", false, false},
                 {"\"a, \"v7\"", false, false},
                 {"\"a\" junk, \"v7\"", false, false}};
    for (size_t i = 0; i < SP_COUNT(forms); i++) {
        CHECK_EQ(http_etag_among(forms[i].header, "\"v7\"", false), forms[i].strong);
        CHECK_EQ(http_etag_among(forms[i].header, "\"v7\"", true), forms[i].weak);
    }
}

TEST(a_second_body_replaces_the_first)
{
    begin("/");
    http_json(&r, 200, json_pack("{s:i}", "a", 1));
    CHECK_EQ(r.body_bytes, 7);
    http_json(&r, 201, json_pack("{s:i}", "bb", 1));
    CHECK_EQ(r.status, 201);
    CHECK(memcmp(r.body, "{\"bb\":1}", 8) == 0 && r.body_bytes == 8);
    http_json(&r, 200, NULL); /* memory ran out */
    CHECK(r.broken);
    http_response_free(&r);
    CHECK(!r.broken);
}
