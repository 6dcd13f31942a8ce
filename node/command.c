/* command.c - see command.h. */
#include "node/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SAID 16384

typedef struct {
    uv_pipe_t pipe;
    char text[MAX_SAID];
    size_t n;
} reader;

typedef struct {
    uv_process_t process;
    reader out, err;
    unsigned open; /* handles that are not closed yet */
    int64_t code;
    command_done *done;
    void *user;
} child_command;

/* All three are closed: what was said is whole. */
static void closed(uv_handle_t *h)
{
    child_command *c = h->data;
    if (--c->open > 0) return;
    c->out.text[c->out.n] = c->err.text[c->err.n] = 0;
    json_t *j = json_loads(c->out.text, JSON_REJECT_DUPLICATES, NULL);
    char *why = c->err.text;
    for (char *p = why; *p != 0; p++) /* the last line that says something */
        if (*p == '\n') {
            *p = 0;
            if (p[1] != 0) why = p + 1;
        }
    c->done(c->user, (int)c->code, j, why);
    json_decref(j);
    free(c);
}

static void room(uv_handle_t *h, size_t suggested, uv_buf_t *buffer)
{
    child_command *c = h->data;
    reader *r = (uv_pipe_t *)h == &c->out.pipe ? &c->out : &c->err;
    (void)suggested;
    /* What is beyond the room is read and forgotten. */
    if (r->n + 1 >= MAX_SAID) r->n = 0;
    *buffer = uv_buf_init(r->text + r->n, (unsigned)(MAX_SAID - 1 - r->n));
}

static void said(uv_stream_t *s, ssize_t n, const uv_buf_t *buffer)
{
    child_command *c = s->data;
    reader *r = (uv_pipe_t *)s == &c->out.pipe ? &c->out : &c->err;
    (void)buffer;
    if (n > 0)
        r->n += (size_t)n;
    else if (n < 0)
        uv_close((uv_handle_t *)s, closed);
}

static void ended(uv_process_t *p, int64_t code, int signal)
{
    child_command *c = p->data;
    c->code = signal != 0 ? 128 + signal : code;
    uv_close((uv_handle_t *)p, closed);
}

sp_status command_start(uv_loop_t *loop, const char *const *words, command_done *done, void *user)
{
    child_command *c = calloc(1, sizeof *c);
    if (c == NULL) return SP_ERR_NOMEM;
    c->done = done;
    c->user = user;
    (void)uv_pipe_init(loop, &c->out.pipe, 0);
    (void)uv_pipe_init(loop, &c->err.pipe, 0);
    c->out.pipe.data = c->err.pipe.data = c->process.data = c;
    c->open = 3;
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out.pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->err.pipe}};
    const uv_process_options_t o = {.exit_cb = ended,
                                    .file = words[0],
                                    .args = (char **)(uintptr_t)words,
                                    .stdio_count = 3,
                                    .stdio = stdio};
    const int e = uv_spawn(loop, &c->process, &o);
    if (e != 0) {
        /* The loop may hold the three handles still: they are closed before the memory goes. */
        (void)snprintf(c->err.text, sizeof c->err.text, "%.150s: %s", words[0], uv_strerror(e));
        c->err.n = strlen(c->err.text);
        c->code = 127;
        uv_close((uv_handle_t *)&c->process, closed);
        uv_close((uv_handle_t *)&c->out.pipe, closed);
        uv_close((uv_handle_t *)&c->err.pipe, closed);
        return SP_OK; /* done tells it */
    }
    (void)uv_read_start((uv_stream_t *)&c->out.pipe, room, said);
    (void)uv_read_start((uv_stream_t *)&c->err.pipe, room, said);
    return SP_OK;
}

void command_option(const char *words[COMMAND_WORDS], size_t *n, const char *name,
                    const char *value)
{
    if (value == NULL || value[0] == 0 || *n + 3 > COMMAND_WORDS) return;
    words[(*n)++] = name;
    words[(*n)++] = value;
}

void command_chain(const char *words[COMMAND_WORDS], size_t *n, const char *rpc,
                   const char *deployment, const char *contract, const char *network)
{
    const bool deployed = deployment[0] != 0;
    command_option(words, n, "--rpc", rpc);
    command_option(words, n, deployed ? "--deployment" : "--contract",
                   deployed ? deployment : contract);
    command_option(words, n, "--network", network);
}
