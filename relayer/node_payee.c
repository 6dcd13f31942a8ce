/* node_payee.c - see node_payee.h. */
#include "relayer/node_payee.h"

#include "relayer/app.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/patience.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define SKEW_S 120
#define AGAIN_MS 5000        /* another proof of the same node waits for so long; it doubles */
#define AGAIN_MOST_MS 640000 /* with each answer that was no */
#define ABSENT_MS 5000       /* an account that is not deployed is asked for again; it doubles */
#define ABSENT_MOST_MS 5120000
#define DISPUTED_MS 1000 /* the same, of endpoints that contradict each other */
#define DISPUTED_MOST_MS 256000

bool payee_required(const app *a) { return a->set.rpc[0] != 0 && a->set.require_proof; }

void payee_owner(uint8_t out[SCORE_ID], const app *a, const char *address, const char *id,
                 bool proven)
{
    if (payee_required(a) && !proven)
        memset(out, 0xff, SCORE_ID); /* no felt, and no name of the older protocol */
    else
        node_account(out, address, id);
}

/* ---- what the row says ---- */

static const struct {
    const char *state, *code, *detail;
} unproven[] = {
    {"", "missing", "its account has not signed for it"},
    {"over", "expired", "what its account has signed is over"},
    {"refused", "signature_refused",
     "the account does not take this as its signature for this node: is the key in the keystore "
     "that of the account?"},
    {"absent", "account_not_deployed",
     "there is no account at this address on the relayer's chain: it must be deployed (its first "
     "transaction does that); it is asked for again"},
};

payee_view payee_read(const db_rows *r, int at, int64_t now_ms)
{
    payee_view v = {.state = "unproven"};
    const char *state = db_is_null(r, at + 1) ? "" : db_text(r, at + 1);
    const bool asks = !db_is_null(r, at + 4);
    if (db_text(r, at)[0] == 0) {
        v.state = "none";
        return v;
    }
    v.asked_ms = db_int(r, at + 3);
    if (strcmp(state, "proven") == 0) {
        v.until_ms = db_int(r, at + 2);
        v.proven = v.until_ms > now_ms;
        if (!v.proven) state = asks ? "pending" : "over";
    }
    if (v.proven) {
        v.state = "proven";
    } else if (strcmp(state, "pending") == 0) {
        v.state = "pending";
        v.detail = "the account is being asked, as soon as the chain answers";
    } else if (strcmp(state, "disputed") == 0) {
        v.state = "pending";
        v.code = "endpoints_disagree";
        v.detail = "the nodes of the chain contradict each other: it is asked again";
    } else {
        size_t i = SP_COUNT(unproven) - 1;
        while (i > 0 && strcmp(unproven[i].state, state) != 0) i--;
        v.code = unproven[i].code;
        v.detail = unproven[i].detail;
    }
    if (!v.proven) v.until_ms = 0;
    return v;
}

static bool look(payee_view *v, core *c, const char *node)
{
    db_rows *r =
        db_query(core_db(c), "SELECT " PAYEE_COLUMNS " FROM node WHERE id = ?", DB_T(node));
    const bool found = db_next(r);
    if (found) *v = payee_read(r, 0, core_now(c));
    db_end(r);
    return found;
}

static json_t *view_json(core *c, const payee_view *v)
{
    return json_pack("{s:s, s:s?, s:s?, s:b, s:o}", "state", v->state, "code", v->code, "detail",
                     v->detail, "required", payee_required(core_user(c)), "expires_at",
                     v->until_ms != 0 ? json_integer(v->until_ms) : json_null());
}

json_t *payee_told(core *c, const node_session *s)
{
    payee_view v;
    const app *a = core_user(c);
    if (a->set.rpc[0] == 0 || s->address[0] == 0 || !look(&v, c, s->id)) return NULL;
    return view_json(c, &v);
}

/* ---- what a node sends ---- */

static json_t *proof_json(check *k, payee_proof *p, const json_t *m)
{
    const json_t *list = json_object_get(m, "signature");
    p->issued = (uint64_t)check_int(k, m, "", "issued", 0, INT64_MAX, 0);
    p->expires = (uint64_t)check_int(k, m, "", "expires", 0, INT64_MAX, 0);
    p->n = json_array_size(list);
    if (!json_is_array(list) || p->n < 1 || p->n > PAYEE_FELTS) {
        check_error(k, "/signature", "out_of_range", "must be an array of 1 to %d felts",
                    PAYEE_FELTS);
        return NULL;
    }
    json_t *out = json_pack("[I, I]", (json_int_t)p->issued, (json_int_t)p->expires);
    for (size_t i = 0; i < p->n; i++) {
        const json_t *v = json_array_get(list, i);
        char text[FELT_HEX];
        if (!json_is_string(v) ||
            felt_read_hex(&p->signature[i], json_string_value(v), json_string_length(v)) != SP_OK) {
            check_error(k, "/signature", "out_of_range",
                        "must be felts: 0x and hex digits, below the field's prime");
            break;
        }
        (void)felt_write_hex(text, p->signature[i]);
        (void)json_array_append_new(out, json_string(text));
    }
    return out;
}

bool payee_proof_read(payee_proof *p, const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    const size_t n = json_array_size(j);
    bool ok = n >= 3 && n <= 2 + PAYEE_FELTS;
    p->issued = (uint64_t)json_integer_value(json_array_get(j, 0));
    p->expires = (uint64_t)json_integer_value(json_array_get(j, 1));
    p->n = 0;
    for (size_t i = 2; ok && i < n; i++) {
        const char *hex = json_string_value(json_array_get(j, i));
        ok = hex != NULL && felt_read_hex(&p->signature[p->n++], hex, strlen(hex)) == SP_OK;
    }
    json_decref(j);
    return ok;
}

/* Of a proof that is well-formed: NULL, or the code of what is wrong. */
static const char *refuse(core *c, const node_session *s, const payee_proof *p, const char *address)
{
    const app *a = core_user(c);
    const uint64_t now = (uint64_t)core_now(c) / 1000;
    if (a->set.rpc[0] == 0) return "no_chain";
    /* Without its key anybody could speak for a node. */
    if (!s->node.is_signed) return "missing_signature";
    if (s->address[0] == 0 || strcmp(s->address, address) != 0) return "other_account";
    if (p->issued > now + SKEW_S) return "clock_skew";
    if (p->expires <= now) return "expired";
    if (p->expires < p->issued || p->expires - p->issued > (uint64_t)PAYEE_MOST_S)
        return "good_for_too_long";
    return NULL;
}

static bool is_known(core *c, const node_session *s, const char *text)
{
    db_rows *r = db_query(core_db(c),
                          "SELECT 1 FROM node WHERE id = ? AND payee_proof = ? AND payee_state IN"
                          " ('pending', 'disputed', 'proven')",
                          DB_T(s->id), DB_T(text));
    const bool known = db_next(r);
    db_end(r);
    return known;
}

/* When its account may be asked next. */
static int64_t when(core *c, const node_session *s)
{
    int64_t at = 0;
    db_rows *r = db_query(core_db(c), "SELECT payee_asked_at, payee_tries FROM node WHERE id = ?",
                          DB_T(s->id));
    if (db_next(r) && !db_is_null(r, 0))
        at = db_int(r, 0) + patience_ms(db_int(r, 1), AGAIN_MS, AGAIN_MOST_MS);
    db_end(r);
    return at > core_now(c) ? at : core_now(c);
}

static void tell(core *c, const node_session *s, const char *re)
{
    json_t *told = payee_told(c, s);
    if (told == NULL) {
        core_fail(c);
        return;
    }
    (void)json_object_set_new(told, "message_type", json_string("account"));
    if (re != NULL) (void)json_object_set_new(told, "re", json_string(re));
    node_send(c, s, told);
}

void node_payee(core *c, node_session *s, const json_t *m, const char *re)
{
    payee_proof p;
    check k;
    char address[FELT_HEX] = "";
    check_init(&k);
    (void)check_felt(&k, address, m, "", "address", true);
    json_t *proof = proof_json(&k, &p, m);
    const bool ok = check_ok(&k);
    const char *bad = ok ? refuse(c, s, &p, address) : "malformed";
    check_free(&k);
    char *text = bad != NULL ? NULL : json_dumps(proof, JSON_COMPACT);
    json_decref(proof);
    if (bad != NULL || text == NULL) {
        node_error(c, s, re, bad != NULL ? bad : "overloaded", false,
                   "this is not what an account signs for its node (docs/relayer.md)");
        return;
    }
    /* Nobody is asked twice the same, nor often. What was proven stays so until the answer. */
    if (!is_known(c, s, text))
        (void)db_run(core_db(c),
                     "UPDATE node SET payee_proof = ?, payee_due = ?,"
                     " payee_state = CASE WHEN payee_state = 'proven' THEN 'proven' ELSE 'pending'"
                     " END, version = version + 1 WHERE id = ?",
                     DB_T(text), DB_I(when(c, s)), DB_T(s->id));
    free(text);
    tell(c, s, re);
}

/* ---- what the account says ---- */

void payee_apply(core *c, const payee_news *n)
{
    static const char *const states[] = {[PAYEE_SIGNED] = "proven",
                                         [PAYEE_REFUSED] = "refused",
                                         [PAYEE_ABSENT] = "absent",
                                         [PAYEE_OVER] = "over"};
    const int64_t now = core_now(c);
    const bool disputed = n->answer == PAYEE_DISPUTED, good = n->answer == PAYEE_SIGNED;
    const bool stays = disputed && strcmp(n->state, "proven") == 0;
    const char *state = stays ? "proven" : disputed ? "disputed" : states[n->answer];
    int64_t due = 0;
    payee_view v;
    if (good) due = now + DAY_MS < n->expires_ms ? now + DAY_MS : n->expires_ms;
    if (n->answer == PAYEE_ABSENT) due = now + patience_ms(n->tries, ABSENT_MS, ABSENT_MOST_MS);
    if (disputed) due = now + patience_ms(n->tries, DISPUTED_MS, DISPUTED_MOST_MS);
    const db_value values[] = {DB_T(state),
                               DB_I(good),
                               DB_I(n->expires_ms),
                               DB_I(stays),
                               due != 0 ? (db_value)DB_I(due) : (db_value)DB_NULL,
                               DB_I(good ? 0 : n->tries + 1),
                               DB_I(now),
                               DB_T(n->node),
                               DB_T(n->address),
                               DB_T(n->proof)};
    if (db_run_values(core_db(c),
                      "UPDATE node SET payee_state = ?, payee_until = CASE WHEN ? = 1 THEN ?"
                      " WHEN ? = 1 THEN payee_until END, payee_due = ?, payee_tries = ?,"
                      " payee_asked_at = ?, version = version + 1"
                      " WHERE id = ? AND address = ? AND payee_proof = ?",
                      values, SP_COUNT(values)) != 1 ||
        !look(&v, c, n->node))
        return;
    node_changed(c, n->node);
    if (strcmp(n->state, state) != 0)
        log_event(LOG_INFO, v.proven ? "account_proven" : "account_not_proven", "node_id", n->node,
                  "account", n->address, "code", v.code, NULL);
    json_t *told = view_json(c, &v);
    if (told != NULL) (void)json_object_set_new(told, "message_type", json_string("account"));
    node_tell(c, n->node, told);
}
