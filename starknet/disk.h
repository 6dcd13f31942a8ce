/* disk.h - what must not be lost goes to the disk whole. */
#ifndef STARKNET_DISK_H
#define STARKNET_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all n bytes, waits until the disk has them, and closes fd in any case. False when one of these
 * failed: then the file may hold a part. */
bool disk_write_close(int fd, const char *text, size_t n);

#endif
