/* pay.c - claims on the chain; see parts.h. */
#include "node/parts.h"

#include "node/claim.h"

#include <stdio.h>
#include <string.h>

#define PAUSE_MS 5000 /* after the first failure; it doubles, up to 64 times as long */
#define LEAST_PAUSE_MS 1000
/* A block in which a claim was paid may be undone: it is looked at again LOOKS times, after
 * LOOK_MS, then after twice as long each time, half an hour in all. `sprove claim` has kept what it
 * signed and sends the same bytes where the chain does not know them any more. */
#define LOOK_MS 30000
#define LOOKS 6
#define KEEP_S "3600"

/* A block's time may be behind the clock here, and `sprove claim` asks the chain itself whether the
 * deadline is over. */
#define LATE_MS 60000

int64_t pay_waits_until(int64_t assign_by, int64_t until)
{
    return assign_by < until - PAY_LAST_MS ? assign_by : until - PAY_LAST_MS;
}

int64_t pay_pause(int64_t now, int64_t until, unsigned tries)
{
    const int64_t left = until - now, pause = (int64_t)PAUSE_MS << (tries < 6 ? tries : 6);
    if (left <= -LATE_MS) return -1;
    if (left <= 0) return PAUSE_MS;
    if (pause <= left / 2) return pause;
    return left / 2 > LEAST_PAUSE_MS ? left / 2 : LEAST_PAUSE_MS;
}

int64_t pay_until(const node_task *t)
{
    const json_int_t told = json_integer_value(json_object_get(t->assignment, "pays_until"));
    return told > t->deadline_ms ? told : t->deadline_ms;
}

/* The relayer has said that it has this account assigned: until then a claim would cross its
 * transaction. When it does not keep its word in time, the task is claimed as it is, which the
 * contract pays where nobody is assigned. */
static bool waits_for_assignment(const node_task *t)
{
    const json_t *chain = json_object_get(t->assignment, "chain");
    return json_is_true(json_object_get(chain, "assign")) &&
           node_now_ms() < pay_waits_until(json_integer_value(json_object_get(chain, "assign_by")),
                                           pay_until(t));
}

static void executed(node *n, node_task *t, const char *tx)
{
    const bool first = t->claim_tx[0] == 0;
    if (first || strcmp(t->claim_tx, tx) != 0) {
        (void)snprintf(t->claim_tx, sizeof t->claim_tx, "%s", tx[0] != 0 ? tx : "0x0");
        node_say(n, "claimed", "task_id", t->id, "tx", tx, NULL);
        json_t *m = talk_about("claim_submitted", t);
        (void)json_object_set_new(m, "tx_hash", json_string(tx));
        (void)talk_post(n, m);
    }
    if (first) {
        n->claimed++;
        duty_paid(n, t);
    }
    if (t->claim_looks == LOOKS) {
        duty_give_up(n, t);
        return;
    }
    t->claim_tries = 0; /* those that have failed since */
    t->claim_at_ms = node_clock_ms() + ((int64_t)LOOK_MS << t->claim_looks++);
}

static void claim_ended(void *user, int code, const char *tx, const char *why)
{
    node_task *t = user;
    node *n = t->owner;
    char number[16];
    t->claim_runs = false;
    if (n->stopping) return;
    (void)snprintf(number, sizeof number, "%d", code);
    if (code == 0) {
        executed(n, t, tx);
        return;
    }
    if (code == CLAIM_OVER) { /* paid: to another, or by a run whose end nobody saw */
        node_say(n, "claim_over", "task_id", t->id, "reason", why, NULL);
        duty_give_up(n, t);
        return;
    }
    node_say(n, "claim_failed", "task_id", t->id, "code", number, "reason", why, NULL);
    /* What was paid may be undone at any time; without an answer it is not asked for ever. */
    const bool paid = t->claim_tx[0] != 0;
    const unsigned tries = waits_for_assignment(t) ? 0 : t->claim_tries++;
    const int64_t pause = paid ? (int64_t)PAUSE_MS << (tries < 6 ? tries : 6)
                               : pay_pause(node_now_ms(), pay_until(t), tries);
    const bool over = paid ? t->claim_tries > 2 * LOOKS : pause < 0;
    t->claim_at_ms = node_clock_ms() + pause;
    if (over) {
        node_say(n, "claim_given_up", "task_id", t->id, NULL);
        duty_give_up(n, t);
    }
}

/* They share an account and its journal: one after the other. */
static bool one_runs(const node *n)
{
    for (const node_task *t = n->tasks; t != NULL; t = t->next)
        if (t->claim_runs) return true;
    for (const node_task *t = n->paid; t != NULL; t = t->next)
        if (t->claim_runs) return true;
    return false;
}

void pay_claim(node *n, node_task *t)
{
    char path[NODE_TEXT + 80], state[NODE_TEXT];
    const json_t *chain = json_object_get(t->assignment, "chain");
    if (one_runs(n) || node_clock_ms() < t->claim_at_ms || !node_path(n, state, "claims")) return;
    node_task_path(path, sizeof path, t, "proof");
    const claim_spec s = {.sprove = n->o.sprove,
                          .proof = path,
                          .task = json_string_value(json_object_get(chain, "task_id")),
                          .contract = json_string_value(json_object_get(chain, "contract")),
                          .rpc = n->o.rpc,
                          .deployment = n->o.deployment,
                          .network = n->o.network,
                          .account = n->o.address,
                          .keystore = n->o.keystore,
                          .password_file = n->o.password_file,
                          .state = state,
                          .keep = KEEP_S,
                          .assigned = waits_for_assignment(t)};
    t->claim_runs = true;
    if (claim_start(&n->loop, &s, claim_ended, t) != SP_OK)
        claim_ended(t, 127, "", "out of memory");
}
