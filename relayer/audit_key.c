/* audit_key.c - the auditor's key in its file. */
#include "relayer/audit.h"

#include "market/hex.h"
#include "relayer/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sp_status make(const char *path, char *why)
{
    char part[SETTINGS_TEXT + 16], text[66], folder[SETTINGS_TEXT];
    uint8_t be[32];
    ecdsa_key made;
    SP_TRY(ecdsa_key_new(&made));
    ecdsa_key_write(be, &made);
    ecdsa_key_wipe(&made);
    hex_write(text, be, sizeof be);
    OPENSSL_cleanse(be, sizeof be);
    text[64] = '\n';
    (void)snprintf(part, sizeof part, "%s.part", path);
    (void)unlink(part);
    const int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, 65) == 65 && fsync(fd) == 0;
    if (fd >= 0) ok = close(fd) == 0 && ok;
    OPENSSL_cleanse(text, sizeof text);
    ok = ok && rename(part, path) == 0;
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path),
                   slash == NULL ? "." : path);
    const int dir = ok ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    ok = ok && dir >= 0 && fsync(dir) == 0;
    if (dir >= 0) (void)close(dir);
    if (ok) return SP_OK;
    (void)snprintf(why, SETTINGS_WHY, "%.200s: the auditor's key cannot be stored", path);
    return SP_ERR_IO;
}

sp_status audit_key_open(ecdsa_key *key, const char *path, char *why)
{
    char text[66] = "";
    uint8_t be[32];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        SP_TRY(make(path, why));
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
