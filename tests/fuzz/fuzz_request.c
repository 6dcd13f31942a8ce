/* fuzz_request.c - fuzz entry of what clients of the relayer write: line k of the input is of kind
 * k - a range, a part of an upload, a digest, an Idempotency-Key, the parameters of a list, the
 * address of callbacks - and what follows the last of them the body of a new task. */
#include "relayer/api.h"
#include "relayer/app.h"
#include "relayer/hook_address.h"
#include "relayer/page.h"
#include "relayer/rest.h"
#include "relayer/task.h"
#include "relayer/upload.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1700000000000)
enum { RANGE, PART, DIGEST, IDEM, PARAMS, CALLBACK, KINDS };

static const char seed[] =
    "bytes=1-9\n"
    "bytes 0-4/10\n"
    "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\n"
    "a-key_1\n"
    "limit=7&order=asc&state=queued\n"
    "https://example.org:8443/x?y=z\n"
    "{\"payload\":{\"algorithm\":\"matrix_multiplication\",\"matrix_a\":[[1]],\"matrix_b\":[[2]]},"
    "\"requirements\":{\"cpu_threads\":4,\"regions\":[\"EU\"],\"node_allow\":[\"0x1\"]},"
    "\"token_amount\":\"340282366920938463463374607431768211456\",\"deadline\":\"2023-12-01T00:00:"
    "00.5Z\","
    "\"callback\":{\"url\":\"https://example.org/\",\"events\":[\"task.verified\"]},"
    "\"chain\":{\"contract\":\"0x7\",\"task_id\":\"7\"},\"job\":{\"max_cycles\":\"1000\"}}";

static void require(bool ok)
{
    if (!ok) abort();
}

static bool range(const char *text)
{
    static const uint64_t sizes[] = {0, 1, 10, UINT64_C(1) << 40, INT64_MAX};
    bool good = false;
    for (size_t i = 0; i < SP_COUNT(sizes); i++) {
        uint64_t from = 0, n = sizes[i];
        const int k = api_range_read(text, sizes[i], &from, &n);
        require(k >= -1 && k <= 1);
        if (k == 1) require(n > 0 && from < sizes[i] && n <= sizes[i] - from);
        good = good || k == 1;
    }
    return good;
}

static bool part(const char *text)
{
    upload_part p;
    if (!upload_part_read(&p, text)) return false;
    require(p.first <= p.last && p.last < p.total);
    return true;
}

static bool digest(const char *text)
{
    uint8_t hash[32], again[32];
    char out[UPLOAD_DIGEST];
    if (!upload_digest_read(hash, text)) return false;
    upload_digest_write(out, hash);
    require(upload_digest_read(again, out) && memcmp(hash, again, 32) == 0);
    return true;
}

/* A call of no relayer, as far as its checks need one. */
static call *call_of(void)
{
    static app a;
    static rest t;
    a.rest = &t;
    call *c = calloc(1, sizeof *c);
    require(c != NULL);
    c->a = &a;
    c->q.body_fd = -1;
    (void)snprintf(c->q.path, sizeof c->q.path, "/api/v1/tasks");
    http_response_init(&c->s);
    return c;
}

/* What is refused has an answer, and nothing else has. */
static bool end(call *c, bool good)
{
    require(good == (c->s.body == NULL));
    http_request_free(&c->q);
    http_response_free(&c->s);
    free(c);
    return good;
}

static bool idem(const char *text)
{
    call *c = call_of();
    c->q.headers[HTTP_IDEMPOTENCY_KEY] = strdup(text);
    return end(c, api_idem_check(c, false));
}

static bool params(const char *text)
{
    static const char *const names[] = {"state", "node", NULL};
    call *c = call_of();
    page p;
    char *copy = strdup(text), *save = NULL;
    require(copy != NULL);
    for (char *t = strtok_r(copy, "&", &save); t != NULL && c->q.n_params < HTTP_MAX_PARAMS;
         t = strtok_r(NULL, "&", &save)) {
        char *pair = strdup(t), *equals = strchr(pair, '=');
        if (equals != NULL) *equals = 0;
        c->q.params[c->q.n_params].name = pair;
        c->q.params[c->q.n_params++].value = equals != NULL ? equals + 1 : pair + strlen(pair);
    }
    free(copy);
    const bool good = page_read(&p, c, names);
    if (good) require(p.limit >= 1 && p.limit <= PAGE_MOST && p.context_bytes < PAGE_CONTEXT);
    return end(c, good);
}

static bool callback(const char *text)
{
    char origin[HOOK_ORIGIN], any[HOOK_ORIGIN];
    const char *wrong = hook_url_check(origin, text, false);
    if (wrong != NULL) {
        require(origin[0] == 0);
        return false;
    }
    require(strncmp(origin, "https://", 8) == 0 && hook_url_check(any, text, true) == NULL);
    return true;
}

static bool body(const char *text, size_t n)
{
    task_new t;
    task_refusal why;
    json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(j)) {
        json_decref(j);
        return false;
    }
    task_asker nobody = {NULL, "", NULL, false, 0}; /* has no programs and no blobs */
    const bool good = task_parse(&t, j, &nobody, NOW, 3, &why);
    if (good) {
        require(t.deadline > NOW && t.input != NULL && t.amount[0] != 0);
        task_new_free(&t);
    } else {
        require(why.status >= 400 && why.status < 600 && why.code != NULL);
        json_decref(why.errors);
    }
    json_decref(j);
    return good;
}

static unsigned run(const uint8_t *data, size_t size)
{
    static bool (*const read[KINDS])(const char *) = {range, part, digest, idem, params, callback};
    char *text = malloc(size + 1), *at = text;
    unsigned good = 0;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = 0;
    for (size_t k = 0; k < KINDS && at != NULL; k++) {
        char *next = memchr(at, '\n', size - (size_t)(at - text));
        if (next != NULL) *next++ = 0;
        good += read[k](at);
        at = next;
    }
    if (at != NULL) good += body(at, size - (size_t)(at - text));
    free(text);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)run(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    if (sizeof seed - 1 > cap) return 0;
    memcpy(data, seed, sizeof seed - 1);
    return sizeof seed - 1;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return run(data, size) == KINDS + 1; }
