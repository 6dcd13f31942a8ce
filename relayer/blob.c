/* blob.c - see blob.h. */
#include "relayer/blob.h"

#include "core/crash.h"
#include "market/hex.h"
#include "relayer/file_write.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ((size_t)64 << 10)

void blob_path(char out[BLOB_PATH], const char *dir, const char *name)
{
    (void)snprintf(out, BLOB_PATH, "%.500s/%.2s/%.64s", dir, name, name);
}

bool blob_is_name(const char *name)
{
    return strlen(name) == BLOB_NAME - 1 && strspn(name, "0123456789abcdef") == BLOB_NAME - 1;
}

/* Copies to `to` and hashes on the way. */
static sp_status copy(int to, uint8_t hash[32], const uint8_t *bytes, int fd, uint64_t n)
{
    EVP_MD_CTX *h = EVP_MD_CTX_new();
    uint8_t *room = fd < 0 ? NULL : malloc(PART);
    sp_status s = SP_ERR_NOMEM;
    if (h == NULL || (fd >= 0 && room == NULL) || EVP_DigestInit_ex(h, EVP_sha256(), NULL) != 1)
        goto out;
    for (uint64_t at = 0; at < n;) {
        const size_t part = n - at < PART ? (size_t)(n - at) : PART;
        const uint8_t *p = bytes + (fd < 0 ? at : 0);
        size_t got = part;
        if (fd >= 0) {
            const ssize_t r = pread(fd, room, part, (off_t)at);
            s = SP_ERR_IO;
            if (r <= 0) goto out;
            got = (size_t)r;
            p = room;
        }
        s = SP_ERR_NOMEM;
        if (EVP_DigestUpdate(h, p, got) != 1) goto out;
        s = file_write(to, p, got);
        if (s != SP_OK) goto out;
        at += got;
    }
    s = EVP_DigestFinal_ex(h, hash, NULL) == 1 ? SP_OK : SP_ERR_NOMEM;
out:
    EVP_MD_CTX_free(h);
    free(room);
    return s;
}

static bool sync_folder(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) (void)close(fd);
    return ok;
}

sp_status blob_put(const char *dir, const char *name, const uint8_t *bytes, int fd, uint64_t n)
{
    char path[BLOB_PATH], part[BLOB_PATH + 16], folder[BLOB_PATH];
    uint8_t hash[32];
    char hex[BLOB_NAME];
    struct stat st;
    blob_path(path, dir, name);
    if (stat(path, &st) == 0 && (uint64_t)st.st_size == n) {
        /* It is there; but who sends other bytes under its name is still told so. */
        const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        const sp_status s = null < 0 ? SP_ERR_IO : copy(null, hash, bytes, fd, n);
        if (null >= 0) (void)close(null);
        SP_TRY(s);
        hex_write(hex, hash, 32);
        return strcmp(hex, name) == 0 ? SP_OK : SP_ERR_REJECT;
    }
    (void)snprintf(folder, sizeof folder, "%.500s/%.2s", dir, name);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) return file_failure();
    (void)snprintf(part, sizeof part, "%s.XXXXXX", path);
    const int to = mkstemp(part);
    if (to < 0) return file_failure();
    sp_status s = copy(to, hash, bytes, fd, n);
    if (s == SP_OK) {
        hex_write(hex, hash, 32);
        if (strcmp(hex, name) != 0) s = SP_ERR_REJECT;
    }
    if (s == SP_OK && fsync(to) != 0) s = file_failure();
    if (close(to) != 0 && s == SP_OK) s = file_failure();
    if (s == SP_OK && rename(part, path) != 0) s = file_failure();
    if (s != SP_OK) {
        (void)unlink(part);
        return s;
    }
    if (!sync_folder(folder) || !sync_folder(dir)) return SP_ERR_IO;
    SP_CRASH_POINT("after_blob");
    return SP_OK;
}

int blob_open(const char *dir, const char *name, uint64_t *n)
{
    char path[BLOB_PATH];
    struct stat st;
    *n = 0;
    if (!blob_is_name(name)) return -1;
    blob_path(path, dir, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return -1;
    }
    *n = (uint64_t)st.st_size;
    return fd;
}

uint8_t *blob_read(const char *dir, const char *name, size_t most, size_t *n)
{
    uint64_t size;
    const int fd = blob_open(dir, name, &size);
    *n = 0;
    if (fd < 0) return NULL;
    uint8_t *p = size > most ? NULL : malloc((size_t)size + 1);
    while (p != NULL && *n < size) {
        const ssize_t r = pread(fd, p + *n, (size_t)size - *n, (off_t)*n);
        if (r <= 0) {
            free(p);
            p = NULL;
            break;
        }
        *n += (size_t)r;
    }
    (void)close(fd);
    if (p == NULL) *n = 0;
    return p;
}

void blob_remove(const char *dir, const char *name)
{
    char path[BLOB_PATH];
    if (!blob_is_name(name)) return;
    blob_path(path, dir, name);
    (void)unlink(path);
}
