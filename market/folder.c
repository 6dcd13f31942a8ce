/* folder.c - see folder.h. */
#include "market/folder.h"

#include "starknet/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_make(const char *path)
{
    char part[FOLDER_PATH];
    const size_t n = strlen(path);
    if (n >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return false;
    }
    return true;
}

bool folder_put(const char *folder, const char *name, const void *bytes, size_t n)
{
    char part[256];
    const int length = snprintf(part, sizeof part, ".%s.new", name);
    if (length < 0 || (size_t)length >= sizeof part) return false;
    const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return false;
    (void)unlinkat(dir, part, 0); /* of a process that was killed */
    const int fd = openat(dir, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && disk_write_close(fd, bytes, n) && renameat(dir, part, dir, name) == 0;
    if (!ok && fd >= 0) (void)unlinkat(dir, part, 0);
    ok = ok && fsync(dir) == 0;
    (void)close(dir);
    return ok;
}
