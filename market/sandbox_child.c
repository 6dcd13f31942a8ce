/* sandbox_child.c - what the child gives up before its work: descriptors, privileges, resources,
 * files, system calls. In the part after fork there is no allocation and no lock. */
#include "market/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <grp.h>

/* Sanitizers reserve terabytes of address space, and read their own maps when they start. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- Landlock ---- */

/* The kernel's structure in its sixth version; older kernels take it while the rest is zero. */
typedef struct {
    uint64_t fs, net, scoped;
} ruleset_attr;
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15)
#define NET_BIND_CONNECT 3u      /* TCP */
#define SCOPE_SOCKETS_SIGNALS 3u /* abstract unix sockets, signals */

static bool rule(int ruleset, int fd, uint64_t access)
{
    struct landlock_path_beneath_attr a;
    memset(&a, 0, sizeof a);
    a.allowed_access = access;
    a.parent_fd = fd;
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0) == 0;
}

/* Paths that a machine lacks are left out. */
static bool rule_path(int ruleset, const char *path, uint64_t access)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return true;
    const bool ok = rule(ruleset, fd, access);
    (void)close(fd);
    return ok;
}

static bool rules_to_start(int ruleset, int program, int dir, uint64_t handled)
{
    static const char *const folders[] = {"/usr", "/lib",       "/lib64",
                                          "/bin", "/nix/store", "/sys/devices/system/cpu"};
    static const char *const plain[] = {"/etc/ld.so.cache", "/dev/null", "/dev/zero",
                                        "/dev/urandom"};
    const uint64_t file = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
    const uint64_t folder = file | LANDLOCK_ACCESS_FS_READ_DIR;
    const uint64_t own = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                         LANDLOCK_ACCESS_FS_WRITE_FILE | (ACCESS_TRUNCATE & handled);
    bool ok = (program < 0 || rule(ruleset, program, file)) && rule(ruleset, dir, own);
    for (unsigned i = 0; ok && i < SP_COUNT(folders); i++)
        ok = rule_path(ruleset, folders[i], folder);
    for (unsigned i = 0; ok && i < SP_COUNT(plain); i++)
        ok = rule_path(ruleset, plain[i], LANDLOCK_ACCESS_FS_READ_FILE);
    if (ok) ok = rule_path(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE);
    if (ok && SANITIZED) ok = rule_path(ruleset, "/proc/self", LANDLOCK_ACCESS_FS_READ_FILE);
    return ok;
}

bool sandbox_landlock(int program, int dir)
{
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    ruleset_attr a = {(UINT64_C(1) << 13) - 1, 0, 0};
    if (abi >= 2) a.fs |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) a.fs |= ACCESS_TRUNCATE;
    if (abi >= 4) a.net = NET_BIND_CONNECT;
    if (abi >= 5) a.fs |= ACCESS_IOCTL_DEV;
    if (abi >= 6) a.scoped = SCOPE_SOCKETS_SIGNALS;
    const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
    if (ruleset < 0) return false;
    bool ok = dir < 0 || rules_to_start(ruleset, program, dir, a.fs);
    if (ok) ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    (void)close(ruleset);
    return ok;
}

/* ---- after fork ---- */

static void fail(int status, int step)
{
    const sandbox_report r = {step, errno, 0};
    const ssize_t n = write(status, &r, sizeof r);
    (void)n; /* nobody is left to tell */
    _exit(127);
}

static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
    struct rlimit l;
    const unsigned end = getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < 1u << 20
                             ? (unsigned)l.rlim_cur
                             : 1u << 20;
    for (unsigned fd = first; fd < end; fd++) (void)close((int)fd);
}

typedef struct {
    int status, dir, program;
} kept;

/* 0, 1, 2, the files from 3 on, then what is kept until the program starts; nothing else stays. */
static kept arrange(const sandbox_plan *p)
{
    const int first = 3 + (int)p->spec->n_files; /* <= 7 */
    const int high = first + 8;
    kept k = {p->status, -1, -1};
    int to[3 + SANDBOX_MAX_FILES + 3], n = 0;
    to[n++] = p->in;
    to[n++] = p->out;
    to[n++] = p->err;
    for (unsigned i = 0; i < p->spec->n_files; i++) to[n++] = p->files[i];
    to[n++] = p->status;
    to[n++] = p->dir;
    if (p->program >= 0) to[n++] = p->program;
    for (int i = 0; i < n; i++) {
        to[i] = fcntl(to[i], F_DUPFD_CLOEXEC, high);
        if (to[i] < 0) fail(p->status, SANDBOX_STEP_DESCRIPTORS);
    }
    k.status = to[first];
    for (int i = 0; i < n; i++)
        if (dup3(to[i], i, i < first ? 0 : O_CLOEXEC) < 0) fail(k.status, SANDBOX_STEP_DESCRIPTORS);
    k.status = first;
    k.dir = first + 1;
    if (p->program >= 0) k.program = first + 2;
    close_from((unsigned)n);
    return k;
}

static void reset_signals(void)
{
    struct sigaction a;
    sigset_t none;
    memset(&a, 0, sizeof a);
    a.sa_handler = SIG_DFL;
    for (int i = 1; i < NSIG; i++) (void)sigaction(i, &a, NULL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Where memory runs out, the child goes first. */
static void be_first_killed(void)
{
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    const ssize_t n = write(fd, "1000", 4);
    (void)n; /* an offer */
    (void)close(fd);
}

/* Without a mapping of users, the new user namespace gives no right over any file or process. */
static unsigned privileges(const sandbox_plan *p, int status)
{
    unsigned applied = 0;
    if (p->drop) {
        if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0)
            applied |= SANDBOX_HAS_NETWORK_NS;
        if (setgroups(0, NULL) || setresgid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY) ||
            setresuid(SANDBOX_NOBODY, SANDBOX_NOBODY, SANDBOX_NOBODY))
            fail(status, SANDBOX_STEP_PRIVILEGES);
        applied |= SANDBOX_HAS_USER;
        if (unshare(CLONE_NEWUSER) == 0) applied |= SANDBOX_HAS_USER_NS;
    } else if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0) {
        applied |= SANDBOX_HAS_USER_NS | SANDBOX_HAS_NETWORK_NS;
    }
    return applied;
}

static bool limit(int what, uint64_t soft, uint64_t hard)
{
    struct rlimit old, l = {soft, hard};
    if (getrlimit((__rlimit_resource_t)what, &old)) return false;
    if (l.rlim_max > old.rlim_max) l.rlim_max = old.rlim_max;
    if (l.rlim_cur > l.rlim_max) l.rlim_cur = l.rlim_max;
    return setrlimit((__rlimit_resource_t)what, &l) == 0;
}

static bool limit_to(int what, uint64_t v) { return v == 0 || limit(what, v, v); }

#define STACK_BYTES (UINT64_C(8) << 20) /* also of each thread */

static void limits(const sandbox_spec *s, unsigned applied, int status)
{
    bool ok = limit(RLIMIT_CORE, 0, 0) && limit_to(RLIMIT_STACK, STACK_BYTES);
    if (!SANITIZED) {
        ok = ok && limit_to(RLIMIT_DATA, s->memory);
        ok = ok && limit_to(RLIMIT_AS, s->address ? s->address : s->memory);
    }
    ok = ok && limit_to(RLIMIT_FSIZE, s->file_bytes) && limit_to(RLIMIT_NOFILE, s->open_files);
    if (s->cpu_s) ok = ok && limit(RLIMIT_CPU, s->cpu_s, s->cpu_s + 1); /* SIGXCPU, then SIGKILL */
    /* Counted for the user within its namespace: elsewhere it would count the owner's processes. */
    if (applied & SANDBOX_HAS_USER_NS) ok = ok && limit_to(RLIMIT_NPROC, s->processes);
    if (!ok) fail(status, SANDBOX_STEP_LIMITS);
}

/* ---- locking ---- */

static void on_refused(int signal, siginfo_t *info, void *context)
{
    char text[64] = "refused system call ";
    size_t n = strlen(text);
    unsigned v = (unsigned)info->si_syscall % 100000, digit = 10000;
    (void)signal;
    (void)context;
    while (digit > 1 && v / digit == 0) digit /= 10;
    for (; digit; digit /= 10) text[n++] = (char)('0' + v / digit % 10);
    text[n++] = '\n';
    const ssize_t k = write(2, text, n);
    (void)k; /* the exit code says it too */
    _exit(SANDBOX_EXIT_REFUSED);
}

/* What then is in force; 0: the child must not go on. */
static unsigned lock(void)
{
    sandbox_filter f;
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = on_refused;
    a.sa_flags = SA_SIGINFO;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 0;
    if (sandbox_filter_make(&f, SANDBOX_COMPUTE) != SP_OK) return 0;
    /* Without Landlock nothing is lost here: the filter lets no file be opened. */
    const unsigned landlock = sandbox_landlock(-1, -1) ? SANDBOX_HAS_LANDLOCK : 0;
    const bool ok = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && sigaction(SIGSYS, &a, NULL) == 0 &&
                    sandbox_filter_load(&f);
    free(f.at);
    return ok ? SANDBOX_HAS_SECCOMP | landlock : 0;
}

bool sandbox_lock(void) { return lock() != 0; }

/* ---- all of it ---- */

void sandbox_child_enter(const sandbox_plan *p)
{
    const sandbox_spec *s = p->spec;
    unsigned applied = 0;
    (void)setpgid(0, 0); /* the parent does it too: whoever comes first */
    reset_signals();
    const kept k = arrange(p);
    if (fchdir(k.dir)) fail(k.status, SANDBOX_STEP_DIRECTORY);
    be_first_killed();
    if (s->level != SANDBOX_LIMITS) applied = privileges(p, k.status);
    /* After the change of user, which would undo it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || getppid() != p->parent)
        fail(k.status, SANDBOX_STEP_PARENT);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail(k.status, SANDBOX_STEP_PRIVILEGES);
    if (s->level == SANDBOX_EXEC && sandbox_landlock(k.program, k.dir))
        applied |= SANDBOX_HAS_LANDLOCK;
    limits(s, applied, k.status);
    if (p->filter) {
        if (!sandbox_filter_load(p->filter)) fail(k.status, SANDBOX_STEP_FILTER);
        applied |= SANDBOX_HAS_SECCOMP;
    } else if (s->level == SANDBOX_COMPUTE) {
        const unsigned locked = lock();
        if (!locked) fail(k.status, SANDBOX_STEP_FILTER);
        applied |= locked;
    }
    const sandbox_report r = {0, 0, applied};
    if (write(k.status, &r, sizeof r) != (ssize_t)sizeof r) _exit(127);
    if (p->program >= 0) {
        static char *const environment[] = {NULL};
        (void)syscall(SYS_execveat, k.program, "", s->argv, environment, AT_EMPTY_PATH);
        fail(k.status, SANDBOX_STEP_PROGRAM);
    }
    (void)close(k.status);
    (void)close(k.dir);
}
