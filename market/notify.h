/* notify.h - tells the service manager how a service is: the protocol of sd_notify(3), without its
 * library. Where there is no service manager every call does nothing. */
#ifndef MARKET_NOTIFY_H
#define MARKET_NOTIFY_H

#include "core/sp.h"

#include <sys/socket.h>
#include <sys/un.h>

typedef struct {
    int fd; /* -1: nobody wants to know */
    struct sockaddr_un to;
    socklen_t to_bytes;
    uint64_t watchdog_ms; /* a sign of life is awaited this often; 0: none is */
} notify;

/* The values of $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, NULL where they are not set: a
 * watchdog of another process is none. Something that cannot be understood is as if it were not
 * there. */
void notify_open(notify *n, const char *socket_path, const char *watchdog_usec,
                 const char *watchdog_pid);
/* Lines NAME=VALUE: "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=...". Never waits: what the
 * manager does not take is lost. False: it was not taken. */
bool notify_say(const notify *n, const char *state);
void notify_close(notify *n);

#endif
