/* talk.c - messages to and from the relayer; see parts.h. */
#include "node/parts.h"

#include "market/hex.h"
#include "market/release.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* After another process has taken our place: so long, twice as long each time, and at most. A
 * session that lasted for the longest of these ends the series. */
#define REPLACED_MS 60000u
#define REPLACED_MOST_MS 3600000u
#define BANNED_MS 5000u
#define BANNED_MOST_MS 600000u

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

/* What this process and its journal have: of what else the relayer holds us to, and of offers that
 * it has no answer to, it tells us again. */
static json_t *resume(const node *n)
{
    json_t *running = json_array();
    for (const node_task *t = n->tasks; t != NULL; t = t->next) {
        if (t->claiming) continue;
        json_t *e = fence(t);
        (void)json_object_set_new(e, "has_result", json_boolean(t->joined));
        (void)json_array_append_new(running, e);
    }
    return json_pack("{s:o}", "running", running);
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
    char vm[RELEASE_VM];
    release_vm(vm);
    json_t *m = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:{s:s, s:s}, s:s, s:{s:s, s:s}, s:{s:i}, s:o}",
        "message_type", "register", "node_id", n->id, "node_pubkey", key, "protocol",
        RELEASE_PROTOCOL, "session_nonce", nonce, "ts", (json_int_t)d.ts_ms, "specs",
        hardware_specs(&n->machine), "bench", selfbench_json(&n->bench, p), "software", "sprove",
        SPROVE_VERSION, "vm", vm, "region", n->o.region, "price", "base_fri", n->o.price_base,
        "per_mcycle_fri", n->o.price_mcycle, "capacity", "max_concurrent", (int)n->o.max_concurrent,
        "signature", signature_json(&sig));
    if (m != NULL && n->o.address[0] != 0)
        (void)json_object_set_new(m, "address", json_string(n->o.address));
    if (m != NULL) (void)json_object_set_new(m, "resume", resume(n));
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
    if (uuid_read(&d.task, t->id, strlen(t->id)) == SP_OK &&
        hex_read(d.lease_token, DIGEST_TOKEN, t->token)) {
        while (digest_of_ack(&z, &d) != SP_OK) d.ts_ms++; /* one in 2^55 */
        if (digest_sign(&sig, &n->key, z) == SP_OK)
            (void)json_object_set_new(m, "signature", signature_json(&sig));
    }
    (void)json_object_set_new(m, "ts", json_integer((json_int_t)d.ts_ms));
    (void)talk_post(n, m);
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
        if (t->claiming || (t->unwanted && !t->joined)) continue;
        (void)node_task_look(t, phase, &ppm, &eta_ms);
        /* No answer for this long: the result, or its answer, was lost on the way. */
        if (t->joined && ++t->untold_beats > UNTOLD_BEATS) talk_result(n, t);
        json_t *e = fence(t);
        (void)json_object_set_new(e, "phase", json_string(phase));
        (void)json_object_set_new(e, "progress_ppm", json_integer(ppm));
        if (eta_ms != 0) (void)json_object_set_new(e, "eta_ms", json_integer((json_int_t)eta_ms));
        (void)json_array_append_new(running, e);
    }
    json_t *m = json_pack("{s:s, s:I, s:o}", "message_type", "heartbeat", "seq",
                          (json_int_t)++n->seq, "running", running);
    if (m != NULL) beat_machine(n, m);
    (void)talk_post(n, m);
    payee_beat(n);
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
    /* An address that a relayer named must be of the same relayer; home may be another after a
     * start from nothing. */
    if (!link_is_home(n->link) && !felt_eq(n->relayer_id, n->home_id)) {
        node_say(n, "other_relayer", "relayer", link_place(n->link), NULL);
        link_home(n->link);
        link_drop(n->link, 1008, "not the relayer that named it");
        return;
    }
    n->home_id = n->relayer_id;
    n->ctx.relayer = link_place(n->link);
    n->heartbeat_ms = beat >= 100 && beat <= 3600000 ? (uint64_t)beat : 30000;
    send_register(n);
}

static void on_registered(node *n, const json_t *m)
{
    const char *state = json_string_value(json_object_get(m, "node_state"));
    n->registered = true;
    n->key_in_use = n->banned = false;
    n->bans = 0;
    (void)snprintf(n->node_state, sizeof n->node_state, "%.23s", state != NULL ? state : "");
    link_pause(n->link, 0);
    talk_draining(n);
    node_say(n, "registered", "node_id", n->id, "state", state, NULL);
    duty_registered(n, json_object_get(m, "leases"));
    payee_heard(n, json_object_get(m, "account"));
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

/* The relayer stops. Others that are the same relayer - on one database, with one key - may take
 * the node meanwhile. */
static void on_goaway(node *n, const json_t *m)
{
    const json_t *urls = json_object_get(m, "alternate_urls"), *url;
    bool elsewhere = false;
    size_t i;
    link_pause(n->link, (unsigned)json_integer_value(json_object_get(m, "reconnect_after_ms")));
    link_forget(n->link);
    json_array_foreach((json_t *)(uintptr_t)urls, i, url)
    {
        if (i == LINK_PLACES) break;
        const char *text = json_string_value(url);
        if (text == NULL || !link_know(n->link, text))
            node_say(n, "alternate_ignored", "url", text, NULL);
        else
            elsewhere = true;
    }
    if (elsewhere) link_elsewhere(n->link);
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
    else if (strcmp(type, "account") == 0)
        payee_heard(n, m);
    else if (strcmp(type, "goaway") == 0)
        on_goaway(n, m);
    else if (strcmp(type, "error") == 0)
        on_error(n, m);
    json_decref(m);
}

void talk_opened(void *user)
{
    node *n = user;
    n->connected_at = node_now_ms();
    node_say(n, "connected", "relayer", link_place(n->link), NULL);
}

/* first, then twice as long each time. */
static unsigned longer(unsigned first, unsigned most, unsigned times)
{
    unsigned ms = first;
    for (unsigned i = 0; i < times && ms < most; i++) ms *= 2;
    return ms < most ? ms : most;
}

/* Only a session of the same key can replace ours: coming back at once would take the place of that
 * process, which would come back in its turn, for ever. */
static void key_in_use(node *n)
{
    char wait[16];
    if (node_now_ms() - n->connected_at > (int64_t)REPLACED_MOST_MS) n->replaced = 0;
    const unsigned ms = longer(REPLACED_MS, REPLACED_MOST_MS, n->replaced++);
    n->key_in_use = true;
    link_hold(n->link, ms);
    (void)snprintf(wait, sizeof wait, "%u", ms);
    node_say(n, "key_in_use", "node_id", n->id, "wait_ms", wait, "detail",
             "another process has connected with the key of this node: a key is for one process, "
             "stop one of the two or give it a data folder of its own",
             NULL);
}

/* A ban ends, perhaps; and what is owed for work of before is claimed from the contract, which asks
 * no relayer. So the node stays. */
static void banned(node *n)
{
    char wait[16];
    const unsigned ms = longer(BANNED_MS, BANNED_MOST_MS, n->bans);
    if (n->bans < 32) n->bans++;
    n->banned = true;
    link_hold(n->link, ms);
    (void)snprintf(wait, sizeof wait, "%u", ms);
    node_say(n, "banned", "node_id", n->id, "wait_ms", wait, "detail",
             "the relayer has banned this node: it comes back later, and goes on with its claims",
             NULL);
}

/* It may be replaced by one of ours while we wait, or we by one of its own. */
static void other_release(node *n)
{
    char wait[16];
    const unsigned ms = longer(BANNED_MS, BANNED_MOST_MS, n->bans);
    if (n->bans < 32) n->bans++;
    link_hold(n->link, ms);
    (void)snprintf(wait, sizeof wait, "%u", ms);
    node_say(n, "other_release", "wait_ms", wait, "detail",
             "the relayer is of another release, for which this node cannot work: install the same "
             "(the error before says how they differ)",
             NULL);
}

void talk_closed(void *user, unsigned code, const char *reason)
{
    node *n = user;
    char number[16];
    (void)snprintf(number, sizeof number, "%u", code);
    n->registered = false;
    (void)uv_timer_stop(&n->beat);
    node_say(n, "disconnected", "code", number, "reason", reason, NULL);
    if (code == 4409) key_in_use(n);
    if (code == 4403) banned(n);
    if (code == 4426) other_release(n);
}
