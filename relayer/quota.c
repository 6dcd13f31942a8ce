/* quota.c - see quota.h. */
#include "relayer/quota.h"

#include "relayer/app.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define PLACES 65536u /* 1.5 MiB each */
#define ESTIMATES 5u  /* a second */
#define SECOND UINT64_C(1000000000)

void quota_set(quota *q, const settings *s)
{
    q->read = limit_rate((uint32_t)s->read_rate, SECOND, (uint32_t)s->read_burst);
    const uint32_t kib = (uint32_t)(s->upload_bytes >> 10);
    q->upload = limit_rate(kib, 3600 * SECOND, kib);
    q->post = limit_rate((uint32_t)s->post_rate, SECOND, (uint32_t)s->post_burst);
}

sp_status quota_init(quota *q, const settings *s)
{
    uint8_t secret[2][16];
    memset(q, 0, sizeof *q);
    if (RAND_bytes(secret[0], sizeof secret) != 1) return SP_ERR_IO;
    quota_set(q, s);
    q->estimate = limit_rate(ESTIMATES, SECOND, 2 * ESTIMATES);
    q->login = limit_rate((uint32_t)s->login_rate, 60 * SECOND, (uint32_t)s->login_rate);
    q->failures = limit_rate(QUOTA_FAILURES, 60 * SECOND, QUOTA_FAILURES);
    SP_TRY(limit_init(&q->of_keys, PLACES, secret[0]));
    return limit_init(&q->of_addresses, PLACES, secret[1]);
}

void quota_free(quota *q)
{
    limit_free(&q->of_keys);
    limit_free(&q->of_addresses);
}

static size_t parse(uint8_t out[16], const char *text, size_t n)
{
    char copy[64];
    if (n >= sizeof copy) return 0;
    memcpy(copy, text, n);
    copy[n] = 0;
    if (inet_pton(AF_INET, copy, out) == 1) return 4;
    return inet_pton(AF_INET6, copy, out) == 1 ? 16 : 0;
}

bool quota_is_listed(const char *list, const uint8_t *address, size_t n)
{
    while (*list != 0) {
        uint8_t one[16];
        list += strspn(list, ", ");
        const size_t len = strcspn(list, ", ");
        if (len > 0 && parse(one, list, len) == n && memcmp(one, address, n) == 0) return true;
        list += len;
    }
    return false;
}

size_t quota_address(uint8_t out[16], const char *peer, const char *forwarded, const char *proxies)
{
    const size_t n = parse(out, peer, strlen(peer));
    if (n == 0 || forwarded == NULL || !quota_is_listed(proxies, out, n)) return n;
    uint8_t client[16];
    const char *last = strrchr(forwarded, ',');
    last = last != NULL ? last + 1 : forwarded;
    last += strspn(last, " ");
    const size_t m = parse(client, last, strcspn(last, " "));
    if (m == 0) return n; /* it says nothing that can be read: the proxy answers for it */
    memcpy(out, client, m);
    return m;
}

/* A bucket's name: what it limits, and whose it is. Addresses without a key share one by network;
 * for wrong keys an address stands alone, so that nobody locks out a neighbour. */
typedef struct {
    uint8_t b[1 + 16];
    size_t n;
} bucket;

static bucket of_address(const call *c, char kind, bool network)
{
    uint8_t address[16];
    bucket k = {{(uint8_t)kind}, 1};
    const size_t n = quota_address(address, c->q.peer, c->q.headers[HTTP_X_FORWARDED_FOR],
                                   c->a->set.trusted_proxies);
    if (network) {
        k.n += limit_address(k.b + 1, address, n);
    } else {
        memcpy(k.b + 1, address, n);
        k.n += n;
    }
    return k;
}

static void refuse(call *c, const limit_answer *l, const char *why)
{
    http_add_header(&c->s, "Retry-After", "%" PRIu64, limit_seconds(l->retry_ns));
    http_problem(&c->s, &c->q, 429, "rate_limited", "%s", why);
}

bool quota_may_try(quota *q, call *c)
{
    if (http_bearer(c->q.headers[HTTP_AUTHORIZATION]) == NULL) return true;
    const bucket k = of_address(c, 'f', false);
    limit_answer l = limit_take(&q->of_addresses, q->failures, k.b, k.n, 0, clock_ns());
    if (l.remaining > 0) return true;
    /* How long until there is one token again. */
    const uint64_t rest = q->failures.period_ns * (q->failures.burst - 1);
    l.retry_ns = l.reset_ns > rest ? l.reset_ns - rest : 1;
    refuse(c, &l, "too many wrong API keys came from this address");
    return false;
}

void quota_wrong_key(quota *q, const call *c)
{
    const bucket k = of_address(c, 'f', false);
    const uint64_t now = clock_ns();
    const limit_answer l = limit_take(&q->of_addresses, q->failures, k.b, k.n, 1, now);
    if (l.remaining == 0)
        limit_block(&q->of_addresses, q->failures, k.b, k.n, QUOTA_BLOCK_S * SECOND, now);
}

typedef struct {
    const char *name;
    limit_policy p;
    limiter *of;
    bucket k;
} counted;

static counted count_of(quota *q, const call *c)
{
    const route *r = c->r;
    const bool post = r->kind == ROUTE_WRITE && r->json;
    const bool run = r->kind == ROUTE_EXECUTE || r->kind == ROUTE_EXECUTE_WRITE;
    const bool login = r->kind == ROUTE_LOGIN;
    counted n = {login  ? "login"
                 : run  ? "estimate"
                 : post ? "post"
                        : "read",
                 login  ? q->login
                 : run  ? q->estimate
                 : post ? q->post
                        : q->read,
                 &q->of_keys,
                 {{0}, 1 + KEY_ID}};
    n.k.b[0] = (uint8_t)n.name[0];
    if (c->who.id[0] != 0 && !login) {
        memcpy(n.k.b + 1, c->who.id, KEY_ID);
        return n;
    }
    n.of = &q->of_addresses;
    n.k = of_address(c, n.name[0], true);
    return n;
}

void quota_owe(quota *q, const call *c, unsigned more)
{
    const counted n = count_of(q, c);
    limit_owe(n.of, n.p, n.k.b, n.k.n, more, clock_ns());
}

bool quota_upload(quota *q, const char *key_id, uint64_t bytes, bool take, uint64_t *retry_s)
{
    bucket k = {{'u'}, 1 + KEY_ID};
    if (key_id[0] == 0) return true;
    memcpy(k.b + 1, key_id, KEY_ID);
    /* A blob that is longer than what comes in an hour needs all of it. */
    const uint64_t kib = (bytes + 1023) >> 10;
    const uint32_t cost = kib < q->upload.burst ? (uint32_t)kib : q->upload.burst;
    const uint64_t now = clock_ns();
    const limit_answer l = limit_take(&q->of_keys, q->upload, k.b, k.n, take ? cost : 0, now);
    if (take ? l.allowed : l.remaining >= cost) return true;
    *retry_s =
        limit_seconds(take ? l.retry_ns : (uint64_t)(cost - l.remaining) * q->upload.period_ns);
    return false;
}

static bool take_upload(quota *q, call *c)
{
    uint64_t retry_s = 0;
    if (c->r->max_body <= SERVER_MEMORY_BODY || c->q.body_bytes == 0 ||
        quota_upload(q, c->who.id, c->q.body_bytes, true, &retry_s))
        return true;
    http_add_header(&c->s, "Retry-After", "%" PRIu64, retry_s);
    http_problem(&c->s, &c->q, 429, "rate_limited",
                 "this key has uploaded as much as it may in an hour");
    return false;
}

bool quota_take(quota *q, call *c)
{
    if (c->r->kind == ROUTE_LOOP) return true; /* as cheap as saying no */
    const counted n = count_of(q, c);
    const limit_policy p = n.p;
    const char *name = n.name;
    const limit_answer l = limit_take(n.of, p, n.k.b, n.k.n, 1, clock_ns());
    http_add_header(&c->s, "RateLimit-Policy", "\"%s\";q=%" PRIu32 ";w=%" PRIu64, name, p.burst,
                    limit_seconds(p.period_ns * p.burst));
    http_add_header(&c->s, "RateLimit", "\"%s\";r=%" PRIu32 ";t=%" PRIu64, name, l.remaining,
                    limit_seconds(l.reset_ns));
    if (l.allowed) return take_upload(q, c);
    refuse(c, &l, "more requests than this key or address may send");
    return false;
}
