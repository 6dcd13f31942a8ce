/* account_key.c - a keystore and the file of its password: what is taken, and what is said of what
 * is not. */
#include "market/account_key.h"
#include "starknet/keystore.h"
#include "tests/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], keystore[96], password[96];

static bool put(const char *path, const char *text, size_t n, mode_t mode)
{
    (void)remove(path);
    FILE *f = fopen(path, "wb");
    if (f == NULL) return false;
    const bool ok = fwrite(text, 1, n, f) == n;
    return fclose(f) == 0 && ok && chmod(path, mode) == 0;
}

static bool seal(const char *under, uint8_t last)
{
    uint8_t secret[KEYSTORE_SECRET] = {0};
    char *json = NULL;
    secret[KEYSTORE_SECRET - 1] = last;
    const bool ok = keystore_seal(&json, secret, under, strlen(under), 10) == SP_OK &&
                    put(keystore, json, strlen(json), 0600);
    free(json);
    return ok;
}

static bool begin(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/account_keyXXXXXX");
    if (mkdtemp(folder) == NULL) return false;
    (void)snprintf(keystore, sizeof keystore, "%s/k.json", folder);
    (void)snprintf(password, sizeof password, "%s/pw", folder);
    return seal("a word", 7) && put(password, "a word\n", 7, 0600);
}

static void end(void)
{
    (void)remove(keystore);
    (void)remove(password);
    (void)rmdir(folder);
}

static account_key_files files(void)
{
    return (account_key_files){.keystore = keystore,
                               .keystore_setting = "the.keystore",
                               .password = password,
                               .password_setting = "the.password"};
}

/* The status of both functions, which must agree; of why each of the parts. */
static bool says(sp_status status, const char *setting, const char *path, const char *part)
{
    const account_key_files f = files();
    char why[ACCOUNT_KEY_WHY] = "", start[160], again[ACCOUNT_KEY_WHY] = "";
    ecdsa_key key;
    (void)snprintf(start, sizeof start, "%s: %s ", setting, path);
    const sp_status s = account_key_read(&key, &f, why), checked = account_key_check(&f, again);
    if (s == status && checked == status && strncmp(why, start, strlen(start)) == 0 &&
        strstr(why, part) != NULL && strcmp(why, again) == 0)
        return true;
    printf("%d, %d: %s | %s\n", (int)s, (int)checked, why, again);
    return false;
}

static bool opens(uint8_t last)
{
    const account_key_files f = files();
    char why[ACCOUNT_KEY_WHY] = "untouched";
    uint8_t be[32];
    ecdsa_key key;
    if (account_key_check(&f, why) != SP_OK || account_key_read(&key, &f, why) != SP_OK ||
        strcmp(why, "untouched") != 0) {
        printf("%s\n", why);
        return false;
    }
    ecdsa_key_write(be, &key);
    return be[31] == last && be[30] == 0;
}

TEST(a_key_is_opened_with_the_first_line_of_its_password_file)
{
    char longest[1025];
    CHECK(begin());
    CHECK(opens(7));
    static const char *const same[] = {"a word", "a word\r\n", "a word\nanother line\n"};
    for (size_t i = 0; i < SP_COUNT(same); i++) {
        CHECK(put(password, same[i], strlen(same[i]), 0600));
        CHECK(opens(7));
    }
    CHECK(put(password, "a word\n", 7, 0400) && chmod(keystore, 0400) == 0);
    CHECK(opens(7));
    /* As `sprove keys` reads one: only the line's end is cut off. */
    CHECK(seal("a\rword \r", 8) && put(password, "a\rword \r\r\n", 10, 0600));
    CHECK(opens(8));
    memset(longest, 'x', sizeof longest);
    longest[1023] = 0;
    CHECK(seal(longest, 9));
    longest[1023] = '\n';
    CHECK(put(password, longest, 1024, 0600) && opens(9));
    CHECK(put(password, longest, 1023, 0600) && opens(9));
    longest[1023] = 'x';
    CHECK(put(password, longest, 1024, 0600));
    CHECK(says(SP_ERR_FORMAT, "the.password", password, "too long"));
    longest[1024] = '\n';
    CHECK(put(password, longest, 1025, 0600));
    CHECK(says(SP_ERR_FORMAT, "the.password", password, "too long"));
    end();
}

TEST(files_that_others_may_open_are_refused_by_name)
{
    CHECK(begin());
    for (mode_t bit = 1; bit < 0100; bit <<= 1) {
        CHECK(chmod(keystore, 0600 | bit) == 0);
        CHECK(says(SP_ERR_FORMAT, "the.keystore", keystore, "must be its owner's alone"));
        CHECK(chmod(keystore, 0600) == 0 && chmod(password, 0600 | bit) == 0);
        CHECK(says(SP_ERR_FORMAT, "the.password", password, "must be its owner's alone"));
        CHECK(chmod(password, 0600) == 0);
    }
    CHECK(opens(7));
    end();
}

TEST(what_is_wrong_with_the_files_is_said)
{
    const account_key_files none = {.keystore = keystore,
                                    .keystore_setting = "the.keystore",
                                    .password = "",
                                    .password_setting = "the.password"};
    char why[ACCOUNT_KEY_WHY];
    CHECK(begin());
    CHECK(account_key_check(&none, why) == SP_ERR_FORMAT &&
          strncmp(why, "the.password: is needed", 23) == 0);
    CHECK(put(password, "", 0, 0600) &&
          says(SP_ERR_FORMAT, "the.password", password, "no password"));
    CHECK(put(password, "\na word\n", 8, 0600) &&
          says(SP_ERR_FORMAT, "the.password", password, "no password"));
    CHECK(put(password, "\r\n", 2, 0600) &&
          says(SP_ERR_FORMAT, "the.password", password, "no password"));
    CHECK(put(password, "a word\0\n", 8, 0600) &&
          says(SP_ERR_FORMAT, "the.password", password, "zero byte"));
    CHECK(remove(password) == 0 && says(SP_ERR_IO, "the.password", password, "cannot be read"));
    CHECK(mkfifo(password, 0600) == 0 &&
          says(SP_ERR_IO, "the.password", password, "cannot be read"));
    CHECK(remove(password) == 0 && mkdir(password, 0700) == 0);
    CHECK(says(SP_ERR_IO, "the.password", password, "cannot be read"));
    CHECK(rmdir(password) == 0 && put(password, "a word\n", 7, 0600));
    CHECK(remove(keystore) == 0 && says(SP_ERR_IO, "the.keystore", keystore, "cannot be read"));
    CHECK(put(keystore, "{}", 2, 0600) && truncate(keystore, KEYSTORE_MAX_BYTES + 1) == 0);
    CHECK(says(SP_ERR_FORMAT, "the.keystore", keystore, "no keystore"));
    end();
}

/* What only opening it can tell. */
static bool does_not_open(sp_status status, const char *part)
{
    const account_key_files f = files();
    char why[ACCOUNT_KEY_WHY] = "";
    ecdsa_key key;
    return account_key_check(&f, why) == SP_OK && account_key_read(&key, &f, why) == status &&
           strncmp(why, "the.keystore: /", 15) == 0 && strstr(why, part) != NULL &&
           strstr(why, "a word") == NULL && strstr(why, "another") == NULL;
}

TEST(a_keystore_that_does_not_open_is_told_apart)
{
    CHECK(begin());
    CHECK(put(password, "another word\n", 13, 0600));
    CHECK(does_not_open(SP_ERR_REJECT, "password is wrong"));
    CHECK(put(password, "a word\n", 7, 0600) && put(keystore, "{}", 2, 0600));
    CHECK(does_not_open(SP_ERR_FORMAT, "is no keystore of a Starknet key"));
    CHECK(seal("a word", 0) && does_not_open(SP_ERR_FORMAT, "is no keystore of a Starknet key"));
    end();
}
