/* duty.c - tasks, from the offer to the acknowledged result; see parts.h. */
#include "node/parts.h"

#include "core/crash.h"
#include "guest/host/jobs.h"
#include "node/admission.h"
#include "node/ticket.h"
#include "node/weigh.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MARGIN_MS 5000

static node_task *find_in(node_task *t, const json_t *m)
{
    const char *id = json_string_value(json_object_get(m, "task_id"));
    const json_int_t attempt = json_integer_value(json_object_get(m, "attempt"));
    while (t != NULL && (id == NULL || strcmp(t->id, id) != 0 || t->attempt != attempt))
        t = t->next;
    return t;
}

static node_task *find(const node *n, const json_t *m) { return find_in(n->tasks, m); }

/* No room: it is said, and the work goes on. What the disk refused otherwise ends the process, as
 * what it has may be other than what was read back. */
static void journal_failed(node *n, const node_task *t)
{
    const bool broken = journal_is_broken(n->journal);
    node_say(n, broken ? "journal_broken" : "journal_failed", "task_id", t->id, NULL);
    if (broken) _exit(NODE_EXIT_DISK);
}

/* A row that cannot be marked is taken up again after a restart, and given up then. */
static void note_done(node *n, const node_task *t)
{
    if (!journal_set(n->journal, t->id, t->attempt, JOURNAL_DONE)) journal_failed(n, t);
    journal_prune(n->journal, (int64_t)time(NULL) - NODE_KEPT_S);
}

/* The threads that have ended since are joined. */
static void bury(node *n)
{
    char phase[NODE_TASK_PHASE];
    uint32_t ppm;
    uint64_t eta_ms;
    for (node_task **p = &n->leaving; *p != NULL;) {
        node_task *t = *p;
        if (t->started && !node_task_look(t, phase, &ppm, &eta_ms)) {
            p = &t->next;
        } else {
            *p = t->next;
            node_task_delete(t, true);
        }
    }
}

static void unlist(node_task **p, const node_task *t)
{
    while (*p != t) p = &(*p)->next;
    *p = t->next;
}

void duty_paid(node *n, node_task *t)
{
    unlist(&n->tasks, t);
    t->next = n->paid;
    n->paid = t;
    if (!journal_set(n->journal, t->id, t->attempt, JOURNAL_PAID)) journal_failed(n, t);
}

/* Not ours any more: its thread is asked to stop, and the loop does not wait for it. */
static void retire(node *n, node_task *t)
{
    unlist(t->claim_tx[0] != 0 ? &n->paid : &n->tasks, t);
    node_task_cancel(t);
    t->next = n->leaving;
    n->leaving = t;
    bury(n);
}

void duty_give_up(node *n, node_task *t)
{
    note_done(n, t);
    retire(n, t);
}

size_t duty_count(const node *n)
{
    size_t k = 0;
    for (const node_task *t = n->tasks; t != NULL; t = t->next) k += !t->claiming;
    return k;
}

/* What is still to be worked of it. */
static admission_task left(const node *n, node_task *t)
{
    uint32_t ppm;
    const uint64_t executed = node_task_executed(t, &ppm);
    return (admission_task){weigh_left_ms(&n->bench, t->assignment, executed, ppm),
                            (uint64_t)t->deadline_ms};
}

/* Whether the offer pays what this node asks. */
static bool is_paid(const node *n, const node_task *t)
{
    u256 base, mcycle;
    return amount_read(&base, n->o.price_base, strlen(n->o.price_base)) == SP_OK &&
           amount_read(&mcycle, n->o.price_mcycle, strlen(n->o.price_mcycle)) == SP_OK &&
           weigh_is_paid(t->assignment, base, mcycle);
}

/* Why a task is not taken, or NULL. */
static const char *refusal(node *n, node_task *t)
{
    admission_task taken[64];
    size_t k = 0;
    const json_t *j = json_object_get(t->assignment, "job");
    const char *program = json_string_value(json_object_get(j, "program")),
               *profile = json_string_value(json_object_get(j, "profile"));
    if (n->stopping || n->draining) return "draining";
    if (duty_count(n) >= n->o.max_concurrent) return "busy";
    /* A built-in one, or an ELF by its SHA-256, which is fetched. */
    const bool is_elf =
        program != NULL && strlen(program) == 64 && strspn(program, "0123456789abcdef") == 64;
    if (program == NULL || (!is_elf && sp_job_find(program) == NULL)) return "unsupported";
    if (profile != NULL && params_by_name(profile) == NULL) return "unsupported";
    if (!is_paid(n, t)) return "price";
    if (json_object_get(t->assignment, "chain") != NULL) {
        if (n->o.address[0] == 0 || n->o.keystore[0] == 0) return "unsupported";
        const char *bad =
            ticket_check(t->assignment, n->chain_id, digest_node_id(n->pubkey), n->relayer_pubkey);
        if (bad != NULL) {
            node_say(n, "ticket_refused", "task_id", t->id, "reason", bad, NULL);
            return "unsupported";
        }
    }
    if (n->machine.disk_free != 0 && n->machine.disk_free < (uint64_t)1 << 28) return "disk";
    for (node_task *o = n->tasks; o != NULL && k < SP_COUNT(taken); o = o->next)
        if (!o->claiming && !o->joined) taken[k++] = left(n, o);
    if (!admission_decide(taken, k, left(n, t), (uint64_t)node_now_ms(), MARGIN_MS, ADMISSION_EDF)
             .accept)
        return "deadline";
    return NULL;
}

static void decline(node *n, node_task *t, const char *no)
{
    talk_ack(n, t, false, no);
    node_say(n, "task_declined", "task_id", t->id, "reason", no, NULL);
    (void)snprintf(n->declined, sizeof n->declined, "%s", no);
    n->refused++;
    node_task_delete(t, true);
}

static void promise(node *n, node_task *t)
{
    char *text = json_dumps(t->assignment, JSON_COMPACT);
    /* The promise is on the disk before it is made. */
    const bool kept =
        text != NULL && journal_put(n->journal, t->id, t->attempt, JOURNAL_TAKEN, text, NULL);
    free(text);
    if (!kept) {
        journal_failed(n, t);
        decline(n, t, "disk");
        return;
    }
    SP_CRASH_POINT("before_ack");
    talk_ack(n, t, true, NULL);
    t->next = n->tasks;
    n->tasks = t;
    n->taken++;
    node_say(n, "task_taken", "task_id", t->id, NULL);
    if (node_task_start(t) == SP_OK) {
        talk_progress(n, t, "fetch", 0, 0); /* the relayer sees at once that the work has begun */
    } else {
        t->finished = true;
        t->result =
            json_pack("{s:s, s:{s:s, s:s, s:s}}", "status", "failure", "error", "code",
                      "worker_crashed", "class", "infra", "detail", "no thread can be started");
        (void)uv_async_send(&n->changed);
    }
}

void duty_offered(node *n, json_t *m)
{
    node_task *t;
    size_t looking = 0;
    n->offered_at = node_now_ms();
    if (find(n, m) != NULL) { /* told again: it is taken already */
        talk_ack(n, find(n, m), true, NULL);
        json_decref(m);
        return;
    }
    if (find_in(n->offers, m) != NULL) { /* it will be answered */
        json_decref(m);
        return;
    }
    if (node_task_new(&t, &n->ctx, m) != SP_OK) {
        node_say(n, "assignment_malformed", NULL);
        return;
    }
    t->owner = n;
    const char *no = refusal(n, t);
    for (const node_task *o = n->offers; o != NULL; o = o->next) looking++;
    if (no == NULL && json_object_get(t->assignment, "chain") != NULL) {
        if (looking < n->o.max_concurrent && escrow_look(n, t)) {
            t->next = n->offers;
            n->offers = t;
            return;
        }
        no = looking < n->o.max_concurrent ? "chain" : "busy";
    }
    if (no != NULL)
        decline(n, t, no);
    else
        promise(n, t);
}

void duty_looked(node *n, node_task *t, const char *why, bool cannot_ask)
{
    node_task **p = &n->offers;
    while (*p != t) p = &(*p)->next;
    *p = t->next;
    if (n->stopping) {
        node_task_delete(t, true);
        return;
    }
    if (why != NULL)
        node_say(n, cannot_ask ? "chain_not_asked" : "escrow_refused", "task_id", t->id, "reason",
                 why, NULL);
    /* Other tasks may have come meanwhile. */
    const char *no = why == NULL ? refusal(n, t) : cannot_ask ? "chain" : "escrow";
    if (no != NULL)
        decline(n, t, no);
    else
        promise(n, t);
}

/* A finished task: its result is signed, written down, and sent until it is acknowledged. */
static void deliver(node *n, node_task *t)
{
    if (t->result == NULL)
        t->result = json_pack("{s:s, s:{s:s, s:s, s:s}}", "status", "failure", "error", "code",
                              "infra", "class", "infra", "detail", "out of memory");
    const char *status = json_string_value(json_object_get(t->result, "status"));
    if (json_object_get(t->result, "signature") == NULL &&
        node_task_sign(t->result, t, n->chain_id, &n->key) != SP_OK)
        node_say(n, "cannot_sign", "task_id", t->id, NULL);
    char *assignment = json_dumps(t->assignment, JSON_COMPACT),
         *result = json_dumps(t->result, JSON_COMPACT);
    if (assignment == NULL || result == NULL ||
        !journal_put(n->journal, t->id, t->attempt, JOURNAL_RESULT, assignment, result))
        journal_failed(n, t);
    SP_CRASH_POINT("before_result");
    free(assignment);
    free(result);
    const json_t *error = json_object_get(t->result, "error");
    n->finished++;
    node_say(n, "task_finished", "task_id", t->id, "status", status, "code",
             json_string_value(json_object_get(error, "code")), "detail",
             json_string_value(json_object_get(error, "detail")), NULL);
    if (n->registered) talk_result(n, t);
}

void duty_changed(uv_async_t *a)
{
    node *n = a->data;
    bury(n);
    /* What a stop has cancelled is no result: it stays in the journal as taken. */
    for (node_task *t = n->tasks; !n->stopping && t != NULL; t = t->next) {
        char phase[NODE_TASK_PHASE];
        uint32_t ppm;
        uint64_t eta_ms;
        if (t->joined || !node_task_look(t, phase, &ppm, &eta_ms)) continue;
        t->joined = true;
        deliver(n, t);
    }
}

static bool is_on_chain(const node_task *t)
{
    return json_object_get(t->assignment, "chain") != NULL;
}

static bool result_is(const node_task *t, const char *status)
{
    const char *s = json_string_value(json_object_get(t->result, "status"));
    return s != NULL && strcmp(s, status) == 0;
}

/* Also where only the way to the relayer failed (upload in task.c). */
static bool has_proof(const node_task *t)
{
    const char *code =
        json_string_value(json_object_get(json_object_get(t->result, "error"), "code"));
    return t->joined &&
           (result_is(t, "success") || (code != NULL && (strcmp(code, TASK_LEASE_EXPIRED) == 0 ||
                                                         strcmp(code, TASK_UPLOAD_FAILED) == 0)));
}

/* The proof is made, and on its way: what became of it is told and answered soon. */
static bool delivers(node_task *t)
{
    char phase[NODE_TASK_PHASE];
    uint32_t ppm;
    uint64_t eta_ms;
    return !t->joined &&
           (node_task_look(t, phase, &ppm, &eta_ms) || strcmp(phase, TASK_UPLOAD) == 0);
}

static void claim(node *n, node_task *t)
{
    t->claiming = true;
    if (!journal_set(n->journal, t->id, t->attempt, JOURNAL_CLAIM)) journal_failed(n, t);
    pay_claim(n, t);
}

/* The relayer counts it as ours no more, or has no use for it. But the contract alone decides whom
 * it pays, and as long as this account is assigned that is nobody else: a proof that holds is taken
 * to it. */
static void let_go(node *n, node_task *t, const char *reason)
{
    const bool holds = reason == NULL || strcmp(reason, "proof_invalid") != 0;
    t->unwanted = true;
    if (is_on_chain(t) && delivers(t)) return;
    if (!is_on_chain(t) || !has_proof(t) || !holds) {
        duty_give_up(n, t);
        return;
    }
    node_say(n, "claimed_anyway", "task_id", t->id, NULL);
    claim(n, t);
}

void duty_acknowledged(node *n, const json_t *m)
{
    node_task *t = find(n, m);
    if (t == NULL || !t->joined || t->claiming) return;
    const bool accepted = json_is_true(json_object_get(m, "accepted"));
    const char *reason = json_string_value(json_object_get(m, "reason"));
    SP_CRASH_POINT("after_result_ack");
    node_say(n, accepted ? "result_accepted" : "result_refused", "task_id", t->id, "reason", reason,
             NULL);
    n->accepted += accepted;
    if (accepted && result_is(t, "success") && is_on_chain(t))
        claim(n, t);
    else
        let_go(n, t, reason);
}

void duty_cancelled(node *n, const json_t *m)
{
    node_task *t = find(n, m);
    if (t == NULL || t->claiming) return; /* the contract alone decides about a claim */
    const char *reason = json_string_value(json_object_get(m, "reason"));
    node_say(n, "task_cancelled", "task_id", t->id, "reason", reason, NULL);
    (void)talk_post(n, talk_about("task_cancelled", t));
    let_go(n, t, reason);
}

bool duty_resume(void *user, const char *task, int64_t attempt, enum journal_state s,
                 const char *assignment, const char *result)
{
    node *n = user;
    node_task *t;
    (void)attempt;
    if (node_task_new(&t, &n->ctx, json_loads(assignment, 0, NULL)) != SP_OK) {
        node_say(n, "journal_row_malformed", "task_id", task, NULL);
        return true;
    }
    t->owner = n;
    t->claiming = s == JOURNAL_CLAIM || s == JOURNAL_PAID;
    if (s != JOURNAL_TAKEN && result != NULL) {
        t->result = json_loads(result, 0, NULL);
        t->finished = t->joined = true;
    }
    node_task **list = &n->tasks;
    if (s == JOURNAL_PAID) {
        (void)snprintf(t->claim_tx, sizeof t->claim_tx, "0x0"); /* its claim says which */
        list = &n->paid;
    }
    t->next = *list;
    *list = t;
    return true;
}

void duty_registered(node *n, const json_t *leases)
{
    for (node_task *t = n->tasks, *next; t != NULL; t = next) {
        next = t->next;
        if (t->claiming) continue;
        bool listed = false;
        for (size_t i = 0; i < json_array_size(leases) && !listed; i++) {
            const json_t *e = json_array_get(leases, i);
            const char *id = json_string_value(json_object_get(e, "task_id"));
            const char *action = json_string_value(json_object_get(e, "action"));
            listed = id != NULL && strcmp(id, t->id) == 0 &&
                     json_integer_value(json_object_get(e, "attempt")) == t->attempt &&
                     (action == NULL || strcmp(action, "abort") != 0);
        }
        /* A result is always told: the relayer answers what became of it. */
        if (!listed && !t->joined) {
            node_say(n, "lease_gone", "task_id", t->id, NULL);
            let_go(n, t, NULL);
        } else if (t->joined) {
            /* Its yes may not have been heard, and a result without one is nobody's. */
            if (listed) talk_ack(n, t, true, NULL);
            talk_result(n, t);
        } else if (!t->started && node_task_start(t) != SP_OK) {
            node_say(n, "no_thread", NULL);
        }
    }
}

void duty_stale(node *n, const char *id)
{
    char said[24];
    for (node_task *t = n->tasks; t != NULL; t = t->next) {
        (void)snprintf(said, sizeof said, "n%" PRIu64, t->said);
        if (t->claiming || strcmp(said, id) != 0) continue;
        node_say(n, "lease_gone", "task_id", t->id, NULL);
        let_go(n, t, NULL);
        return;
    }
}
