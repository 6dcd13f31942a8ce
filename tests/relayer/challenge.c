/* challenge.c - challenges and tokens: one form, and nothing else. */
#include "relayer/challenge.h"

#include "relayer/schema.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#define NOW INT64_C(1700000000000)

static const uint8_t secret[KEY_SECRET] = {1, 2, 3}, another[KEY_SECRET] = {1, 2, 4};

static login of(uint64_t relayer, uint64_t address)
{
    login m;
    memset(&m, 0, sizeof m);
    m.relayer = felt_from_u64(relayer);
    m.address = felt_from_u64(address);
    m.issued = 1700000000;
    m.expires = 1700000300;
    return m;
}

TEST(a_challenge_is_known_again)
{
    char text[CHALLENGE_TEXT], next[CHALLENGE_TEXT];
    login m = of(5, 6), back = of(5, 6);
    CHECK_EQ(challenge_make(text, &m, secret), SP_OK);
    CHECK_EQ(strlen(text), 64);
    back.issued = back.expires = 0;
    CHECK_EQ(challenge_read(&back, text, secret), SP_OK);
    CHECK_EQ(back.issued, m.issued);
    CHECK_EQ(back.expires, m.expires);
    CHECK(memcmp(back.nonce, m.nonce, LOGIN_NONCE) == 0);
    CHECK_EQ(challenge_make(next, &m, secret), SP_OK);
    CHECK(strcmp(text, next) != 0);
}

TEST(a_challenge_is_for_one_relayer_and_one_account)
{
    char text[CHALLENGE_TEXT], other[CHALLENGE_TEXT + 1];
    login m = of(5, 6);
    CHECK_EQ(challenge_make(text, &m, secret), SP_OK);
    for (unsigned i = 0; i < 3; i++) {
        login wrong = of(5 + (i == 0), 6 + (i == 1)), before;
        wrong.issued = 7;
        before = wrong;
        CHECK_EQ(challenge_read(&wrong, text, i == 2 ? another : secret), SP_ERR_REJECT);
        CHECK(memcmp(&wrong, &before, sizeof wrong) == 0);
    }
    for (size_t i = 0; i < CHALLENGE_TEXT - 1; i++) {
        static const char instead[] = "Aaz09_-+/= ";
        for (size_t n = 0; n < sizeof instead - 1; n++) {
            login wrong = of(5, 6);
            memcpy(other, text, CHALLENGE_TEXT);
            if (other[i] == instead[n]) continue;
            other[i] = instead[n];
            CHECK_EQ(challenge_read(&wrong, other, secret), SP_ERR_REJECT);
        }
        memcpy(other, text, i);
        other[i] = 0;
        login wrong = of(5, 6);
        CHECK_EQ(challenge_read(&wrong, other, secret), SP_ERR_REJECT);
    }
    (void)snprintf(other, sizeof other, "%sA", text);
    login wrong = of(5, 6);
    CHECK_EQ(challenge_read(&wrong, other, secret), SP_ERR_REJECT);
}

/* ---- tokens ---- */

static place here;
static db *d;
static keys *k;
static char why[DB_WHY];

static bool open_keys(void)
{
    return place_make(&here, true) && db_open(&d, here.where, false, why) == SP_OK &&
           schema_apply(d, false, why) == SP_OK && keys_new(&k) == SP_OK &&
           db_exec(d, "INSERT INTO api_key(id, secret_hash, name, scopes, created_at, address,"
                      " login_at, listed, generation) VALUES('0000000a', x'', 'wallet',"
                      " 'tasks:read', 1, '0x77', 1, 0, 3)");
}

static void close_keys(void)
{
    keys_delete(k);
    db_close(d);
    place_remove(&here);
}

TEST(a_token_is_its_account_for_a_while)
{
    char text[KEY_TEXT];
    principal who;
    CHECK(open_keys());
    CHECK_EQ(keys_token(k, text, "0000000a", 3, NOW + 1000), SP_ERR_IO); /* no secret yet */
    keys_set_secret(k, secret);
    CHECK_EQ(keys_token(k, text, "0000000a", 3, NOW + 1000), SP_OK);
    CHECK_EQ(strlen(text), KEY_TEXT - 1);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_ENDED); /* not loaded yet */
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, text, NOW + 999), KEY_OK);
    CHECK(strcmp(who.id, "0000000a") == 0 && strcmp(who.address, "0x77") == 0);
    CHECK_EQ(who.scopes, SCOPE_TASKS_READ);
    CHECK_EQ(who.expires_at, NOW + 1000);
    CHECK_EQ(keys_check(k, &who, text, NOW + 1000), KEY_EXPIRED);
    CHECK(who.id[0] == 0 && who.address[0] == 0 && who.scopes == 0);
    /* The row's own end, when it is sooner. */
    CHECK(db_exec(d, "UPDATE api_key SET expires_at = 1700000000500"));
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, text, NOW + 499), KEY_OK);
    CHECK_EQ(who.expires_at, NOW + 500);
    CHECK_EQ(keys_check(k, &who, text, NOW + 500), KEY_EXPIRED);
    close_keys();
}

TEST(a_token_ends_with_its_generation_and_its_row)
{
    char text[KEY_TEXT];
    principal who;
    CHECK(open_keys());
    keys_set_secret(k, secret);
    CHECK_EQ(keys_token(k, text, "0000000a", 3, NOW + 1000), SP_OK);
    static const char *const changes[] = {"generation = 2", "generation = 4", "revoked_at = 5",
                                          "address = NULL"};
    for (size_t i = 0; i < SP_COUNT(changes); i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "UPDATE api_key SET %s", changes[i]);
        CHECK(db_exec(d, "BEGIN") && db_exec(d, sql));
        CHECK_EQ(keys_load(k, d), SP_OK);
        CHECK_EQ(keys_check(k, &who, text, NOW), KEY_ENDED);
        CHECK(db_exec(d, "ROLLBACK"));
        CHECK_EQ(keys_load(k, d), SP_OK);
        CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    }
    close_keys();
}

TEST(no_other_text_is_a_token)
{
    char text[KEY_TEXT], other[KEY_TEXT], key[KEY_TEXT];
    principal who, made;
    CHECK(open_keys());
    keys_set_secret(k, secret);
    CHECK_EQ(keys_create(d, key, &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_token(k, text, "0000000a", 3, NOW + 1000), SP_OK);
    for (size_t i = 0; i < KEY_TEXT - 1; i++) {
        static const char instead[] = "aA0_-z9B~ ";
        for (size_t n = 0; n < sizeof instead - 1; n++) {
            if (instead[n] == text[i]) continue;
            memcpy(other, text, KEY_TEXT);
            other[i] = instead[n];
            CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
            CHECK_EQ(who.scopes, 0);
        }
    }
    /* Of a key that has no tokens; an account has no key; one that another relayer made. */
    CHECK_EQ(keys_token(k, other, made.id, 0, NOW + 1000), SP_OK);
    CHECK_EQ(keys_check(k, &who, other, NOW), KEY_ENDED);
    CHECK_EQ(who.scopes, 0);
    memcpy(other, text, KEY_TEXT);
    other[2] = 'k';
    CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
    keys_set_secret(k, another);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_UNKNOWN);
    keys_set_secret(k, secret);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    CHECK_EQ(keys_check(k, &who, key, NOW), KEY_OK);
    close_keys();
}
