/* faults.c - loaded before the C library (LD_PRELOAD) of a process under test: a disk that refuses,
 * a wall clock that is set, and moments at which the process dies (core/crash.h).
 *
 * What happens is said by a file of one page that the test writes (SP_FAULTS names it; layout
 * below, and in faults.py); a process without it is left alone. The disk refuses only files under
 * `path`. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SEEN __attribute__((visibility("default")))
#define PAGE 4096

typedef struct {
    _Atomic int64_t clock_ms;   /* added to the wall clock */
    _Atomic int32_t sync_error; /* errno of a sync, 0: none fails */
    _Atomic int32_t sync_after; /* so many go well before */
    _Atomic int32_t write_error, write_after;
    _Atomic int32_t write_short; /* a write takes only this many bytes; 0: all of them */
    _Atomic int32_t crash_after; /* passes of the point that go well before */
    _Atomic int32_t seen;        /* syncs and writes that were refused */
    int32_t unused;
    char crash[64]; /* the point; "": none */
    char path[512]; /* what the paths of files begin with */
} control;

static control *control_of(void)
{
    static control *at;
    static atomic_int tried;
    if (atomic_load(&tried) == 2) return at;
    int none = 0;
    if (!atomic_compare_exchange_strong(&tried, &none, 1)) return NULL;
    const char *name = getenv("SP_FAULTS");
    const int fd = name == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC);
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) (void)syscall(SYS_close, fd);
    if (p != MAP_FAILED) at = p;
    atomic_store(&tried, 2);
    return at;
}

/* ---- the disk ---- */

static int is_under(const control *c, int fd)
{
    char link[40], path[512];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const long n = syscall(SYS_readlink, link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return c->path[0] != 0 && strncmp(path, c->path, strlen(c->path)) == 0;
}

/* The errno with which this one fails, or 0. */
static int refusal(int fd, _Atomic int32_t *error, _Atomic int32_t *after)
{
    control *c = control_of();
    if (c == NULL || *error == 0 || fd == 2 || !is_under(c, fd)) return 0;
    if (atomic_fetch_sub(after, 1) > 0) return 0;
    atomic_fetch_add(&c->seen, 1);
    return *error;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int sync_of(int fd, long call)
{
    control *c = control_of();
    const int error = c == NULL ? 0 : refusal(fd, &c->sync_error, &c->sync_after);
    return error != 0 ? fail(error) : (int)syscall(call, fd);
}

SEEN int fsync(int fd) { return sync_of(fd, SYS_fsync); }

SEEN int fdatasync(int fd) { return sync_of(fd, SYS_fdatasync); }

static ssize_t write_at(int fd, const void *at, size_t n, off_t offset, int positioned)
{
    control *c = control_of();
    const int error = c == NULL ? 0 : refusal(fd, &c->write_error, &c->write_after);
    if (error != 0) return fail(error);
    if (c != NULL && c->write_short > 0 && n > (size_t)c->write_short && fd != 2 && is_under(c, fd))
        n = (size_t)c->write_short;
    return positioned ? syscall(SYS_pwrite64, fd, at, n, offset) : syscall(SYS_write, fd, at, n);
}

SEEN ssize_t write(int fd, const void *at, size_t n) { return write_at(fd, at, n, 0, 0); }

SEEN ssize_t pwrite64(int fd, const void *at, size_t n, off64_t offset)
{
    return write_at(fd, at, n, offset, 1);
}

/* ---- the wall clock ---- */

static int real_time(struct timespec *t)
{
    const control *c = control_of();
    const int64_t ms = c == NULL ? 0 : c->clock_ms;
    const int code = (int)syscall(SYS_clock_gettime, CLOCK_REALTIME, t);
    t->tv_sec += (time_t)(ms / 1000);
    t->tv_nsec += (long)(ms % 1000) * 1000000;
    if (t->tv_nsec < 0) {
        t->tv_nsec += 1000000000;
        t->tv_sec--;
    } else if (t->tv_nsec >= 1000000000) {
        t->tv_nsec -= 1000000000;
        t->tv_sec++;
    }
    return code;
}

SEEN int clock_gettime(clockid_t id, struct timespec *t)
{
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) return real_time(t);
    return (int)syscall(SYS_clock_gettime, id, t);
}

SEEN int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec t;
    (void)zone;
    const int code = real_time(&t);
    tv->tv_sec = t.tv_sec;
    tv->tv_usec = t.tv_nsec / 1000;
    return code;
}

SEEN time_t time(time_t *out)
{
    struct timespec t;
    (void)real_time(&t);
    if (out != NULL) *out = t.tv_sec;
    return t.tv_sec;
}

/* ---- the end ---- */

SEEN void crash_point(const char *name);
void crash_point(const char *name)
{
    control *c = control_of();
    if (c == NULL || strcmp(c->crash, name) != 0 || atomic_fetch_sub(&c->crash_after, 1) > 0)
        return;
    (void)kill(getpid(), SIGKILL);
}
