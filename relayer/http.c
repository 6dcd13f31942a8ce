/* http.c - see http.h. */
#include "relayer/http.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PROBLEM_BASE "https://sprove.dev/problems/"

void http_request_free(http_request *r)
{
    for (size_t i = 0; i < HTTP_N_HEADERS; i++) free(r->headers[i]);
    for (size_t i = 0; i < r->n_params; i++)
        free(r->params[i].name); /* the value is in the same block */
    free(r->body);
    if (r->body_fd >= 0) (void)close(r->body_fd);
    if (r->hold != NULL) r->hold->release(r->hold);
    memset(r, 0, sizeof *r);
    r->body_fd = -1;
}

const char *http_param(const http_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_params; i++)
        if (strcmp(r->params[i].name, name) == 0) return r->params[i].value;
    return NULL;
}

void http_response_init(http_response *r)
{
    memset(r, 0, sizeof *r);
    r->status = 500;
    r->file = -1;
}

static void drop_body(http_response *r)
{
    free(r->body);
    r->body = NULL;
    r->body_bytes = 0;
    if (r->file >= 0) (void)close(r->file);
    r->file = -1;
    if (r->hold != NULL) r->hold->release(r->hold);
    r->hold = NULL;
    r->content_type = NULL;
    r->stream = false;
}

void http_response_free(http_response *r)
{
    drop_body(r);
    free(r->headers);
    http_response_init(r);
}

void http_response_cut(http_response *r, size_t headers_bytes)
{
    http_response as_new;
    drop_body(r);
    http_response_init(&as_new);
    as_new.headers = r->headers;
    as_new.headers_bytes = headers_bytes;
    as_new.headers_room = r->headers_room;
    as_new.status = 0;
    if (r->headers != NULL) r->headers[headers_bytes] = 0;
    *r = as_new;
}

static bool is_clean(const char *s)
{
    for (; *s != 0; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f) return false;
    return true;
}

void http_add_header(http_response *r, const char *name, const char *format, ...)
{
    char value[HTTP_MAX_HEADER];
    va_list ap;
    va_start(ap, format);
    const int n = vsnprintf(value, sizeof value, format, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof value || !is_clean(value)) return;
    const size_t more = strlen(name) + (size_t)n + 4; /* ": " and the line's end */
    if (r->headers_bytes + more + 1 > r->headers_room) {
        const size_t room = 2 * (r->headers_bytes + more) + 256;
        char *headers = realloc(r->headers, room);
        if (headers == NULL) {
            r->broken = true;
            return;
        }
        r->headers = headers;
        r->headers_room = room;
    }
    (void)snprintf(r->headers + r->headers_bytes, more + 1, "%s: %s\r\n", name, value);
    r->headers_bytes += more;
}

void http_json(http_response *r, int status, json_t *j)
{
    drop_body(r);
    r->status = status;
    r->content_type = "application/json";
    char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(j);
    if (text == NULL) {
        r->broken = true;
        return;
    }
    r->body = (uint8_t *)text;
    r->body_bytes = strlen(text);
}

/* What is no UTF-8 cannot be said in JSON; then all beyond ASCII is replaced. */
static json_t *string(const char *s)
{
    char plain[HTTP_MAX_PATH];
    json_t *j = json_string(s);
    if (j != NULL) return j;
    (void)snprintf(plain, sizeof plain, "%s", s);
    for (char *p = plain; *p != 0; p++)
        if ((unsigned char)*p >= 0x80) *p = '?';
    return json_string(plain);
}

void http_problem_with(http_response *r, const http_request *q, int status, const char *code,
                       json_t *more, const char *detail)
{
    char type[96];
    (void)snprintf(type, sizeof type, PROBLEM_BASE "%s", code);
    json_t *j = json_pack("{s:s, s:s, s:i, s:o, s:o, s:s, s:s}", "type", type, "title",
                          http_reason(status), "status", status, "detail", string(detail),
                          "instance", string(q->path), "code", code, "request_id", q->request_id);
    if (j != NULL && more != NULL) (void)json_object_update(j, more);
    json_decref(more);
    http_json(r, status, j);
    r->content_type = "application/problem+json";
}

void http_problem(http_response *r, const http_request *q, int status, const char *code,
                  const char *format, ...)
{
    char detail[512];
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(detail, sizeof detail, format, ap);
    va_end(ap);
    http_problem_with(r, q, status, code, NULL, detail);
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {201, "Created"},
                   {202, "Accepted"},
                   {204, "No Content"},
                   {206, "Partial Content"},
                   {207, "Multi-Status"},
                   {302, "Found"},
                   {304, "Not Modified"},
                   {308, "Resume Incomplete"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {406, "Not Acceptable"},
                   {408, "Request Timeout"},
                   {409, "Conflict"},
                   {410, "Gone"},
                   {411, "Length Required"},
                   {412, "Precondition Failed"},
                   {413, "Content Too Large"},
                   {415, "Unsupported Media Type"},
                   {416, "Range Not Satisfiable"},
                   {417, "Expectation Failed"},
                   {422, "Unprocessable Content"},
                   {428, "Precondition Required"},
                   {429, "Too Many Requests"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {503, "Service Unavailable"},
                   {505, "HTTP Version Not Supported"},
                   {507, "Insufficient Storage"}};
    for (size_t i = 0; i < SP_COUNT(reasons); i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "Unknown";
}

const char *http_bearer(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    return authorization + sizeof scheme - 1 + strspn(authorization + sizeof scheme - 1, " ");
}

bool http_etag_among(const char *header, const char *etag, bool weak)
{
    const size_t n = strlen(etag);
    if (header == NULL) return false;
    const char *p = header + strspn(header, " \t");
    if (*p == '*') return p[1 + strspn(p + 1, " \t")] == 0;
    while (*p != 0) {
        const bool is_weak = strncmp(p, "W/", 2) == 0;
        if (is_weak) p += 2;
        if (*p != '"') return false;
        const char *end = strchr(p + 1, '"');
        if (end == NULL) return false;
        end++;
        if ((weak || !is_weak) && (size_t)(end - p) == n && memcmp(p, etag, n) == 0) return true;
        p = end + strspn(end, " \t,");
    }
    return false;
}
