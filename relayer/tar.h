/* tar.h - writing files into an archive that every tar reads (POSIX.1-1988 ustar). */
#ifndef RELAYER_TAR_H
#define RELAYER_TAR_H

#include "core/sp.h"

/* A regular file of mode 0644 and this time, in whole seconds since 1970. name: 1 to 99 characters.
 * n is below 2^33. SP_ERR_LIMIT: the disk is full. SP_ERR_IO. */
SP_MUST_USE sp_status tar_add(int fd, const char *name, const void *bytes, size_t n,
                              int64_t time_s);
SP_MUST_USE sp_status tar_end(int fd);

#endif
