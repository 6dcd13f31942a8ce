/* sandbox_attacks.c - what a child that a stranger has taken over would try. */
#include "tests/market/sandboxed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- the child attacks: at COMPUTE ---- */

static int opens_socket(void *user)
{
    (void)user;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}
static int forks(void *user)
{
    (void)user;
    return fork() >= 0 ? 0 : 1;
}
static int executes(void *user)
{
    char *const argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    (void)user;
    return execve("/bin/true", argv, argv + 1);
}
static int traces_parent(void *user)
{
    (void)user;
    return (int)syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0);
}
static int makes_code(void *user)
{
    (void)user;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED;
}
static int turns_memory_to_code(void *user)
{
    (void)user;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static int shares_memory(void *user)
{
    (void)user;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) ==
           MAP_FAILED;
}
static int uses_io_uring(void *user)
{
    char params[120] = {0};
    (void)user;
    return (int)syscall(SYS_io_uring_setup, 8, params);
}
static int raises_limit(void *user)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    (void)user;
    return setrlimit(RLIMIT_CORE, &all);
}

TEST(compute_ends_a_child_that_asks_for_more)
{
    static const struct {
        int (*fn)(void *);
        int call;
    } list[] = {{opens_socket, SYS_socket},   {forks, SYS_clone},
                {executes, SYS_execve},       {traces_parent, SYS_ptrace},
                {makes_code, SYS_mmap},       {turns_memory_to_code, SYS_mprotect},
                {shares_memory, SYS_mmap},    {uses_io_uring, SYS_io_uring_setup},
                {raises_limit, SYS_prlimit64}};
    for (unsigned i = 0; i < sizeof list / sizeof list[0]; i++) {
        sandbox_spec spec = spec_of(SANDBOX_COMPUTE, list[i].fn);
        sandbox *s = run(&spec);
        CHECK(ends(s, SANDBOX_REFUSED, list[i].call));
        sandbox_delete(s);
    }
}

static int opens_files(void *user)
{
    static const char *const paths[] = {"/etc/passwd", "/proc/self/mem", "/dev/null", "."};
    (void)user;
    for (unsigned i = 0; i < 4; i++)
        if (open(paths[i], O_RDONLY) >= 0 || errno != EACCES) return 10 + (int)i;
    if (open("mine", O_WRONLY | O_CREAT, 0600) >= 0) return 20;
    if (kill(getppid(), SIGKILL) == 0) return 21;
    struct stat st;
    if (stat("/etc/passwd", &st) == 0) return 22;
    say("held");
    return 0;
}

TEST(compute_opens_no_file_and_sends_no_signal)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, opens_files);
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0) && says(s, "held"));
    sandbox_delete(s);
}

static void *adds(void *user)
{
    char *mine = malloc(100000);
    if (mine) memset(mine, 1, 100000);
    free(mine);
    *(int *)user += mine != NULL;
    return NULL;
}
static int has_threads(void *user)
{
    pthread_t t[8];
    int n[8] = {0}, sum = 0;
    (void)user;
    for (unsigned i = 0; i < 8; i++)
        if (pthread_create(&t[i], NULL, adds, &n[i])) return 1;
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(t[i], NULL);
        sum += n[i];
    }
    return sum == 8 ? 0 : 2;
}

TEST(compute_has_threads_and_memory)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, has_threads);
    spec.processes = 16;
    spec.memory = 256 * MIB;
    spec.address = 4096 * MIB;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    sandbox_delete(s);
}

static void *sleeps(void *user)
{
    sleep(10);
    return user;
}
static int makes_many_threads(void *user)
{
    pthread_t t;
    pthread_attr_t a;
    char text[32];
    int n = 0;
    (void)user;
    pthread_attr_init(&a);
    pthread_attr_setstacksize(&a, 65536);
    while (n < 1000 && pthread_create(&t, &a, sleeps, NULL) == 0) n++;
    snprintf(text, sizeof text, "%s", n < 16 ? "few" : "many");
    say(text);
    _exit(0);
}

/* Root is not counted, if it cannot become another. */
static bool counts_processes(const sandbox *s)
{
    const unsigned applied = sandbox_applied(s);
    return (applied & SANDBOX_HAS_USER_NS) && (geteuid() != 0 || (applied & SANDBOX_HAS_USER));
}

TEST(processes_are_counted)
{
    sandbox_spec spec = spec_of(SANDBOX_COMPUTE, makes_many_threads);
    spec.processes = 16;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    const bool counted = counts_processes(s);
    CHECK(!counted || says(s, "few"));
    sandbox_delete(s);
    if (!counted) SKIP("no user namespace, or always root: processes are not counted");
}

/* ---- at EXEC ---- */

static int tries_network_and_files(void *user)
{
    char text[64];
    (void)user;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) return 10;
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0) return 11;
    if (kill(getppid(), SIGKILL) == 0) return 12;
    if (setsid() >= 0 || setpgid(0, 0) == 0) return 13;
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &all) == 0) return 15;
    const int mine = open("given", O_WRONLY);
    if (mine < 0) return 14;
    const int more = open("more", O_WRONLY | O_CREAT, 0600);
    const int passwd = open("/etc/passwd", O_RDONLY);
    const int outside = open("/tmp/sandbox-escape", O_WRONLY | O_CREAT, 0600);
    snprintf(text, sizeof text, "%d %d %d", more >= 0, passwd >= 0, outside >= 0);
    say(text);
    return 0;
}

TEST(exec_has_no_network_and_only_its_files)
{
    static const char *const files[] = {"given"};
    sandbox_spec spec = spec_of(SANDBOX_EXEC, tries_network_and_files);
    spec.files = files;
    spec.n_files = 1;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    const bool landlock = (sandbox_applied(s) & SANDBOX_HAS_LANDLOCK) != 0;
    CHECK(!landlock || says(s, "0 0 0"));
    sandbox_delete(s);
    (void)unlink("/tmp/sandbox-escape");
    if (!landlock) SKIP("no Landlock here: a program may read what its user may");
}

static int fork_bomb(void *user)
{
    int n = 0;
    (void)user;
    for (; n < 500; n++) {
        const pid_t p = fork();
        if (p < 0) break;
        if (p == 0) {
            signal(SIGTERM, SIG_IGN);
            sleep(60);
            _exit(0);
        }
    }
    say(n < 16 ? "few" : "many");
    return 0;
}

TEST(fork_bomb_is_bounded_and_goes_with_its_group)
{
    sandbox_spec spec = spec_of(SANDBOX_EXEC, fork_bomb);
    spec.processes = 16;
    sandbox *s = run(&spec);
    CHECK(ends(s, SANDBOX_DONE, 0));
    const bool counted = counts_processes(s);
    CHECK(!counted || says(s, "few"));
    /* Its children, which would sleep and ignore SIGTERM, are ended with it. */
    for (unsigned i = 0; i < 250 && group_lives(sandbox_pid(s)); i++) usleep(20000);
    CHECK(!group_lives(sandbox_pid(s)));
    sandbox_delete(s);
}

TEST(exec_starts_a_program_with_nothing_of_ours)
{
    const char *const argv[] = {"/bin/sh", "-c", "set", NULL};
    sandbox_spec spec = spec_of(SANDBOX_EXEC, NULL);
    spec.argv = argv;
    setenv("SANDBOX_SECRET", "hidden", 1);
    sandbox *s = run(&spec);
    CHECK(s && sandbox_ended(s) == SANDBOX_DONE);
    size_t n;
    char text[4097];
    const uint8_t *b = sandbox_output(s, &n);
    memcpy(text, b, n); /* <= result_bytes */
    text[n] = 0;
    CHECK(strstr(text, "PWD=") && !strstr(text, "hidden"));
    sandbox_delete(s);
}
