/* node.c - sessions of nodes: opened, spoken with, closed. */
#include "relayer/node.h"

#include "market/release.h"
#include "market/uuid.h"
#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/guard.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/node_payee.h"
#include "relayer/uptime.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u
#define MAX_MALFORMED 3u

struct nodes {
    node_session *by_handle[BUCKETS], *by_id[BUCKETS]; /* by_id: registered ones */
    size_t n_registered;
    vitals_table *vitals;
};

sp_status nodes_new(nodes **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return SP_ERR_NOMEM;
    const sp_status s = vitals_new(&(*out)->vitals);
    if (s == SP_OK) return s;
    free(*out);
    *out = NULL;
    return s;
}

vitals_table *nodes_vitals(nodes *n) { return n->vitals; }

void nodes_delete(nodes *n)
{
    if (n == NULL) return;
    for (size_t b = 0; b < BUCKETS; b++)
        while (n->by_handle[b] != NULL) {
            node_session *s = n->by_handle[b];
            n->by_handle[b] = s->next;
            free(s);
        }
    vitals_delete(n->vitals);
    free(n);
}

int64_t node_clock(void) { return (int64_t)(clock_ns() / 1000000u); }

size_t nodes_count(const nodes *n) { return n->n_registered; }

static node_session **place(nodes *n, server_handle h)
{
    node_session **p = &n->by_handle[(uint32_t)h % BUCKETS];
    while (*p != NULL && (*p)->handle != h) p = &(*p)->next;
    return p;
}

node_session *nodes_each(nodes *n, size_t *at)
{
    /* at: bucket * 2^32 + position */
    size_t bucket = *at >> 32, position = *at & 0xffffffffu;
    for (; bucket < BUCKETS; bucket++, position = 0) {
        node_session *s = n->by_handle[bucket];
        for (size_t i = 0; s != NULL && i < position; i++) s = s->next;
        if (s == NULL) continue;
        *at = bucket << 32 | (position + 1);
        return s;
    }
    return NULL;
}

static unsigned bucket_of(const char *id)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (; *id != 0; id++) h = (h ^ (uint8_t)*id) * 16777619u;
    return h % BUCKETS;
}

node_session *nodes_find(nodes *n, const char *id)
{
    node_session *s = n->by_id[bucket_of(id)];
    while (s != NULL && strcmp(s->id, id) != 0) s = s->next_id;
    return s;
}

static void unregister(nodes *n, node_session *s)
{
    if (!s->registered) return;
    node_session **p = &n->by_id[bucket_of(s->id)];
    while (*p != s) p = &(*p)->next_id;
    *p = s->next_id;
    s->registered = false;
    n->n_registered--;
}

void node_session_registered(core *c, node_session *s)
{
    nodes *n = ((app *)core_user(c))->nodes;
    node_session *older = nodes_find(n, s->id);
    if (older == s) return;
    if (older != NULL) {
        unregister(n, older);
        vitals_forget(n->vitals, older->id, older->handle);
        node_close(c, older, 4409, "session replaced");
    }
    node_session **p = &n->by_id[bucket_of(s->id)];
    s->next_id = *p;
    *p = s;
    s->registered = true;
    n->n_registered++;
}

/* ---- out ---- */

typedef struct {
    job j;
    app *a;
    server_handle h;
    char *text; /* NULL: close */
    unsigned code;
    char reason[96];
} outgoing;

static void send_done(job *j)
{
    outgoing *o = (outgoing *)j;
    if (!j->failed) {
        if (o->text != NULL)
            (void)server_send(o->a->server, o->h, o->text, strlen(o->text));
        else
            server_close(o->a->server, o->h, o->code, o->reason);
    }
    free(o->text);
    free(o);
}

static outgoing *emit(core *c, const node_session *s)
{
    outgoing *o = calloc(1, sizeof *o);
    if (o == NULL) {
        core_fail(c);
        return NULL;
    }
    o->j.done = send_done;
    o->a = core_user(c);
    o->h = s->handle;
    return o;
}

void node_send(core *c, const node_session *s, json_t *message)
{
    if (s->said != NULL) {
        json_decref(*s->said);
        *s->said = message;
        if (message == NULL) core_fail(c);
        return;
    }
    char *text = message == NULL ? NULL : json_dumps(message, JSON_COMPACT);
    const char *type = json_string_value(json_object_get(message, "message_type"));
    if (type != NULL) meters_count(meters_of(core_user(c)), COUNT_WS_OUT, type);
    json_decref(message);
    outgoing *o = text == NULL ? NULL : emit(c, s);
    if (o == NULL) {
        free(text);
        core_fail(c);
        return;
    }
    o->text = text;
    core_emit(c, &o->j);
}

void node_close(core *c, const node_session *s, unsigned code, const char *reason)
{
    outgoing *o = emit(c, s);
    if (o == NULL) return;
    o->code = code;
    (void)snprintf(o->reason, sizeof o->reason, "%s", reason);
    core_emit(c, &o->j);
}

void node_error(core *c, const node_session *s, const char *re, const char *code, bool is_fatal,
                const char *detail)
{
    node_send(c, s,
              json_pack("{s:s, s:s?, s:s, s:s, s:b, s:I}", "message_type", "error", "re", re,
                        "code", code, "detail", detail, "fatal", is_fatal, "ts",
                        (json_int_t)core_now(c)));
}

/* ---- in ---- */

typedef struct {
    job j;
    app *a;
    server_handle h;
    enum { OPENED, SAID, CLOSED, DRAIN } what;
    char *text;
    size_t n;
    int64_t rtt_us;
    char id[NODE_ID], peer[HTTP_PEER];
} incoming;

/* What a node said and what was undone has no answer: the node says it again when it comes back. */
static void incoming_done(job *j)
{
    incoming *i = (incoming *)j;
    if (j->failed && i->what != CLOSED)
        server_close(i->a->server, i->h, 4500, "this could not be handled: say it again");
    free(i->text);
    free(i);
}

static void opened(core *c, const incoming *i)
{
    app *a = core_user(c);
    node_session *s = calloc(1, sizeof *s);
    uint8_t random[32];
    char nonce[FELT_HEX], relayer[FELT_HEX], key[FELT_HEX], chain[FELT_HEX];
    if (s == NULL || RAND_bytes(random, sizeof random) != 1) {
        free(s);
        return; /* the socket hangs up after the time to register */
    }
    random[0] &= 0x03; /* below 2^250 */
    s->handle = i->h;
    memcpy(s->id, i->id, sizeof s->id);
    memcpy(s->peer, i->peer, sizeof s->peer);
    s->opened_ms = s->seen_ms = node_clock();
    if (felt_read(&s->nonce, random) != SP_OK)
        s->nonce = felt_zero(); /* below 2^250: it never is */
    *place(a->nodes, i->h) = s;
    (void)felt_write_hex(nonce, s->nonce);
    (void)felt_write_hex(relayer, a->me.id);
    (void)felt_write_hex(key, a->me.pubkey);
    (void)felt_write_hex(chain, a->chain_id);
    const settings *t = &a->set;
    node_send(c, s,
              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:[s], s:I, s:I, s:I, s:I, s:I}",
                        "message_type", "hello", "relayer_id", relayer, "relayer_pubkey", key,
                        "chain_id", chain, "contract", t->contract, "session_nonce", nonce,
                        "server_time", (json_int_t)core_now(c), "protocol", RELEASE_PROTOCOL,
                        "heartbeat_ms", (json_int_t)t->heartbeat_ms, "lease_ms",
                        (json_int_t)t->lease_ms, "resume_grace_ms", (json_int_t)t->resume_grace_ms,
                        "offer_ms", (json_int_t)t->offer_ms, "max_message_bytes",
                        (json_int_t)t->max_message));
}

static void closed(core *c, server_handle h)
{
    app *a = core_user(c);
    node_session **p = place(a->nodes, h);
    node_session *s = *p;
    if (s == NULL) return;
    if (s->registered) {
        db_rows *r = db_query(core_db(c), "SELECT 1 FROM node WHERE id = ? AND session = ?" DB_LOCK,
                              DB_T(s->id), DB_T(s->session));
        const bool is_last = db_next(r);
        db_end(r);
        if (is_last) uptime_end(core_db(c), s->id, core_now(c));
        (void)db_run(core_db(c),
                     "UPDATE node SET connected = 0, last_seen = ? WHERE id = ? AND session = ?",
                     DB_I(core_now(c)), DB_T(s->id), DB_T(s->session));
        if (!db_ok(core_db(c))) return; /* it is tried again, or found by its silence */
        vitals_forget(a->nodes->vitals, s->id, s->handle);
        unregister(a->nodes, s);
        log_event(LOG_INFO, "node_closed", "node_id", s->id, "session_id", s->session, NULL);
    }
    *p = s->next;
    free(s);
}

/* Two thousand nodes a second at most come back. */
#define BACK_MS 500
#define BACK_PER_MS 2

/* A list with commas, as JSON. */
static json_t *alternates(const char *list)
{
    json_t *j = json_array();
    while (*(list += strspn(list, ", ")) != 0) {
        const size_t n = strcspn(list, ", ");
        (void)json_array_append_new(j, json_stringn(list, n));
        list += n;
    }
    return j;
}

static void drain(core *c)
{
    app *a = core_user(c);
    const uint32_t spread = BACK_MS + (uint32_t)(nodes_count(a->nodes) / BACK_PER_MS);
    size_t at = 0;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL; s = nodes_each(a->nodes, &at)) {
        uint32_t draw;
        if (RAND_bytes((uint8_t *)&draw, sizeof draw) != 1) draw = 0;
        node_send(c, s,
                  json_pack("{s:s, s:s, s:I, s:o}", "message_type", "goaway", "reason", "restart",
                            "reconnect_after_ms", (json_int_t)(BACK_MS + draw % spread),
                            "alternate_urls", alternates(a->set.alternate_urls)));
        node_close(c, s, 1012, "restart");
    }
}

static const struct {
    const char *type;
    void (*handle)(core *c, node_session *s, const json_t *m, const char *re);
} kinds[] = {{"heartbeat", node_heartbeat}, {"task_progress", node_progress},
             {"task_ack", node_ack},        {"task_result", node_result},
             {"node_update", node_update},  {"claim_submitted", node_claim},
             {"account_proof", node_payee}, {"task_cancelled", node_cancelled}};

/* By its type, as far as it is one of ours. */
static void count_in(app *a, const char *type)
{
    const char *label = type == NULL ? "malformed" : "unknown";
    if (type != NULL && strcmp(type, "register") == 0) label = "register";
    for (size_t k = 0; k < SP_COUNT(kinds) && type != NULL; k++)
        if (strcmp(kinds[k].type, type) == 0) label = kinds[k].type;
    meters_count(meters_of(a), COUNT_WS_IN, label);
}

static void said(core *c, const incoming *i)
{
    app *a = core_user(c);
    node_session *s = *place(a->nodes, i->h);
    if (s == NULL || s->over) return;
    s->seen_ms = node_clock();
    s->rtt_us = i->rtt_us;
    json_error_t e;
    (void)snprintf(e.text, sizeof e.text, "more than %d levels of nesting", GUARD_JSON_DEPTH);
    json_t *m = !guard_json_depth(i->text, i->n)
                    ? NULL
                    : json_loadb(i->text, i->n, JSON_REJECT_DUPLICATES, &e);
    const char *type = json_string_value(json_object_get(m, "message_type"));
    count_in(a, type);
    const char *re = json_string_value(json_object_get(m, "id"));
    if (re != NULL && strlen(re) > 36) re = NULL;
    if (type == NULL) {
        node_error(c, s, re, "malformed", false, m == NULL ? e.text : "message_type is missing");
        if (++s->malformed >= MAX_MALFORMED) {
            node_close(c, s, 4400, "malformed messages");
            s->over = true;
        }
        json_decref(m);
        return;
    }
    if (strcmp(type, "register") == 0) {
        node_register(c, s, m, re);
        json_decref(m);
        return;
    }
    size_t k = 0;
    while (k < SP_COUNT(kinds) && strcmp(kinds[k].type, type) != 0) k++;
    if (k == SP_COUNT(kinds))
        node_error(c, s, re, "unknown_type", false, "this message_type is not known");
    else if (!s->registered)
        node_error(c, s, re, "not_registered", false, "register comes first");
    else
        kinds[k].handle(c, s, m, re);
    json_decref(m);
}

static void run(job *j, void *with)
{
    const incoming *i = (const incoming *)j;
    switch (i->what) {
    case OPENED: opened(with, i); break;
    case SAID: said(with, i); break;
    case CLOSED: closed(with, i->h); break;
    case DRAIN: drain(with); break;
    }
}

static incoming *incoming_new(app *a, server_handle h)
{
    incoming *i = calloc(1, sizeof *i);
    if (i == NULL) return NULL;
    i->j.run = run;
    i->j.done = incoming_done;
    i->a = a;
    i->h = h;
    return i;
}

static void post(app *a, incoming *i, server_handle h)
{
    if (i != NULL && core_post(a->core, &i->j)) return;
    if (i != NULL) incoming_done(&i->j);
    server_close(a->server, h, 1013, "overloaded");
}

void node_on_open(app *a, server_handle h, const char *id, const char *peer)
{
    incoming *i = incoming_new(a, h);
    if (i != NULL) {
        i->what = OPENED;
        (void)snprintf(i->id, sizeof i->id, "%s", id);
        (void)snprintf(i->peer, sizeof i->peer, "%s", peer);
    }
    post(a, i, h);
}

void node_on_message(app *a, server_handle h, char *text, size_t n, int64_t rtt_us)
{
    incoming *i = incoming_new(a, h);
    if (i == NULL) {
        free(text);
    } else {
        i->what = SAID;
        i->text = text;
        i->n = n;
        i->rtt_us = rtt_us;
    }
    post(a, i, h);
}

void node_on_close(app *a, server_handle h)
{
    incoming *i = incoming_new(a, h);
    if (i != NULL) i->what = CLOSED;
    /* At most one for each socket. */
    if (i != NULL && !core_post_beyond(a->core, &i->j)) incoming_done(&i->j);
}

void node_on_drain(app *a)
{
    incoming *i = incoming_new(a, 0);
    if (i != NULL) i->what = DRAIN;
    if (i != NULL && !core_post(a->core, &i->j)) incoming_done(&i->j);
}
