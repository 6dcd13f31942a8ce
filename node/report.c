/* report.c - what a running node answers to questions; see parts.h. */
#include "node/parts.h"

#include <string.h>

static json_t *time_json(int64_t ms) { return ms == 0 ? json_null() : json_integer(ms); }

static json_t *task_json(node_task *t)
{
    char phase[NODE_TASK_PHASE];
    uint32_t ppm;
    uint64_t eta_ms;
    const json_t *j = json_object_get(t->assignment, "job");
    const bool finished = node_task_look(t, phase, &ppm, &eta_ms);
    return json_pack(
        "{s:s, s:I, s:s?, s:s, s:I, s:o, s:I, s:b}", "task_id", t->id, "attempt",
        (json_int_t)t->attempt, "program", json_string_value(json_object_get(j, "program")),
        "phase", finished ? "deliver" : phase, "progress_ppm", (json_int_t)ppm, "eta_ms",
        time_json((int64_t)eta_ms), "deadline", (json_int_t)t->deadline_ms, "finished", finished);
}

static json_t *claim_json(const node_task *t)
{
    const json_t *chain = json_object_get(t->assignment, "chain");
    return json_pack("{s:s, s:s?, s:i, s:b, s:I}", "task_id", t->id, "chain_task_id",
                     json_string_value(json_object_get(chain, "task_id")), "tries",
                     (int)t->claim_tries, "running", t->claim_runs, "deadline",
                     (json_int_t)pay_until(t));
}

static json_t *status_json(node *n)
{
    json_t *running = json_array(), *claims = json_array();
    hardware now;
    hardware_read(&now, "", n->o.data);
    for (node_task *t = n->tasks; t != NULL; t = t->next)
        (void)json_array_append_new(t->claiming ? claims : running,
                                    t->claiming ? claim_json(t) : task_json(t));
    json_t *j = json_pack(
        "{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:s, s:I, s:o, s:o, s:s}", "node_id", n->id,
        "version", SPROVE_VERSION, "relayer", link_place(n->link), "connected",
        link_is_open(n->link), "registered", n->registered, "draining", n->draining, "stopping",
        n->stopping, "key_in_use", n->key_in_use, "banned", n->banned, "node_state", n->node_state,
        "started_at", (json_int_t)n->started_at, "connected_at", time_json(n->connected_at),
        "last_offer_at", time_json(n->offered_at), "last_declined", n->declined);
    json_t *more = json_pack(
        "{s:s, s:s, s:{s:s, s:s}, s:i, s:b, s:b, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I}, s:o, s:o, "
        "s:o}",
        "region", n->o.region, "address", n->o.address, "price", "base_fri", n->o.price_base,
        "per_mcycle_fri", n->o.price_mcycle, "max_concurrent", (int)n->o.max_concurrent, "measured",
        n->bench.rows != 0, "can_claim", n->o.address[0] != 0 && n->o.keystore[0] != 0, "disk_free",
        (json_int_t)now.disk_free, "memory_available", (json_int_t)now.memory_available, "counts",
        "taken", (json_int_t)n->taken, "declined", (json_int_t)n->refused, "finished",
        (json_int_t)n->finished, "accepted", (json_int_t)n->accepted, "claimed",
        (json_int_t)n->claimed, "running", running, "claims", claims, "last_failure",
        n->diary.last_failure != NULL ? json_incref(n->diary.last_failure) : json_null());
    json_t *account = json_pack("{s:s, s:s, s:s, s:b, s:o}", "state", n->account.state, "code",
                                n->account.code, "detail", n->account.detail, "required",
                                n->account.required, "expires_at", time_json(n->account.until_ms));
    if (j != NULL && more != NULL) (void)json_object_update(j, more);
    if (j != NULL && account != NULL) (void)json_object_set(j, "account", account);
    json_decref(account);
    json_decref(more);
    return j;
}

json_t *report_question(void *user, const json_t *q)
{
    node *n = user;
    const char *command = json_string_value(json_object_get(q, "command"));
    const json_t *on = json_object_get(q, "on");
    if (command != NULL && strcmp(command, "drain") == 0 && json_is_boolean(on)) {
        n->draining = json_is_true(on);
        node_say(n, n->draining ? "drain" : "drain_off", NULL);
        if (n->registered) talk_draining(n);
    } else if (command == NULL || strcmp(command, "status") != 0) {
        return NULL;
    }
    return status_json(n);
}
