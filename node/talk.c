/* talk.c - messages to and from the relayer; see parts.h. */
#include "node/parts.h"

#include "market/hex.h"
#include "market/limits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNTOLD_BEATS 2 /* after them a result is sent again */

/* Takes the reference. */
bool talk_post(node *n, json_t *m)
{
    char id[24];
    (void)snprintf(id, sizeof id, "n%" PRIu64, ++n->messages);
    if (m != NULL) {
        (void)json_object_set_new(m, "id", json_string(id));
        if (json_object_get(m, "ts") == NULL)
            (void)json_object_set_new(m, "ts", json_integer(node_now_ms()));
    }
    char *text = m == NULL ? NULL : json_dumps(m, JSON_COMPACT);
    json_decref(m);
    const bool ok = text != NULL && link_send(n->link, text, strlen(text));
    free(text);
    return ok;
}

static json_t *signature_json(const digest_signature *sig)
{
    char r[FELT_HEX], s[FELT_HEX];
    (void)felt_write_hex(r, sig->r);
    (void)felt_write_hex(s, sig->s);
    return json_pack("[s, s]", r, s);
}

static json_t *fence(const node_task *t)
{
    return json_pack("{s:s, s:I, s:s}", "task_id", t->id, "attempt", (json_int_t)t->attempt,
                     "lease_token", t->token);
}

json_t *talk_about(const char *type, const node_task *t)
{
    json_t *m = fence(t);
    (void)json_object_set_new(m, "message_type", json_string(type));
    return m;
}

static void send_register(node *n)
{
    digest_register d = {
        .chain_id = n->chain_id, .relayer_id = n->relayer_id, .session_nonce = n->nonce};
    digest_signature sig;
    felt z;
    char key[FELT_HEX], nonce[FELT_HEX];
    d.node_id = digest_node_id(n->pubkey);
    d.ts_ms = (uint64_t)node_now_ms();
    while (digest_of_register(&z, &d) != SP_OK) d.ts_ms++; /* one in 2^55 */
    if (digest_sign(&sig, &n->key, z) != SP_OK) return;
    (void)felt_write_hex(key, n->pubkey);
    (void)felt_write_hex(nonce, n->nonce);
    const params *p = params_by_name("balanced");
    json_t *m = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:{s:s}, s:s, s:{s:s, s:s}, s:{s:i}, s:o}",
        "message_type", "register", "node_id", n->id, "node_pubkey", key, "protocol", "1.0",
        "session_nonce", nonce, "ts", (json_int_t)d.ts_ms, "specs", hardware_specs(&n->machine),
        "bench", selfbench_json(&n->bench, p), "software", "sprove", SPROVE_VERSION, "region",
        n->o.region, "price", "base_fri", n->o.price_base, "per_mcycle_fri", n->o.price_mcycle,
        "capacity", "max_concurrent", (int)n->o.max_concurrent, "signature", signature_json(&sig));
    if (m != NULL && n->o.address[0] != 0)
        (void)json_object_set_new(m, "address", json_string(n->o.address));
    (void)talk_post(n, m);
}

void talk_result(node *n, node_task *t)
{
    json_t *m = talk_about("task_result", t);
    (void)json_object_update(m, t->result);
    t->untold_beats = 0;
    t->said = n->messages + 1;
    (void)talk_post(n, m); /* sent again after the next connection until it is acknowledged */
}

void talk_progress(node *n, node_task *t, const char *phase, uint32_t ppm, uint64_t eta_ms)
{
    json_t *m = talk_about("task_progress", t);
    (void)json_object_set_new(m, "phase", json_string(phase));
    (void)json_object_set_new(m, "progress_ppm", json_integer(ppm));
    if (eta_ms != 0) (void)json_object_set_new(m, "eta_ms", json_integer((json_int_t)eta_ms));
    t->said = n->messages + 1;
    (void)talk_post(n, m);
}

/* The relayer remembers what it was told last: it is told after each start. */
void talk_draining(node *n)
{
    (void)talk_post(
        n, json_pack("{s:s, s:b}", "message_type", "node_update", "draining", n->draining));
}

void talk_ack(node *n, const node_task *t, bool accept, const char *reason)
{
    digest_ack d = {.chain_id = n->chain_id, .attempt = (uint32_t)t->attempt, .accept = accept};
    digest_signature sig;
    felt z;
    json_t *m = talk_about("task_ack", t);
    (void)json_object_set_new(m, "accept", json_boolean(accept));
    if (reason != NULL) (void)json_object_set_new(m, "reason", json_string(reason));
    d.ts_ms = (uint64_t)node_now_ms();
    (void)json_object_set_new(m, "ts", json_integer((json_int_t)d.ts_ms));
    if (uuid_read(&d.task, t->id, strlen(t->id)) == SP_OK &&
        hex_read(d.lease_token, DIGEST_TOKEN, t->token) && digest_of_ack(&z, &d) == SP_OK &&
        digest_sign(&sig, &n->key, z) == SP_OK)
        (void)json_object_set_new(m, "signature", signature_json(&sig));
    (void)talk_post(n, m);
}

/* The load of the last minute, in parts of a million of all processors. */
static json_int_t load_ppm(const node *n)
{
    char text[64];
    unsigned whole = 0, hundredths = 0;
    const int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) (void)close(fd);
    if (got <= 0) return 0;
    text[got] = 0;
    if (sscanf(text, "%6u.%2u", &whole, &hundredths) != 2) return 0;
    const uint64_t ppm = ((uint64_t)whole * 100 + hundredths) * 10000 / n->machine.threads;
    return ppm > 1000000 ? 1000000 : (json_int_t)ppm;
}

static void send_heartbeat(uv_timer_t *timer)
{
    node *n = timer->data;
    json_t *running = json_array();
    if (!n->registered) {
        json_decref(running);
        return;
    }
    for (node_task *t = n->tasks; t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (t->claiming) continue;
        (void)node_task_look(t, phase, &ppm, &eta_ms);
        /* No answer for this long: the result, or its answer, was lost on the way. */
        if (t->joined && ++t->untold_beats > UNTOLD_BEATS) talk_result(n, t);
        json_t *e = fence(t);
        (void)json_object_set_new(e, "phase", json_string(phase));
        (void)json_object_set_new(e, "progress_ppm", json_integer(ppm));
        if (eta_ms != 0) (void)json_object_set_new(e, "eta_ms", json_integer((json_int_t)eta_ms));
        (void)json_array_append_new(running, e);
    }
    const uint64_t used = n->machine.memory_total - limits_memory_available("");
    const json_int_t mem = n->machine.memory_total == 0
                               ? 0
                               : (json_int_t)(used * 1000 / (n->machine.memory_total / 1000 + 1));
    const json_int_t cpu = load_ppm(n);
    (void)talk_post(n, json_pack("{s:s, s:I, s:I, s:I, s:o}", "message_type", "heartbeat", "seq",
                                 (json_int_t)++n->seq, "cpu_ppm", cpu, "mem_ppm", mem, "running",
                                 running));
}

static bool get_felt(felt *out, const json_t *m, const char *name)
{
    const json_t *v = json_object_get(m, name);
    return json_is_string(v) &&
           felt_read_hex(out, json_string_value(v), json_string_length(v)) == SP_OK;
}

static void on_hello(node *n, const json_t *m)
{
    const json_int_t beat = json_integer_value(json_object_get(m, "heartbeat_ms"));
    if (!get_felt(&n->chain_id, m, "chain_id") || !get_felt(&n->relayer_id, m, "relayer_id") ||
        !get_felt(&n->relayer_pubkey, m, "relayer_pubkey") ||
        !felt_eq(digest_relayer_id(n->relayer_pubkey), n->relayer_id) ||
        !get_felt(&n->nonce, m, "session_nonce")) {
        node_say(n, "hello_malformed", NULL);
        link_drop(n->link, 1008, "hello malformed");
        return;
    }
    n->heartbeat_ms = beat >= 100 && beat <= 3600000 ? (uint64_t)beat : 30000;
    send_register(n);
}

static void on_registered(node *n, const json_t *m)
{
    const char *state = json_string_value(json_object_get(m, "node_state"));
    n->registered = true;
    (void)snprintf(n->node_state, sizeof n->node_state, "%.23s", state != NULL ? state : "");
    link_pause(n->link, 0);
    talk_draining(n);
    node_say(n, "registered", "node_id", n->id, "state", state, NULL);
    duty_registered(n, json_object_get(m, "leases"));
    (void)uv_timer_start(&n->beat, send_heartbeat, 0, n->heartbeat_ms);
}

/* stale_lease: the relayer does not count this task as ours. */
static void on_error(node *n, const json_t *m)
{
    const char *code = json_string_value(json_object_get(m, "code")),
               *re = json_string_value(json_object_get(m, "re"));
    node_say(n, "relayer_error", "code", code, "detail",
             json_string_value(json_object_get(m, "detail")), NULL);
    if (code == NULL || strcmp(code, "stale_lease") != 0 || re == NULL) return;
    duty_stale(n, re);
}

void talk_heard(void *user, char *text, size_t len)
{
    node *n = user;
    json_t *m = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(m, "message_type"));
    free(text);
    if (type == NULL) {
        json_decref(m);
        return;
    }
    if (strcmp(type, "hello") == 0)
        on_hello(n, m);
    else if (strcmp(type, "registered") == 0)
        on_registered(n, m);
    else if (strcmp(type, "task_assignment") == 0)
        duty_offered(n, json_incref(m));
    else if (strcmp(type, "result_ack") == 0)
        duty_acknowledged(n, m);
    else if (strcmp(type, "task_cancel") == 0 || strcmp(type, "lease_revoked") == 0)
        duty_cancelled(n, m);
    else if (strcmp(type, "goaway") == 0)
        link_pause(n->link, (unsigned)json_integer_value(json_object_get(m, "reconnect_after_ms")));
    else if (strcmp(type, "error") == 0)
        on_error(n, m);
    json_decref(m);
}

void talk_opened(void *user)
{
    node *n = user;
    n->connected_at = node_now_ms();
    node_say(n, "connected", "relayer", n->o.relayer, NULL);
}

void talk_closed(void *user, unsigned code, const char *reason)
{
    node *n = user;
    char number[16];
    (void)snprintf(number, sizeof number, "%u", code);
    n->registered = false;
    (void)uv_timer_stop(&n->beat);
    node_say(n, "disconnected", "code", number, "reason", reason, NULL);
    if (code == 4403) { /* banned: coming back would not help */
        n->code = 1;
        (void)uv_kill(getpid(), SIGTERM);
    }
}
