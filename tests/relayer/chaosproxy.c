/* chaosproxy.c - a bad network between two programs, for tests.
 *
 * chaosproxy PORT HOST:PORT CONTROL: listens on 127.0.0.1:PORT, connects each client to HOST:PORT
 * and passes the bytes on. CONTROL is the path of a datagram socket that it makes; each datagram is
 * one command, answered with one:
 *
 *   up NAME N, down NAME N, both NAME N   up: from client to server. Names, each 0 when it is off:
 *     latency, jitter     milliseconds that bytes wait before they go on, never overtaking others
 *     rate                bytes in a second
 *     slice               at most so many bytes in a write, and a write each millisecond
 *     hole                1: nothing arrives for as long as it is on
 *     cut, reset, half    after so many bytes of a connection it is closed, reset, or closed in
 *                         this direction alone
 *
 *   refuse N              1: new connections are reset at once
 *
 *   clear                 everything off
 *
 *   kill                  every connection is reset now
 *
 *   count                 answers "OPEN ACCEPTED PASSED-UP PASSED-DOWN"
 *
 * The bytes of one direction are never changed, left out or put into another order. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define WINDOW ((size_t)256 << 10) /* bytes that wait in one direction, at most */
#define PART ((size_t)16 << 10)
#define TICK_MS 1

enum { LATENCY, JITTER, RATE, SLICE, HOLE, CUT, RESET, HALF, FAULTS };
static const char *const fault_name[FAULTS] = {"latency", "jitter", "rate",  "slice",
                                               "hole",    "cut",    "reset", "half"};

typedef struct part {
    struct part *next;
    uint64_t due_ms;
    size_t n, at;
    uint8_t bytes[];
} part;

typedef struct {
    part *first, **end;
    size_t queued;
    uint64_t passed, last_due_ms, paid_ms; /* paid_ms: when the bytes so far were due by the rate */
    bool ended, shut;                      /* the sender has closed; and so have we, behind it */
} flow;

/* Flow d goes from fd[d] to fd[1 - d]; fd[0] is the client's. */
typedef struct connection {
    struct connection *next, **link;
    struct end {
        struct connection *c;
        int side;
    } end[2];
    int fd[2];
    flow flow[2];
    bool reading[2], dead;
} connection;

static struct {
    int epoll, listener, control;
    struct sockaddr_in target;
    long fault[2][FAULTS], refuse;
    connection *all;
    uint64_t open, accepted, passed[2];
} proxy;

static uint64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(connection *c, int side, bool reading)
{
    struct epoll_event e = {.events = reading ? EPOLLIN : 0, .data.ptr = &c->end[side]};
    if (c->reading[side] == reading) return;
    c->reading[side] = reading;
    (void)epoll_ctl(proxy.epoll, EPOLL_CTL_MOD, c->fd[side], &e);
}

static void end_connection(connection *c, bool reset)
{
    const struct linger at_once = {1, 0};
    if (c->dead) return;
    c->dead = true;
    for (int side = 0; side < 2; side++) {
        if (reset) (void)setsockopt(c->fd[side], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)close(c->fd[side]);
        while (c->flow[side].first != NULL) {
            part *p = c->flow[side].first;
            c->flow[side].first = p->next;
            free(p);
        }
    }
    proxy.open--;
}

static void accept_one(void)
{
    const int fd = accept4(proxy.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const struct linger at_once = {1, 0};
    const int one = 1;
    const int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connection *c = calloc(1, sizeof *c);
    if (c == NULL || to < 0) die("chaosproxy");
    if (proxy.refuse != 0 ||
        connect(to, (const struct sockaddr *)&proxy.target, sizeof proxy.target) != 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)close(fd);
        (void)close(to);
        free(c);
        return;
    }
    (void)fcntl(to, F_SETFL, O_NONBLOCK);
    c->fd[0] = fd;
    c->fd[1] = to;
    for (int side = 0; side < 2; side++) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &c->end[side]};
        (void)setsockopt(c->fd[side], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c->end[side] = (struct end){c, side};
        c->flow[side].end = &c->flow[side].first;
        c->reading[side] = true;
        if (epoll_ctl(proxy.epoll, EPOLL_CTL_ADD, c->fd[side], &e) != 0) die("epoll_ctl");
    }
    c->next = proxy.all;
    c->link = &proxy.all;
    if (c->next != NULL) c->next->link = &c->next;
    proxy.all = c;
    proxy.open++;
    proxy.accepted++;
}

/* What came from one side is put into its flow. */
static void take(connection *c, int side)
{
    flow *f = &c->flow[side];
    const long *fault = proxy.fault[side];
    part *p = malloc(sizeof *p + PART);
    if (p == NULL) die("chaosproxy");
    const ssize_t n = recv(c->fd[side], p->bytes, PART, 0);
    if (n <= 0) {
        free(p);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n < 0) {
            end_connection(c, true);
            return;
        }
        f->ended = true;
        watch(c, side, false);
        return;
    }
    const uint64_t now = now_ms();
    p->next = NULL;
    p->n = (size_t)n;
    p->at = 0;
    p->due_ms = now + (uint64_t)fault[LATENCY];
    if (fault[JITTER] > 0) p->due_ms += (uint64_t)(random() % fault[JITTER]);
    if (p->due_ms < f->last_due_ms) p->due_ms = f->last_due_ms;
    f->last_due_ms = p->due_ms;
    *f->end = p;
    f->end = &p->next;
    f->queued += p->n;
    if (f->queued >= WINDOW) watch(c, side, false);
}

/* True: the connection, or this direction, is over. */
static bool has_come_to_its_end(connection *c, int side)
{
    const long *fault = proxy.fault[side];
    flow *f = &c->flow[side];
    if (fault[RESET] > 0 && f->passed >= (uint64_t)fault[RESET]) {
        end_connection(c, true);
        return true;
    }
    if (fault[CUT] > 0 && f->passed >= (uint64_t)fault[CUT]) {
        end_connection(c, false);
        return true;
    }
    if (fault[HALF] > 0 && f->passed >= (uint64_t)fault[HALF] && !f->shut) {
        (void)shutdown(c->fd[1 - side], SHUT_WR);
        f->shut = true;
    }
    return f->shut;
}

/* How many bytes may go now. */
static size_t allowance(const flow *f, const long *fault, uint64_t now)
{
    size_t n = PART;
    if (fault[RATE] > 0) {
        if (f->paid_ms > now) return 0;
        n = (size_t)fault[RATE] / 50 + 1; /* a fiftieth of a second's at once */
    }
    if (fault[SLICE] > 0 && n > (size_t)fault[SLICE]) n = (size_t)fault[SLICE];
    static const int ends[] = {CUT, RESET, HALF};
    for (size_t i = 0; i < 3; i++) /* exactly so many */
        if (fault[ends[i]] > 0 && f->passed + n > (uint64_t)fault[ends[i]])
            n = (size_t)((uint64_t)fault[ends[i]] - f->passed);
    return n;
}

static void pass_on(connection *c, int side)
{
    flow *f = &c->flow[side];
    const long *fault = proxy.fault[side];
    const uint64_t now = now_ms();
    if (fault[HOLE] != 0) return;
    while (!c->dead && f->first != NULL && !has_come_to_its_end(c, side)) {
        part *p = f->first;
        size_t n = p->n - p->at;
        const size_t most = allowance(f, fault, now);
        if (p->due_ms > now || most == 0) return;
        if (n > most) n = most;
        const ssize_t w = send(c->fd[1 - side], p->bytes + p->at, n, MSG_NOSIGNAL);
        if (w < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (w < 0) {
            end_connection(c, true);
            return;
        }
        p->at += (size_t)w;
        f->queued -= (size_t)w;
        f->passed += (uint64_t)w;
        proxy.passed[side] += (uint64_t)w;
        if (fault[RATE] > 0)
            f->paid_ms =
                (f->paid_ms > now ? f->paid_ms : now) + (uint64_t)w * 1000 / (uint64_t)fault[RATE];
        if (p->at == p->n) {
            f->first = p->next;
            if (f->first == NULL) f->end = &f->first;
            free(p);
        }
        if (fault[SLICE] > 0) break;
    }
    if (c->dead || has_come_to_its_end(c, side)) return;
    if (f->ended && f->first == NULL && !f->shut) {
        (void)shutdown(c->fd[1 - side], SHUT_WR);
        f->shut = true;
    }
    if (!f->ended && f->queued < WINDOW) watch(c, side, true);
}

/* ---- control ---- */

static const char *command(char *text, char *answer, size_t room)
{
    char *word[3] = {NULL, NULL, NULL}, *save = NULL;
    for (int i = 0; i < 3; i++) word[i] = strtok_r(i == 0 ? text : NULL, " \n", &save);
    if (word[0] == NULL) return "?";
    if (strcmp(word[0], "count") == 0) {
        (void)snprintf(answer, room, "%llu %llu %llu %llu", (unsigned long long)proxy.open,
                       (unsigned long long)proxy.accepted, (unsigned long long)proxy.passed[0],
                       (unsigned long long)proxy.passed[1]);
        return answer;
    }
    if (strcmp(word[0], "clear") == 0) {
        memset(proxy.fault, 0, sizeof proxy.fault);
        proxy.refuse = 0;
        return "ok";
    }
    if (strcmp(word[0], "kill") == 0) {
        for (connection *c = proxy.all; c != NULL; c = c->next) end_connection(c, true);
        return "ok";
    }
    if (word[1] == NULL) return "?";
    if (strcmp(word[0], "refuse") == 0) {
        proxy.refuse = strtol(word[1], NULL, 10);
        return "ok";
    }
    for (int i = 0; i < FAULTS && word[2] != NULL; i++) {
        if (strcmp(fault_name[i], word[1]) != 0) continue;
        const long n = strtol(word[2], NULL, 10);
        const bool up = strcmp(word[0], "up") == 0, down = strcmp(word[0], "down") == 0,
                   both = strcmp(word[0], "both") == 0;
        if (up || both) proxy.fault[0][i] = n;
        if (down || both) proxy.fault[1][i] = n;
        return up || down || both ? "ok" : "?";
    }
    return "?";
}

static void on_control(void)
{
    char text[256], answer[128];
    struct sockaddr_un from;
    socklen_t n = sizeof from;
    const ssize_t got =
        recvfrom(proxy.control, text, sizeof text - 1, 0, (struct sockaddr *)&from, &n);
    if (got < 0) return;
    text[got] = 0;
    const char *said = command(text, answer, sizeof answer);
    (void)sendto(proxy.control, said, strlen(said), 0, (const struct sockaddr *)&from, n);
}

static void set_up(char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char *colon = strrchr(argv[2], ':');
    const int one = 1;
    if (colon == NULL || strlen(argv[3]) >= sizeof name.sun_path) exit(2);
    *colon = 0;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    proxy.target =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    if (inet_pton(AF_INET, argv[2], &proxy.target.sin_addr) != 1) exit(2);
    (void)snprintf(name.sun_path, sizeof name.sun_path, "%s", argv[3]);
    proxy.epoll = epoll_create1(EPOLL_CLOEXEC);
    proxy.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    proxy.control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(proxy.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(proxy.listener, (const struct sockaddr *)&at, sizeof at) != 0 ||
        listen(proxy.listener, 512) != 0)
        die(argv[1]);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &proxy.listener};
    if (epoll_ctl(proxy.epoll, EPOLL_CTL_ADD, proxy.listener, &e) != 0) die("epoll_ctl");
    /* Last: whoever sees it may connect. */
    if (bind(proxy.control, (const struct sockaddr *)&name, sizeof name) != 0) die(argv[3]);
    e.data.ptr = &proxy.control;
    if (epoll_ctl(proxy.epoll, EPOLL_CTL_ADD, proxy.control, &e) != 0) die("epoll_ctl");
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    set_up(argv);
    for (;;) {
        struct epoll_event e[64];
        bool waiting = false;
        for (const connection *c = proxy.all; c != NULL; c = c->next)
            waiting = waiting || c->dead || c->flow[0].first != NULL || c->flow[1].first != NULL;
        const int n = epoll_wait(proxy.epoll, e, 64, waiting ? TICK_MS : 100);
        for (int i = 0; i < n; i++) {
            if (e[i].data.ptr == &proxy.listener) {
                accept_one();
            } else if (e[i].data.ptr == &proxy.control) {
                on_control();
            } else {
                const struct end *from = e[i].data.ptr;
                if (!from->c->dead && from->c->reading[from->side]) take(from->c, from->side);
                /* Both directions are over; told again and again where nothing is read. */
                if (!from->c->dead && !from->c->reading[from->side] &&
                    (e[i].events & (EPOLLERR | EPOLLHUP)) != 0)
                    end_connection(from->c, (e[i].events & EPOLLERR) != 0);
            }
        }
        for (connection *c = proxy.all, *next; c != NULL; c = next) {
            next = c->next;
            for (int side = 0; side < 2; side++)
                if (!c->dead) pass_on(c, side);
            if (!c->dead && c->flow[0].shut && c->flow[1].shut) end_connection(c, false);
            if (!c->dead) continue;
            *c->link = c->next;
            if (c->next != NULL) c->next->link = c->link;
            free(c);
        }
    }
}
