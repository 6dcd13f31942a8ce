/* disk.c - see disk.h. */
#include "starknet/disk.h"

#include <unistd.h>

bool disk_write_close(int fd, const char *text, size_t n)
{
    bool ok = true;
    for (size_t at = 0; ok && at < n;) {
        ssize_t k = write(fd, text + at, n - at);
        if (k <= 0)
            ok = false;
        else
            at += (size_t)k;
    }
    if (ok && fsync(fd)) ok = false;
    if (close(fd)) ok = false;
    return ok;
}
