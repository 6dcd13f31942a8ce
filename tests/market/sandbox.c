/* sandbox.c - the sandbox: what it gives back, how it ends, what it bounds, what it cleans up. */
#include "tests/market/sandboxed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool gone(const char *path) { return access(path, F_OK) != 0; }

/* ---- the ordinary ---- */

static int hello(void *user)
{
    char text[8] = "";
    if (read(0, text, sizeof text) != 5) return 3;
    fputs("one 1 2\ntwo \x1b[31m\n", stderr);
    say(text);
    return *(int *)user;
}

typedef struct {
    unsigned n;
    char text[8][SANDBOX_LINE + 1];
} lines;

static void on_line(void *user, const char *line)
{
    lines *l = user;
    if (l->n < 8) strcpy(l->text[l->n], line);
    l->n++;
}

TEST(sandbox_gives_back_result_and_lines)
{
    for (enum sandbox_level level = SANDBOX_LIMITS; level <= SANDBOX_COMPUTE; level++) {
        lines l = {0, {""}};
        int code = 0, in[2];
        sandbox_spec spec = spec_of(level, hello);
        spec.user = &code;
        spec.on_line = on_line;
        spec.line_user = &l;
        CHECK(pipe(in) == 0 && write(in[1], "12345", 5) == 5 && close(in[1]) == 0);
        spec.input = in[0];
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_DONE, 0) && says(s, "12345"));
        CHECK_EQ(l.n, 2);
        CHECK(strcmp(l.text[0], "one 1 2") == 0 && strcmp(l.text[1], "two ?[31m") == 0);
        CHECK(sandbox_peak_bytes(s) > 0);
        sandbox_delete(s);
        close(in[0]);
    }
}

TEST(sandbox_says_what_is_in_force)
{
    int code = 0;
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, hello);
    spec.user = &code;
    sandbox *s = run(&spec);
    CHECK(s && (sandbox_applied(s) & SANDBOX_HAS_SECCOMP));
    printf("  in force:%s%s%s%s%s\n", " system calls",
           sandbox_applied(s) & SANDBOX_HAS_LANDLOCK ? ", Landlock" : "",
           sandbox_applied(s) & SANDBOX_HAS_NETWORK_NS ? ", a network of its own" : "",
           sandbox_applied(s) & SANDBOX_HAS_USER_NS ? ", a user namespace" : "",
           sandbox_applied(s) & SANDBOX_HAS_USER ? ", another user" : "");
    sandbox_delete(s);
}

static int exits(void *user) { return *(int *)user; }
static int crashes(void *user)
{
    *(volatile int *)user = 1;
    return 0;
}
static int aborts(void *user)
{
    (void)user;
    abort();
}

TEST(sandbox_tells_ends_apart)
{
    static const struct {
        int exit;
        enum sandbox_end end;
        int code;
    } list[] = {{0, SANDBOX_DONE, 0},
                {1, SANDBOX_NONZERO, 1},
                {127, SANDBOX_NONZERO, 127},
                {SANDBOX_EXIT_MEMORY, SANDBOX_MEMORY, 0},
                {SANDBOX_EXIT_REFUSED, SANDBOX_REFUSED, -1}};
    for (unsigned i = 0; i < sizeof list / sizeof list[0]; i++) {
        int exit = list[i].exit;
        sandbox_spec spec = spec_of(SANDBOX_COMPUTE, exits);
        spec.user = &exit;
        sandbox *s = run(&spec);
        CHECK(ends(s, list[i].end, list[i].code));
        sandbox_delete(s);
    }
    sandbox_spec spec = spec_of(SANDBOX_LIMITS, aborts);
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_SIGNAL, SIGABRT));
    sandbox_delete(s);
#if !defined(__SANITIZE_ADDRESS__)
    spec = spec_of(SANDBOX_COMPUTE, crashes);
    s = run(&spec);
    CHECK(ends(s, SANDBOX_SIGNAL, SIGSEGV));
    sandbox_delete(s);
    /* It may not send a signal even to itself. */
    spec = spec_of(SANDBOX_COMPUTE, aborts);
    s = run(&spec);
    CHECK(ends(s, SANDBOX_SIGNAL, SIGSEGV));
    sandbox_delete(s);
#else
    (void)crashes;
#endif
}

TEST(sandbox_that_cannot_start_says_why_and_leaves_nothing)
{
    sandbox *s;
    const char *const missing[] = {"/nowhere/at/all", NULL};
    const char *const text[] = {"/etc/hostname", NULL};
    sandbox_spec spec = spec_of(SANDBOX_EXEC, NULL);
    char dir[] = "/tmp/sandbox-test-XXXXXX";
    CHECK(mkdtemp(dir) && chmod(dir, 0755) == 0);
    spec.dir = dir;
    spec.argv = missing;
    CHECK(sandbox_start(&s, &spec, why) == SP_ERR_IO && !s && strstr(why, "No such file"));
    spec.argv = text;
    CHECK(sandbox_start(&s, &spec, why) == SP_ERR_IO && !s && strstr(why, "executed"));
    spec.level = SANDBOX_COMPUTE; /* a program goes there by itself */
    CHECK(sandbox_start(&s, &spec, why) == SP_ERR_ARG && !s);
    spec.level = SANDBOX_EXEC;
    spec.dir = "/nowhere";
    CHECK(sandbox_start(&s, &spec, why) == SP_ERR_IO && !s && strstr(why, "directory"));
    CHECK(rmdir(dir) == 0); /* empty */
}

/* ---- at any level: time, memory, disk, pipes ---- */

static int allocates(void *user)
{
    char text[32];
    uint64_t mib = 0;
    (void)user;
    for (char *p; mib < 4096 && (p = malloc(MIB)) != NULL; mib++) memset(p, 1, MIB);
    snprintf(text, sizeof text, "%s", mib < 64 ? "bounded" : "unbounded");
    say(text);
    return SANDBOX_EXIT_MEMORY;
}

TEST(memory_is_bounded)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)allocates;
    SKIP("a sanitizer's memory cannot be limited");
#else
    for (unsigned way = 0; way < 2; way++) {
        sandbox_spec spec = spec_of(SANDBOX_COMPUTE, allocates);
        spec.memory = 64 * MIB;
        if (way) spec.address = MIB << 20; /* a terabyte of addresses gives no more memory */
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_MEMORY, 0) && says(s, "bounded"));
        sandbox_delete(s);
    }
#endif
}

static int fills(void *user)
{
    static char b[65536];
    (void)user;
    for (unsigned i = 0; i < 1000; i++)
        if (write(3, b, sizeof b) < 0) return 5;
    return 0;
}

TEST(disk_is_bounded)
{
    static const char *const files[] = {"output"};
    for (enum sandbox_level level = SANDBOX_LIMITS; level <= SANDBOX_COMPUTE; level++) {
        sandbox_spec spec = spec_of(level, fills);
        struct stat st;
        spec.files = files;
        spec.n_files = 1;
        spec.file_bytes = 1 * MIB;
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_DISK, 0));
        CHECK(fstat(sandbox_file(s, 0), &st) == 0);
        CHECK_EQ(st.st_size, 1 * MIB);
        sandbox_delete(s);
    }
}

static int spins(void *user)
{
    for (volatile unsigned i = 0; i < UINT32_MAX || user != &i; i++) {}
    return 0;
}
static int ignores_sigterm(void *user)
{
    signal(SIGTERM, SIG_IGN);
    return spins(user);
}
static int tidies_up(void *user)
{
    sigset_t set;
    int got;
    (void)user;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &got);
    say("tidy");
    return 0;
}

TEST(deadline_ends_the_obedient_and_the_others)
{
    for (enum sandbox_level level = SANDBOX_LIMITS; level <= SANDBOX_COMPUTE; level++) {
        sandbox_spec spec = spec_of(level, ignores_sigterm);
        spec.wall_ms = 100;
        spec.grace_ms = 100;
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_DEADLINE, 0));
        CHECK(sandbox_wall_ms(s) >= 200);
        sandbox_delete(s);
    }
    sandbox_spec spec = spec_of(SANDBOX_EXEC, tidies_up);
    spec.wall_ms = 100;
    spec.grace_ms = 20000;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DEADLINE, 0) && says(s, "tidy"));
    sandbox_delete(s);
}

TEST(cpu_seconds_are_counted)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, spins);
    spec.cpu_s = 1;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DEADLINE, SIGXCPU));
    sandbox_delete(s);
}

TEST(cancelling_ends_it)
{
    sandbox *s;
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, spins);
    CHECK_EQ(sandbox_start(&s, &spec, why), SP_OK);
    CHECK(!sandbox_step(s, 10));
    CHECK_EQ(sandbox_ended(s), SANDBOX_RUNNING);
    sandbox_cancel(s);
    while (!sandbox_step(s, 1000)) {}
    CHECK(ends(s, SANDBOX_CANCELLED, 0));
    sandbox_delete(s);
}

TEST(a_running_child_can_be_deleted)
{
    sandbox *s;
    char path[256];
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, ignores_sigterm);
    CHECK_EQ(sandbox_start(&s, &spec, why), SP_OK);
    const int pid = sandbox_pid(s);
    strcpy(path, sandbox_path(s));
    CHECK(!gone(path));
    sandbox_delete(s);
    CHECK(kill(pid, 0) != 0 && gone(path));
}

static int talks_without_end(void *user)
{
    while (user != why) say("0123456789");
    return 0;
}
static int shouts_without_end(void *user)
{
    static char b[4096];
    (void)user;
    memset(b, 'x', sizeof b);
    for (unsigned i = 0; i < 5000; i++)
        if (write(2, b, sizeof b) < 0 && errno != EAGAIN) return 1;
    return 0;
}
static int closes_pipes(void *user)
{
    close(0);
    close(1);
    close(2);
    usleep(50000);
    return user ? spins(user) : 0;
}

TEST(result_is_bounded_and_lines_are_cut)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, talks_without_end);
    size_t n;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_OVERFLOW, 0));
    (void)sandbox_output(s, &n);
    CHECK_EQ(n, spec.result_bytes);
    sandbox_delete(s);
    lines l = {0, {""}};
    spec = spec_of(SANDBOX_COMPUTE, shouts_without_end);
    spec.on_line = on_line;
    spec.line_user = &l;
    s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    CHECK_EQ(l.n, 1);
    CHECK_EQ(strlen(l.text[0]), SANDBOX_LINE);
    sandbox_delete(s);
}

/* Lines that nobody reads do not hold the child up. */
TEST(a_child_does_not_wait_for_its_reader)
{
    sandbox *s;
    siginfo_t info;
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, shouts_without_end);
    memset(&info, 0, sizeof info);
    CHECK_EQ(sandbox_start(&s, &spec, why), SP_OK);
    const id_t pid = (id_t)sandbox_pid(s);
    for (unsigned i = 0; i < 1000 && info.si_pid == 0; i++) {
        CHECK(waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0);
        if (info.si_pid == 0) usleep(20000);
    }
    CHECK(info.si_pid == (pid_t)pid);
    while (!sandbox_step(s, 1000)) {}
    CHECK(ends(s, SANDBOX_DONE, 0));
    sandbox_delete(s);
}

TEST(pipes_closed_early_change_nothing)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, closes_pipes);
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    sandbox_delete(s);
    spec.user = why;
    spec.wall_ms = 200;
    s = run(&spec);
    CHECK(ends(s, SANDBOX_DEADLINE, 0));
    sandbox_delete(s);
}

static int lists_descriptors(void *user)
{
    char text[256] = "";
    (void)user;
    for (int fd = 0; fd < 64; fd++)
        if (fcntl(fd, F_GETFL) >= 0) sprintf(text + strlen(text), "%d ", fd);
    say(text);
    return 0;
}

TEST(only_given_descriptors_are_open)
{
    static const char *const files[] = {"a", "b"};
    const int mine = open("/etc/passwd", O_RDONLY); /* inheritable */
    CHECK(mine >= 0);
    for (enum sandbox_level level = SANDBOX_LIMITS; level <= SANDBOX_COMPUTE; level++) {
        sandbox_spec spec = spec_of(level, lists_descriptors);
        spec.files = files;
        spec.n_files = 2;
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_DONE, 0) && says(s, "0 1 2 3 4 "));
        sandbox_delete(s);
    }
    close(mine);
}

/* ---- directories ---- */

static int litters(void *user)
{
    (void)user;
    if (mkdir("d", 0700) || mkdir("d/e", 0700) || symlink("/etc", "d/link")) return 1;
    const int fd = open("d/e/f", O_WRONLY | O_CREAT, 0400);
    return fd < 0 || chmod("d/e", 0500);
}

TEST(private_directory_is_private_and_is_removed)
{
    struct stat st;
    char path[256];
    sandbox_spec spec = spec_of(SANDBOX_LIMITS, litters);
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    strcpy(path, sandbox_path(s));
    CHECK(stat(path, &st) == 0);
    CHECK_EQ(st.st_mode & 07777, 0700);
    sandbox_delete(s);
    CHECK(gone(path) && !gone("/etc/passwd"));
}

static int writes_three(void *user)
{
    (void)user;
    return write(3, "abc", 3) == 3 ? 0 : 1;
}
static int swaps(void *user)
{
    (void)user;
    return unlink("output") || symlink("/etc/passwd", "output");
}

TEST(a_file_is_kept_unless_another_took_its_place)
{
    static const char *const files[] = {"output"};
    char to[] = "/tmp/sandbox-kept-XXXXXX", b[4] = "";
    const int fd = mkstemp(to);
    CHECK(fd >= 0);
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, writes_three);
    spec.files = files;
    spec.n_files = 1;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    CHECK_EQ(sandbox_keep(s, 0, to), SP_OK);
    CHECK(pread(sandbox_file(s, 0), b, 4, 0) == 3 && memcmp(b, "abc", 3) == 0);
    sandbox_delete(s);
    struct stat st;
    CHECK(stat(to, &st) == 0 && st.st_size == 3 && st.st_uid == geteuid());
    spec = spec_of(SANDBOX_LIMITS, swaps);
    spec.files = files;
    spec.n_files = 1;
    s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    CHECK_EQ(sandbox_keep(s, 0, to), SP_ERR_IO);
    sandbox_delete(s);
    CHECK(lstat(to, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 3);
    close(fd);
    unlink(to);
}

/* The parent is killed: its child goes, and the directory is swept up by the next one. */
TEST(kill_9_of_the_parent_takes_the_child_with_it)
{
    int p[2];
    struct {
        int pid;
        char path[256];
    } told;
    memset(&told, 0, sizeof told);
    CHECK(pipe(p) == 0);
    const pid_t parent = fork();
    CHECK(parent >= 0);
    if (parent == 0) {
        sandbox *s;
        sandbox_spec spec = spec_of(SANDBOX_COMPUTE, ignores_sigterm);
        if (sandbox_start(&s, &spec, why) != SP_OK) _exit(1);
        told.pid = sandbox_pid(s);
        strcpy(told.path, sandbox_path(s));
        if (write(p[1], &told, sizeof told) != sizeof told) _exit(1);
        for (;;) (void)sandbox_step(s, 1000);
    }
    close(p[1]);
    CHECK(read(p[0], &told, sizeof told) == sizeof told);
    close(p[0]);
    CHECK(group_lives(told.pid) && !gone(told.path));
    (void)sandbox_sweep("/tmp"); /* the owner lives: nothing of it goes */
    CHECK(!gone(told.path));
    CHECK(kill(parent, SIGKILL) == 0 && waitpid(parent, NULL, 0) == parent);
    for (unsigned i = 0; i < 250 && group_lives(told.pid); i++) usleep(20000);
    CHECK(!group_lives(told.pid));
    (void)sandbox_sweep("/tmp"); /* or somebody else's test was faster */
    CHECK(gone(told.path));
}
