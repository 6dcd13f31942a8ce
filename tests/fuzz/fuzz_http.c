/* fuzz_http.c - fuzz entry of what the relayer makes of the head of a request: lines of a request,
 * read here as libwebsockets hands them over, to the guard, to the routes, and into a problem. */
#include "relayer/call.h"
#include "relayer/guard.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool ok)
{
    if (!ok) abort();
}

static const char seed[] = "POST /api/v1/tasks/0192f0c1/cancel HTTP/1.1\n"
                           "host: x\n"
                           "content-length: 12\n"
                           "expect: 100-continue\n"
                           "x-request-id: a.b_c-9\n"
                           "upgrade: websocket\n"
                           "sec-websocket-version: 13\n"
                           "sec-websocket-protocol: other, sprove-node.v1\n"
                           "node: /ws/node/0x1f\n";

/* The value of a line that begins so, in place; NULL: there is none. */
static char *value(char *const *lines, size_t n, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 0; i < n; i++)
        if (strncmp(lines[i], name, len) == 0) return lines[i] + len;
    return NULL;
}

static http_method method_of(const char *name)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < SP_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) return (http_method)i;
    return HTTP_OTHER;
}

/* Whatever is put into it, a problem is JSON and its headers are lines. */
static void answer(const char *path, const char *id, const char *detail)
{
    http_request q;
    http_response r;
    memset(&q, 0, sizeof q);
    q.body_fd = -1;
    (void)snprintf(q.path, sizeof q.path, "%s", path);
    (void)snprintf(q.request_id, sizeof q.request_id, "%s", id);
    http_response_init(&r);
    http_add_header(&r, "X-A", "%s", detail);
    http_add_header(&r, "X-B", "b");
    size_t lines = 0;
    for (size_t i = 0; i < r.headers_bytes; i++) {
        if (r.headers[i] == '\n') lines++;
        require((r.headers[i] == '\n') == (i > 0 && r.headers[i - 1] == '\r'));
    }
    require(lines == 1 || lines == 2);
    http_problem(&r, &q, 400, "validation_failed", "%s", detail);
    require(!r.broken && r.body != NULL);
    json_t *j = json_loadb((const char *)r.body, r.body_bytes, JSON_REJECT_DUPLICATES, NULL);
    require(json_object_size(j) == 7);
    json_decref(j);
    http_response_free(&r);
    http_request_free(&q);
}

static void find_route(http_method m, const char *path)
{
    char variable[CALL_VARIABLES][CALL_VARIABLE];
    unsigned allowed;
    memset(variable, 0, sizeof variable);
    const route *r = route_find(m, path, variable, &allowed);
    if (r == NULL) return;
    require(allowed & 1u << m);
    /* What the variables took stood in the path. */
    for (size_t i = 0; i < CALL_VARIABLES; i++)
        require(strnlen(variable[i], CALL_VARIABLE) < CALL_VARIABLE &&
                strstr(path, variable[i]) != NULL && strchr(variable[i], '/') == NULL);
}

/* How much of it was good: the head, the id, the handshake. */
static int head(const uint8_t *data, size_t size)
{
    char *lines[32];
    size_t n = 0;
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = 0;
    char *save = NULL;
    for (char *l = strtok_r(text, "\n", &save); l != NULL && n < SP_COUNT(lines);
         l = strtok_r(NULL, "\n", &save))
        lines[n++] = l;
    char *name = n > 0 ? lines[0] : text, *path = strchr(name, ' '), *http = NULL;
    if (path != NULL) {
        *path++ = 0;
        http = strchr(path, ' ');
        if (http != NULL) *http++ = 0;
    }
    const char *id = value(lines, n, "x-request-id: ");
    const guard_head h = {.method = method_of(name),
                          .content_length = value(lines, n, "content-length: "),
                          .transfer_encoding = value(lines, n, "transfer-encoding: "),
                          .expect = value(lines, n, "expect: "),
                          .http_1_1 = http != NULL && strcmp(http, "HTTP/1.1") == 0,
                          .has_host = value(lines, n, "host: ") != NULL,
                          .max_body = 1000};
    uint64_t body = 77, again = 77;
    const guard_verdict v = guard_check(&h, &body);
    require((v.status == 0) == (v.code == NULL) && (v.status == 0) == (v.detail == NULL));
    require(v.status == 0 || (v.status >= 400 && v.status <= 417));
    if (v.status == 0) require(body <= 1000 && h.transfer_encoding == NULL);
    if (v.status == 0 && h.content_length != NULL)
        require(guard_parse_length(&again, h.content_length) && again == body);
    int good = v.status == 0;
    if (id != NULL && guard_is_request_id(id)) {
        require(guard_is_text(id) && strlen(id) < HTTP_ID);
        good++;
    }
    const char *node = value(lines, n, "node: ");
    good += node != NULL && guard_check_upgrade(value(lines, n, "upgrade: "), node,
                                                value(lines, n, "sec-websocket-version: "),
                                                value(lines, n, "sec-websocket-protocol: "));
    for (size_t i = 0; i < n; i++) {
        json_t *j = json_string(lines[i]);
        require(!guard_is_text(lines[i]) || j != NULL);
        json_decref(j);
        answer(path != NULL ? path : "/", id != NULL && guard_is_request_id(id) ? id : "x",
               lines[i]);
    }
    if (path != NULL) find_route(h.method, path);
    free(text);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)head(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    if (sizeof seed - 1 > cap) return 0;
    memcpy(data, seed, sizeof seed - 1);
    return sizeof seed - 1;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return head(data, size) == 3; }
