/* guard.h - what is wrong with the head of a request, before any handler sees it.
 *
 * libwebsockets 4.1.6 accepts several heads that it then does not answer, or answers twice: a
 * negative or doubled length, a chunked body, a length together with one. Whatever is refused here
 * is answered and the connection closed, so that no byte of it is taken for the next request. */
#ifndef RELAYER_GUARD_H
#define RELAYER_GUARD_H

#include "relayer/http.h"

/* As the headers say; NULL where one is absent. */
typedef struct {
    http_method method;
    const char *content_length, *transfer_encoding, *expect;
    bool http_1_1, has_host;
    uint64_t max_body; /* bytes that this request may bring */
} guard_head;

typedef struct {
    int status; /* 0: nothing is wrong */
    const char *code, *detail;
} guard_verdict;

/* body_bytes: what will come. Methods without a body must not announce one. */
guard_verdict guard_check(const guard_head *h, uint64_t *body_bytes);

/* Decimal digits alone, at most 2^63 - 1. False for anything else, such as a list of two lengths.
 */
bool guard_parse_length(uint64_t *n, const char *text);
/* UTF-8 without control characters, as JSON and the databases take it. */
bool guard_is_text(const char *s);
/* 1 to 64 of A-Z a-z 0-9 . _ - */
bool guard_is_request_id(const char *s);
/* Whether a WebSocket handshake may go on: the path names a node, the version is 13, and the
 * protocols offered are none or contain the one that we speak. */
bool guard_check_upgrade(const char *upgrade, const char *path, const char *version,
                         const char *protocols);

#define GUARD_WS_PATH "/ws/node/"
#define GUARD_WS_PROTOCOL "sprove-node.v1"
#define GUARD_NODE_ID 66 /* 0x and at most 64 digits; older nodes have names */

/* Whether no array or object of a JSON text stands in more than so many others and itself: it is
 * not parsed, so that nobody's nesting costs a stack. */
#define GUARD_JSON_DEPTH 16
bool guard_json_depth(const char *text, size_t n);

#endif
