/* key_file.c - the node's key in its file; see parts.h. */
#include "node/parts.h"

#include "market/folder.h"
#include "market/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "node.key"
#define LENGTH 65 /* 64 digits and the end of the line */

static sp_status make(ecdsa_key *key, const char *folder)
{
    char text[LENGTH + 1];
    uint8_t be[32];
    SP_TRY(ecdsa_key_new(key));
    ecdsa_key_write(be, key);
    hex_write(text, be, 32);
    text[64] = '\n';
    const bool ok = folder_put(folder, NAME, text, LENGTH);
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(be, sizeof be);
    if (!ok) ecdsa_key_wipe(key);
    return ok ? SP_OK : SP_ERR_IO;
}

sp_status key_file_read(ecdsa_key *key, const char *folder, char *why)
{
    char path[NODE_TEXT + 16], text[LENGTH + 15] = "";
    uint8_t be[32];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/" NAME, folder);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        (void)snprintf(why, 256, "%.200s cannot be written", path);
        return make(key, folder);
    }
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    const bool private = fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 077) == 0;
    if (fd >= 0) (void)close(fd);
    (void)snprintf(why, 256,
                   private ? "%.200s is no node key"
                           : "%.200s must be readable by its owner alone (chmod 600)",
                   path);
    if (got == LENGTH && text[64] == '\n') text[64] = 0;
    const sp_status s = !private                 ? SP_ERR_IO
                        : hex_read(be, 32, text) ? ecdsa_key_read(key, be)
                                                 : SP_ERR_FORMAT;
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(be, sizeof be);
    return s;
}
