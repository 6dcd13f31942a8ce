/* disk.c - see disk.h. */
#include "tests/relayer/disk.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define SEEN __attribute__((visibility("default")))

static atomic_int sync_error, write_error, writes_left;

void disk_fail_syncs(int error) { sync_error = error; }

void disk_fail_writes(int error, int n)
{
    writes_left = n;
    write_error = error;
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

SEEN int fsync(int fd) { return sync_error ? refuse(sync_error) : (int)syscall(SYS_fsync, fd); }

SEEN int fdatasync(int fd)
{
    return sync_error ? refuse(sync_error) : (int)syscall(SYS_fdatasync, fd);
}

SEEN ssize_t pwrite64(int fd, const void *at, size_t n, off_t offset);
ssize_t pwrite64(int fd, const void *at, size_t n, off_t offset)
{
    if (write_error != 0 && --writes_left < 0) return refuse(write_error);
    return syscall(SYS_pwrite64, fd, at, n, offset);
}
