/* sandbox.c - the parent's side: starts the child, reads what it says, ends it in time, and tells
 * how it ended. */
#include "market/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const sandbox_end_name[N_SANDBOX_ENDS] = {
#define SANDBOX_X(id, name, words) name,
    SANDBOX_ENDS(SANDBOX_X)
#undef SANDBOX_X
};
const char *const sandbox_end_words[N_SANDBOX_ENDS] = {
#define SANDBOX_X(id, name, words) words,
    SANDBOX_ENDS(SANDBOX_X)
#undef SANDBOX_X
};

#define TICK_MS 20 /* between looks at a child where the kernel gives no descriptor for its end */
#define NEVER UINT64_MAX

struct sandbox {
    char path[PATH_MAX];
    int dir, out, err, pidfd;
    int files[SANDBOX_MAX_FILES];
    char names[SANDBOX_MAX_FILES][64];
    unsigned n_files, applied;
    pid_t pid;
    enum sandbox_end end, stopping; /* stopping: why it was told to end; RUNNING: it was not */
    int code, refused;
    uint64_t start_ms, end_ms, deadline_ms, kill_ms, grace_ms, peak_bytes;
    uint8_t *result;
    size_t n_result, max_result;
    char line[SANDBOX_LINE + 1];
    size_t n_line; /* SANDBOX_LINE: the rest of the line is left out */
    void (*on_line)(void *user, const char *line);
    void *line_user;
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static sp_status failed(char why[SANDBOX_WHY], const char *what, int error)
{
    const char *text = error ? strerrordesc_np(error) : NULL;
    snprintf(why, SANDBOX_WHY, "%s%s%s", what, text ? ": " : "", text ? text : "");
    return error == ENOMEM ? SP_ERR_NOMEM : SP_ERR_IO;
}

/* ---- starting ---- */

/* Descriptors of the start, closed at its end. */
typedef struct {
    int in, out, err, status[2], program;
    sandbox_filter filter;
    bool drop; /* root, and may give the child's files to nobody */
} start;

static void close_fd(int *fd)
{
    if (*fd >= 0) (void)close(*fd);
    *fd = -1;
}

static bool make_pipe(int *read_end, int *write_end)
{
    int p[2];
    if (pipe2(p, O_CLOEXEC)) return false;
    *read_end = p[0];
    *write_end = p[1];
    return fcntl(p[0], F_SETFL, O_NONBLOCK) == 0;
}

static sp_status make_files(sandbox *s, const sandbox_spec *spec, bool drop)
{
    for (unsigned i = 0; i < spec->n_files; i++) {
        if (strlen(spec->files[i]) >= sizeof s->names[i] || strchr(spec->files[i], '/'))
            return SP_ERR_ARG;
        strcpy(s->names[i], spec->files[i]);
        s->files[i] = openat(s->dir, s->names[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (s->files[i] < 0) return SP_ERR_IO;
        s->n_files = i + 1;
        if (drop && fchown(s->files[i], SANDBOX_NOBODY, SANDBOX_NOBODY)) return SP_ERR_IO;
    }
    return SP_OK;
}

static sp_status open_all(sandbox *s, start *t, const sandbox_spec *spec, char why[SANDBOX_WHY])
{
    s->dir = sandbox_dir_make(s->path, sizeof s->path, spec->dir);
    if (s->dir < 0) return failed(why, "no private directory can be made", errno);
    /* Root of a container may lack the right, or have no such user. */
    t->drop = spec->level != SANDBOX_LIMITS && geteuid() == 0 &&
              fchown(s->dir, SANDBOX_NOBODY, SANDBOX_NOBODY) == 0;
    const sp_status made = make_files(s, spec, t->drop);
    if (made != SP_OK) return failed(why, "no file can be made in the private directory", errno);
    if (spec->argv) {
        t->program = open(spec->argv[0], O_PATH | O_CLOEXEC);
        if (t->program < 0) return failed(why, "the program cannot be opened", errno);
    }
    t->in = spec->input < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC)
                            : fcntl(spec->input, F_DUPFD_CLOEXEC, 3);
    if (t->in < 0) return failed(why, "the input cannot be opened", errno);
    /* Progress that nobody reads in time is lost rather than waited for. */
    if (!make_pipe(&s->out, &t->out) || !make_pipe(&s->err, &t->err) ||
        fcntl(t->err, F_SETFL, O_NONBLOCK) || pipe2(t->status, O_CLOEXEC))
        return failed(why, "no pipe can be made", errno);
    if (spec->level == SANDBOX_EXEC && sandbox_filter_make(&t->filter, SANDBOX_EXEC) != SP_OK)
        return failed(why, "no system call filter can be made", 0);
    return SP_OK;
}

static const char *step_words(int step)
{
    switch (step) {
    case SANDBOX_STEP_DESCRIPTORS: return "the child cannot arrange its descriptors";
    case SANDBOX_STEP_DIRECTORY: return "the child cannot enter its directory";
    case SANDBOX_STEP_LIMITS: return "the child cannot set its limits";
    case SANDBOX_STEP_PARENT: return "the child's parent is gone";
    case SANDBOX_STEP_PRIVILEGES: return "the child cannot give up its privileges";
    case SANDBOX_STEP_FILTER: return "the child cannot load its system call filter";
    case SANDBOX_STEP_PROGRAM: return "the program cannot be executed";
    default: return "the child ended before its work";
    }
}

/* Until the child runs its program or function, and has closed the pipe. */
static sp_status hear(sandbox *s, int status, char why[SANDBOX_WHY])
{
    sandbox_report r;
    bool ready = false;
    for (;;) {
        const ssize_t n = read(status, &r, sizeof r);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0 && ready) return SP_OK;
        if (n != (ssize_t)sizeof r) return failed(why, step_words(0), 0);
        if (r.step) return failed(why, step_words(r.step), r.error);
        s->applied = r.applied;
        ready = true;
    }
}

static void run_child(const sandbox_plan *p)
{
    sandbox_child_enter(p);
    _exit(p->spec->fn(p->spec->user));
}

static sp_status launch(sandbox *s, start *t, const sandbox_spec *spec, char why[SANDBOX_WHY])
{
    sandbox_plan p = {.spec = spec,
                      .filter = t->filter.n ? &t->filter : NULL,
                      .in = t->in,
                      .out = t->out,
                      .err = t->err,
                      .status = t->status[1],
                      .dir = s->dir,
                      .program = t->program,
                      .parent = getpid(),
                      .drop = t->drop};
    sigset_t all, old;
    memcpy(p.files, s->files, sizeof p.files);
    /* No handler of ours runs in the child. */
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    s->start_ms = now_ms();
    s->pid = fork();
    if (s->pid == 0) run_child(&p);
    const int error = errno;
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (s->pid < 0) return failed(why, "no child process", error);
    (void)setpgid(s->pid, s->pid);
    s->end = SANDBOX_RUNNING;
    s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
    close_fd(&t->out);
    close_fd(&t->err);
    close_fd(&t->status[1]);
    return hear(s, t->status[0], why);
}

static sp_status check_spec(const sandbox_spec *spec, char why[SANDBOX_WHY])
{
    const bool one = (spec->argv != NULL) != (spec->fn != NULL);
    if (one && spec->dir && spec->n_files <= SANDBOX_MAX_FILES &&
        !(spec->argv && spec->level == SANDBOX_COMPUTE))
        return SP_OK;
    (void)failed(why, "the sandbox was asked for wrongly", 0);
    return SP_ERR_ARG;
}

sp_status sandbox_start(sandbox **out, const sandbox_spec *spec, char why[SANDBOX_WHY])
{
    start t = {-1, -1, -1, {-1, -1}, -1, {NULL, 0}, false};
    *out = NULL;
    why[0] = 0;
    SP_TRY(check_spec(spec, why));
    sandbox *s = calloc(1, sizeof *s);
    if (!s) return failed(why, "not enough memory", ENOMEM);
    s->dir = s->out = s->err = s->pidfd = -1;
    s->end = SANDBOX_DONE; /* nothing to kill yet */
    s->refused = -1;
    s->max_result = spec->result_bytes;
    s->grace_ms = spec->grace_ms;
    s->on_line = spec->on_line;
    s->line_user = spec->line_user;
    s->kill_ms = NEVER;
    s->result = malloc(spec->result_bytes + 1);
    sp_status st =
        s->result ? open_all(s, &t, spec, why) : failed(why, "not enough memory", ENOMEM);
    if (st == SP_OK) st = launch(s, &t, spec, why);
    s->deadline_ms = spec->wall_ms ? s->start_ms + spec->wall_ms : NEVER;
    close_fd(&t.in);
    close_fd(&t.out);
    close_fd(&t.err);
    close_fd(&t.status[0]);
    close_fd(&t.status[1]);
    close_fd(&t.program);
    free(t.filter.at);
    if (st == SP_OK)
        *out = s;
    else
        sandbox_delete(s);
    return st;
}

/* ---- while it runs ---- */

static void kill_group(const sandbox *s, int signal)
{
    (void)kill(-s->pid, signal);
    (void)kill(s->pid, signal); /* before it has its group */
}

static void stop(sandbox *s, enum sandbox_end why)
{
    if (s->end != SANDBOX_RUNNING || s->stopping != SANDBOX_RUNNING) return;
    s->stopping = why;
    s->kill_ms = now_ms() + s->grace_ms;
    kill_group(s, s->grace_ms ? SIGTERM : SIGKILL);
}

void sandbox_cancel(sandbox *s) { stop(s, SANDBOX_CANCELLED); }

static void take_line(sandbox *s)
{
    static const char refused[] = "refused system call ";
    s->line[s->n_line] = 0;
    s->n_line = 0;
    if (strncmp(s->line, refused, sizeof refused - 1) == 0)
        s->refused = (int)strtol(s->line + sizeof refused - 1, NULL, 10);
    if (s->on_line) s->on_line(s->line_user, s->line);
}

static void take_progress(sandbox *s, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (b[i] == '\n')
            take_line(s);
        else if (s->n_line < SANDBOX_LINE)
            s->line[s->n_line++] = b[i] >= 32 && b[i] < 127 ? (char)b[i] : '?';
    }
}

static void take_result(sandbox *s, const uint8_t *b, size_t n)
{
    const size_t room = s->max_result - s->n_result;
    if (n > room) {
        n = room;
        stop(s, SANDBOX_OVERFLOW);
    }
    memcpy(s->result + s->n_result, b, n);
    s->n_result += n;
}

/* What is there now, up to a bound, so that a child that never pauses does not hold us. */
static void drain(sandbox *s, int *fd, void (*take)(sandbox *, const uint8_t *, size_t))
{
    uint8_t b[16384];
    for (unsigned i = 0; *fd >= 0 && i < 16; i++) {
        const ssize_t n = read(*fd, b, sizeof b);
        if (n > 0)
            take(s, b, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_fd(fd);
        else
            return;
    }
}

static void classify(sandbox *s, int status)
{
    s->code = 0;
    if (s->stopping != SANDBOX_RUNNING) {
        s->end = s->stopping;
    } else if (WIFEXITED(status)) {
        s->code = WEXITSTATUS(status);
        s->end = s->code == 0                      ? SANDBOX_DONE
                 : s->code == SANDBOX_EXIT_MEMORY  ? SANDBOX_MEMORY
                 : s->code == SANDBOX_EXIT_REFUSED ? SANDBOX_REFUSED
                                                   : SANDBOX_NONZERO;
    } else {
        s->code = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        s->end = s->code == SIGSYS    ? SANDBOX_REFUSED
                 : s->code == SIGXCPU ? SANDBOX_DEADLINE
                 : s->code == SIGXFSZ ? SANDBOX_DISK
                                      : SANDBOX_SIGNAL;
    }
    if (s->end == SANDBOX_REFUSED)
        s->code = s->refused;
    else if (s->end != SANDBOX_NONZERO && s->end != SANDBOX_SIGNAL && s->end != SANDBOX_DEADLINE)
        s->code = 0;
}

/* The group goes while its first process is not yet waited for: its number cannot be another's. */
static void reap(sandbox *s)
{
    struct rusage use;
    int status = 0;
    pid_t got;
    memset(&use, 0, sizeof use);
    (void)kill(-s->pid, SIGKILL);
    while ((got = wait4(s->pid, &status, 0, &use)) < 0 && errno == EINTR) {}
    drain(s, &s->out, take_result);
    drain(s, &s->err, take_progress);
    if (s->n_line) take_line(s);
    s->end_ms = now_ms();
    s->peak_bytes = (uint64_t)use.ru_maxrss << 10;
    classify(s, got == s->pid ? status : SIGKILL);
    close_fd(&s->out);
    close_fd(&s->err);
    close_fd(&s->pidfd);
}

static bool has_ended(const sandbox *s)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG | WNOWAIT)) return errno != EINTR;
    return info.si_pid == s->pid;
}

static uint64_t next_ms(const sandbox *s)
{
    return s->stopping == SANDBOX_RUNNING ? s->deadline_ms : s->kill_ms;
}

unsigned sandbox_poll(const sandbox *s, struct pollfd fds[3], unsigned *timeout_ms)
{
    unsigned n = 0;
    const int all[3] = {s->out, s->err, s->pidfd};
    for (unsigned i = 0; i < 3; i++)
        if (all[i] >= 0) fds[n++] = (struct pollfd){all[i], POLLIN, 0};
    const uint64_t now = now_ms(), next = next_ms(s);
    uint64_t wait = next == NEVER ? INT_MAX : next > now ? next - now : 0;
    if (s->pidfd < 0 && wait > TICK_MS) wait = TICK_MS;
    *timeout_ms = wait < INT_MAX ? (unsigned)wait : INT_MAX;
    return n;
}

bool sandbox_step(sandbox *s, unsigned timeout_ms)
{
    struct pollfd fds[3];
    unsigned wait;
    if (s->end != SANDBOX_RUNNING) return true;
    const unsigned n = sandbox_poll(s, fds, &wait);
    if (wait > timeout_ms) wait = timeout_ms;
    (void)poll(fds, n, (int)wait); /* <= INT_MAX */
    drain(s, &s->out, take_result);
    drain(s, &s->err, take_progress);
    if (has_ended(s)) {
        reap(s);
        return true;
    }
    if (now_ms() >= next_ms(s)) {
        if (s->stopping == SANDBOX_RUNNING)
            stop(s, SANDBOX_DEADLINE);
        else {
            kill_group(s, SIGKILL);
            s->kill_ms = NEVER;
        }
    }
    return false;
}

/* ---- what it was ---- */

enum sandbox_end sandbox_ended(const sandbox *s) { return s->end; }
int sandbox_code(const sandbox *s) { return s->code; }
unsigned sandbox_applied(const sandbox *s) { return s->applied; }
uint64_t sandbox_peak_bytes(const sandbox *s) { return s->peak_bytes; }
int sandbox_pid(const sandbox *s) { return (int)s->pid; }
const char *sandbox_path(const sandbox *s) { return s->path; }
int sandbox_file(const sandbox *s, unsigned i) { return i < s->n_files ? s->files[i] : -1; }

const uint8_t *sandbox_output(const sandbox *s, size_t *n)
{
    *n = s->n_result;
    return s->result;
}

uint64_t sandbox_wall_ms(const sandbox *s)
{
    return (s->end == SANDBOX_RUNNING ? now_ms() : s->end_ms) - s->start_ms;
}

sp_status sandbox_keep(sandbox *s, unsigned i, const char *path)
{
    char folder[PATH_MAX];
    struct stat ours, there;
    const char *slash = strrchr(path, '/');
    const size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    if (i >= s->n_files || n >= sizeof folder) return SP_ERR_ARG;
    memcpy(folder, slash ? path : ".", n);
    folder[n] = 0;
    /* Still the file that we made, not what a child may have put in its place. */
    if (fstat(s->files[i], &ours) || fstatat(s->dir, s->names[i], &there, AT_SYMLINK_NOFOLLOW) ||
        ours.st_ino != there.st_ino || ours.st_dev != there.st_dev)
        return SP_ERR_IO;
    if (geteuid() == 0 && fchown(s->files[i], 0, 0)) return SP_ERR_IO;
    if (fsync(s->files[i]) || renameat(s->dir, s->names[i], AT_FDCWD, path)) return SP_ERR_IO;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool ok = fd >= 0 && fsync(fd) == 0;
    close_fd(&fd);
    return ok ? SP_OK : SP_ERR_IO;
}

void sandbox_delete(sandbox *s)
{
    if (!s) return;
    if (s->end == SANDBOX_RUNNING) {
        kill_group(s, SIGKILL);
        s->stopping = SANDBOX_CANCELLED;
        reap(s);
    }
    for (unsigned i = 0; i < s->n_files; i++) close_fd(&s->files[i]);
    close_fd(&s->out);
    close_fd(&s->err);
    close_fd(&s->pidfd);
    if (s->dir >= 0) sandbox_dir_remove(s->path, s->dir);
    free(s->result);
    free(s);
}
