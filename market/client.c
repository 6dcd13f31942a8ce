/* client.c - requests to a relayer: where it is, the key, trying again, and its refusals in words.
 * See include/sprove_client.h. */
#include "market/client_parts.h"
#include "market/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define URL_MAX 400
#define ANSWER_MS 30000u
#define BYTES_MS 600000u
#define FIRST_PAUSE_MS 500u
#define LONGEST_PAUSE_MS 15000u
#define TELL_AFTER_MS 3000u

struct sp_client {
    char url[URL_MAX];
    char authorization[320]; /* "" without a key */
    char *ca_file;
    sp_client_options o; /* its texts are not used after sp_client_new */
    uint64_t seed;       /* of the pauses */
    bool told;
};

sp_client_options sp_client_options_default(void)
{
    sp_client_options o;
    memset(&o, 0, sizeof o);
    o.patience_ms = 10000;
    return o;
}

void sp_client_free(sp_bytes *b)
{
    free(b->at);
    b->at = NULL;
    b->n = 0;
}

void sp_client_answer_free(sp_client_answer *a)
{
    sp_client_free(&a->body);
    memset(a, 0, sizeof *a);
}

uint64_t client_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool client_stopped(const sp_client *c) { return c->o.stop != NULL && c->o.stop(c->o.user); }

uint64_t client_patience_ms(const sp_client *c) { return c->o.patience_ms; }

void client_pause(const sp_client *c, uint64_t ms)
{
    const uint64_t end = client_now_ms() + ms;
    for (uint64_t now; !client_stopped(c) && (now = client_now_ms()) < end;) {
        const uint64_t left = end - now;
        const struct timespec t = {0, (long)(left < 50 ? left : 50) * 1000000};
        nanosleep(&t, NULL);
    }
}

/* xorshift: pauses need no better. */
static uint64_t below(sp_client *c, uint64_t n)
{
    c->seed ^= c->seed << 13;
    c->seed ^= c->seed >> 7;
    c->seed ^= c->seed << 17;
    return c->seed % n;
}

static sp_status set_url(sp_client *c, const char *url, char *why)
{
    size_t n = strlen(url);
    while (n && url[n - 1] == '/') n--;
    const bool web = !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8);
    bool printable = true;
    for (size_t i = 0; i < n; i++) printable &= url[i] > 32 && url[i] < 127;
    if (!web || !printable || n >= sizeof c->url || strpbrk(url, "?#@"))
        return client_say(
            SP_ERR_ARG, why,
            "must be http://HOST:PORT or https://HOST:PORT, without a password in it");
    memcpy(c->url, url, n);
    return SP_OK;
}

static sp_status set_key(sp_client *c, const char *key, char *why)
{
    bool good = key[0] != 0 && strlen(key) < sizeof c->authorization - sizeof "Bearer ";
    for (const char *p = key; *p; p++) good &= *p > 32 && *p < 127;
    if (!good) return client_say(SP_ERR_FORMAT, why, "an API key is one word such as spk_...");
    (void)snprintf(c->authorization, sizeof c->authorization, "Bearer %.300s", key);
    return SP_OK;
}

sp_status sp_client_new(sp_client **out, const sp_client_options *o, char *why)
{
    *out = NULL;
    sp_client *c = calloc(1, sizeof *c);
    if (c == NULL || transfer_init() != SP_OK) {
        free(c);
        return client_say(SP_ERR_NOMEM, why, "not enough memory");
    }
    c->o = *o;
    c->o.url = c->o.key = c->o.ca_file = NULL;
    sp_status s = set_url(c, o->url != NULL ? o->url : SP_CLIENT_URL, why);
    if (s == SP_OK && o->key != NULL) s = set_key(c, o->key, why);
    if (s == SP_OK && o->ca_file != NULL && (c->ca_file = strdup(o->ca_file)) == NULL)
        s = client_say(SP_ERR_NOMEM, why, "not enough memory");
    if (s == SP_OK && getrandom(&c->seed, sizeof c->seed, 0) != (ssize_t)sizeof c->seed)
        c->seed = client_now_ms();
    c->seed |= 1;
    if (s == SP_OK)
        *out = c;
    else
        sp_client_delete(c);
    return s;
}

void sp_client_delete(sp_client *c)
{
    if (c == NULL) return;
    volatile char *secret = c->authorization;
    for (size_t i = 0; i < sizeof c->authorization; i++) secret[i] = 0;
    free(c->ca_file);
    free(c);
}

json_t *client_json(const sp_client_answer *a)
{
    return json_loadb((const char *)a->body.at, a->body.n, JSON_REJECT_DUPLICATES, NULL);
}

/* 3xx and 4xx, in the relayer's words (RFC 9457). */
static sp_status refused(const sp_client_answer *a, const char *location, char *why)
{
    char code[64], detail[400], pointer[120], more[200], place[256];
    if (a->status < 400) {
        size_t n = 0;
        for (; location[n] && n + 1 < sizeof place; n++)
            place[n] = location[n] >= 32 && location[n] < 127 ? location[n] : '?';
        place[n] = 0;
        return client_say(
            SP_ERR_REJECT, why,
            "the relayer answers with a redirection (%d) to %s, which is not followed", a->status,
            *place ? place : "nowhere");
    }
    json_t *j = client_json(a);
    const json_t *first = json_array_get(json_object_get(j, "errors"), 0);
    client_text(code, sizeof code, j, "code");
    client_text(detail, sizeof detail, j, "detail");
    client_text(pointer, sizeof pointer, first, "pointer");
    client_text(more, sizeof more, first, "detail");
    json_decref(j);
    return client_say(SP_ERR_REJECT, why, "the relayer refuses: %s (%d%s%s)%s%s%s%s",
                      *detail ? detail : "it does not say why", a->status, *code ? " " : "", code,
                      *more ? "; " : "", pointer, *more ? " " : "", more);
}

static bool is_object(const transfer_response *w)
{
    json_t *j = json_loadb((const char *)w->body, w->n, JSON_REJECT_DUPLICATES, NULL);
    const bool ok = json_is_object(j);
    json_decref(j);
    return ok;
}

static bool on_stop(void *user) { return client_stopped(user); }

/* One try. SP_OK: a->status says what came; SP_ERR_IO with why: nothing usable. */
static sp_status once(sp_client *c, sp_client_answer *a, const sp_client_request *q,
                      char why[TRANSFER_WHY], unsigned *retry_s, char location[256])
{
    char url[URL_MAX + 300], idem[160], match[60], range[100];
    const char *headers[4] = {NULL, NULL, NULL, NULL};
    unsigned n = 0;
    transfer_response w;
    memset(a, 0, sizeof *a);
    location[0] = 0;
    *retry_s = 0;
    (void)snprintf(url, sizeof url, "%s/api/v1%s", c->url, q->path);
    if (q->idempotency_key) {
        (void)snprintf(idem, sizeof idem, "Idempotency-Key: %s", q->idempotency_key);
        headers[n++] = idem;
    }
    if (q->if_none_match) {
        (void)snprintf(match, sizeof match, "If-None-Match: %s", q->if_none_match);
        headers[n++] = match;
    }
    if (q->content_range) {
        (void)snprintf(range, sizeof range, "Content-Range: %s", q->content_range);
        headers[n++] = range;
    }
    transfer_request t;
    memset(&t, 0, sizeof t);
    t.method = q->method;
    t.url = url;
    t.authorization = c->authorization[0] ? c->authorization : NULL;
    t.ca_file = c->ca_file;
    t.content_type = q->body ? q->content_type ? q->content_type : "application/json" : NULL;
    t.headers = n ? headers : NULL;
    t.body = q->body;
    t.body_fd = -1;
    t.body_bytes = q->body_bytes;
    t.max_response = q->most;
    const bool download = q->bytes && strcmp(q->method, "GET") == 0;
    t.total_ms = (download ? BYTES_MS : ANSWER_MS) + 1000 * q->wait_s;
    t.stop = on_stop;
    t.user = c;
    SP_TRY(transfer_run(&w, &t, why));
    *retry_s = w.retry_after_s;
    (void)snprintf(location, 256, "%s", w.location);
    if (w.status >= 500 || w.status == 429 || w.status == 408 || w.status < 200) {
        (void)snprintf(why, TRANSFER_WHY, "it answers %ld", w.status);
        transfer_response_free(&w);
        return SP_ERR_IO;
    }
    if (w.status < 300 && !q->bytes && !is_object(&w)) {
        (void)snprintf(why, TRANSFER_WHY, "its answer is not JSON");
        transfer_response_free(&w);
        return SP_ERR_IO;
    }
    a->status = (int)w.status; /* 200 to 499 */
    a->body.at = w.body;
    a->body.n = w.n;
    a->has_offset = w.has_offset;
    a->offset = w.offset;
    return SP_OK;
}

/* Until the next try; left: of the patience. */
static uint64_t pause_of(sp_client *c, unsigned failures, unsigned retry_s, uint64_t left)
{
    uint64_t most = (uint64_t)FIRST_PAUSE_MS << (failures < 5 ? failures : 5);
    if (most > LONGEST_PAUSE_MS) most = LONGEST_PAUSE_MS;
    uint64_t ms = 50 + below(c, most);
    if (ms < 1000u * (uint64_t)retry_s) ms = 1000u * (uint64_t)(retry_s < 60 ? retry_s : 60);
    return ms < left ? ms : left;
}

sp_status sp_client_call(sp_client *c, sp_client_answer *a, const sp_client_request *q, char *why)
{
    char reason[TRANSFER_WHY] = "", location[256], sentence[SP_CLIENT_WHY];
    unsigned retry_s;
    const uint64_t start = client_now_ms();
    memset(a, 0, sizeof *a);
    if (q->method == NULL || q->path == NULL || q->path[0] != '/' || strlen(q->path) > 290)
        return client_say(SP_ERR_ARG, why, "no request");
    for (unsigned failures = 0;; failures++) {
        const sp_status s = once(c, a, q, reason, &retry_s, location);
        if (client_stopped(c) || s == SP_ERR_CANCEL) {
            sp_client_answer_free(a);
            return client_say(SP_ERR_CANCEL, why, "interrupted");
        }
        switch (s) {
        case SP_OK:
            if ((a->status >= 200 && a->status < 300) || a->status == 304) return SP_OK;
            return refused(a, location, why);
        case SP_ERR_NOMEM: return client_say(s, why, "not enough memory for the answer");
        case SP_ERR_LIMIT: return client_say(s, why, "the relayer %s: %s", c->url, reason);
        case SP_ERR_ARG: return client_say(s, why, "%s: %s", c->url, reason);
        default: break;
        }
        const uint64_t gone = client_now_ms() - start;
        if (gone >= c->o.patience_ms)
            return client_say(SP_ERR_IO, why, "no usable answer from the relayer %s: %s", c->url,
                              reason);
        if (!c->told && c->o.tell != NULL && gone >= TELL_AFTER_MS) {
            (void)client_say(SP_OK, sentence,
                             "no usable answer from the relayer (%s); trying again for %" PRIu64
                             " s",
                             reason, (c->o.patience_ms - gone) / 1000);
            c->o.tell(c->o.user, sentence);
            c->told = true;
        }
        client_pause(c, pause_of(c, failures, retry_s, c->o.patience_ms - gone));
    }
}
