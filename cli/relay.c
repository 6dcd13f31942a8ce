/* relay.c - see relay.h. */
#include "cli/relay.h"

#include "cli/file.h"
#include "cli/progress.h"
#include "cli/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define ANSWER_MS 30000u
#define BYTES_MS 600000u
#define FIRST_PAUSE_MS 500u
#define LONGEST_PAUSE_MS 15000u
#define MOST_PATIENCE_S (7 * 86400u)

static int read_key(relay *r, const char *file)
{
    char line[SECRET_MAX] = "";
    const char *given = getenv("SPROVE_API_KEY"), *key = NULL;
    int code = 0;
    if (file != NULL) {
        code = secret_line(line, file, "API key");
        key = line;
    } else if (given != NULL && *given != 0) {
        key = given;
    }
    if (!code && key != NULL) {
        const size_t n = strlen(key);
        bool good = n < sizeof r->authorization - sizeof "Bearer ";
        for (const char *p = key; *p; p++) good &= *p > 32 && *p < 127;
        if (good)
            snprintf(r->authorization, sizeof r->authorization, "Bearer %.300s", key);
        else
            code = cli_fail(EXIT_USAGE, "%s holds no API key: one line such as spk_...",
                            file ? file : "SPROVE_API_KEY");
    }
    ct_wipe(line, sizeof line);
    return code;
}

int relay_init(relay *r, const cli_args *a, const char *url, unsigned patience_s, bool needs_key)
{
    uint64_t patience = patience_s;
    memset(r, 0, sizeof *r);
    int code = settings_read(&r->set, a);
    if (!code) code = cli_u64(a, OPT_PATIENCE, 1, MOST_PATIENCE_S, &patience);
    if (code) return code;
    r->patience_ms = 1000 * patience;
    const char *at = r->set.value[SET_RELAYER] ? r->set.value[SET_RELAYER] : url;
    if (!at) at = RELAY_DEFAULT;
    size_t n = strlen(at);
    while (n && at[n - 1] == '/') n--;
    const bool web = !strncmp(at, "http://", 7) || !strncmp(at, "https://", 8);
    if (!web || n >= sizeof r->url || strpbrk(at, " ?#@\r\n"))
        return cli_fail(EXIT_USAGE,
                        "--relayer %s: must be http://HOST:PORT or https://HOST:PORT, without a "
                        "password in it",
                        at);
    snprintf(r->url, sizeof r->url, "%.*s", (int)n, at);
    code = read_key(r, r->set.value[SET_API_KEY_FILE]);
    if (code) return code;
    if (needs_key && !r->authorization[0])
        return cli_fail(EXIT_USAGE,
                        "no API key: name the file of one by --api-key-file, or put it into "
                        "SPROVE_API_KEY; a relayer's first start says where it wrote one");
    if (transfer_init() != SP_OK) return cli_fail(EXIT_LIMIT, "not enough memory");
    if (getrandom(&r->seed, sizeof r->seed, 0) != (ssize_t)sizeof r->seed) r->seed = clock_us();
    r->seed |= 1;
    return 0;
}

void relay_free(relay *r)
{
    ct_wipe(r->authorization, sizeof r->authorization);
    settings_free(&r->set);
    memset(r, 0, sizeof *r);
}

void relay_answer_free(relay_answer *a)
{
    json_decref(a->json);
    free(a->bytes);
    memset(a, 0, sizeof *a);
}

void relay_pause(uint64_t ms)
{
    const uint64_t end = clock_ms() + ms;
    while (!signals_stopped() && clock_ms() < end) {
        const uint64_t left = end - clock_ms();
        const struct timespec t = {0, (long)(left < 50 ? left : 50) * 1000000};
        nanosleep(&t, NULL);
    }
}

/* xorshift: pauses need no better. */
static uint64_t below(relay *r, uint64_t n)
{
    r->seed ^= r->seed << 13;
    r->seed ^= r->seed >> 7;
    r->seed ^= r->seed << 17;
    return r->seed % n;
}

void relay_text(char *out, size_t room, const json_t *j, const char *name)
{
    const char *text = json_string_value(json_object_get(j, name));
    size_t n = 0;
    for (; text && *text && n + 1 < room; text++)
        out[n++] = *text >= 32 && *text < 127 ? *text : '?';
    out[n] = 0;
}

bool relay_number(uint64_t *out, const json_t *j, const char *name)
{
    const json_t *v = json_object_get(j, name);
    const char *text = json_string_value(v);
    uint64_t n = 0;
    if (json_is_integer(v) && json_integer_value(v) >= 0) {
        *out = (uint64_t)json_integer_value(v);
        return true;
    }
    if (!text || !*text || strlen(text) > 19) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        n = 10 * n + (uint64_t)(*text - '0'); /* < 10^19 */
    }
    *out = n;
    return true;
}

int relay_task_id(char out[UUID_TEXT], const char *text)
{
    uuid u;
    if (uuid_read(&u, text, strlen(text)) != SP_OK)
        return cli_fail(EXIT_USAGE,
                        "%s: is no id of a task, which is 36 characters such as "
                        "0192f0c1-5a3b-7c4d-8e5f-0123456789ab",
                        text);
    uuid_write(out, u);
    return 0;
}

/* 4xx, in the relayer's words (RFC 9457). */
static int refused(const relay_answer *a, const char *location)
{
    char code[64], detail[400], pointer[120] = "", more[200] = "";
    const json_t *first = json_array_get(json_object_get(a->json, "errors"), 0);
    if (a->status >= 300 && a->status < 400)
        return cli_fail(EXIT_CHAIN,
                        "the relayer answers with a redirection (%ld) to %s, which is not followed",
                        a->status, *location ? location : "nowhere");
    relay_text(code, sizeof code, a->json, "code");
    relay_text(detail, sizeof detail, a->json, "detail");
    relay_text(pointer, sizeof pointer, first, "pointer");
    relay_text(more, sizeof more, first, "detail");
    return cli_fail(EXIT_CHAIN, "the relayer refuses: %s (%ld%s%s)%s%s%s%s",
                    *detail ? detail : "it does not say why", a->status, *code ? " " : "", code,
                    *more ? "; " : "", pointer, *more ? " " : "", more);
}

static bool stop(void *user)
{
    (void)user;
    return signals_stopped();
}

/* One try. SP_OK: a->status says what came; SP_ERR_IO with why: nothing usable. */
static sp_status once(relay *r, relay_answer *a, const relay_request *q, char why[TRANSFER_WHY],
                      unsigned *retry_s, char location[256])
{
    char url[RELAY_URL + 300], idem[160], match[60];
    const char *headers[3] = {NULL, NULL, NULL};
    unsigned n = 0;
    transfer_response w;
    memset(a, 0, sizeof *a);
    location[0] = 0;
    *retry_s = 0;
    snprintf(url, sizeof url, "%s/api/v1%s", r->url, q->path);
    if (q->idempotency_key) {
        snprintf(idem, sizeof idem, "Idempotency-Key: %s", q->idempotency_key);
        headers[n++] = idem;
    }
    if (q->if_none_match) {
        snprintf(match, sizeof match, "If-None-Match: %s", q->if_none_match);
        headers[n++] = match;
    }
    const transfer_request t = {.method = q->method,
                                .url = url,
                                .authorization = r->authorization[0] ? r->authorization : NULL,
                                .ca_file = r->set.value[SET_CA_FILE],
                                .content_type = q->body ? "application/json" : NULL,
                                .headers = n ? headers : NULL,
                                .body = (const uint8_t *)q->body,
                                .body_fd = -1,
                                .body_bytes = q->body ? strlen(q->body) : 0,
                                .max_response = q->max,
                                .total_ms = (q->bytes ? BYTES_MS : ANSWER_MS) + 1000 * q->wait_s,
                                .stop = stop};
    const sp_status s = transfer_run(&w, &t, why);
    if (s != SP_OK) return s;
    a->status = w.status;
    *retry_s = w.retry_after_s;
    snprintf(location, 256, "%s", w.location);
    if (w.status >= 500 || w.status == 429 || w.status == 408 || w.status < 200) {
        snprintf(why, TRANSFER_WHY, "it answers %ld", w.status);
        transfer_response_free(&w);
        return SP_ERR_IO;
    }
    if (w.status == 304) {
        transfer_response_free(&w);
        return SP_OK;
    }
    if (q->bytes && w.status == 200) {
        a->bytes = w.body;
        a->n = w.n;
        w.body = NULL;
    } else {
        a->json = json_loadb((const char *)w.body, w.n, JSON_REJECT_DUPLICATES, NULL);
    }
    transfer_response_free(&w);
    if (a->status < 300 && !a->bytes && !json_is_object(a->json)) {
        snprintf(why, TRANSFER_WHY, "its answer is not JSON");
        relay_answer_free(a);
        return SP_ERR_IO;
    }
    return SP_OK;
}

int relay_call(relay *r, relay_answer *out, const relay_request *q)
{
    char why[TRANSFER_WHY] = "", location[256];
    unsigned retry_s;
    if (r->good_ms == 0) r->good_ms = clock_ms();
    for (;;) {
        const sp_status s = once(r, out, q, why, &retry_s, location);
        if (signals_stopped() || s == SP_ERR_CANCEL) {
            relay_answer_free(out);
            return EXIT_INTERRUPTED;
        }
        if (s == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory for the answer");
        if (s == SP_ERR_LIMIT) return cli_fail(EXIT_IO, "the relayer %s: %s", r->url, why);
        if (s == SP_ERR_ARG) return cli_fail(EXIT_USAGE, "%s: %s", r->url, why);
        if (s == SP_OK) {
            r->good_ms = clock_ms();
            r->failures = 0;
            if ((out->status >= 200 && out->status < 300) || out->status == 304) return 0;
            const int code = refused(out, location);
            relay_answer_free(out);
            return code;
        }
        const uint64_t now = clock_ms(), gone = now - r->good_ms;
        if (gone >= r->patience_ms)
            return cli_fail(EXIT_IO, "no usable answer from the relayer %s: %s", r->url, why);
        if (!r->told && !r->quiet && gone >= 3000) {
            (void)cli_fail(0,
                           "no usable answer from the relayer (%s); trying again for %" PRIu64 " s",
                           why, (r->patience_ms - gone) / 1000);
            r->told = true;
        }
        const unsigned k = r->failures < 5 ? r->failures : 5;
        uint64_t most = (uint64_t)FIRST_PAUSE_MS << k;
        if (most > LONGEST_PAUSE_MS) most = LONGEST_PAUSE_MS;
        r->failures++;
        uint64_t ms = 50 + below(r, most);
        if (ms < 1000u * (uint64_t)retry_s) ms = 1000u * (uint64_t)(retry_s < 60 ? retry_s : 60);
        if (ms > r->patience_ms - gone) ms = r->patience_ms - gone;
        relay_pause(ms);
    }
}
