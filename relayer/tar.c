/* tar.c - see tar.h. */
#include "relayer/tar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 512

static sp_status put(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR) continue;
        if (w <= 0) return errno == ENOSPC || errno == EDQUOT ? SP_ERR_LIMIT : SP_ERR_IO;
        p += w;
        n -= (size_t)w;
    }
    return SP_OK;
}

sp_status tar_add(int fd, const char *name, const void *bytes, size_t n, int64_t time_s)
{
    static const char zeros[BLOCK];
    char h[BLOCK + 1];
    unsigned sum = 0;
    memset(h, 0, sizeof h);
    (void)snprintf(h, 100, "%s", name);
    (void)snprintf(h + 100, 8, "0000644");
    (void)snprintf(h + 108, 8, "0000000"); /* of nobody in particular */
    (void)snprintf(h + 116, 8, "0000000");
    (void)snprintf(h + 124, 13, "%011llo", (unsigned long long)n & 077777777777);
    (void)snprintf(h + 136, 13, "%011llo", (unsigned long long)time_s & 077777777777);
    h[156] = '0';
    memcpy(h + 257, "ustar\00000", 8);
    memset(h + 148, ' ', 8); /* the sum is over blanks where it will stand */
    for (size_t i = 0; i < BLOCK; i++) sum += (unsigned char)h[i];
    (void)snprintf(h + 148, 8, "%06o", sum & 0777777);
    SP_TRY(put(fd, h, BLOCK));
    SP_TRY(put(fd, bytes, n));
    return put(fd, zeros, (BLOCK - n % BLOCK) % BLOCK);
}

sp_status tar_end(int fd)
{
    static const char zeros[2 * BLOCK];
    return put(fd, zeros, sizeof zeros);
}
