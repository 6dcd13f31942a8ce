/* blob.h - bytes named by their SHA-256, each in a file of its own: blobs/ab/abcdef....
 *
 * A file stands under its name only when it is whole and on the disk, and it has this hash. From
 * any thread. */
#ifndef RELAYER_BLOB_H
#define RELAYER_BLOB_H

#include "core/sp.h"

#define BLOB_NAME 65
#define BLOB_PATH 640

/* dir: the folder of all blobs, which is there. */
void blob_path(char out[BLOB_PATH], const char *dir, const char *name);
/* 64 lower-case hex digits. */
bool blob_is_name(const char *name);
/* From memory (fd < 0) or from a file, from its beginning. SP_ERR_REJECT: the bytes have another
 * hash. SP_ERR_LIMIT: the disk is full. SP_ERR_IO. It is no failure that the blob is there already.
 */
SP_MUST_USE sp_status blob_put(const char *dir, const char *name, const uint8_t *bytes, int fd,
                               uint64_t n);
/* An open file, or -1; *n its length. */
int blob_open(const char *dir, const char *name, uint64_t *n);
/* The whole content, to be freed; NULL: it is not there, longer than most, or memory ran out. */
uint8_t *blob_read(const char *dir, const char *name, size_t most, size_t *n);
void blob_remove(const char *dir, const char *name);

#endif
