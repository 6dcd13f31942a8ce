/* control.c - see control.h. Paths of sockets are short (108 bytes), folders are not: the folder is
 * opened, and its socket named through /proc/self/fd. */
#include "node/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "control"
#define MOST_CLIENTS 8u
#define MOST_QUESTION 1024u
#define MOST_ANSWER ((size_t)1 << 20)
#define CLIENT_MS 5000
#define ANSWER_MS 5000

typedef struct client {
    uv_pipe_t pipe;
    uv_timer_t timer;
    uv_write_t write;
    control *c;
    char question[MOST_QUESTION], *answer;
    size_t n;
    unsigned open; /* handles */
    bool answered;
} client;

struct control {
    uv_pipe_t pipe;
    json_t *(*answer)(void *user, const json_t *question);
    void *user;
    int folder;
    client *list[MOST_CLIENTS];
};

/* ---- the node's side ---- */

static void client_closed(uv_handle_t *h)
{
    client *k = h->data;
    if (--k->open > 0) return;
    for (unsigned i = 0; i < MOST_CLIENTS; i++)
        if (k->c->list[i] == k) k->c->list[i] = NULL;
    free(k->answer);
    free(k);
}

static void client_close(client *k)
{
    if (uv_is_closing((uv_handle_t *)&k->pipe)) return;
    uv_close((uv_handle_t *)&k->pipe, client_closed);
    uv_close((uv_handle_t *)&k->timer, client_closed);
}

static void client_late(uv_timer_t *t) { client_close(t->data); }

static void client_written(uv_write_t *w, int status)
{
    (void)status;
    client_close(w->data);
}

static void client_room(uv_handle_t *h, size_t suggested, uv_buf_t *buffer)
{
    client *k = h->data;
    (void)suggested;
    *buffer = uv_buf_init(k->question + k->n, (unsigned)(MOST_QUESTION - k->n));
}

static void client_answer(client *k)
{
    json_t *question = json_loadb(k->question, k->n, JSON_REJECT_DUPLICATES, NULL);
    json_t *answer = json_is_object(question) ? k->c->answer(k->c->user, question) : NULL;
    if (answer == NULL) answer = json_pack("{s:s}", "error", "not understood");
    k->answer = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
    json_decref(question);
    json_decref(answer);
    k->answered = true;
    k->write.data = k;
    uv_buf_t b = uv_buf_init(k->answer, k->answer == NULL ? 0 : (unsigned)strlen(k->answer));
    if (k->answer == NULL ||
        uv_write(&k->write, (uv_stream_t *)&k->pipe, &b, 1, client_written) != 0)
        client_close(k);
}

static void client_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buffer)
{
    client *k = s->data;
    (void)buffer;
    if (n == 0 || k->answered) return;
    if (n < 0) {
        client_close(k);
        return;
    }
    k->n += (size_t)n;
    if (memchr(k->question, '\n', k->n) != NULL)
        client_answer(k);
    else if (k->n == MOST_QUESTION)
        client_close(k);
}

static void on_connection(uv_stream_t *s, int status)
{
    control *c = s->data;
    unsigned i = 0;
    if (status != 0) return;
    while (i < MOST_CLIENTS && c->list[i] != NULL) i++;
    client *k = calloc(1, sizeof *k);
    if (k == NULL) return;
    (void)uv_pipe_init(s->loop, &k->pipe, 0);
    (void)uv_timer_init(s->loop, &k->timer);
    k->pipe.data = k->timer.data = k;
    k->c = c;
    k->open = 2;
    if (i < MOST_CLIENTS) c->list[i] = k;
    /* One too many is taken as well, and left: else the loop would take no others. */
    if (uv_accept(s, (uv_stream_t *)&k->pipe) != 0 || i == MOST_CLIENTS ||
        uv_read_start((uv_stream_t *)&k->pipe, client_room, client_read) != 0 ||
        uv_timer_start(&k->timer, client_late, CLIENT_MS, 0) != 0)
        client_close(k);
}

sp_status control_new(control **out, uv_loop_t *loop, const char *folder,
                      json_t *(*answer)(void *user, const json_t *question), void *user,
                      char why[CONTROL_WHY])
{
    char path[64];
    control *c = calloc(1, sizeof *c);
    *out = NULL;
    if (c == NULL) return SP_ERR_NOMEM;
    c->answer = answer;
    c->user = user;
    c->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->folder < 0) {
        (void)snprintf(why, CONTROL_WHY, "the data folder: %s", strerror(errno));
        free(c);
        return SP_ERR_IO;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d/" NAME, c->folder);
    (void)unlinkat(c->folder, NAME, 0); /* of a process that was killed */
    (void)uv_pipe_init(loop, &c->pipe, 0);
    c->pipe.data = c;
    /* Never open to others, not even for a moment. */
    const mode_t before = umask(077);
    int e = uv_pipe_bind(&c->pipe, path);
    (void)umask(before);
    if (e == 0) e = fchmodat(c->folder, NAME, 0600, 0) == 0 ? 0 : -errno;
    if (e == 0) e = uv_listen((uv_stream_t *)&c->pipe, 64, on_connection);
    *out = c;
    if (e == 0) return SP_OK;
    (void)snprintf(why, CONTROL_WHY, "the socket of control: %s", uv_strerror(e));
    return SP_ERR_IO; /* control_stop and control_delete are still due */
}

void control_stop(control *c)
{
    if (c == NULL || uv_is_closing((uv_handle_t *)&c->pipe)) return;
    for (unsigned i = 0; i < MOST_CLIENTS; i++)
        if (c->list[i] != NULL) client_close(c->list[i]);
    uv_close((uv_handle_t *)&c->pipe, NULL);
}

void control_delete(control *c)
{
    if (c == NULL) return;
    (void)unlinkat(c->folder, NAME, 0);
    (void)close(c->folder);
    free(c);
}

/* ---- the other side ---- */

static int connect_to(const char *folder, char why[CONTROL_WHY])
{
    struct sockaddr_un a;
    memset(&a, 0, sizeof a);
    a.sun_family = AF_UNIX;
    const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        (void)snprintf(why, CONTROL_WHY, "no node was started with this data folder");
        return -1;
    }
    (void)snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/" NAME, dir);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        (void)snprintf(why, CONTROL_WHY, "%s",
                       errno == ENOENT || errno == ECONNREFUSED ? "no node is running here"
                                                                : strerror(errno));
        (void)close(fd);
        fd = -1;
    }
    (void)close(dir);
    return fd;
}

json_t *control_ask(const char *folder, const json_t *question, char why[CONTROL_WHY])
{
    size_t n = 0, room = 65536;
    json_t *answer = NULL;
    why[0] = 0;
    char *asked = json_dumps(question, JSON_COMPACT), *text = malloc(room);
    const int fd = asked == NULL || text == NULL ? -1 : connect_to(folder, why);
    const size_t length = asked == NULL ? 0 : strlen(asked);
    if (asked != NULL) asked[length] = '\n'; /* sent by length */
    bool ok = fd >= 0 && send(fd, asked, length + 1, MSG_NOSIGNAL) == (ssize_t)length + 1;
    while (ok) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (n == room && room < MOST_ANSWER) {
            char *more = realloc(text, room *= 2);
            if (more == NULL) break;
            text = more;
        }
        const ssize_t got =
            n < room && poll(&p, 1, ANSWER_MS) == 1 ? read(fd, text + n, room - n) : -1;
        if (got < 0) ok = false;
        if (got <= 0) break;
        n += (size_t)got;
    }
    if (ok) answer = json_loadb(text, n, 0, NULL);
    if (answer == NULL && why[0] == 0) (void)snprintf(why, CONTROL_WHY, "the node does not answer");
    if (fd >= 0) (void)close(fd);
    free(asked);
    free(text);
    return answer;
}
