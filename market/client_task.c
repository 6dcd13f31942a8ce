/* client_task.c - tasks at a relayer. See include/sprove_client.h. */
#include "market/client_parts.h"
#include "market/uuid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define LONG_POLL_S 20
#define LIVE_POLL_S 1 /* while progress is to be seen */
#define PATH_MAX_BYTES 100
#define MAX_OUTPUT ((size_t)64 << 20) /* as the machine writes */
#define MAX_PROOF ((size_t)64 << 20)  /* as a relayer takes */

sp_status client_task_path(char *out, size_t room, const char *id, const char *rest, char *why)
{
    uuid u;
    if (id == NULL || uuid_read(&u, id, strlen(id)) != SP_OK)
        return client_say(SP_ERR_ARG, why, "no id of a task");
    (void)snprintf(out, room, "/tasks/%s%s", id, rest);
    return SP_OK;
}

/* The body is the caller's, or freed. */
static void give(sp_bytes *out, sp_client_answer *a)
{
    if (out != NULL) {
        *out = a->body;
        memset(&a->body, 0, sizeof a->body);
    }
    sp_client_answer_free(a);
}

/* A key that no other call has. */
static sp_status new_key(char key[33], char *why)
{
    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return client_say(SP_ERR_IO, why, "the system gives no random numbers");
    for (unsigned i = 0; i < sizeof random; i++) (void)snprintf(key + 2 * i, 3, "%02x", random[i]);
    return SP_OK;
}

sp_status sp_client_submit(sp_client *c, char id[SP_TASK_ID], sp_bytes *answer, const char *json,
                           const char *key, char *why)
{
    sp_client_answer a;
    char own[33], said[64];
    uuid u;
    id[0] = 0;
    if (answer != NULL) memset(answer, 0, sizeof *answer);
    if (key == NULL) SP_TRY(new_key(own, why));
    const sp_client_request q = {.method = "POST",
                                 .path = "/tasks",
                                 .body = json,
                                 .body_bytes = strlen(json),
                                 .idempotency_key = key != NULL ? key : own};
    sp_status s = sp_client_call(c, &a, &q, why);
    if (s == SP_OK) {
        json_t *j = client_json(&a);
        client_text(said, sizeof said, j, "task_id");
        json_decref(j);
        if (uuid_read(&u, said, strlen(said)) != SP_OK)
            s = client_say(SP_ERR_FORMAT, why, "the relayer's answer has no id of a task");
    }
    if (s == SP_OK) uuid_write(id, u);
    give(s == SP_OK ? answer : NULL, &a);
    return s;
}

static sp_status ask(sp_client *c, sp_bytes *out, const sp_client_request *q, char *why)
{
    sp_client_answer a;
    if (out != NULL) memset(out, 0, sizeof *out);
    const sp_status s = sp_client_call(c, &a, q, why);
    give(s == SP_OK ? out : NULL, &a);
    return s;
}

sp_status sp_client_task(sp_client *c, sp_bytes *json, const char *id, char *why)
{
    char path[PATH_MAX_BYTES];
    memset(json, 0, sizeof *json);
    SP_TRY(client_task_path(path, sizeof path, id, "", why));
    const sp_client_request q = {.method = "GET", .path = path};
    return ask(c, json, &q, why);
}

sp_status sp_client_cancel(sp_client *c, sp_bytes *task, const char *id, char *why)
{
    char path[PATH_MAX_BYTES];
    if (task != NULL) memset(task, 0, sizeof *task);
    SP_TRY(client_task_path(path, sizeof path, id, "/cancel", why));
    const sp_client_request q = {.method = "POST", .path = path};
    return ask(c, task, &q, why);
}

/* 204, say, is no result. */
static sp_status fetch(sp_client *c, sp_bytes *out, const char *id, const char *what, size_t most,
                       char *why)
{
    char path[PATH_MAX_BYTES];
    sp_client_answer a;
    memset(out, 0, sizeof *out);
    SP_TRY(client_task_path(path, sizeof path, id, what, why));
    const sp_client_request q = {.method = "GET", .path = path, .most = most, .bytes = true};
    sp_status s = sp_client_call(c, &a, &q, why);
    if (s == SP_OK && a.status != 200)
        s = client_say(SP_ERR_FORMAT, why, "the relayer has no %s for the task", what + 1);
    give(s == SP_OK ? out : NULL, &a);
    return s;
}

sp_status sp_client_output(sp_client *c, sp_bytes *output, const char *id, char *why)
{
    return fetch(c, output, id, "/output", MAX_OUTPUT, why);
}

sp_status sp_client_proof(sp_client *c, sp_bytes *proof, const char *id, char *why)
{
    return fetch(c, proof, id, "/proof", MAX_PROOF, why);
}

enum sp_task_end sp_client_task_end(const char *state)
{
    static const char *const with[] = {"verified", "settling", "settled"}, *const without[] = {
                                                                               "failed", "expired",
                                                                               "cancelled",
                                                                               "refunded"};
    for (size_t i = 0; i < SP_COUNT(with); i++)
        if (!strcmp(state, with[i])) return SP_TASK_RESULT;
    for (size_t i = 0; i < SP_COUNT(without); i++)
        if (!strcmp(state, without[i])) return SP_TASK_NOTHING;
    return SP_TASK_UNDER_WAY;
}

/* What is known of a task that is waited for. */
typedef struct {
    sp_bytes json;
    char state[32];
    uint64_t version, deadline_s; /* 0: not said */
} seen;

/* wait_s: until it is of another version than known. *same: it was not. */
static sp_status look_at(sp_client *c, seen *w, const char *id, unsigned wait_s, bool *same,
                         char *why)
{
    char path[PATH_MAX_BYTES], rest[24] = "", tag[40], deadline[40];
    sp_client_answer a;
    if (wait_s) (void)snprintf(rest, sizeof rest, "?wait=%u", wait_s);
    SP_TRY(client_task_path(path, sizeof path, id, rest, why));
    (void)snprintf(tag, sizeof tag, "\"v%" PRIu64 "\"", w->version);
    sp_client_request q = {.method = "GET", .path = path, .wait_s = wait_s};
    /* 304 has no body: it is no JSON. */
    if (wait_s) q.if_none_match = tag;
    const sp_status s = sp_client_call(c, &a, &q, why);
    *same = s == SP_OK && a.status == 304;
    if (s != SP_OK || *same) {
        sp_client_answer_free(&a);
        return s;
    }
    json_t *j = client_json(&a);
    client_text(w->state, sizeof w->state, j, "state");
    client_text(deadline, sizeof deadline, j, "deadline");
    w->version = 0;
    (void)client_number(&w->version, j, "version");
    w->deadline_s = client_time(deadline);
    json_decref(j);
    sp_client_free(&w->json);
    give(&w->json, &a);
    return SP_OK;
}

static sp_status wait_for_end(sp_client *c, seen *w, const char *id,
                              void (*look)(void *user, const char *json), void *user, char *why)
{
    bool same = false;
    unsigned queued_s = LIVE_POLL_S; /* why it waits is known soon, and may change */
    SP_TRY(look_at(c, w, id, 0, &same, why));
    for (;;) {
        if (look != NULL) look(user, (const char *)w->json.at);
        if (sp_client_task_end(w->state) != SP_TASK_UNDER_WAY) return SP_OK;
        const uint64_t now = (uint64_t)time(NULL);
        if (w->deadline_s && now > w->deadline_s + client_patience_ms(c) / 1000)
            return client_say(SP_ERR_IO, why, "the deadline is over, and the relayer still says %s",
                              w->state);
        const bool live = !strcmp(w->state, "running") || !strcmp(w->state, "leased");
        const uint64_t start = client_now_ms();
        const bool queued = !strcmp(w->state, "queued");
        SP_TRY(look_at(c, w, id, live ? LIVE_POLL_S : queued ? queued_s : LONG_POLL_S, &same, why));
        if (queued && queued_s < LONG_POLL_S) queued_s *= 2;
        /* Progress changes no version. A relayer that does not wait is not asked without pause. */
        if (client_now_ms() - start < 200) client_pause(c, same ? 1000 : 100);
        if (same && (live || queued)) SP_TRY(look_at(c, w, id, 0, &same, why));
        if (client_stopped(c)) return client_say(SP_ERR_CANCEL, why, "interrupted");
    }
}

sp_status sp_client_wait(sp_client *c, sp_bytes *task, const char *id,
                         void (*look)(void *user, const char *json), void *user, char *why)
{
    seen w;
    memset(&w, 0, sizeof w);
    const sp_status s = wait_for_end(c, &w, id, look, user, why);
    if (s != SP_OK) sp_client_free(&w.json);
    *task = w.json;
    return s;
}
