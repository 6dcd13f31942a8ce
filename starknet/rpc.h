/* rpc.h - JSON-RPC 2.0 over HTTP to Starknet nodes, which are not trusted.
 *
 * Several endpoints may be given: a call goes to the one that answered last, and to the next when
 * an endpoint cannot be reached, does not answer in time, answers with HTTP 429 or 5xx, with
 * something that is no JSON-RPC answer, or with more than max_response bytes. An error of the
 * Starknet API (its codes are above zero) is an answer; one of JSON-RPC or of the server itself
 * (below zero), or with HTTP 4xx, says nothing of the chain, and the next is asked. Only http and
 * https, certificates checked, no redirects, no proxy unless configured; the environment is not
 * read. One rpc is used by one thread at a time; the first rpc_new of a program happens before it
 * has threads (libcurl's global state). */
#ifndef STARKNET_RPC_H
#define STARKNET_RPC_H

#include "core/sp.h"

#include <jansson.h>

typedef struct rpc rpc;

typedef struct {
    const char *const *urls; /* copied; may contain access keys, which no error text repeats */
    size_t n_urls;           /* 1..RPC_MAX_URLS */
    const char *proxy;       /* NULL or "": none */
    unsigned connect_ms, total_ms; /* for one endpoint; 0: 5000 and 30000 */
    size_t max_response;           /* bytes; 0: 16 MiB */
    /* Each call, when it is over: SP_OK, SP_ERR_REJECT, or no answer; NULL allowed. */
    void (*called)(void *user, const char *method, sp_status s, uint64_t ns);
    void *user;
} rpc_config;

#define RPC_MAX_URLS 8
#define RPC_TEXT 1024
#define RPC_SAID 32 /* a short string and the zero byte */

/* What a node, or the way to it, reported. code: of the Starknet API (rpc_code) or, below zero, of
 * JSON-RPC or the server; 0 when none was given. Texts are cut, and control characters and bytes
 * beyond ASCII replaced by '?'.
 */
typedef struct {
    int code;
    long http;
    unsigned unanswered;    /* endpoints tried before this one, which may have received the call */
    char message[RPC_TEXT]; /* for people only: nodes word it differently */
    char data[RPC_TEXT];    /* the error's data, as text or JSON */
    char said[RPC_SAID];    /* what a contract said, where the data tells: see rpc_find_said */
} rpc_error;

/* Codes that a client acts on (Starknet JSON-RPC specification, api and write api). */
typedef enum {
    RPC_CONTRACT_NOT_FOUND = 20,
    RPC_ENTRY_POINT_NOT_FOUND = 21,
    RPC_BLOCK_NOT_FOUND = 24,
    RPC_TX_NOT_FOUND = 29,
    RPC_CONTRACT_ERROR = 40,
    RPC_EXECUTION_ERROR = 41,
    RPC_INVALID_NONCE = 52,
    RPC_RESOURCES_TOO_LOW = 53,
    RPC_BALANCE_TOO_LOW = 54,
    RPC_VALIDATION_FAILED = 55,
    RPC_NOT_AN_ACCOUNT = 58,
    RPC_DUPLICATE_TX = 59,
    RPC_TX_VERSION = 61,
    RPC_UNEXPECTED = 63,
    RPC_FEE_TOO_LOW = 65
} rpc_code;

/* SP_ERR_ARG: no URL, too many, or one that is neither http nor https. SP_ERR_NOMEM. */
SP_MUST_USE sp_status rpc_new(rpc **out, const rpc_config *config);
void rpc_delete(rpc *r); /* NULL allowed */

/* Sends method with params, a JSON array or object as text: the very bytes, so that what was
 * written to a journal can be sent again. *result is a new reference of the caller's.
 * SP_ERR_REJECT: the node reported an error (err->code), of the API or, if no other endpoint
 * answered, of the request (-32700, -32600..-32602). SP_ERR_IO: no endpoint answered but with its
 * own trouble (err->code below zero, if one said so); whether one received the call, or acted on
 * it, is not known. SP_ERR_FORMAT, SP_ERR_LIMIT: the last endpoint's answer was
 * no JSON-RPC, or too long. SP_ERR_NOMEM. On failure *result is NULL. err may be NULL. */
SP_MUST_USE sp_status rpc_call(rpc *r, json_t **result, const char *method, const char *params,
                               rpc_error *err);
/* The next call goes to the next endpoint first: what the last one answers is of no use. */
void rpc_move_on(rpc *r);

/* The answer to the request id: its result, or SP_ERR_REJECT with err filled, or SP_ERR_FORMAT. */
SP_MUST_USE sp_status rpc_parse(json_t **result, const char *text, size_t len, uint64_t id,
                                rpc_error *err);
/* The first short string that a contract panicked with in an error text, which stands there as
 * ('text'), or where none does, as a bare felt of at least 3 printable bytes that begins with a
 * letter; names that only say that some call failed are passed over. "" when there is none. */
void rpc_find_said(char out[RPC_SAID], const char *text);
/* src with everything but printable ASCII replaced, cut to fit. */
void rpc_copy_text(char *out, size_t room, const char *src);

#endif
