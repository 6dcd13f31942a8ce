/* sandbox_filter.c - which system calls a child may make, as a filter of the kernel.
 *
 * Two lists. COMPUTE is what the virtual machine, the prover with its threads, and the verifier use
 * when everything they need is open: memory, threads, clocks, and the descriptors at hand. EXEC has
 * besides what programs need to start and to open files; which files is Landlock's affair. What a C
 * library asks for and can do without is answered with an error; anything else ends the child. */
#include "market/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* At both levels. */
static const int basic[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/* At SANDBOX_EXEC also. */
static const int starting[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),
    SCMP_SYS(fchdir),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(umask),
    SCMP_SYS(fallocate),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(fcntl),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(prctl),
    SCMP_SYS(seccomp),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_add_rule),
    SCMP_SYS(landlock_restrict_self),
    SCMP_SYS(close_range),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(getpgrp),
    SCMP_SYS(getpgid),
    SCMP_SYS(getsid),
    SCMP_SYS(times),
    SCMP_SYS(time),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(memfd_create),
    SCMP_SYS(capget),
    SCMP_SYS(ioctl),
    SCMP_SYS(alarm),
    SCMP_SYS(setitimer),
    SCMP_SYS(getitimer),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(pause),
};

/* Answers for what a library tries, at each level. */
typedef struct {
    int call, error;
} answer;
static const answer basic_answers[] = {
    /* Its flags are in memory, where a filter cannot see them; libraries then use clone. */
    {SCMP_SYS(clone3), ENOSYS},
    {SCMP_SYS(sched_setaffinity), EPERM},
    {SCMP_SYS(membarrier), ENOSYS},
    {SCMP_SYS(mbind), ENOSYS},
    {SCMP_SYS(set_mempolicy), ENOSYS},
    {SCMP_SYS(get_mempolicy), ENOSYS},
    /* Not even to itself, since a filter cannot know its own number: abort() ends by SIGSEGV. */
    {SCMP_SYS(kill), EPERM},
    {SCMP_SYS(tgkill), EPERM},
    {SCMP_SYS(tkill), EPERM},
};
static const answer compute_answers[] = {
    {SCMP_SYS(open), EACCES},       {SCMP_SYS(openat), EACCES},     {SCMP_SYS(stat), EACCES},
    {SCMP_SYS(newfstatat), EACCES}, {SCMP_SYS(statx), EACCES},      {SCMP_SYS(access), EACCES},
    {SCMP_SYS(faccessat), EACCES},  {SCMP_SYS(faccessat2), EACCES}, {SCMP_SYS(readlink), EACCES},
    {SCMP_SYS(readlinkat), EACCES}, {SCMP_SYS(ioctl), ENOTTY},      {SCMP_SYS(prctl), EPERM},
};
static const answer exec_answers[] = {
    {SCMP_SYS(socket), EACCES},
    {SCMP_SYS(socketpair), EACCES},
    /* Its group stays the one that is killed with it. */
    {SCMP_SYS(setpgid), EPERM},
    {SCMP_SYS(setsid), EPERM},
};

#define NEW_NAMESPACES                                                                            \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
     CLONE_NEWNET)

static int allow(scmp_filter_ctx c, const int *calls, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n && !bad; i++) bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, calls[i], 0);
    return bad;
}

static int refuse(scmp_filter_ctx c, const answer *a, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n && !bad; i++)
        bad = seccomp_rule_add(c, SCMP_ACT_ERRNO((uint16_t)a[i].error), a[i].call, 0);
    return bad;
}

static int rules_compute(scmp_filter_ctx c)
{
    const scmp_datum_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    int bad = refuse(c, compute_answers, SP_COUNT(compute_answers));
    /* Limits are read, not set: the new value's address is NULL, the process is the caller. */
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                               SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0));
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, thread | NEW_NAMESPACES, thread));
    /* Memory of its own that is not code: what RLIMIT_DATA counts, and no shared pages. */
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                               SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_PRIVATE | MAP_SHARED, MAP_PRIVATE));
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                               SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0));
    return bad;
}

static int rules_exec(scmp_filter_ctx c)
{
    int bad = allow(c, starting, SP_COUNT(starting));
    if (!bad) bad = refuse(c, exec_answers, SP_COUNT(exec_answers));
    /* Its own limits, which it can only lower. */
    if (!bad)
        bad =
            seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0, 0));
    if (!bad)
        bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, NEW_NAMESPACES, 0));
    return bad;
}

/* libseccomp writes its program to a descriptor. */
static sp_status take(sandbox_filter *f, scmp_filter_ctx c)
{
    struct stat st;
    const int fd = memfd_create("filter", MFD_CLOEXEC);
    sp_status s = SP_ERR_IO;
    if (fd < 0) return SP_ERR_IO;
    if (seccomp_export_bpf(c, fd) == 0 && fstat(fd, &st) == 0 && st.st_size > 0 &&
        (size_t)st.st_size / sizeof(struct sock_filter) <= BPF_MAXINSNS) {
        f->at = malloc((size_t)st.st_size);
        if (!f->at)
            s = SP_ERR_NOMEM;
        else if (pread(fd, f->at, (size_t)st.st_size, 0) == st.st_size) {
            f->n = (unsigned short)((size_t)st.st_size / sizeof(struct sock_filter)); /* <= 4096 */
            s = SP_OK;
        } else {
            free(f->at);
        }
    }
    (void)close(fd);
    return s;
}

sp_status sandbox_filter_make(sandbox_filter *f, enum sandbox_level level)
{
    f->at = NULL;
    f->n = 0;
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_TRAP);
    if (!c) return SP_ERR_NOMEM;
    /* Calls of another architecture do not pass as ours. */
    int bad = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!bad) bad = seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary search */
    if (!bad) bad = allow(c, basic, SP_COUNT(basic));
    if (!bad) bad = refuse(c, basic_answers, SP_COUNT(basic_answers));
    if (!bad) bad = level == SANDBOX_COMPUTE ? rules_compute(c) : rules_exec(c);
    const sp_status s = bad ? SP_ERR_IO : take(f, c);
    seccomp_release(c);
    return s;
}

bool sandbox_filter_load(const sandbox_filter *f)
{
    struct sock_fprog program = {f->n, f->at};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
