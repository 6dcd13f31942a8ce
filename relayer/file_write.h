/* file_write.h - bytes into an open file, all of them. From any thread. */
#ifndef RELAYER_FILE_WRITE_H
#define RELAYER_FILE_WRITE_H

#include "core/sp.h"

/* SP_ERR_LIMIT: the disk is full. SP_ERR_IO. */
SP_MUST_USE sp_status file_write(int fd, const void *bytes, size_t n);
/* What errno says of a file that could not be made, written or synced: one of these two. */
sp_status file_failure(void);

#endif
