/* audit_key.c - the auditor's key in its file. */
#include "relayer/audit.h"

#include "market/folder.h"
#include "market/hex.h"
#include "relayer/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "auditor.key"

static bool make(const char *folder)
{
    char text[66];
    uint8_t be[32];
    ecdsa_key made;
    if (ecdsa_key_new(&made) != SP_OK) return false;
    ecdsa_key_write(be, &made);
    ecdsa_key_wipe(&made);
    hex_write(text, be, sizeof be);
    OPENSSL_cleanse(be, sizeof be);
    text[64] = '\n';
    const bool ok = folder_put(folder, NAME, text, 65);
    OPENSSL_cleanse(text, sizeof text);
    return ok;
}

sp_status audit_key_open(ecdsa_key *key, const char *folder, char *why)
{
    char path[SETTINGS_TEXT + 16], text[66] = "";
    uint8_t be[32];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/" NAME, folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        if (!make(folder)) {
            (void)snprintf(why, SETTINGS_WHY, "%.200s: the auditor's key cannot be stored", path);
            return SP_ERR_IO;
        }
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) (void)close(fd);
        (void)snprintf(why, SETTINGS_WHY, "%.200s: the auditor's key cannot be read", path);
        return SP_ERR_IO;
    }
    const bool private = (st.st_mode & 077) == 0 && st.st_uid == geteuid();
    const ssize_t n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    const bool ok = private && n >= 64 && (n == 64 || text[64] == '\n') &&
                    (text[64] = 0, hex_read(be, sizeof be, text)) &&
                    ecdsa_key_read(key, be) == SP_OK;
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(be, sizeof be);
    if (ok) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY,
                   private ? "%.200s is no auditor's key"
                           : "%.200s can be read by others: chmod 600, or remove it",
                   path);
    return SP_ERR_FORMAT;
}
