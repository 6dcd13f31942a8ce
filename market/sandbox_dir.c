/* sandbox_dir.c - private directories: made, removed with all that is in them, and swept up after a
 * crash of their owner. An owner holds a lock on its directory, which ends with the process. */
#include "market/sandbox_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "sandbox-"
#define MAX_DEPTH 32 /* of folders that a child may have made */

/* The lock, on a directory that is still there: a sweep may have come between. */
static bool own(int fd)
{
    struct stat st;
    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0;
}

int sandbox_dir_make(char *path, size_t path_bytes, const char *base)
{
    for (unsigned i = 0; i < 10; i++) {
        const int n = snprintf(path, path_bytes, "%s/" PREFIX "XXXXXX", base);
        if (n < 0 || (size_t)n >= path_bytes || !mkdtemp(path)) return -1;
        const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && own(fd)) return fd;
        if (fd >= 0) (void)close(fd);
        (void)rmdir(path);
    }
    return -1;
}

/* Empties the directory fd, which it closes. Links are removed, not followed. */
static void empty(int fd, unsigned depth)
{
    DIR *d = fdopendir(fd);
    if (!d) {
        (void)close(fd);
        return;
    }
    (void)fchmod(dirfd(d), 0700); /* what is in it may be removed whatever the child made of it */
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (unlinkat(dirfd(d), e->d_name, 0) == 0 || depth == 0) continue;
        const int sub =
            openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (sub >= 0) empty(sub, depth - 1);
        (void)unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    }
    (void)closedir(d);
}

void sandbox_dir_remove(const char *path, int fd)
{
    const int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (again >= 0) empty(again, MAX_DEPTH);
    (void)rmdir(path);
    (void)close(fd);
}

unsigned sandbox_sweep(const char *dir)
{
    unsigned swept = 0;
    char path[4096];
    DIR *d = opendir(dir);
    if (!d) return 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0) continue;
        const int n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (n < 0 || (size_t)n >= sizeof path) continue;
        const int fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0) continue;
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) { /* its owner lives */
            (void)close(fd);
            continue;
        }
        sandbox_dir_remove(path, fd);
        swept++;
    }
    (void)closedir(d);
    return swept;
}
