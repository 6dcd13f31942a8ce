/* quote.c - a quote holds for its time, its job and its total, and for no other relayer. */
#include "relayer/quote.h"

#include "market/amount.h"
#include "tests/test.h"

#include <string.h>

#define ENDS INT64_C(1800000000000)

static const uint8_t secret[CURSOR_SECRET] = {1, 2, 3}, another[CURSOR_SECRET] = {1, 2, 4};
static task_refusal why;

/* quote_take, with what it says of the body, which is let go: a quote that is refused without the
 * right pointer counts as taken, one that is taken with an error as refused. */
static bool take(task_new *t, int64_t now_ms, const uint8_t *key, task_refusal *w)
{
    w->errors = NULL;
    const bool taken = quote_take(t, now_ms, key, w);
    const char *at = json_string_value(json_object_get(json_array_get(w->errors, 0), "pointer"));
    const bool good = taken ? w->errors == NULL : at != NULL && strcmp(at, "/quote_id") == 0;
    json_decref(w->errors);
    w->errors = NULL;
    return taken == good;
}

static task_new some_job(void)
{
    task_new t;
    memset(&t, 0, sizeof t);
    memcpy(t.program_id, "0123", 5);
    memcpy(t.input_sha256, "abcd", 5);
    memcpy(t.profile, "chain", 6);
    memcpy(t.io_mode, "words", 6);
    return t;
}

static task_new quoted(u256 total)
{
    task_new t = some_job();
    t.work_cycles = 432;
    t.work_rows = INT64_C(1) << 40;
    if (quote_write(t.quote_id, &t, total, ENDS, secret) != SP_OK) t.quote_id[0] = 0;
    return t;
}

TEST(a_quote_holds_until_its_end)
{
    task_new t = quoted(amount_from_u64(1000));
    CHECK_EQ(strlen(t.quote_id), QUOTE_TEXT - 1);
    CHECK(take(&t, ENDS - 1, secret, &why));
    CHECK(strcmp(t.amount, "1000") == 0);
    CHECK_EQ(t.work_cycles, 432);
    CHECK_EQ(t.work_rows, INT64_C(1) << 40);
    CHECK(!take(&t, ENDS, secret, &why));
    CHECK(strcmp(why.code, "quote_expired") == 0);
    CHECK_EQ(why.status, 422);
}

TEST(a_quote_is_of_one_relayer)
{
    task_new t = quoted(amount_from_u64(1000));
    CHECK(!take(&t, 0, another, &why));
    CHECK(strcmp(why.code, "quote_unknown") == 0);
}

TEST(a_quote_is_for_one_job)
{
    for (int i = 0; i < 4; i++) {
        task_new t = quoted(amount_from_u64(1000));
        char *of[] = {t.program_id, t.input_sha256, t.profile, t.io_mode};
        of[i][0] ^= 1;
        CHECK(!take(&t, 0, secret, &why));
        CHECK(strcmp(why.code, "quote_mismatch") == 0);
    }
}

TEST(the_total_of_a_quote_is_the_least)
{
    const u256 most = {~(u128)0, ~(u128)0}, wide = {5, (u128)1 << 100};
    const u256 totals[] = {amount_from_u64(0), amount_from_u64(1), wide, most};
    for (size_t i = 0; i < SP_COUNT(totals); i++) {
        u256 other;
        task_new t = quoted(totals[i]);
        char text[U256_TEXT];
        u256_write_text(text, totals[i]);
        CHECK(take(&t, 0, secret, &why));
        CHECK(strcmp(t.amount, text) == 0);
        if (amount_sub(&other, totals[i], amount_from_u64(1)) == SP_OK) {
            u256_write_text(t.amount, other);
            CHECK(!take(&t, 0, secret, &why));
            CHECK(strcmp(why.code, "price_too_low") == 0);
        }
        if (amount_add(&other, totals[i], amount_from_u64(1)) == SP_OK) {
            u256_write_text(t.amount, other);
            CHECK(take(&t, 0, secret, &why));
        }
    }
}

TEST(every_character_of_a_quote_counts)
{
    task_new t = quoted(amount_from_u64(1000));
    for (size_t i = 0; t.quote_id[i] != 0; i++) {
        task_new other = t;
        other.quote_id[i] = other.quote_id[i] == 'A' ? 'B' : 'A';
        CHECK(!take(&other, 0, secret, &why));
        other = t;
        other.quote_id[i] = 0;
        CHECK(i == 0 || !take(&other, 0, secret, &why));
    }
}
