/* http.h - a request as handlers see it and a response as they leave it; no sockets here. */
#ifndef RELAYER_HTTP_H
#define RELAYER_HTTP_H

#include "core/sp.h"

#include <jansson.h>

typedef enum {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
} http_method;

/* Headers that a handler may ask for; all others are not kept. */
typedef enum {
    HTTP_AUTHORIZATION,
    HTTP_CONTENT_TYPE,
    HTTP_CONTENT_RANGE,
    HTTP_CONTENT_DIGEST,
    HTTP_IDEMPOTENCY_KEY,
    HTTP_IF_MATCH,
    HTTP_IF_NONE_MATCH,
    HTTP_ACCEPT,
    HTTP_RANGE,
    HTTP_LAST_EVENT_ID,
    HTTP_X_REQUEST_ID,
    HTTP_X_FORWARDED_FOR,
    HTTP_ORIGIN, /* the server's; a handler has it not */
    HTTP_N_HEADERS
} http_header;

#define HTTP_MAX_PATH 512
#define HTTP_MAX_HEADER 1024
#define HTTP_MAX_PARAMS 16
#define HTTP_ID 65
#define HTTP_PEER 46 /* an IPv6 address as text */

/* What is set aside for the body of a request or of an answer: let go with it. */
typedef struct http_hold {
    void (*release)(struct http_hold *);
} http_hold;

typedef struct {
    http_method method;
    char path[HTTP_MAX_PATH];      /* decoded, from the first slash, without the query */
    char *headers[HTTP_N_HEADERS]; /* NULL: absent */
    struct {
        char *name, *value; /* decoded */
    } params[HTTP_MAX_PARAMS];
    size_t n_params;
    char request_id[HTTP_ID]; /* the client's where it is well formed, else ours */
    char peer[HTTP_PEER];
    uint8_t *body; /* NULL: none, or in the file */
    size_t body_bytes;
    int body_fd;     /* a body too long for memory, in an unlinked file; -1: none */
    http_hold *hold; /* NULL: nothing */
} http_request;

void http_request_free(http_request *r);
/* The value of a parameter of the query, or NULL. */
const char *http_param(const http_request *r, const char *name);

typedef struct {
    int status;
    char *headers; /* further ones, each "Name: value\r\n" */
    size_t headers_bytes, headers_room;
    const char *content_type; /* static */
    uint8_t *body;            /* malloc'ed */
    size_t body_bytes;
    int file; /* -1, or the body: file_bytes of it from file_offset on; closed when sent */
    uint64_t file_offset, file_bytes;
    http_hold *hold; /* NULL: nothing */
    bool stream; /* the header only: more is sent later (server_send) */
    bool close;  /* the connection, afterwards */
    bool broken; /* memory ran out while it was made: it becomes a 500 */
} http_response;

void http_response_init(http_response *r);
void http_response_free(http_response *r);
/* As it was when it had these bytes of headers and no status yet. */
void http_response_cut(http_response *r, size_t headers_bytes);
/* Adds a header. A value with a control character is left out: no input may split a response. */
void http_add_header(http_response *r, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Sets status and body; takes the reference to j. */
void http_json(http_response *r, int status, json_t *j);
/* RFC 9457. Replaces what the response said before; headers stay. */
void http_problem(http_response *r, const http_request *q, int status, const char *code,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same with members of its own, such as "errors"; takes the reference to more (NULL: none). */
void http_problem_with(http_response *r, const http_request *q, int status, const char *code,
                       json_t *more, const char *detail);
const char *http_reason(int status);
/* What follows "Bearer " in Authorization, in any case (RFC 9110, 11.1); NULL: it is none, or not
 * there. */
const char *http_bearer(const char *authorization);
/* Whether this entity tag is among those of If-Match or If-None-Match, or that is "*"; false when
 * the header is not there (NULL). weak: W/"x" is "x", as for If-None-Match (RFC 9110, 8.8.3.2). */
bool http_etag_among(const char *header, const char *etag, bool weak);

#endif
