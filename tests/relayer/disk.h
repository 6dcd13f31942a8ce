/* disk.h - a disk that refuses, for this process: the program's own pwrite, fsync and fdatasync
 * stand before those of the C library, also for the libraries that it uses. */
#ifndef TESTS_RELAYER_DISK_H
#define TESTS_RELAYER_DISK_H

#include <errno.h>

/* From now on each sync fails so. */
void disk_fail_syncs(int error);
/* From the n-th write on each fails so. */
void disk_fail_writes(int error, int n);

#endif
