/* notify.c - see notify.h. */
#include "market/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A decimal number above 0; 0 for everything else. */
static uint64_t number(const char *text)
{
    char *end;
    if (text == NULL || *text < '0' || *text > '9') return 0;
    errno = 0;
    const unsigned long long v = strtoull(text, &end, 10);
    return errno == 0 && *end == 0 ? v : 0;
}

void notify_open(notify *n, const char *socket_path, const char *watchdog_usec,
                 const char *watchdog_pid)
{
    memset(n, 0, sizeof *n);
    n->fd = -1;
    /* A path, or @ and a name in the kernel's own space, which has a zero byte in its place. */
    const size_t len = socket_path == NULL ? 0 : strlen(socket_path);
    if (len < 2 || len >= sizeof n->to.sun_path || (socket_path[0] != '/' && socket_path[0] != '@'))
        return;
    n->to.sun_family = AF_UNIX;
    memcpy(n->to.sun_path, socket_path, len);
    if (socket_path[0] == '@') n->to.sun_path[0] = 0;
    n->to_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (*socket_path == '/'));
    n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (n->fd < 0) return;
    if (watchdog_pid == NULL || number(watchdog_pid) == (uint64_t)getpid())
        n->watchdog_ms = number(watchdog_usec) / 1000;
}

bool notify_say(const notify *n, const char *state)
{
    const size_t len = strlen(state);
    return n->fd >= 0 && sendto(n->fd, state, len, MSG_NOSIGNAL, (const struct sockaddr *)&n->to,
                                n->to_bytes) == (ssize_t)len;
}

void notify_close(notify *n)
{
    if (n->fd >= 0) (void)close(n->fd);
    n->fd = -1;
}
