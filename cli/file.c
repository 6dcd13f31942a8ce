/* file.c - see file.h. */
#include "cli/file.h"

#include "cli/args.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Temporary files that a signal must remove. A name is entered before its file exists and leaves
 * after it is gone, with signals blocked, so the handler sees whole entries. */
static char *pending[FILE_MAX_OUTPUTS];
static volatile sig_atomic_t stopped, at_once;

static void on_signal(int signal_number)
{
    static const char text[] = "sprove: interrupted\n";
    (void)signal_number;
    if (at_once && !stopped && write(STDERR_FILENO, text, sizeof text - 1) < 0) {
        /* Nobody reads it. */
    }
    if (stopped || at_once) {
        for (unsigned i = 0; i < FILE_MAX_OUTPUTS; i++)
            if (pending[i]) unlink(pending[i]);
        _exit(EXIT_INTERRUPTED);
    }
    stopped = 1;
}

static void handled_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

void files_init(void)
{
    /* Where a standard stream is closed, a file that is opened would take its place and get what is
     * printed. What stands there instead fails as a closed stream does. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_IO);
    /* A closed pipe and a file size limit become errors of write. */
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = SIG_IGN;
    sigemptyset(&a.sa_mask);
    sigaction(SIGPIPE, &a, NULL);
    sigaction(SIGXFSZ, &a, NULL);
}

void signals_init(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal;
    handled_signals(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    /* Under nohup a hang-up stays ignored. */
    struct sigaction old;
    if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &a, NULL);
}

void signals_at_once(void) { at_once = 1; }

bool signals_stopped(void) { return stopped != 0; }

static int guard_code;

static void on_exit_of_others(void)
{
    if (guard_code == 0) return;
    for (unsigned i = 0; i < FILE_MAX_OUTPUTS; i++)
        if (pending[i]) unlink(pending[i]);
    _exit(guard_code);
}

void files_guard(int code)
{
    if (!guard_code && code && atexit(on_exit_of_others)) return;
    guard_code = code;
}

static void set_pending(char *was, char *now)
{
    sigset_t block, old;
    handled_signals(&block);
    sigprocmask(SIG_BLOCK, &block, &old);
    for (unsigned i = 0; i < FILE_MAX_OUTPUTS; i++)
        if (pending[i] == was) {
            pending[i] = now;
            break;
        }
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* open, which waits at a pipe for the other end; a signal that stops us ends the wait. */
static int open_file(const char *path, int flags)
{
    int fd;
    do fd = open(path, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR && !stopped);
    return fd;
}

int file_read_why(file_bytes *b, const char *path, const char *what, size_t limit, int too_long,
                  char why[FILE_WHY])
{
    const bool standard = strcmp(path, "-") == 0;
    const int fd = standard ? STDIN_FILENO : open_file(path, O_RDONLY);
    size_t room = 1 << 16;
    int code = 0;
    struct stat st;
    b->at = NULL;
    b->n = 0;
    if (fd < 0) goto cannot;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        if (st.st_size > 0 && (uint64_t)st.st_size > limit) goto long_one;
        room = (size_t)st.st_size + 2; /* one for the zero, one to see the end */
    }
    b->at = malloc(room);
    if (!b->at) goto no_memory;
    for (;;) {
        if (b->n + 1 >= room) {
            room *= 2;
            uint8_t *more = realloc(b->at, room);
            if (!more) goto no_memory;
            b->at = more;
        }
        const ssize_t got = read(fd, b->at + b->n, room - 1 - b->n);
        if (got == 0) break;
        if (got < 0) {
            if (errno == EINTR && !stopped) continue;
            goto cannot;
        }
        b->n += (size_t)got;
        if (b->n > limit) goto long_one;
    }
    b->at[b->n] = 0;
    goto out;
cannot:
    code = stopped ? EXIT_INTERRUPTED : EXIT_IO;
    if (stopped)
        snprintf(why, FILE_WHY, "interrupted");
    else
        snprintf(why, FILE_WHY, "cannot read %s: %s", what, strerror(errno));
    goto out;
long_one:
    code = too_long;
    snprintf(why, FILE_WHY, "%s is longer than the limit of %zu bytes", what, limit);
    goto out;
no_memory:
    code = EXIT_LIMIT;
    snprintf(why, FILE_WHY, "not enough memory to read %s", what);
out:
    if (!standard && fd >= 0) close(fd);
    if (code) {
        free(b->at);
        b->at = NULL;
        b->n = 0;
    }
    return code;
}

int file_read(file_bytes *b, const char *path, const char *what, size_t limit)
{
    char why[FILE_WHY];
    const int code = file_read_why(b, path, what, limit, EXIT_LIMIT, why);
    return code ? cli_fail(code, "%s: %s", strcmp(path, "-") ? path : "standard input", why) : 0;
}

static int cannot_write(const char *path)
{
    const int e = errno;
    if (e == EINTR && stopped)
        return cli_fail(EXIT_INTERRUPTED, "interrupted; nothing was written");
    if (e == ENOSPC || e == EDQUOT)
        return cli_fail(EXIT_IO, "%s: the disk is full; nothing was written", path);
    if (e == EFBIG)
        return cli_fail(EXIT_IO, "%s: larger than the file size limit; nothing was written", path);
    return cli_fail(EXIT_IO, "%s: cannot write: %s", path, strerror(e));
}

/* The directory part of path, "." when there is none; to be freed. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int open_temp(file_output *o)
{
    char *dir = directory_of(o->real);
    const char *slash = strrchr(o->real, '/');
    const char *base = slash ? slash + 1 : o->real;
    int code = 0;
    if (!dir) return cli_fail(EXIT_LIMIT, "not enough memory");
    const size_t bytes = strlen(dir) + strlen(base) + sizeof "/..sprove-0000000000000000.tmp";
    o->temp = malloc(bytes);
    if (!o->temp) {
        free(dir);
        return cli_fail(EXIT_LIMIT, "not enough memory");
    }
    /* Long names are cut so that the temporary one is not longer than a name may be. */
    set_pending(NULL, o->temp);
    for (unsigned tries = 0; tries < 100; tries++) {
        snprintf(o->temp, bytes, "%s/.%.200s.sprove-%ld-%u.tmp", dir, base, (long)getpid(), tries);
        o->fd = open(o->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (o->fd >= 0 || errno != EEXIST) break;
    }
    if (o->fd < 0) {
        const int e = errno;
        set_pending(o->temp, NULL);
        free(o->temp);
        o->temp = NULL;
        errno = e;
        code =
            e == EACCES || e == EPERM || e == EROFS
                ? cli_fail(EXIT_IO, "%s: cannot write into its directory: %s", o->path, strerror(e))
                : cannot_write(o->path);
    }
    free(dir);
    return code;
}

void file_keep(file_outputs *f, const char *path)
{
    struct stat st;
    if (!path || strcmp(path, "-") == 0 || stat(path, &st) || !S_ISREG(st.st_mode)) return;
    SP_ASSERT(f->n_kept < FILE_MAX_KEPT);
    f->kept[f->n_kept].device = st.st_dev;
    f->kept[f->n_kept++].inode = st.st_ino;
}

static bool is_kept(const file_outputs *f, const struct stat *st)
{
    for (unsigned i = 0; i < f->n_kept; i++)
        if (f->kept[i].device == st->st_dev && f->kept[i].inode == st->st_ino) return true;
    return false;
}

/* Whether what a path leads to is where standard output goes: written to by another way, it would
 * lose what is printed there, or what the shell appends to. */
static bool is_stdout(const struct stat *st)
{
    struct stat out;
    if (fstat(STDOUT_FILENO, &out) || out.st_dev != st->st_dev || out.st_ino != st->st_ino)
        return false;
    return !S_ISCHR(st->st_mode) || isatty(STDOUT_FILENO); /* not /dev/null and its like */
}

/* The place of a file that may not be there yet, with the links of its directory followed; to be
 * freed. NULL sets errno. */
static char *real_place(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char *dir = directory_of(path), *real = dir ? realpath(dir, NULL) : NULL, *place = NULL;
    if (real) {
        const size_t bytes = strlen(real) + strlen(base) + 2;
        place = malloc(bytes);
        if (place) snprintf(place, bytes, "%s/%s", strcmp(real, "/") ? real : "", base);
    }
    free(dir);
    free(real);
    return place;
}

/* For one that is new: says why nothing can be put there, or 0. */
static int open_new(file_output *o)
{
    struct stat st;
    if (lstat(o->path, &st) == 0)
        return cli_fail(EXIT_IO, "%s: cannot write: a symbolic link to nothing", o->path);
    o->real = real_place(o->path);
    return o->real ? 0 : cannot_write(o->path);
}

static int same_place(file_output *o)
{
    const char *path = strcmp(o->path, "-") ? o->path : "standard output";
    o->path = NULL;
    return cli_fail(EXIT_USAGE, "%s: two outputs to the same place", path);
}

/* What replaces a file is as private as that was. The owner can be kept by root only. */
static int as_before(file_output *o, const struct stat *st)
{
    (void)!fchown(o->fd, st->st_uid, st->st_gid);
    return fchmod(o->fd, st->st_mode & 0777) ? cannot_write(o->path) : 0;
}

int file_open(file_outputs *f, const char *path, unsigned *index)
{
    struct stat st;
    *index = f->n;
    SP_ASSERT(f->n < FILE_MAX_OUTPUTS);
    file_output *o = &f->out[f->n++];
    memset(o, 0, sizeof *o);
    o->fd = -1;
    if (!path) return 0;
    const bool standard = strcmp(path, "-") == 0, there = !standard && stat(path, &st) == 0;
    if (!standard && !there && errno != ENOENT) return cannot_write(path);
    o->path = there && is_stdout(&st) ? "-" : path;
    for (unsigned i = 0; i + 1 < f->n; i++)
        if (f->out[i].path && strcmp(f->out[i].path, o->path) == 0) return same_place(o);
    if (strcmp(o->path, "-") == 0) {
        o->fd = STDOUT_FILENO;
        o->direct = true;
        return 0;
    }
    if (there) {
        if (S_ISDIR(st.st_mode)) return cli_fail(EXIT_IO, "%s: cannot write: is a directory", path);
        if (!S_ISREG(st.st_mode)) {
            o->direct = true;
            o->fd = open_file(path, O_WRONLY);
            return o->fd < 0 ? cannot_write(path) : 0;
        }
        if (is_kept(f, &st))
            return cli_fail(EXIT_USAGE, "%s: is read by this run, and would be replaced", path);
        if (access(path, W_OK)) return cannot_write(path);
        o->real = realpath(path, NULL);
        if (!o->real) return cannot_write(path);
    } else {
        const int code = open_new(o);
        if (code) return code;
    }
    for (unsigned i = 0; i + 1 < f->n; i++)
        if (f->out[i].real && strcmp(f->out[i].real, o->real) == 0) return same_place(o);
    const int code = open_temp(o);
    return !code && there ? as_before(o, &st) : code;
}

int file_reserve(file_outputs *f, unsigned index, uint64_t bytes)
{
    file_output *o = &f->out[index];
    if (!o->temp || bytes == 0 || bytes > INT64_MAX) return 0;
    const int e = posix_fallocate(o->fd, 0, (off_t)bytes);
    if (e == ENOSPC || e == EDQUOT || e == EFBIG) {
        errno = e;
        return cannot_write(o->path);
    }
    return 0;
}

static int write_all(const file_output *o, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t left = n; left;) {
        const ssize_t put = write(o->fd, p, left);
        if (put < 0) {
            if (errno == EINTR && !stopped) continue;
            return cannot_write(strcmp(o->path, "-") ? o->path : "standard output");
        }
        p += put;
        left -= (size_t)put;
    }
    return 0;
}

int file_write(file_outputs *f, unsigned index, const void *bytes, size_t n)
{
    file_output *o = &f->out[index];
    if (!o->path) return 0;
    if (o->direct) {
        o->bytes = bytes;
        o->n_bytes = n;
        return 0;
    }
    if (lseek(o->fd, 0, SEEK_SET) < 0) return cannot_write(o->path);
    const int code = write_all(o, bytes, n);
    if (code) return code;
    /* What was reserved and not used goes back. */
    return ftruncate(o->fd, (off_t)n) ? cannot_write(o->path) : 0;
}

static void close_output(file_output *o, bool remove_temp)
{
    if (o->fd >= 0 && o->fd != STDOUT_FILENO) close(o->fd);
    o->fd = -1;
    if (o->temp) {
        if (remove_temp) unlink(o->temp);
        set_pending(o->temp, NULL);
        free(o->temp);
    }
    free(o->real);
    o->temp = o->real = NULL;
    o->path = NULL;
}

static int sync_directory(const char *real, const char *path)
{
    char *dir = directory_of(real);
    int fd = dir ? open(dir, O_RDONLY | O_CLOEXEC) : -1;
    int code = 0;
    /* Some file systems cannot sync a directory and say EINVAL; then there is nothing to do. */
    if (fd >= 0 && fsync(fd) && errno != EINVAL) code = cannot_write(path);
    if (fd >= 0) close(fd);
    free(dir);
    return code;
}

/* When an output cannot take its place, some before it may have. */
static int cannot_place(const file_outputs *f, unsigned index)
{
    const int e = errno;
    bool some = false;
    for (unsigned i = 0; i < index; i++) some |= f->out[i].real != NULL;
    return cli_fail(EXIT_IO, "%s: cannot write: %s; %s", f->out[index].path, strerror(e),
                    some ? "outputs named before it are written" : "nothing was written");
}

int file_commit(file_outputs *f)
{
    int code = 0;
    for (unsigned i = 0; i < f->n && !code; i++) {
        file_output *o = &f->out[i];
        if (o->temp && fsync(o->fd)) code = cannot_write(o->path);
    }
    if (!code && stopped) code = cli_fail(EXIT_INTERRUPTED, "interrupted; nothing was written");
    for (unsigned i = 0; i < f->n && !code; i++)
        if (f->out[i].direct) code = write_all(&f->out[i], f->out[i].bytes, f->out[i].n_bytes);
    for (unsigned i = 0; i < f->n && !code; i++) {
        file_output *o = &f->out[i];
        if (o->temp) {
            if (rename(o->temp, o->real))
                code = cannot_place(f, i);
            else
                code = sync_directory(o->real, o->path);
            if (!code) {
                set_pending(o->temp, NULL);
                free(o->temp);
                o->temp = NULL;
            }
        }
    }
    for (unsigned i = 0; i < f->n; i++) close_output(&f->out[i], true);
    f->n = 0;
    return code;
}

void file_abandon(file_outputs *f)
{
    for (unsigned i = 0; i < f->n; i++) close_output(&f->out[i], true);
    f->n = 0;
}

bool file_uses_stdout(const file_outputs *f)
{
    for (unsigned i = 0; i < f->n; i++)
        if (f->out[i].path && strcmp(f->out[i].path, "-") == 0) return true;
    return false;
}
