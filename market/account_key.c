/* account_key.c - see account_key.h. */
#include "market/account_key.h"

#include "starknet/ct.h"
#include "starknet/keystore.h"
#include "starknet/private_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PASSWORD 1024

typedef struct {
    char *json; /* sealed: nothing to wipe */
    size_t n;
    char password[MAX_PASSWORD];
} contents;

static sp_status wrong(char *why, sp_status s, const char *setting, const char *path,
                       const char *what)
{
    (void)snprintf(why, ACCOUNT_KEY_WHY, "%s: %.200s%s%s", setting, path, path[0] != 0 ? " " : "",
                   what);
    return s;
}

static const char *const open_to_others = "must be its owner's alone (chmod 600)";

static sp_status read_keystore(contents *c, const account_key_files *f, char *why)
{
    bool others = false;
    const sp_status s = keystore_file_read(&c->json, &c->n, &others, f->keystore);
    if (s == SP_ERR_LIMIT)
        return wrong(why, SP_ERR_FORMAT, f->keystore_setting, f->keystore, "is no keystore");
    if (s != SP_OK) return wrong(why, s, f->keystore_setting, f->keystore, "cannot be read");
    if (others) return wrong(why, SP_ERR_FORMAT, f->keystore_setting, f->keystore, open_to_others);
    return SP_OK;
}

/* What is wrong with the first line of n bytes, or NULL; it then ends in a zero. */
static const char *cut_line(char text[MAX_PASSWORD], size_t n)
{
    const char *end = memchr(text, '\n', n);
    if (end == NULL && n == MAX_PASSWORD) return "has a password that is too long";
    size_t length = end != NULL ? (size_t)(end - text) : n;
    if (length > 0 && text[length - 1] == '\r') length--;
    if (memchr(text, 0, length) != NULL) return "has a password with a zero byte";
    text[length] = 0;
    return length > 0 ? NULL : "has no password";
}

static sp_status read_password(contents *c, const account_key_files *f, char *why)
{
    const char *setting = f->password_setting, *path = f->password;
    struct stat st;
    if (path[0] == 0)
        return wrong(why, SP_ERR_FORMAT, setting, path, "is needed: nobody is asked for it");
    /* A pipe does not hold us up. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return wrong(why, SP_ERR_IO, setting, path, "cannot be read");
    const bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    const bool private = private_file_check(fd);
    ssize_t got = 0;
    size_t n = 0;
    while (regular && private && n < MAX_PASSWORD &&
           (got = read(fd, c->password + n, MAX_PASSWORD - n)) > 0)
        n += (size_t)got;
    (void)close(fd);
    if (!regular || got < 0) return wrong(why, SP_ERR_IO, setting, path, "cannot be read");
    if (!private) return wrong(why, SP_ERR_FORMAT, setting, path, open_to_others);
    const char *bad = cut_line(c->password, n);
    return bad == NULL ? SP_OK : wrong(why, SP_ERR_FORMAT, setting, path, bad);
}

static sp_status read_both(contents *c, const account_key_files *f, char *why)
{
    memset(c, 0, sizeof *c);
    SP_TRY(read_keystore(c, f, why));
    return read_password(c, f, why);
}

static void forget(contents *c)
{
    ct_wipe(c->password, sizeof c->password);
    free(c->json);
}

static sp_status open_key(ecdsa_key *key, const contents *c, const account_key_files *f, char *why)
{
    uint8_t secret[KEYSTORE_SECRET];
    sp_status s = keystore_open(secret, c->json, c->n, c->password, strlen(c->password));
    if (s == SP_OK) s = ecdsa_key_read(key, secret);
    ct_wipe(secret, sizeof secret);
    if (s == SP_OK) return SP_OK;
    if (s == SP_ERR_REJECT)
        return wrong(why, s, f->keystore_setting, f->keystore,
                     "does not open: the password is wrong, or the file was altered");
    if (s == SP_ERR_NOMEM || s == SP_ERR_LIMIT)
        return wrong(why, SP_ERR_NOMEM, f->keystore_setting, f->keystore,
                     "does not open: there is too little memory");
    return wrong(why, SP_ERR_FORMAT, f->keystore_setting, f->keystore,
                 "is no keystore of a Starknet key");
}

sp_status account_key_read(ecdsa_key *key, const account_key_files *f, char why[ACCOUNT_KEY_WHY])
{
    contents c;
    sp_status s = read_both(&c, f, why);
    if (s == SP_OK) s = open_key(key, &c, f, why);
    forget(&c);
    return s;
}

sp_status account_key_check(const account_key_files *f, char why[ACCOUNT_KEY_WHY])
{
    contents c;
    const sp_status s = read_both(&c, f, why);
    forget(&c);
    return s;
}
