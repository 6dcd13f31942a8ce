/* hook.c - the sender: a thread that calls receivers, many at a time, and says what they answered.
 *
 * The status is the answer: once it is there, whatever becomes of the rest of the response changes
 * nothing. What an endpoint may cost is bounded: a number of calls at a time, seconds for each,
 * bytes that are read, and after failures in a row a pause (30 s, doubled up to 10 min), after
 * which one call at a time tries whether it answers again. */
#include "relayer/hook.h"

#include "core/crash.h"
#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/patience.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define AT_A_TIME 64u
#define AT_A_TIME_EACH 4u
#define AT_A_TIME_OF_KEY (AT_A_TIME / 4)
#define ENDPOINTS 512u
#define FAILURES 5u /* in a row, then it is left alone */
#define MOST_READ (64u << 10)
#define CONNECT_MS 5000u
#define LAST_MS 1000
#define SOON_MS 500
#define OF_KEY_MS 2000

typedef struct {
    char name[HOOK_ID + HOOK_ORIGIN]; /* "": free */
    unsigned on_way, failures;
    int64_t closed_until, used; /* milliseconds of clock_ns */
} endpoint;

typedef struct {
    hook_delivery *v;
    CURL *c;
    struct curl_slist *headers;
    size_t read;
} transfer;

typedef struct {
    char id[HOOK_ID]; /* "": free */
    char key_id[KEY_ID];
} place;

struct hook_sender {
    app *a;
    CURLM *multi;
    transfer *calls[AT_A_TIME]; /* of the thread */
    queue waiting;
    pthread_t thread;
    bool running;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* of what follows */
    endpoint endpoints[ENDPOINTS];
    place on_way[AT_A_TIME];
};

void hook_delivery_free(hook_delivery *v)
{
    if (v == NULL) return;
    OPENSSL_cleanse(v->secrets, sizeof v->secrets);
    free(v->body);
    free(v);
}

/* ---- what is on its way ---- */

/* The endpoint's entry, or one that is used the least. With the lock. */
static endpoint *endpoint_of(hook_sender *s, const char *name)
{
    endpoint *least = NULL;
    for (size_t i = 0; i < ENDPOINTS; i++) {
        endpoint *e = &s->endpoints[i];
        if (strcmp(e->name, name) == 0) return e;
        if (e->on_way == 0 &&
            (least == NULL || (e->failures >= FAILURES) < (least->failures >= FAILURES) ||
             ((e->failures >= FAILURES) == (least->failures >= FAILURES) && e->used < least->used)))
            least = e;
    }
    if (least == NULL) return NULL; /* never: there are more entries than calls */
    memset(least, 0, sizeof *least);
    (void)snprintf(least->name, sizeof least->name, "%s", name);
    return least;
}

static place *place_of(hook_sender *s, const char *id)
{
    for (size_t i = 0; i < AT_A_TIME; i++)
        if (strcmp(s->on_way[i].id, id) == 0) return &s->on_way[i];
    return NULL;
}

bool hook_is_sending(hook_sender *s, const char *id)
{
    (void)pthread_mutex_lock(&s->lock);
    const bool is = place_of(s, id) != NULL;
    (void)pthread_mutex_unlock(&s->lock);
    return is;
}

bool hook_is_full(hook_sender *s) { return !hook_is_sending(s, ""); }

/* With the lock. */
static bool has_its_share(const hook_sender *s, const char *key_id)
{
    unsigned n = 0;
    for (size_t i = 0; i < AT_A_TIME; i++)
        n += s->on_way[i].id[0] != 0 && strcmp(s->on_way[i].key_id, key_id) == 0;
    return n >= AT_A_TIME_OF_KEY;
}

bool hook_admit(hook_sender *s, const hook_delivery *v, int64_t now_ms, int64_t *again_ms)
{
    (void)pthread_mutex_lock(&s->lock);
    endpoint *e = endpoint_of(s, v->endpoint);
    place *p = place_of(s, "");
    bool ok = false;
    const int64_t clock = (int64_t)(clock_ns() / 1000000u);
    *again_ms = now_ms + SOON_MS;
    if (e != NULL) {
        e->used = clock;
        if (e->closed_until > clock)
            *again_ms = now_ms + (e->closed_until - clock);
        else if (has_its_share(s, v->key_id))
            *again_ms = now_ms + OF_KEY_MS;
        else
            ok = p != NULL && e->on_way < (e->failures >= FAILURES ? 1 : AT_A_TIME_EACH);
    }
    if (ok) {
        e->on_way++;
        memcpy(p->id, v->id, sizeof p->id);
        memcpy(p->key_id, v->key_id, sizeof p->key_id);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return ok;
}

/* The pause after so many failures in a row. */
static int64_t pause_ms(const app *a, unsigned failures)
{
    const int64_t first = 6 * (int64_t)a->set.hook_retry_ms,
                  most = 120 * (int64_t)a->set.hook_retry_ms;
    return patience_ms((int64_t)failures - FAILURES, first, most);
}

/* On the loop's thread: the row says by now what came of it, or it stays due. */
static void done(job *j)
{
    hook_delivery *v = (hook_delivery *)j;
    hook_sender *s = v->a->hooks;
    (void)pthread_mutex_lock(&s->lock);
    place *p = place_of(s, v->id);
    if (p != NULL) p->id[0] = 0;
    endpoint *e = endpoint_of(s, v->endpoint);
    if (e != NULL && e->on_way > 0) {
        e->on_way--;
        e->failures = v->status / 100 == 2 ? 0 : e->failures + 1;
        e->closed_until = e->failures < FAILURES
                              ? 0
                              : (int64_t)(clock_ns() / 1000000u) + pause_ms(v->a, e->failures);
    }
    (void)pthread_mutex_unlock(&s->lock);
    hook_delivery_free(v);
}

void hook_send(hook_sender *s, hook_delivery *v)
{
    if (queue_put(&s->waiting, &v->j))
        (void)curl_multi_wakeup(s->multi);
    else
        hook_delivery_free(v); /* the relayer stops */
}

/* ---- one call ---- */

/* Before a connection is made, with the address that it would be made to. */
static curl_socket_t on_socket(void *user, curlsocktype purpose, struct curl_sockaddr *at)
{
    transfer *t = user;
    if (purpose != CURLSOCKTYPE_IPCXN || (at->family != AF_INET && at->family != AF_INET6) ||
        (!t->v->a->set.allow_private_callbacks && !hook_address_public(&at->addr, at->addrlen))) {
        t->v->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

/* Header and body are counted, and not kept. */
static size_t on_bytes(char *p, size_t size, size_t n, void *user)
{
    transfer *t = user;
    (void)p;
    t->read += size * n;
    return t->read <= MOST_READ ? size * n : 0;
}

static bool add(transfer *t, const char *name, const char *value)
{
    char line[64 + WEBHOOK_OLD_FORM];
    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(t->headers, line);
    if (more != NULL) t->headers = more;
    return more != NULL;
}

/* By the relayer's key, for whoever has no secret: r and s of the digest of the body. */
static bool add_signature(transfer *t)
{
    const hook_delivery *v = t->v;
    digest_callback m = {.chain_id = v->a->chain_id};
    digest_signature sig;
    felt z;
    char line[2 * FELT_HEX + 1];
    (void)SHA256((const uint8_t *)v->body, v->body_bytes, m.body);
    /* One body in 2^54 has a digest that cannot be signed: it goes without. */
    if (digest_of_callback(&z, &m) != SP_OK || digest_sign(&sig, &v->a->me.key, z) != SP_OK)
        return true;
    size_t n = felt_write_hex(line, sig.r);
    line[n++] = ',';
    (void)felt_write_hex(line + n, sig.s);
    return add(t, "sprove-signature", line);
}

static bool add_headers(transfer *t)
{
    const hook_delivery *v = t->v;
    char signature[WEBHOOK_SIGNATURE], old[WEBHOOK_OLD_FORM], time[24];
    const webhook_message m = {.id = v->id,
                               .timestamp = (uint64_t)clock_ms() / 1000,
                               .body = v->body,
                               .body_bytes = v->body_bytes};
    (void)snprintf(time, sizeof time, "%llu", (unsigned long long)m.timestamp);
    if (webhook_sign(signature, &m, v->secrets, v->n_secrets) != SP_OK ||
        webhook_sign_old(old, &m, v->secrets, v->n_secrets) != SP_OK)
        return false;
    struct curl_slist *first = curl_slist_append(NULL, "Expect:");
    if (first == NULL) return false;
    t->headers = first;
    return add(t, "Content-Type", "application/json") &&
           add(t, "User-Agent", "sprove-relayer/" SPROVE_VERSION) && add(t, "webhook-id", v->id) &&
           add(t, "webhook-timestamp", time) && add(t, "webhook-signature", signature) &&
           add_signature(t) && (!v->legacy_header || add(t, "X-Smainer-Signature", old));
}

static void set_up(transfer *t)
{
    const settings *set = &t->v->a->set;
    const bool private = set->allow_private_callbacks;
    const uint64_t total = set->hook_timeout_ms;
    CURL *c = t->c;
    curl_easy_setopt(c, CURLOPT_URL, t->v->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, private ? "http,https" : "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    /* A connection of its own: each address is looked at anew, and curl sends nothing twice. */
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* a slow name server delays nobody else */
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(total < CONNECT_MS ? total : CONNECT_MS));
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)total);
    if (set->hook_ca_file[0] != 0) curl_easy_setopt(c, CURLOPT_CAINFO, set->hook_ca_file);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(c, CURLOPT_PRIVATE, t);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->v->body_bytes);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->v->body);
}

/* To the core, which notes it. Where the relayer stops meanwhile the row stays due. */
static void hand_back(hook_sender *s, hook_delivery *v)
{
    SP_CRASH_POINT("after_callback");
    v->j.run = hook_note;
    v->j.done = done;
    while (!core_post(s->a->core, &v->j)) {
        const struct timespec pause = {0, 1000000};
        if (s->stopping) {
            hook_delivery_free(v);
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
}

static void explain(hook_delivery *v, const char *why)
{
    (void)snprintf(v->reason, sizeof v->reason, "%s", why);
}

static void transfer_delete(hook_sender *s, transfer *t)
{
    for (size_t i = 0; i < AT_A_TIME; i++)
        if (s->calls[i] == t) s->calls[i] = NULL;
    if (t->c != NULL) {
        (void)curl_multi_remove_handle(s->multi, t->c);
        curl_easy_cleanup(t->c);
    }
    curl_slist_free_all(t->headers);
    free(t);
}

static void finish(hook_sender *s, transfer *t, CURLcode code)
{
    hook_delivery *v = t->v;
    long status = 0;
    (void)curl_easy_getinfo(t->c, CURLINFO_RESPONSE_CODE, &status);
    v->status = status >= 200 ? status : 0;
    if (v->status / 100 == 3)
        explain(v, "it answered with a redirect, which is not followed");
    else if (v->status != 0 && v->status / 100 != 2)
        explain(v, "it did not answer with 2xx");
    else if (v->status == 0)
        explain(v, v->refused ? "callbacks do not go to its address" : curl_easy_strerror(code));
    static const char *const kinds[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    meters_count(meters_of(s->a), COUNT_WEBHOOKS,
                 v->refused            ? "refused"
                 : v->status / 100 < 6 ? kinds[v->status / 100]
                                       : "none");
    transfer_delete(s, t);
    hand_back(s, v);
}

static void start(hook_sender *s, hook_delivery *v)
{
    transfer *t = calloc(1, sizeof *t);
    if (t != NULL) {
        t->v = v;
        t->c = curl_easy_init();
        if (t->c != NULL && add_headers(t)) {
            set_up(t);
            size_t i = 0;
            while (i < AT_A_TIME - 1 && s->calls[i] != NULL) i++;
            SP_ASSERT(s->calls[i] == NULL); /* as many were admitted as there are places */
            if (curl_multi_add_handle(s->multi, t->c) == CURLM_OK) {
                s->calls[i] = t;
                return;
            }
        }
        transfer_delete(s, t);
    }
    explain(v, "the relayer had no memory for it");
    hand_back(s, v);
}

static void *run(void *arg)
{
    hook_sender *s = arg;
    int64_t last = 0;
    for (;;) {
        int on_way = 0, left = 0;
        CURLMsg *m;
        job *j;
        while (!s->stopping && (j = queue_take(&s->waiting, 1, 0)) != NULL)
            start(s, (hook_delivery *)j);
        (void)curl_multi_perform(s->multi, &on_way);
        while ((m = curl_multi_info_read(s->multi, &left)) != NULL) {
            transfer *t = NULL;
            const CURLcode code = m->data.result;
            if (m->msg != CURLMSG_DONE) continue;
            (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
            finish(s, t, code);
        }
        if (s->stopping) {
            if (last == 0) last = (int64_t)(clock_ns() / 1000000u) + LAST_MS;
            if (on_way == 0 || (int64_t)(clock_ns() / 1000000u) >= last) break;
        }
        (void)curl_multi_poll(s->multi, NULL, 0, s->stopping ? 50 : 1000, NULL);
    }
    for (size_t i = 0; i < AT_A_TIME; i++)
        if (s->calls[i] != NULL) {
            hook_delivery_free(s->calls[i]->v);
            transfer_delete(s, s->calls[i]);
        }
    return NULL;
}

sp_status hook_open(app *a, char *why)
{
    hook_sender *s = calloc(1, sizeof *s);
    if (s == NULL) return SP_ERR_NOMEM;
    s->a = a;
    a->hooks = s;
    queue_init(&s->waiting, AT_A_TIME);
    (void)pthread_mutex_init(&s->lock, NULL);
    s->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (s->multi == NULL) return SP_ERR_NOMEM;
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        (void)snprintf(why, SETTINGS_WHY, "no thread for callbacks can be started");
        return SP_ERR_IO;
    }
    s->running = true;
    return SP_OK;
}

void hook_close(app *a)
{
    hook_sender *s = a->hooks;
    job *j;
    if (s == NULL || !s->running) return;
    s->stopping = true;
    queue_close(&s->waiting);
    (void)curl_multi_wakeup(s->multi);
    (void)pthread_join(s->thread, NULL);
    s->running = false;
    while ((j = queue_take(&s->waiting, 1, 0)) != NULL) hook_delivery_free((hook_delivery *)j);
}

void hook_free(app *a)
{
    hook_sender *s = a->hooks;
    if (s == NULL) return;
    if (s->multi != NULL) (void)curl_multi_cleanup(s->multi);
    queue_free(&s->waiting);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
    a->hooks = NULL;
}
