/* file_write.c - see file_write.h. */
#include "relayer/file_write.h"

#include <errno.h>
#include <unistd.h>

sp_status file_failure(void)
{
    return errno == ENOSPC || errno == EDQUOT ? SP_ERR_LIMIT : SP_ERR_IO;
}

sp_status file_write(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR) continue;
        if (w <= 0) return file_failure();
        p += w;
        n -= (size_t)w;
    }
    return SP_OK;
}
