/* transfer.c - see transfer.h. */
#include "market/transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SLOW_BYTES_PER_MS 100u

typedef struct {
    const transfer_request *q;
    transfer_response *out;
    size_t room, max;
    uint64_t sent;
    bool too_long, no_memory;
} state;

sp_status transfer_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? SP_OK : SP_ERR_NOMEM;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
    state *s = user;
    const size_t more = size * n;
    if (more > s->max - s->out->n) {
        s->too_long = true;
        return 0;
    }
    if (s->out->n + more + 1 > s->room) {
        const size_t room = 2 * (s->out->n + more) + 1;
        uint8_t *body = realloc(s->out->body, room);
        if (body == NULL) {
            s->no_memory = true;
            return 0;
        }
        s->out->body = body;
        s->room = room;
    }
    memcpy(s->out->body + s->out->n, p, more);
    s->out->n += more;
    s->out->body[s->out->n] = 0;
    return more;
}

static void read_offset(transfer_response *out, const char *text)
{
    const size_t n = strspn(text, "0123456789");
    out->has_offset = n > 0 && n < 20 && text[n] == 0;
    out->offset = out->has_offset ? strtoull(text, NULL, 10) : 0;
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
    state *s = user;
    const size_t len = size * n;
    char line[300];
    if (len < sizeof line) {
        memcpy(line, p, len);
        line[len] = 0;
        line[strcspn(line, "\r\n")] = 0;
        if (strncasecmp(line, "Retry-After: ", 13) == 0)
            s->out->retry_after_s = (unsigned)strtoul(line + 13, NULL, 10);
        if (strncasecmp(line, "Upload-Offset: ", 15) == 0) read_offset(s->out, line + 15);
        if (strncasecmp(line, "Location: ", 10) == 0)
            (void)snprintf(s->out->location, sizeof s->out->location, "%.255s", line + 10);
    }
    return len;
}

static size_t on_read(char *to, size_t size, size_t n, void *user)
{
    state *s = user;
    size_t room = size * n;
    const uint64_t left = s->q->body_bytes - s->sent;
    if (room > left) room = (size_t)left;
    if (room == 0) return 0;
    if (s->q->body_fd < 0) {
        memcpy(to, s->q->body + s->sent, room);
    } else {
        const ssize_t got = pread(s->q->body_fd, to, room, (off_t)s->sent);
        if (got <= 0) return CURL_READFUNC_ABORT;
        room = (size_t)got;
    }
    s->sent += room;
    return room;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const state *s = user;
    (void)a, (void)b, (void)c, (void)d;
    return s->q->stop != NULL && s->q->stop(s->q->user);
}

static struct curl_slist *add(struct curl_slist *list, const char *line, bool *ok)
{
    struct curl_slist *more = curl_slist_append(list, line);
    if (more == NULL) *ok = false;
    return more != NULL ? more : list;
}

static struct curl_slist *headers_of(const transfer_request *q, bool *ok)
{
    char line[1200];
    struct curl_slist *list = add(NULL, "Expect:", ok);
    if (q->authorization != NULL) {
        (void)snprintf(line, sizeof line, "Authorization: %s", q->authorization);
        list = add(list, line, ok);
    }
    if (q->content_type != NULL) {
        (void)snprintf(line, sizeof line, "Content-Type: %s", q->content_type);
        list = add(list, line, ok);
    }
    for (const char *const *h = q->headers; h != NULL && *h != NULL; h++) list = add(list, *h, ok);
    return list;
}

static void set_up(CURL *c, state *s, struct curl_slist *headers, char error[CURL_ERROR_SIZE])
{
    const transfer_request *q = s->q;
    const long total =
        (q->total_ms != 0 ? (long)q->total_ms : 30000L) + (long)(q->body_bytes / SLOW_BYTES_PER_MS);
    curl_easy_setopt(c, CURLOPT_URL, q->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    if (q->ca_file != NULL) curl_easy_setopt(c, CURLOPT_CAINFO, q->ca_file);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     q->connect_ms != 0 ? (long)q->connect_ms : 5000L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, total);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, s);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
    if (strcmp(q->method, "HEAD") == 0) curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (strcmp(q->method, "POST") == 0 || strcmp(q->method, "PUT") == 0 ||
        strcmp(q->method, "PATCH") == 0) {
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(c, CURLOPT_READDATA, s);
        curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->body_bytes);
    }
}

sp_status transfer_run(transfer_response *out, const transfer_request *q, char why[TRANSFER_WHY])
{
    char error[CURL_ERROR_SIZE] = "";
    memset(out, 0, sizeof *out);
    why[0] = 0;
    if (strncmp(q->url, "http://", 7) != 0 && strncmp(q->url, "https://", 8) != 0) {
        (void)snprintf(why, TRANSFER_WHY, "not a URL that begins with http:// or https://");
        return SP_ERR_ARG;
    }
    state s = {.q = q, .out = out, .max = q->max_response != 0 ? q->max_response : (size_t)1 << 20};
    bool ok = true;
    CURL *c = curl_easy_init();
    struct curl_slist *headers = headers_of(q, &ok);
    sp_status status = SP_ERR_NOMEM;
    out->body = calloc(1, 1);
    s.room = 1;
    if (c != NULL && ok && out->body != NULL) {
        set_up(c, &s, headers, error);
        const CURLcode code = curl_easy_perform(c);
        (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
        if (code == CURLE_OK)
            status = SP_OK;
        else if (s.too_long)
            status = SP_ERR_LIMIT;
        else if (s.no_memory || code == CURLE_OUT_OF_MEMORY)
            status = SP_ERR_NOMEM;
        else
            status = code == CURLE_ABORTED_BY_CALLBACK ? SP_ERR_CANCEL : SP_ERR_IO;
        (void)snprintf(why, TRANSFER_WHY, "%s",
                       s.too_long      ? "the answer is too long"
                       : error[0] != 0 ? error
                                       : curl_easy_strerror(code));
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    if (status != SP_OK) transfer_response_free(out);
    return status;
}

void transfer_response_free(transfer_response *r)
{
    free(r->body);
    memset(r, 0, sizeof *r);
}
