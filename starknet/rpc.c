/* rpc.c - JSON-RPC over libcurl, bounded in time and size, with several endpoints. */
#include "starknet/rpc.h"

#include <ctype.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85.0 */
#define SET_PROTOCOLS(c) curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https")
#else
#define SET_PROTOCOLS(c) curl_easy_setopt(c, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS)
#endif

struct rpc {
    CURL *curl;
    struct curl_slist *headers;
    char *urls[RPC_MAX_URLS];
    size_t n_urls, current;
    size_t max_response;
    uint64_t id;
    void (*called)(void *user, const char *method, sp_status s, uint64_t ns);
    void *user;
};

typedef struct {
    char *p;
    size_t n, room, max;
    bool too_long, no_memory;
} body;

void rpc_copy_text(char *out, size_t room, const char *src)
{
    size_t n = 0;
    for (; src && *src && n + 1 < room; src++)
        out[n++] = *src >= 0x20 && *src <= 0x7e ? *src : *src == '\n' ? ' ' : '?';
    out[n] = 0;
}

/* Names that only say that some call failed. */
static bool says_nothing(const char *name)
{
    static const char *const passed[] = {"ENTRYPOINT_FAILED", "argent/multicall-failed",
                                         "ENTRYPOINT_NOT_FOUND"};
    for (size_t i = 0; i < SP_COUNT(passed); i++)
        if (!strcmp(name, passed[i])) return true;
    return false;
}

/* The number of hex digits at p, and the bytes that they stand for when these are a short text. */
static size_t read_bare(char found[RPC_SAID], const char *p)
{
    size_t digits = 0, bytes = 0;
    found[0] = 0;
    for (; isxdigit((unsigned char)p[digits]); digits++) {}
    if (digits % 2 || digits < 6 || digits > 2 * (RPC_SAID - 1)) return digits;
    for (; 2 * bytes < digits; bytes++) {
        const char pair[3] = {p[2 * bytes], p[2 * bytes + 1], 0};
        const unsigned long v = strtoul(pair, NULL, 16);
        if (v < 0x20 || v > 0x7e || (!bytes && !isalpha((int)v))) break;
        found[bytes] = (char)v;
    }
    found[2 * bytes == digits ? bytes : 0] = 0;
    return digits;
}

void rpc_find_said(char out[RPC_SAID], const char *text)
{
    out[0] = 0;
    for (const char *at = text; at && (at = strstr(at, "('")) != NULL;) {
        at += 2;
        const char *end = strstr(at, "')");
        size_t n = end ? (size_t)(end - at) : 0;
        if (!n || n >= RPC_SAID) continue;
        char found[RPC_SAID];
        memcpy(found, at, n);
        found[n] = 0;
        if (says_nothing(found)) continue;
        rpc_copy_text(out, RPC_SAID, found);
        return;
    }
    for (const char *at = text; at && (at = strstr(at, "0x")) != NULL;) {
        char found[RPC_SAID];
        at += 2;
        at += read_bare(found, at);
        if (!found[0] || says_nothing(found)) continue;
        memcpy(out, found, RPC_SAID);
        return;
    }
}

static size_t receive(char *data, size_t size, size_t n, void *user)
{
    body *b = user;
    n *= size; /* size is 1 */
    if (n > b->max - b->n) {
        b->too_long = true;
        return 0;
    }
    if (b->n + n + 1 > b->room) {
        size_t room = 2 * (b->n + n + 1);
        char *p = realloc(b->p, room);
        if (!p) {
            b->no_memory = true;
            return 0;
        }
        b->p = p;
        b->room = room;
    }
    memcpy(b->p + b->n, data, n);
    b->n += n;
    return n;
}

static bool is_http(const char *url)
{
    return !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8);
}

static bool set_options(rpc *r, const rpc_config *config)
{
    CURL *c = r->curl;
    long connect_ms = config->connect_ms ? (long)config->connect_ms : 5000;
    long total_ms = config->total_ms ? (long)config->total_ms : 30000;
    return curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && SET_PROTOCOLS(c) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, config->proxy ? config->proxy : "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, total_ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, r->headers) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK;
}

sp_status rpc_new(rpc **out, const rpc_config *config)
{
    *out = NULL;
    if (!config->n_urls || config->n_urls > RPC_MAX_URLS) return SP_ERR_ARG;
    for (size_t i = 0; i < config->n_urls; i++)
        if (!is_http(config->urls[i])) return SP_ERR_ARG;
    rpc *r = calloc(1, sizeof *r);
    if (!r) return SP_ERR_NOMEM;
    r->called = config->called;
    r->user = config->user;
    r->max_response = config->max_response ? config->max_response : (size_t)16 << 20;
    r->curl = curl_easy_init();
    r->headers = curl_slist_append(NULL, "Content-Type: application/json");
    struct curl_slist *more = curl_slist_append(r->headers, "Expect:"); /* send without asking */
    bool ok = r->curl && r->headers && more && set_options(r, config);
    for (; ok && r->n_urls < config->n_urls; r->n_urls++) {
        r->urls[r->n_urls] = strdup(config->urls[r->n_urls]);
        if (!r->urls[r->n_urls]) ok = false;
    }
    if (!ok) {
        rpc_delete(r);
        return SP_ERR_NOMEM;
    }
    *out = r;
    return SP_OK;
}

void rpc_delete(rpc *r)
{
    if (!r) return;
    if (r->curl) curl_easy_cleanup(r->curl);
    curl_slist_free_all(r->headers);
    for (size_t i = 0; i < RPC_MAX_URLS; i++) free(r->urls[i]);
    free(r);
}

static void set_error(rpc_error *err, int code, const char *message, const json_t *data)
{
    err->code = code;
    rpc_copy_text(err->message, sizeof err->message, message);
    err->data[0] = err->said[0] = 0;
    if (json_is_string(data)) {
        rpc_copy_text(err->data, sizeof err->data, json_string_value(data));
        rpc_find_said(err->said, json_string_value(data));
    } else if (data) {
        char *text = json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY);
        rpc_copy_text(err->data, sizeof err->data, text ? text : "");
        rpc_find_said(err->said, text);
        free(text);
    }
}

static sp_status parse_object(json_t **result, const json_t *root, uint64_t id, rpc_error *err)
{
    const json_t *error = json_object_get(root, "error"), *got = json_object_get(root, "id");
    json_t *value = json_object_get(root, "result");
    const char *version = json_string_value(json_object_get(root, "jsonrpc"));
    if (!version || strcmp(version, "2.0")) return SP_ERR_FORMAT;
    /* A node that could not read the request answers with a null id. */
    bool ours = json_is_integer(got) && (uint64_t)json_integer_value(got) == id;
    if (error && !json_is_null(error)) {
        const json_t *code = json_object_get(error, "code");
        const char *message = json_string_value(json_object_get(error, "message"));
        if (value || !(ours || json_is_null(got)) || !json_is_integer(code)) return SP_ERR_FORMAT;
        json_int_t c = json_integer_value(code);
        if (!c || c < INT32_MIN || c > INT32_MAX) return SP_ERR_FORMAT;
        set_error(err, (int)c, message, json_object_get(error, "data"));
        return SP_ERR_REJECT;
    }
    if (!ours || !value) return SP_ERR_FORMAT;
    *result = json_incref(value);
    return SP_OK;
}

sp_status rpc_parse(json_t **result, const char *text, size_t len, uint64_t id, rpc_error *err)
{
    *result = NULL;
    memset(err, 0, sizeof *err);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    sp_status st = json_is_object(root) ? parse_object(result, root, id, err) : SP_ERR_FORMAT;
    json_decref(root);
    if (st == SP_ERR_FORMAT) set_error(err, 0, "the answer is not that of a JSON-RPC server", NULL);
    return st;
}

/* One request to one endpoint. */
static sp_status post(rpc *r, json_t **result, const char *url, const char *request, size_t len,
                      rpc_error *err)
{
    body b = {.max = r->max_response};
    CURL *c = r->curl;
    long http = 0;
    sp_status st = SP_ERR_IO;
    memset(err, 0, sizeof *err);
    CURLcode rc = curl_easy_setopt(c, CURLOPT_URL, url);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS, request);
    if (rc == CURLE_OK) rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, &b);
    if (rc == CURLE_OK) rc = curl_easy_perform(c);
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    if (b.no_memory) {
        st = SP_ERR_NOMEM;
    } else if (b.too_long) {
        st = SP_ERR_LIMIT;
        set_error(err, 0, "the answer is too long", NULL);
    } else if (rc != CURLE_OK) {
        set_error(err, 0, curl_easy_strerror(rc), NULL);
    } else if (http == 429 || http >= 500) {
        set_error(err, 0, http == 429 ? "too many requests" : "the server failed", NULL);
    } else {
        st = rpc_parse(result, b.p ? b.p : "", b.n, r->id, err);
    }
    err->http = http;
    free(b.p);
    return st;
}

/* Whether an error is the chain's word, or at least that of a server that has looked. Codes below
 * zero are of JSON-RPC and of servers' own: internal trouble, a limit, a key that is not good. */
static bool is_of_chain(const rpc_error *err) { return err->code > 0 && err->http < 400; }

/* What it reports is wrong with the request: no JSON, no request, unknown method, parameters. */
static bool is_of_request(const rpc_error *err)
{
    return err->http < 400 && (err->code == -32700 || (err->code <= -32600 && err->code >= -32602));
}

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

sp_status rpc_call(rpc *r, json_t **result, const char *method, const char *params, rpc_error *err)
{
    rpc_error own;
    if (!err) err = &own;
    memset(err, 0, sizeof *err);
    *result = NULL;
    size_t room = strlen(method) + strlen(params) + 100;
    char *request = malloc(room);
    if (!request) return SP_ERR_NOMEM;
    r->id++;
    const uint64_t start = now_ns();
    int len = snprintf(request, room,
                       "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64 ",\"method\":\"%s\",\"params\":%s}",
                       r->id, method, params);
    sp_status st = len < 0 || (size_t)len >= room ? SP_ERR_LIMIT : SP_ERR_IO;
    for (size_t i = 0; i < r->n_urls && len > 0 && (size_t)len < room; i++) {
        size_t at = (r->current + i) % r->n_urls;
        st = post(r, result, r->urls[at], request, (size_t)len, err);
        err->unanswered = (unsigned)i;
        if (st == SP_OK || (st == SP_ERR_REJECT && is_of_chain(err))) {
            r->current = at;
            break;
        }
        if (st == SP_ERR_REJECT && !is_of_request(err)) st = SP_ERR_IO;
        if (st == SP_ERR_NOMEM) break;
    }
    free(request);
    if (r->called != NULL) r->called(r->user, method, st, now_ns() - start);
    return st;
}

void rpc_move_on(rpc *r) { r->current = (r->current + 1) % r->n_urls; }
