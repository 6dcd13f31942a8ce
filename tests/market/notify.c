/* notify.c - what a service manager's socket receives. */
#include "market/notify.h"
#include "tests/test.h"

#include <unistd.h>

/* A manager's socket of this name; what it has received, or "". */
static int manager(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const size_t len = strlen(name);
    memcpy(at.sun_path, name, len);
    if (name[0] == '@') at.sun_path[0] = 0;
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    const socklen_t n = (socklen_t)(sizeof at.sun_family + len + (name[0] == '/'));
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, n) != 0) return -1;
    return fd;
}

static const char *received(int fd)
{
    static char text[256];
    const ssize_t n = recv(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = 0;
    return text;
}

TEST(notify_reaches_sockets_of_both_kinds)
{
    char name[2][64];
    (void)snprintf(name[0], sizeof name[0], "/tmp/sprove-notify-%ld", (long)getpid());
    (void)snprintf(name[1], sizeof name[1], "@sprove-notify-%ld", (long)getpid());
    for (int i = 0; i < 2; i++) {
        notify n;
        const int fd = manager(name[i]);
        CHECK(fd >= 0);
        notify_open(&n, name[i], NULL, NULL);
        CHECK_EQ(n.watchdog_ms, 0);
        CHECK(notify_say(&n, "READY=1"));
        CHECK(strcmp(received(fd), "READY=1") == 0);
        CHECK(notify_say(&n, "STATUS=two lines\nWATCHDOG=1"));
        CHECK(strcmp(received(fd), "STATUS=two lines\nWATCHDOG=1") == 0);
        /* The manager goes: nothing waits, nothing ends. */
        (void)close(fd);
        (void)unlink(name[i]);
        CHECK(!notify_say(&n, "STOPPING=1"));
        notify_close(&n);
        notify_close(&n);
    }
}

TEST(notify_never_waits)
{
    notify n;
    char name[64];
    (void)snprintf(name, sizeof name, "@sprove-notify-full-%ld", (long)getpid());
    const int fd = manager(name);
    CHECK(fd >= 0);
    notify_open(&n, name, NULL, NULL);
    unsigned taken = 0;
    while (taken < 100000 && notify_say(&n, "WATCHDOG=1")) taken++;
    CHECK(taken > 0 && taken < 100000); /* full, and we are still here */
    notify_close(&n);
    (void)close(fd);
}

TEST(notify_takes_what_it_understands)
{
    static char longer[200];
    char own[32], other[32];
    notify n;
    memset(longer, 'x', sizeof longer - 1);
    longer[0] = '/';
    const char *const bad[] = {NULL, "", "/", "@", "relative", "vsock:2:1234", longer};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        notify_open(&n, bad[i], "30000000", NULL);
        CHECK(n.fd == -1 && n.watchdog_ms == 0);
        CHECK(!notify_say(&n, "READY=1"));
    }
    (void)snprintf(own, sizeof own, "%ld", (long)getpid());
    (void)snprintf(other, sizeof other, "%ld", (long)getpid() + 1);
    const struct {
        const char *usec, *pid;
        uint64_t ms;
    } cases[] = {{"30000000", NULL, 30000},
                 {"30000000", own, 30000},
                 {"30000000", other, 0},
                 {"30000000", "", 0},
                 {NULL, own, 0},
                 {"", own, 0},
                 {"-1", own, 0},
                 {"12x", own, 0},
                 {" 12000000", own, 0},
                 {"99999999999999999999999", own, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        notify_open(&n, "@nobody", cases[i].usec, cases[i].pid);
        CHECK_EQ(n.watchdog_ms, cases[i].ms);
        notify_close(&n);
    }
}
