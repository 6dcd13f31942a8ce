/* account_key.c - see account_key.h. */
#include "relayer/account_key.h"

#include "starknet/ct.h"
#include "starknet/keystore.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PASSWORD 1024

/* The first line of a file. */
static sp_status read_password(char out[MAX_PASSWORD], const char *path, char *why, size_t room)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) (void)close(fd);
        (void)snprintf(why, room, "chain.password_file: %.200s cannot be read", path);
        return SP_ERR_IO;
    }
    const ssize_t n = read(fd, out, MAX_PASSWORD - 1);
    (void)close(fd);
    out[n > 0 ? n : 0] = 0;
    out[strcspn(out, "\r\n")] = 0;
    if ((st.st_mode & 077) != 0) {
        (void)snprintf(why, room, "chain.password_file: %.200s must be its owner's alone (0600)",
                       path);
        return SP_ERR_FORMAT;
    }
    if (n > 0 && n < MAX_PASSWORD - 1 && out[0] != 0) return SP_OK;
    (void)snprintf(why, room, "chain.password_file: %.200s has no password", path);
    return SP_ERR_FORMAT;
}

static sp_status open_key(ecdsa_key *key, const char *json, size_t n, const char *path,
                          const char *password, char *why, size_t room)
{
    uint8_t secret[KEYSTORE_SECRET];
    sp_status s = keystore_open(secret, json, n, password, strlen(password));
    if (s == SP_OK) s = ecdsa_key_read(key, secret);
    ct_wipe(secret, sizeof secret);
    if (s == SP_OK) return SP_OK;
    (void)snprintf(why, room, "chain.keystore: %.200s: %s", path,
                   s == SP_ERR_REJECT  ? "the password is wrong, or the file was altered"
                   : s == SP_ERR_NOMEM ? "too little memory to open it"
                                       : "no keystore of a Starknet key");
    return s;
}

sp_status account_key_read(ecdsa_key *key, const char *keystore, const char *password_file,
                           char *why, size_t room)
{
    char password[MAX_PASSWORD] = "", *json = NULL;
    size_t n = 0;
    bool others = false;
    sp_status s = keystore_file_read(&json, &n, &others, keystore);
    if (s != SP_OK) {
        (void)snprintf(why, room, "chain.keystore: %.200s cannot be read", keystore);
    } else if (others) {
        (void)snprintf(why, room, "chain.keystore: %.200s must be its owner's alone (0600)",
                       keystore);
        s = SP_ERR_FORMAT;
    } else {
        s = read_password(password, password_file, why, room);
        if (s == SP_OK) s = open_key(key, json, n, keystore, password, why, room);
    }
    ct_wipe(password, sizeof password);
    free(json);
    return s;
}
