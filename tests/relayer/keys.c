/* keys.c - API keys: who is let in, and who is not. */
#include "relayer/keys.h"

#include "relayer/schema.h"
#include "tests/relayer/place.h"
#include "tests/test.h"

#define NOW INT64_C(1700000000000)

static place here;
static db *d;
static keys *k;
static char why[DB_WHY];

static bool open_keys(void)
{
    return place_make(&here, true) && db_open(&d, here.where, false, why) == SP_OK &&
           schema_apply(d, false, why) == SP_OK && keys_new(&k) == SP_OK;
}

static void close_keys(void)
{
    keys_delete(k);
    db_close(d);
    place_remove(&here);
}

TEST(a_key_has_one_form)
{
    char text[KEY_TEXT];
    principal made, who;
    CHECK(open_keys());
    CHECK_EQ(keys_create(d, text, &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    CHECK_EQ(strlen(text), KEY_TEXT - 1);
    CHECK(strncmp(text, "spk_", 4) == 0 && text[12] == '_');
    CHECK(strncmp(text + 4, made.id, 8) == 0);
    CHECK_EQ(strspn(text + 4, "0123456789abcdef"), 8);
    CHECK_EQ(strspn(text + 13, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
             43);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_UNKNOWN); /* not loaded yet */
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    CHECK(strcmp(who.id, made.id) == 0);
    CHECK_EQ(who.scopes, SCOPE_ADMIN);
    close_keys();
}

TEST(every_other_text_is_unknown)
{
    char text[KEY_TEXT], other[KEY_TEXT + 2];
    principal made, who;
    CHECK(open_keys());
    CHECK_EQ(keys_create(d, text, &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    CHECK_EQ(keys_load(k, d), SP_OK);
    for (size_t i = 0; i < KEY_TEXT - 1; i++) {
        static const char instead[] = "aA0_-z9B~ ";
        for (size_t n = 0; n < sizeof instead - 1; n++) {
            if (instead[n] == text[i]) continue;
            memcpy(other, text, KEY_TEXT);
            other[i] = instead[n];
            CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
            CHECK(who.id[0] == 0 && who.scopes == 0);
        }
        memcpy(other, text, i);
        other[i] = 0; /* cut */
        CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
    }
    (void)snprintf(other, sizeof other, "%sx", text);
    CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
    (void)snprintf(other, sizeof other, " %s", text);
    CHECK_EQ(keys_check(k, &who, other, NOW), KEY_UNKNOWN);
    CHECK_EQ(keys_check(k, &who, "", NOW), KEY_UNKNOWN);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    close_keys();
}

TEST(keys_expire_and_are_revoked)
{
    char one[KEY_TEXT], two[KEY_TEXT];
    principal made, who;
    CHECK(open_keys());
    CHECK_EQ(keys_create(d, one, &made, "n", SCOPE_DEMANDER, NOW, NOW + 1000), SP_OK);
    CHECK_EQ(keys_create(d, two, &made, "n", SCOPE_DEMANDER, NOW, 0), SP_OK);
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, one, NOW + 999), KEY_OK);
    CHECK_EQ(who.expires_at, NOW + 1000);
    CHECK_EQ(keys_check(k, &who, one, NOW + 1000), KEY_EXPIRED);
    CHECK(who.id[0] == 0 && who.scopes == 0); /* nobody */
    CHECK_EQ(keys_check(k, &who, two, INT64_MAX), KEY_OK);
    CHECK_EQ(db_run(d, "UPDATE api_key SET revoked_at = ? WHERE id = ?", DB_I(NOW), DB_T(made.id)),
             1);
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, two, NOW), KEY_UNKNOWN);
    CHECK_EQ(keys_check(k, &who, one, NOW), KEY_OK);
    close_keys();
}

TEST(scopes_are_kept_by_their_names)
{
    static const uint32_t sets[] = {
        0, SCOPE_TASKS_READ, SCOPE_ADMIN, SCOPE_DEMANDER, 0x1ff, SCOPE_AUDITS | SCOPE_WEBHOOKS};
    char text[KEY_TEXT];
    principal made, who;
    scope s;
    CHECK(open_keys());
    for (size_t i = 0; i < SP_COUNT(sets); i++) {
        CHECK_EQ(keys_create(d, text, &made, "n", sets[i], NOW, 0), SP_OK);
        CHECK_EQ(made.scopes, sets[i]);
        CHECK_EQ(keys_load(k, d), SP_OK);
        CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
        CHECK_EQ(who.scopes, sets[i]);
    }
    /* A name of a later version, and one that only begins like ours, give nothing. */
    CHECK_EQ(db_run(d, "UPDATE api_key SET scopes = ? WHERE id = ?",
                    DB_T("admi tasks:readx  future audits"), DB_T(made.id)),
             1);
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    CHECK_EQ(who.scopes, SCOPE_AUDITS);
    for (uint32_t bit = 1; bit < 0x200; bit <<= 1) {
        CHECK(scope_name((scope)bit) != NULL);
        CHECK(scope_of(&s, scope_name((scope)bit)) && s == (scope)bit);
    }
    CHECK(scope_name((scope)0x200) == NULL && scope_name((scope)3) == NULL);
    CHECK(!scope_of(&s, "") && !scope_of(&s, "Admin"));
    close_keys();
}

TEST(only_a_hash_of_a_key_is_stored)
{
    char text[KEY_TEXT];
    principal made;
    CHECK(open_keys());
    CHECK_EQ(keys_create(d, text, &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    db_close(d);
    static uint8_t all[1 << 20];
    const char *const files[] = {"", "-wal"};
    for (size_t i = 0; i < 2; i++) {
        char path[600];
        (void)snprintf(path, sizeof path, "%s%s", here.where, files[i]);
        FILE *f = fopen(path, "rb");
        if (f == NULL) continue;
        const size_t n = fread(all, 1, sizeof all, f);
        (void)fclose(f);
        for (size_t at = 0; at + 16 <= n; at++) CHECK(memcmp(all + at, text + 13, 16) != 0);
    }
    CHECK_EQ(db_open(&d, here.where, false, why), SP_OK);
    close_keys();
}

TEST(many_keys_are_found)
{
    static char texts[300][KEY_TEXT];
    principal made, who;
    CHECK(open_keys());
    CHECK(db_exec(d, "BEGIN"));
    for (size_t i = 0; i < 300; i++)
        CHECK_EQ(keys_create(d, texts[i], &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    CHECK(db_exec(d, "COMMIT"));
    CHECK_EQ(keys_load(k, d), SP_OK);
    for (size_t i = 0; i < 300; i++) CHECK_EQ(keys_check(k, &who, texts[i], NOW), KEY_OK);
    close_keys();
}

/* A database that does not answer leaves the keys as they were. */
TEST(keys_stay_when_they_cannot_be_read)
{
    char text[KEY_TEXT];
    principal made, who;
    CHECK(open_keys());
    CHECK_EQ(keys_create(d, text, &made, "n", SCOPE_ADMIN, NOW, 0), SP_OK);
    CHECK_EQ(keys_load(k, d), SP_OK);
    CHECK(db_exec(d, "DROP TABLE api_key"));
    CHECK_EQ(keys_load(k, d), SP_ERR_IO);
    CHECK_EQ(keys_check(k, &who, text, NOW), KEY_OK);
    CHECK_EQ(keys_create(d, text, &made, "n", SCOPE_ADMIN, NOW, 0), SP_ERR_IO);
    close_keys();
}
