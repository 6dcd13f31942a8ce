/* keystore.c - secrets under a password: the published example, altered texts, files. */
#include "starknet/keystore.h"
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

/* Made with pycryptodome 3.24.1 (scrypt, AES, Keccak) and opened by eth-keyfile 0.9.1. */
static const char example[] =
    "{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":{\"iv\":"
    "\"83dbcc02d8ccb40e466191a123791e0e\"},\"ciphertext\":"
    "\"ebea89b9ff702779de8d038d0e789698ca066c162391f1f3622f2b7068a35ff6\",\"kdf\":\"scrypt\","
    "\"kdfparams\":{\"dklen\":32,\"n\":8192,\"p\":1,\"r\":8,\"salt\":"
    "\"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19\"},\"mac\":"
    "\"f8d8f311c596b4618f4a4dca2d8ac85863aa859ea8c85ca35aa49b3c4fc01224\"},\"id\":"
    "\"3198bc9c-6672-5ab3-d995-4942343ae5b6\",\"version\":3}";

TEST(keystore_opens_one_of_other_software)
{
    uint8_t secret[32];
    char hex[65];
    CHECK(keystore_open(secret, example, strlen(example), "testpassword", 12) == SP_OK);
    for (unsigned i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", secret[i]);
    CHECK(!strcmp(hex, "00000000000000000000000000000000b137668388dbe9acdfa3bc734cc2c469"));
}

TEST(keystore_seals_and_opens)
{
    uint8_t secret[32], got[32] = {0};
    char *one, *two;
    for (unsigned i = 0; i < 32; i++) secret[i] = (uint8_t)(7 * i);
    CHECK(keystore_seal(&one, secret, "pass", 4, 10) == SP_OK);
    CHECK(keystore_seal(&two, secret, "pass", 4, 10) == SP_OK);
    CHECK(strcmp(one, two));
    CHECK(keystore_open(got, one, strlen(one), "pass", 4) == SP_OK);
    CHECK_BYTES(got, secret, 32);
    memset(got, 1, 32);
    CHECK(keystore_open(got, one, strlen(one), "pas", 3) == SP_ERR_REJECT);
    CHECK(keystore_open(got, one, strlen(one), "", 0) == SP_ERR_REJECT);
    CHECK(got[0] == 1 && got[31] == 1);
    free(one);
    free(two);
    CHECK(keystore_seal(&one, secret, "", 0, 10) == SP_OK);
    CHECK(keystore_open(got, one, strlen(one), "", 0) == SP_OK);
    free(one);
    CHECK(keystore_seal(&one, secret, "", 0, 9) == SP_ERR_ARG && one == NULL);
    CHECK(keystore_seal(&one, secret, "", 0, 21) == SP_ERR_ARG && one == NULL);
}

/* text with the first occurrence of from replaced; NULL when there is none. */
static char *altered(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    if (!at) return NULL;
    char *out = malloc(strlen(text) + strlen(to) + 1);
    if (out) sprintf(out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

TEST(keystore_altered_texts_are_refused)
{
    static const struct {
        const char *from, *to;
        sp_status want;
    } cases[] = {{"\"version\":3", "\"version\":4", SP_ERR_FORMAT},
                 {"\"version\":3", "\"version\":\"3\"", SP_ERR_FORMAT},
                 {"aes-128-ctr", "aes-128-cbc", SP_ERR_FORMAT},
                 {"\"scrypt\"", "\"pbkdf2\"", SP_ERR_FORMAT},
                 {"\"dklen\":32", "\"dklen\":16", SP_ERR_FORMAT},
                 {"\"n\":1024", "\"n\":1023", SP_ERR_FORMAT},
                 {"\"n\":1024", "\"n\":0", SP_ERR_FORMAT},
                 {"\"n\":1024", "\"n\":-2", SP_ERR_FORMAT},
                 {"\"n\":1024", "\"n\":1073741824", SP_ERR_LIMIT},
                 {"\"n\":1024", "\"n\":16777216", SP_ERR_LIMIT}, /* 16 GiB */
                 {"\"n\":1024", "\"n\":2048", SP_ERR_REJECT},
                 {"\"n\":1024", "\"n\":65536", SP_ERR_REJECT},
                 {"\"n\":1024,\"p\":1,\"r\":8", "\"n\":65536,\"p\":1,\"r\":1", SP_ERR_FORMAT},
                 {"\"r\":8", "\"r\":0", SP_ERR_FORMAT},
                 {"\"r\":8", "\"r\":65", SP_ERR_LIMIT},
                 {"\"p\":1", "\"p\":17", SP_ERR_LIMIT},
                 {"\"p\":1", "\"p\":1.5", SP_ERR_FORMAT},
                 {"\"salt\":\"", "\"salt\":\"0", SP_ERR_FORMAT},
                 {"\"salt\":\"", "\"salt\":\"00", SP_ERR_REJECT},
                 {"\"salt\":\"", "\"salt\":\"zz", SP_ERR_FORMAT},
                 {"\"iv\":\"", "\"iv\":\"00", SP_ERR_FORMAT},
                 {"\"mac\":\"", "\"mac\":\"00", SP_ERR_FORMAT},
                 {"\"ciphertext\":\"", "\"ciphertext\":\"00", SP_ERR_FORMAT},
                 {"{\"crypto\"", "{\"krypto\"", SP_ERR_FORMAT},
                 {"{\"crypto\"", "[{\"crypto\"", SP_ERR_FORMAT},
                 {"{\"crypto\"", "{\"version\":3,\"crypto\"", SP_ERR_FORMAT}};
    uint8_t secret[32] = {0};
    char *text;
    CHECK(keystore_seal(&text, secret, "p", 1, 10) == SP_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bad = altered(text, cases[i].from, cases[i].to);
        CHECK(bad);
        CHECK_EQ(keystore_open(secret, bad, strlen(bad), "p", 1), cases[i].want);
        free(bad);
    }
    /* Every digit of the ciphertext is under the check. */
    char *at = strstr(text, "\"ciphertext\":\"") + 14;
    for (unsigned i = 0; i < 64; i += 9) {
        char was = at[i];
        at[i] = was == '0' ? '1' : '0';
        CHECK(keystore_open(secret, text, strlen(text), "p", 1) == SP_ERR_REJECT);
        at[i] = was;
    }
    for (size_t n = 0; n + 2 < strlen(text); n += 5)
        CHECK(keystore_open(secret, text, n, "p", 1) == SP_ERR_FORMAT);
    CHECK(keystore_open(secret, text, KEYSTORE_MAX_BYTES + 1, "p", 1) == SP_ERR_LIMIT);
    free(text);
}

TEST(keystore_files_are_private_and_never_replaced)
{
    char dir[] = "/tmp/keystoreXXXXXX", path[64], *text = NULL;
    size_t n = 0;
    bool others = true;
    struct stat s;
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/key", dir);
    mode_t was = umask(0);
    sp_status st = keystore_file_write(path, "secret");
    umask(was);
    CHECK(st == SP_OK && stat(path, &s) == 0 && (s.st_mode & 07777) == 0600);
    CHECK(keystore_file_write(path, "other") == SP_ERR_IO);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_OK && n == 6 && !others);
    CHECK_BYTES(text, "secret", 6);
    free(text);
    CHECK(chmod(path, 0644) == 0);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_OK && others);
    free(text);
    CHECK(truncate(path, KEYSTORE_MAX_BYTES) == 0);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_OK && n == KEYSTORE_MAX_BYTES);
    free(text);
    CHECK(truncate(path, KEYSTORE_MAX_BYTES + 1) == 0);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_ERR_LIMIT && text == NULL);
    CHECK(keystore_file_read(&text, &n, &others, dir) == SP_ERR_IO && text == NULL);
    CHECK(unlink(path) == 0);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_ERR_IO && text == NULL);
    CHECK(mkfifo(path, 0600) == 0);
    CHECK(keystore_file_read(&text, &n, &others, path) == SP_ERR_IO && text == NULL);
    CHECK(unlink(path) == 0 && rmdir(dir) == 0);
}
