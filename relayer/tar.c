/* tar.c - see tar.h. */
#include "relayer/tar.h"

#include "market/bundle.h"
#include "relayer/file_write.h"

sp_status tar_add(int fd, const char *name, const void *bytes, size_t n, int64_t time_s)
{
    static const char zeros[BUNDLE_BLOCK];
    char header[BUNDLE_BLOCK];
    bundle_header(header, name, n, time_s);
    SP_TRY(file_write(fd, header, sizeof header));
    SP_TRY(file_write(fd, bytes, n));
    return file_write(fd, zeros, (BUNDLE_BLOCK - n % BUNDLE_BLOCK) % BUNDLE_BLOCK);
}

sp_status tar_end(int fd)
{
    static const char zeros[2 * BUNDLE_BLOCK];
    return file_write(fd, zeros, sizeof zeros);
}
