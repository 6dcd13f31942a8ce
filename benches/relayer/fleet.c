/* fleet.c - see fleet.h. */
#include "fleet.h"

#include "market/hex.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RETRY_NS UINT64_C(100000000)
#define STUCK_NS UINT64_C(20000000000) /* a handshake that takes longer is begun again */

static uint64_t wall_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void lie_down(sim_node *s)
{
    fleet *f = s->fleet;
    if (s->state == NODE_UP) {
        atomic_fetch_sub(&f->up, 1);
        atomic_fetch_add(&f->lost, 1);
    } else if (s->state != NODE_DOWN) {
        f->in_flight--;
    }
    wire_close(&s->w, true);
    s->state = NODE_DOWN;
    s->beat_ns = 0;
    f->down[(f->down_first + f->down_n++) % f->n] = (size_t)(s - f->node);
}

bool fleet_init(fleet *f, const target *to, int epoll, size_t first, size_t n)
{
    memset(f, 0, sizeof *f);
    f->to = to;
    f->epoll = epoll;
    f->n = n;
    f->most_in_flight = 1000;
    f->capacity = 4;
    f->node = calloc(n + 1, sizeof *f->node);
    f->down = calloc(n + 1, sizeof *f->down);
    for (size_t i = 0; f->node != NULL && f->down != NULL && i < n; i++) {
        sim_node *s = &f->node[i];
        uint8_t secret[32] = {0};
        secret[0] = 1; /* 2^248 + number: a key, and no other's */
        for (unsigned b = 0; b < 8; b++) secret[31 - b] = (uint8_t)((first + i + 1) >> (8 * b));
        s->owner = OWNER_NODE;
        s->fleet = f;
        s->w.fd = -1;
        if (ecdsa_key_read(&s->key, secret) != SP_OK) return false;
        ecdsa_public(&s->pubkey, &s->key);
        (void)felt_write_hex(s->id, digest_node_id(s->pubkey));
        f->down[f->down_n++] = i;
    }
    return f->node != NULL && f->down != NULL;
}

void fleet_free(fleet *f)
{
    for (size_t i = 0; i < f->n; i++) wire_close(&f->node[i].w, false);
    free(f->node);
    free(f->down);
}

/* A masked frame; the mask is zeros, which leaves the text as it is. */
static bool send_frame(sim_node *s, unsigned opcode, const char *text, size_t n)
{
    uint8_t head[14] = {(uint8_t)(0x80 | opcode)};
    size_t at = 2;
    if (n < 126) {
        head[1] = (uint8_t)(0x80 | n);
    } else {
        head[1] = 0x80 | 126; /* ours are below 64 KiB */
        head[2] = (uint8_t)(n >> 8);
        head[3] = (uint8_t)n;
        at = 4;
    }
    return n < 65536 && wire_send(&s->w, head, at + 4) && (n == 0 || wire_send(&s->w, text, n));
}

static bool send_json(sim_node *s, json_t *m)
{
    char *text = m == NULL ? NULL : json_dumps(m, JSON_COMPACT);
    const bool ok = text != NULL && send_frame(s, 1, text, strlen(text));
    free(text);
    json_decref(m);
    return ok;
}

static json_t *signature_json(const digest_signature *sig)
{
    char r[FELT_HEX], v[FELT_HEX];
    (void)felt_write_hex(r, sig->r);
    (void)felt_write_hex(v, sig->s);
    return json_pack("[s, s]", r, v);
}

static bool read_felt(felt *out, const json_t *m, const char *name)
{
    const char *v = json_string_value(json_object_get(m, name));
    return v != NULL && felt_read_hex(out, v, strlen(v)) == SP_OK;
}

static bool say_register(sim_node *s, const json_t *hello)
{
    digest_register d = {.ts_ms = wall_ms()};
    digest_signature sig;
    felt z;
    char key[FELT_HEX];
    if (!read_felt(&d.chain_id, hello, "chain_id") ||
        !read_felt(&d.relayer_id, hello, "relayer_id") ||
        !read_felt(&d.session_nonce, hello, "session_nonce"))
        return false;
    s->chain_id = d.chain_id;
    d.node_id = digest_node_id(s->pubkey);
    while (digest_of_register(&z, &d) != SP_OK) d.ts_ms++;
    if (digest_sign(&sig, &s->key, z) != SP_OK) return false;
    (void)felt_write_hex(key, s->pubkey);
    const char *nonce = json_string_value(json_object_get(hello, "session_nonce"));
    return send_json(
        s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:{s:s, s:i, s:i, s:i, s:[]},"
                     " s:{s:i, s:i}, s:{s:s}, s:s, s:{s:s, s:s}, s:{s:i}, s:o}",
                     "message_type", "register", "id", "r", "node_id", s->id, "node_pubkey", key,
                     "protocol", "1.0", "session_nonce", nonce, "ts", (json_int_t)d.ts_ms, "specs",
                     "cpu_model", "simulated", "cpu_threads", 8, "ram_gb", 16, "disk_gb", 100,
                     "gpus", "bench", "exec_mcycles_s", 100, "prove_krows_s", 1000, "software",
                     "sprove", "load", "region", "EU", "price", "base_fri", "1", "per_mcycle_fri",
                     "1", "capacity", "max_concurrent", (int)s->fleet->capacity, "signature",
                     signature_json(&sig)));
}

/* ---- work ---- */

/* What is under way between the offer and the result; the cookie of its upload. */
typedef struct {
    sim_node *s;
    char task[UUID_TEXT], token[33];
    uint8_t program[28];
    json_int_t attempt;
    const made *m;
} lease;

static bool say_result(const lease *l)
{
    const made *m = l->m;
    sim_node *s = l->s;
    digest_result d = {.chain_id = s->chain_id,
                       .attempt = (uint32_t)l->attempt,
                       .status = DIGEST_SUCCESS,
                       .proof_bytes = m->proof_bytes,
                       .cycles = m->cycles};
    digest_signature sig;
    felt z;
    uint8_t be[32] = {0};
    char io[63];
    memcpy(d.program, l->program, sizeof l->program);
    memcpy(d.output, m->output_hash, 32);
    memcpy(d.proof, m->proof_hash, 32);
    for (size_t i = 0; i < 31; i++) be[31 - i] = m->io_commitment[i];
    if (uuid_read(&d.task, l->task, strlen(l->task)) != SP_OK ||
        !hex_read(d.input, 32, m->input_sha256) || felt_read(&d.io_commitment, be) != SP_OK ||
        digest_of_result(&z, &d) != SP_OK || digest_sign(&sig, &s->key, z) != SP_OK)
        return false;
    hex_write(io, m->io_commitment, 31);
    return send_json(s,
                     json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:{s:s, s:s}, s:s, s:{s:s, s:I},"
                               " s:{s:I, s:i, s:i}, s:o}",
                               "message_type", "task_result", "id", "t", "task_id", l->task,
                               "attempt", l->attempt, "lease_token", l->token, "status", "success",
                               "output", "sha256", m->output_sha256, "inline_b64", m->output_b64,
                               "io_commitment", io, "proof", "sha256", m->proof_sha256, "size",
                               (json_int_t)m->proof_bytes, "usage", "cycles", (json_int_t)m->cycles,
                               "exec_ms", 1, "prove_ms", 1, "signature", signature_json(&sig)));
}

void fleet_uploaded(fleet *f, const request *q, int status)
{
    lease *l = q->cookie;
    if ((status != 200 && status != 201) || l->s->state != NODE_UP || !say_result(l))
        atomic_fetch_add(&f->rejected, 1);
    free(l);
}

static bool say_ack(sim_node *s, const lease *l)
{
    digest_ack d = {.chain_id = s->chain_id,
                    .attempt = (uint32_t)l->attempt,
                    .accept = true,
                    .ts_ms = wall_ms()};
    digest_signature sig;
    felt z;
    if (uuid_read(&d.task, l->task, strlen(l->task)) != SP_OK ||
        !hex_read(d.lease_token, DIGEST_TOKEN, l->token) || digest_of_ack(&z, &d) != SP_OK ||
        digest_sign(&sig, &s->key, z) != SP_OK)
        return false;
    return send_json(s, json_pack("{s:s, s:s, s:I, s:s, s:b, s:I, s:o}", "message_type", "task_ack",
                                  "task_id", l->task, "attempt", l->attempt, "lease_token",
                                  l->token, "accept", 1, "ts", (json_int_t)d.ts_ms, "signature",
                                  signature_json(&sig)));
}

static bool take(sim_node *s, const json_t *a)
{
    fleet *f = s->fleet;
    const json_t *job = json_object_get(a, "job");
    const char *task = json_string_value(json_object_get(a, "task_id")),
               *token = json_string_value(json_object_get(a, "lease_token")),
               *program = json_string_value(json_object_get(job, "program_id")),
               *input = json_string_value(json_object_get(job, "input_sha256"));
    lease *l = calloc(1, sizeof *l);
    if (l == NULL || task == NULL || token == NULL || program == NULL || input == NULL ||
        strlen(task) >= sizeof l->task || strlen(token) >= sizeof l->token ||
        !hex_read(l->program, sizeof l->program, program)) {
        free(l);
        return false;
    }
    l->s = s;
    l->attempt = json_integer_value(json_object_get(a, "attempt"));
    memcpy(l->task, task, strlen(task) + 1);
    memcpy(l->token, token, strlen(token) + 1);
    l->m = f->proofs == NULL ? NULL : proofs_find(f->proofs, input);
    if (l->m == NULL) { /* not ours: the offer runs out */
        free(l);
        return true;
    }
    atomic_fetch_add(&f->taken, 1);
    bool ok = say_ack(s, l) &&
              send_json(s, json_pack("{s:s, s:s, s:I, s:s, s:s, s:i}", "message_type",
                                     "task_progress", "task_id", l->task, "attempt", l->attempt,
                                     "lease_token", l->token, "phase", "prove", "progress_ppm", 1));
    char path[96], headers[160];
    (void)snprintf(path, sizeof path, "/api/v1/blobs/%s", l->m->proof_sha256);
    (void)snprintf(headers, sizeof headers, "Authorization: Lease %s %lld %s\r\n", l->task,
                   (long long)l->attempt, l->token);
    if (ok &&
        pool_ask(f->uploads, "PUT", path, headers, l->m->proof, l->m->proof_bytes, now_ns(), l))
        return true;
    free(l);
    return ok;
}

/* ---- messages ---- */

static bool is_type(const char *text, const char *type)
{
    const char *p = strstr(text, "\"message_type\":\"");
    const size_t n = strlen(type);
    return p != NULL && strncmp(p + 16, type, n) == 0 && p[16 + n] == '"';
}

/* text ends with a zero byte. False: this connection is of no more use. */
static bool message(sim_node *s, const char *text)
{
    fleet *f = s->fleet;
    if (is_type(text, "heartbeat_ack")) { /* the most frequent by far: not parsed */
        if (s->beat_ns != 0) histogram_add(&f->beat, now_ns() - s->beat_ns);
        s->beat_ns = 0;
        return true;
    }
    json_t *m = json_loads(text, 0, NULL);
    const char *type = json_string_value(json_object_get(m, "message_type"));
    bool ok = type != NULL;
    if (!ok) {
    } else if (strcmp(type, "hello") == 0) {
        ok = say_register(s, m);
        s->state = NODE_REGISTERING;
    } else if (strcmp(type, "registered") == 0) {
        s->state = NODE_UP;
        f->in_flight--;
        atomic_fetch_add(&f->up, 1);
        histogram_add(&f->handshake, now_ns() - s->begun_ns);
    } else if (strcmp(type, "task_assignment") == 0) {
        ok = take(s, m);
    } else if (strcmp(type, "result_ack") == 0) {
        atomic_fetch_add(
            json_is_true(json_object_get(m, "accepted")) ? &f->delivered : &f->rejected, 1);
    } else if (strcmp(type, "error") == 0) {
        atomic_fetch_add(&f->refused, 1);
        ok = !json_is_true(json_object_get(m, "fatal"));
    }
    json_decref(m);
    return ok;
}

/* All whole frames that are there. */
static bool frames(sim_node *s)
{
    wire *w = &s->w;
    size_t at = 0;
    bool ok = true;
    while (ok && w->in_bytes - at >= 2) {
        const uint8_t *p = w->in + at;
        size_t n = p[1] & 127, head = 2;
        if (n == 126) {
            if (w->in_bytes - at < 4) break;
            n = (size_t)p[2] << 8 | p[3];
            head = 4;
        } else if (n == 127) {
            return false;
        }
        if (w->in_bytes - at < head + n) break;
        at += head + n;
        if ((p[0] & 15) == 8) return false;
        if ((p[0] & 15) == 9) ok = send_frame(s, 10, (const char *)p + head, n);
        if ((p[0] & 15) != 1) continue;
        char *text = malloc(n + 1);
        if (text == NULL) return false;
        memcpy(text, p + head, n);
        text[n] = 0;
        ok = message(s, text);
        free(text);
    }
    if (at > 0) wire_take(w, at);
    return ok;
}

void fleet_event(sim_node *s)
{
    fleet *f = s->fleet;
    if (s->state == NODE_DOWN) return;
    bool ok = wire_pump(&s->w);
    if (s->state == NODE_CONNECTING && s->w.open) {
        char text[512];
        const int n = snprintf(text, sizeof text,
                               "GET /ws/node/%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                               "Sec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Protocol: sprove-node.v1\r\n\r\n",
                               s->id, f->to->host);
        s->state = NODE_UPGRADING;
        ok = ok && wire_send(&s->w, text, (size_t)n);
    }
    if (s->state == NODE_UPGRADING && s->w.in_bytes > 0) {
        const uint8_t *end = memmem(s->w.in, s->w.in_bytes, "\r\n\r\n", 4);
        if (end != NULL) {
            ok = ok && memcmp(s->w.in, "HTTP/1.1 101", 12) == 0;
            if (!ok) atomic_fetch_add(&f->refused, 1);
            wire_take(&s->w, (size_t)(end - s->w.in) + 4);
            s->state = NODE_REGISTERING;
        }
    }
    if (ok && s->state >= NODE_REGISTERING && s->w.in_bytes > 0) ok = frames(s);
    if (!ok) {
        if (s->state != NODE_UP) f->retry_ns = now_ns() + RETRY_NS;
        lie_down(s);
    }
}

static void beat(sim_node *s, uint64_t now)
{
    char text[160];
    if (s->state != NODE_UP || s->beat_ns != 0) return;
    const int n = snprintf(text, sizeof text,
                           "{\"message_type\":\"heartbeat\",\"seq\":%" PRIu32
                           ",\"cpu_ppm\":420000,\"mem_ppm\":550000,\"running\":[]}",
                           ++s->seq);
    s->beat_ns = now;
    if (!send_frame(s, 1, text, (size_t)n)) lie_down(s);
}

uint64_t fleet_tick(fleet *f, uint64_t now)
{
    if (atomic_exchange(&f->cut, false))
        for (size_t i = 0; i < f->n; i++)
            if (f->node[i].state != NODE_DOWN) lie_down(&f->node[i]);
    while (f->down_n > 0 && f->in_flight < f->most_in_flight && now >= f->retry_ns) {
        sim_node *s = &f->node[f->down[f->down_first]];
        f->down_first = (f->down_first + 1) % f->n;
        f->down_n--;
        f->in_flight++;
        s->state = NODE_CONNECTING;
        s->begun_ns = now;
        if (!wire_open(&s->w, f->to, f->epoll, s)) {
            f->retry_ns = now + RETRY_NS;
            lie_down(s);
        }
    }
    if (f->in_flight > 0 && now >= f->look_ns) {
        f->look_ns = now + STUCK_NS / 4;
        for (size_t i = 0; i < f->n; i++) {
            sim_node *s = &f->node[i];
            if (s->state != NODE_DOWN && s->state != NODE_UP && now - s->begun_ns > STUCK_NS)
                lie_down(s);
        }
    }
    if (f->n == 0 || f->interval_ns == 0) return now + RETRY_NS;
    if (f->beat_at_ns == 0) f->beat_at_ns = now;
    for (; f->beat_at_ns <= now; f->beat_at_ns += f->interval_ns / f->n)
        beat(&f->node[f->beats++ % f->n], now);
    return f->beat_at_ns;
}
