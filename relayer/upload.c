/* upload.c - see upload.h. */
#include "relayer/upload.h"

#include "market/base64.h"
#include "relayer/blob.h"
#include "relayer/file_write.h"
#include "relayer/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ((size_t)64 << 10)
#define SHA_256 "sha-256=:"

static bool read_number(uint64_t *out, const char *from, const char *to)
{
    char text[24];
    const size_t n = (size_t)(to - from);
    if (n == 0 || n >= sizeof text) return false;
    memcpy(text, from, n);
    text[n] = 0;
    return guard_parse_length(out, text);
}

bool upload_part_read(upload_part *out, const char *text)
{
    if (strncmp(text, "bytes ", 6) != 0) return false;
    const char *dash = strchr(text + 6, '-');
    const char *slash = dash == NULL ? NULL : strchr(dash, '/');
    return slash != NULL && read_number(&out->first, text + 6, dash) &&
           read_number(&out->last, dash + 1, slash) &&
           read_number(&out->total, slash + 1, slash + strlen(slash)) && out->first <= out->last &&
           out->last < out->total;
}

bool upload_digest_read(uint8_t out[32], const char *text)
{
    const char *from = strstr(text, SHA_256);
    if (from == NULL || (from != text && from[-1] != ' ' && from[-1] != ',')) return false;
    from += strlen(SHA_256);
    const char *to = strchr(from, ':');
    uint8_t hash[36];
    size_t n = sizeof hash;
    if (to == NULL || to - from != 44 || base64_read(hash, &n, from, 44) != SP_OK || n != 32)
        return false;
    memcpy(out, hash, 32);
    return true;
}

void upload_digest_write(char out[UPLOAD_DIGEST], const uint8_t hash[32])
{
    memcpy(out, SHA_256, strlen(SHA_256));
    char *p = out + strlen(SHA_256);
    (void)base64_write(p, hash, 32);
    memcpy(p + strlen(p), ":", 2);
}

static void path_of(char out[BLOB_PATH], const char *dir, const char *owner, const char *name)
{
    (void)snprintf(out, BLOB_PATH, "%.480s/%.64s.%.64s", dir, name, owner);
}

uint64_t upload_offset(const char *dir, const char *owner, const char *name)
{
    char path[BLOB_PATH];
    struct stat st;
    path_of(path, dir, owner, name);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

/* At the end of `to`. */
static sp_status append(int to, const uint8_t *bytes, int fd, uint64_t n)
{
    if (fd < 0) return file_write(to, bytes, (size_t)n);
    uint8_t *room = malloc(PART);
    sp_status s = room == NULL ? SP_ERR_NOMEM : SP_OK;
    for (uint64_t done = 0; s == SP_OK && done < n;) {
        const size_t want = n - done < PART ? (size_t)(n - done) : PART;
        const ssize_t r = pread(fd, room, want, (off_t)done);
        s = r <= 0 ? SP_ERR_IO : file_write(to, room, (size_t)r);
        if (r > 0) done += (uint64_t)r;
    }
    free(room);
    return s;
}

sp_status upload_append(uint64_t *offset, const char *dir, const char *owner, const char *name,
                        const upload_part *part, const uint8_t *bytes, int fd, uint64_t n)
{
    char path[BLOB_PATH];
    struct stat st;
    *offset = 0;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) return file_failure();
    path_of(path, dir, owner, name);
    /* A file that holds nothing is not made for a part that does not begin it. */
    const int to =
        open(path, O_WRONLY | O_APPEND | O_CLOEXEC | (part->first == 0 ? O_CREAT : 0), 0600);
    if (to < 0) return errno == ENOENT ? SP_ERR_ARG : file_failure();
    sp_status s = SP_ERR_REJECT;
    bool is_ours = false; /* and whoever had it before us has not taken its name away */
    if (flock(to, LOCK_EX | LOCK_NB) == 0) {
        s = fstat(to, &st) != 0 ? SP_ERR_IO : st.st_nlink == 0 ? SP_ERR_REJECT : SP_OK;
        is_ours = s == SP_OK;
    }
    if (s != SP_OK) goto out;
    *offset = (uint64_t)st.st_size;
    s = SP_ERR_ARG;
    if (part->first != *offset || part->last - part->first + 1 != n) goto out;
    s = append(to, bytes, fd, n);
    if (s == SP_OK && fsync(to) != 0) s = file_failure();
    if (s == SP_OK)
        *offset += n;
    else if (ftruncate(to, st.st_size) != 0)
        (void)unlink(path); /* what is half there must not look like a beginning */
out:
    if (s != SP_OK && is_ours && *offset == 0) (void)unlink(path);
    (void)close(to);
    return s;
}

sp_status upload_finish(const char *dir, const char *blobs, const char *owner, const char *name)
{
    char path[BLOB_PATH];
    struct stat st;
    path_of(path, dir, owner, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return SP_ERR_IO;
    const sp_status s =
        fstat(fd, &st) != 0 ? SP_ERR_IO : blob_put(blobs, name, NULL, fd, (uint64_t)st.st_size);
    (void)close(fd);
    if (s == SP_OK || s == SP_ERR_REJECT) (void)unlink(path);
    return s;
}

void upload_look(upload_begun *out, const char *dir, const char *owner, const char *but)
{
    const upload_begun none = {0, 0};
    DIR *d = opendir(dir);
    *out = none;
    if (d == NULL) return;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        struct stat st;
        if (strlen(e->d_name) < BLOB_NAME || strcmp(e->d_name + BLOB_NAME, owner) != 0 ||
            strncmp(e->d_name, but, BLOB_NAME - 1) == 0 ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        out->n++;
        out->bytes += (uint64_t)st.st_size;
    }
    (void)closedir(d);
}

void upload_prune(const char *dir, int64_t now_ms)
{
    DIR *d = opendir(dir);
    if (d == NULL) return;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        struct stat st;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            (int64_t)st.st_mtime * 1000 + UPLOAD_KEPT_MS < now_ms)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    }
    (void)closedir(d);
}
