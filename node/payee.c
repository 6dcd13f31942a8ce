/* payee.c - the account that is paid signs for this node, so that the relayer knows that it is
 * ours; see parts.h. */
#include "node/parts.h"

#include "market/payee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOOD_S (30 * 86400)
#define RENEW_MS (INT64_C(7) * 86400000) /* before its end */
#define AGAIN_MS 600000                  /* after a signature that the account did not take */
#define EARLY_S 60                       /* a clock that is behind ours does not refuse it */

/* Opening a keystore takes a second and 256 MiB: beside the loop. */
typedef struct {
    uv_work_t work;
    node *n;
    payee what;
    felt r, s;
    sp_status status;
    char why[ACCOUNT_KEY_WHY];
} signing;

static void sign(uv_work_t *work)
{
    signing *g = work->data;
    ecdsa_key key;
    const account_key_files files = node_account_files(&g->n->o);
    g->status = account_key_read(&key, &files, g->why);
    if (g->status != SP_OK) return;
    /* One digest in 2^55 cannot be signed. */
    do g->status = ecdsa_sign(&g->r, &g->s, &key, payee_digest(&g->what), 0);
    while (g->status == SP_ERR_ARG && ++g->what.expires != 0);
    if (g->status != SP_OK) (void)snprintf(g->why, sizeof g->why, "out of memory");
    ecdsa_key_wipe(&key);
}

static void send_proof(node *n)
{
    const payee *p = &n->account.signed_for;
    char r[FELT_HEX], s[FELT_HEX];
    (void)felt_write_hex(r, n->account.r);
    (void)felt_write_hex(s, n->account.s);
    (void)talk_post(n, json_pack("{s:s, s:s, s:I, s:I, s:[s, s]}", "message_type", "account_proof",
                                 "address", n->o.address, "issued", (json_int_t)p->issued,
                                 "expires", (json_int_t)p->expires, "signature", r, s));
}

static bool is_for_here(const node *n)
{
    const payee *p = &n->account.signed_for;
    return p->expires != 0 && felt_eq(p->chain_id, n->chain_id) &&
           felt_eq(p->relayer, n->relayer_id);
}

static void is_signed(uv_work_t *work, int status)
{
    signing *g = work->data;
    node *n = g->n;
    n->account.signs = false;
    if (status != 0 || g->status != SP_OK) {
        node_say(n, "account_not_signed", "account", n->o.address, "reason", g->why, NULL);
    } else {
        n->account.signed_for = g->what;
        n->account.r = g->r;
        n->account.s = g->s;
        /* It may have connected to another chain's relayer meanwhile. */
        if (n->registered && is_for_here(n)) send_proof(n);
    }
    free(g);
}

static void start(node *n)
{
    signing *g = calloc(1, sizeof *g);
    const uint64_t now = (uint64_t)(node_now_ms() / 1000);
    if (g == NULL) return;
    g->n = n;
    g->work.data = g;
    g->what = (payee){.chain_id = n->chain_id,
                      .relayer = n->relayer_id,
                      .node = digest_node_id(n->pubkey),
                      .issued = now - EARLY_S,
                      .expires = now + GOOD_S};
    if (felt_read_hex(&g->what.address, n->o.address, strlen(n->o.address)) != SP_OK ||
        uv_queue_work(&n->loop, &g->work, sign, is_signed) != 0) {
        free(g);
        return;
    }
    n->account.signs = true;
    n->account.signed_at = node_clock_ms();
    n->account.tried_for = g->what.relayer;
    n->account.tried = true;
}

static bool is(const node *n, const char *state, const char *code)
{
    return strcmp(n->account.state, state) == 0 &&
           (code == NULL || strcmp(n->account.code, code) == 0);
}

/* Whether a signature of ours would be of use. */
static bool is_wanted(const node *n)
{
    if (n->o.address[0] == 0 || n->o.keystore[0] == 0 || !n->registered) return false;
    if (is(n, "proven", NULL)) return n->account.until_ms - node_now_ms() < RENEW_MS;
    /* An account that is not deployed yet is asked again by the relayer. */
    return is(n, "unproven", NULL) && !is(n, "unproven", "account_not_deployed");
}

void payee_beat(node *n)
{
    const bool tried = n->account.tried && felt_eq(n->account.tried_for, n->relayer_id) &&
                       node_clock_ms() - n->account.signed_at < AGAIN_MS;
    if (is_wanted(n) && !n->account.signs && !tried) start(n);
}

void payee_heard(node *n, const json_t *told)
{
    const char *state = json_string_value(json_object_get(told, "state")),
               *code = json_string_value(json_object_get(told, "code")),
               *detail = json_string_value(json_object_get(told, "detail"));
    const bool same = state != NULL && is(n, state, code != NULL ? code : "");
    (void)snprintf(n->account.state, sizeof n->account.state, "%.15s", state != NULL ? state : "");
    (void)snprintf(n->account.code, sizeof n->account.code, "%.31s", code != NULL ? code : "");
    (void)snprintf(n->account.detail, sizeof n->account.detail, "%.255s",
                   detail != NULL ? detail : "");
    n->account.required = json_is_true(json_object_get(told, "required"));
    n->account.until_ms = json_integer_value(json_object_get(told, "expires_at"));
    if (state == NULL) return;
    if (!same)
        node_say(n,
                 is(n, "proven", NULL)                                      ? "account_proven"
                 : is(n, "unproven", NULL) && !is(n, "unproven", "missing") ? "account_refused"
                                                                            : "account_waits",
                 "account", n->o.address, "state", state, "code", code, "detail", detail, NULL);
    /* The relayer has not got, or lost, what it was sent. */
    if (is(n, "unproven", "missing") && is_wanted(n) && is_for_here(n) &&
        (int64_t)n->account.signed_for.expires * 1000 - node_now_ms() > RENEW_MS)
        send_proof(n);
    else
        payee_beat(n);
}
