/* worker.c - the program sprove-worker, which relayer and node start in a sandbox (market/work.h):
 *
 *   sprove-worker once       one request on descriptor 0, its result on 1, output and proof on 3
 * and 4 sprove-worker serve N    up to N requests, one after the other
 *
 * It locks itself up before it reads anything. */
#include "market/work_wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_all(int fd, uint8_t *b, size_t n)
{
    for (size_t at = 0; at < n;) {
        const ssize_t k = read(fd, b + at, n - at);
        if (k <= 0) return false;
        at += (size_t)k;
    }
    return true;
}

static bool write_all(int fd, const uint8_t *b, size_t n)
{
    for (size_t at = 0; at < n;) {
        const ssize_t k = write(fd, b + at, n - at);
        if (k <= 0) return false;
        at += (size_t)k;
    }
    return true;
}

static enum work_code refuse(work_result *r, enum work_code code, const char *text)
{
    snprintf(r->detail, sizeof r->detail, "%s", text);
    return code;
}

/* False: there is nothing more to read. */
static bool answer(bool once, work_result *r)
{
    uint8_t head[WORK_HEAD_BYTES];
    size_t n;
    work_request q;
    if (!read_all(WORK_FD_REQUEST, head, sizeof head)) return false;
    memset(r, 0, sizeof *r);
    const sp_status s = work_head_read(&n, head);
    if (s != SP_OK) {
        r->code = s == SP_ERR_REJECT
                      ? refuse(r, WORK_WORKER_VERSION, "sprove-worker is of another version")
                      : refuse(r, WORK_BAD_REQUEST, "this is no request");
        return true;
    }
    uint8_t *rest = malloc(n + 1);
    if (!rest)
        r->code = refuse(r, WORK_MEMORY_LIMIT, "not enough memory for the request");
    else if (!read_all(WORK_FD_REQUEST, rest, n) || work_frame_read(&q, rest, n) != SP_OK)
        r->code = refuse(r, WORK_BAD_REQUEST, "the request is malformed");
    else if (!once && q.kind != WORK_EXECUTE && q.kind != WORK_VERIFY && q.kind != WORK_IDENTIFY)
        r->code = refuse(r, WORK_BAD_REQUEST, "a server makes no proofs");
    else
        work_run(&q, once ? WORK_FD_OUTPUT : -1, once ? WORK_FD_PROOF : -1, r);
    free(rest);
    return true;
}

int main(int argc, char **argv)
{
    const bool once = argc == 2 && strcmp(argv[1], "once") == 0;
    const bool serve = argc == 3 && strcmp(argv[1], "serve") == 0;
    unsigned long left = once ? 1 : serve ? strtoul(argv[2], NULL, 10) : 0;
    if (left == 0) {
        fputs("sprove-worker is started by sprove-relayer and `sprove node`.\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    /* A file that grows beyond its limit is an error to report. */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (!sandbox_lock()) {
        fputs("the system refuses to lock the worker up\n", stderr);
        return 1;
    }
    for (; left > 0; left--) {
        work_result r;
        uint8_t record[WORK_RECORD_BYTES];
        if (!answer(once, &r)) break;
        work_record_write(record, &r);
        if (!write_all(WORK_FD_RESULT, record, sizeof record)) _exit(1);
    }
    _exit(0); /* at once: nothing is left to tidy up, and a locked up process could not */
}
