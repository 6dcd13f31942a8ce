/* client.c - the client library without a relayer: what it reads of answers, and what it refuses
 * before it asks. Requests are tested by tests/cli/test_submit.py. */
#include "market/client_parts.h"
#include "tests/test.h"

TEST(times_of_a_relayer_are_read)
{
    static const struct {
        const char *text;
        uint64_t s;
    } cases[] = {{"1970-01-01T00:00:00Z", 0},
                 {"1970-01-02T00:00:00Z", 86400},
                 {"2000-02-29T12:30:45.999Z", 951827445},
                 {"2000-03-01T00:00:00Z", 951868800},
                 {"2023-11-14T22:13:20.000Z", 1700000000},
                 {"2024-12-31T23:59:59Z", 1735689599},
                 {"2099-01-01T00:00:00.000Z", 4070908800},
                 {"2100-03-01T00:00:00Z", 4107542400},
                 {"", 0},
                 {"2099-01-01", 0},
                 {"2099-01-01T00:00:00", 0},
                 {"2099-01-01T00:00:00+01:00", 0},
                 {"2099-13-01T00:00:00Z", 0},
                 {"2099-01-32T00:00:00Z", 0},
                 {"2099-01-01T24:00:00Z", 0},
                 {"1969-12-31T23:59:59Z", 0},
                 {"2099-01-01T00:00:00Z ", 0},
                 {"20x9-01-01T00:00:00Z", 0}};
    for (unsigned i = 0; i < SP_COUNT(cases); i++) CHECK_EQ(client_time(cases[i].text), cases[i].s);
}

TEST(what_is_printed_is_harmless_and_short)
{
    char out[8];
    json_t *j = json_pack("{s:s, s:s, s:i}", "a", "x\x1b[2J\n\xc3\xbc", "b", "0123456789", "c", 1);
    client_text(out, sizeof out, j, "a");
    CHECK(strcmp(out, "x?[2J??") == 0);
    client_text(out, sizeof out, j, "b");
    CHECK(strcmp(out, "0123456") == 0);
    client_text(out, sizeof out, j, "c");
    CHECK(out[0] == 0);
    client_text(out, sizeof out, NULL, "c");
    CHECK(out[0] == 0);
    json_decref(j);
}

TEST(numbers_are_integers_or_decimal_texts)
{
    uint64_t v = 77;
    json_t *j = json_pack("{s:i, s:s, s:i, s:s, s:s, s:s}", "a", 5, "b", "9999999999999999999", "c",
                          -1, "d", "1x", "e", "", "f", "10000000000000000000");
    CHECK(client_number(&v, j, "a") && v == 5);
    CHECK(client_number(&v, j, "b") && v == UINT64_C(9999999999999999999));
    CHECK(!client_number(&v, j, "c") && !client_number(&v, j, "d") && !client_number(&v, j, "e") &&
          !client_number(&v, j, "f") && !client_number(&v, j, "g"));
    json_decref(j);
}

TEST(relayers_and_keys_that_are_none_are_refused)
{
    static const char *const urls[] = {"",
                                       "localhost:8000",
                                       "ftp://x",
                                       "http://u:p@h",
                                       "http://h/?a",
                                       "http://h/#a",
                                       "http://h/ x",
                                       "http://h\r\nX: y"},
                             *const keys[] = {"", "a b", "a\nb", "\xc3\xbc"};
    sp_client *c;
    char why[SP_CLIENT_WHY], longest[400];
    for (unsigned i = 0; i < SP_COUNT(urls); i++) {
        sp_client_options o = sp_client_options_default();
        o.url = urls[i];
        CHECK(sp_client_new(&c, &o, why) == SP_ERR_ARG && c == NULL && why[0]);
    }
    memset(longest, 'k', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    for (unsigned i = 0; i <= SP_COUNT(keys); i++) {
        sp_client_options o = sp_client_options_default();
        o.key = i < SP_COUNT(keys) ? keys[i] : longest;
        CHECK(sp_client_new(&c, &o, NULL) == SP_ERR_FORMAT && c == NULL);
    }
    sp_client_delete(NULL);
}

static bool at_once(void *user)
{
    (void)user;
    return true;
}

TEST(requests_that_are_none_are_not_sent)
{
    sp_client *c;
    sp_client_answer a;
    sp_bytes b;
    char why[SP_CLIENT_WHY] = "";
    sp_client_options o = sp_client_options_default();
    o.url = "http://127.0.0.1:1///";
    o.stop = at_once;
    CHECK(sp_client_new(&c, &o, why) == SP_OK);
    static const char *const ids[] = {"", "..", "0192f0c1-5a3b-7c4d-8e5f-0123456789aB",
                                      "0192f0c1-5a3b-7c4d-8e5f-0123456789ab/"};
    for (unsigned i = 0; i < SP_COUNT(ids); i++) {
        CHECK(sp_client_task(c, &b, ids[i], why) == SP_ERR_ARG);
        CHECK(sp_client_output(c, &b, ids[i], why) == SP_ERR_ARG);
        CHECK(sp_client_wait(c, &b, ids[i], NULL, NULL, why) == SP_ERR_ARG && b.at == NULL);
        CHECK(sp_client_cancel(c, NULL, ids[i], why) == SP_ERR_ARG);
    }
    sp_client_request q = {.method = "GET", .path = "tasks"};
    CHECK(sp_client_call(c, &a, &q, why) == SP_ERR_ARG);
    q.path = "/tasks";
    CHECK(sp_client_call(c, &a, &q, why) == SP_ERR_CANCEL); /* the caller's stop */
    sp_client_answer_free(&a);
    sp_client_delete(c);
}

TEST(states_are_ends_or_not)
{
    CHECK_EQ(sp_client_task_end("verified"), SP_TASK_RESULT);
    CHECK_EQ(sp_client_task_end("settled"), SP_TASK_RESULT);
    CHECK_EQ(sp_client_task_end("refunded"), SP_TASK_NOTHING);
    CHECK_EQ(sp_client_task_end("running"), SP_TASK_UNDER_WAY);
    CHECK_EQ(sp_client_task_end(""), SP_TASK_UNDER_WAY);
}
