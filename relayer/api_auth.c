/* api_auth.c - logins of wallets: a challenge, and for its signature by an account a token. */
#include "relayer/api.h"

#include "relayer/account_ask.h"
#include "relayer/app.h"
#include "relayer/challenge.h"
#include "relayer/check.h"
#include "relayer/log.h"
#include "relayer/rest.h"
#include "relayer/wallet.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FELTS 256 /* of a signature; those of several signers and of passkeys have dozens */

/* False: answered. */
static bool is_on(call *c)
{
    const settings *s = &c->a->set;
    if (s->rpc[0] != 0 && settings_now(&s->login_wallets)) return true;
    http_problem(&c->s, &c->q, 501, "not_implemented",
                 s->rpc[0] == 0 ? "this relayer has no chain to ask an account: use an API key"
                                : "logins of wallets are turned off: use an API key");
    return false;
}

static bool read_address(check *m, const call *c, felt *out)
{
    char text[FELT_HEX];
    if (!check_felt(m, text, c->body, "", "address", true) ||
        felt_read_hex(out, text, strlen(text)) != SP_OK)
        return false;
    if (!felt_is_zero(*out)) return true;
    check_error(m, "/address", "out_of_range", "must not be 0");
    return false;
}

/* What the relayer puts into every login. */
static void begin(login *m, const app *a, felt address)
{
    memset(m, 0, sizeof *m);
    m->chain_id = a->chain_id;
    m->relayer = a->me.id;
    m->address = address;
    (void)snprintf(m->origin, sizeof m->origin, "%.255s", a->set.login_origin);
}

void api_auth_challenge(call *c, db *d, core *k)
{
    static const char *const names[] = {"address", NULL};
    char text[CHALLENGE_TEXT], expires[CHECK_TIME];
    felt address = felt_zero();
    login l;
    check m;
    (void)d;
    (void)k;
    if (!is_on(c)) return;
    check_init(&m);
    check_known(&m, c->body, "", names);
    (void)read_address(&m, c, &address);
    if (!check_ok(&m)) {
        api_refuse_fields(c, &m);
        check_free(&m);
        return;
    }
    check_free(&m);
    begin(&l, c->a, address);
    l.issued = (uint64_t)clock_ms() / 1000;
    l.expires = l.issued + c->a->set.login_challenge_ms / 1000;
    if (challenge_make(text, &l, rest_of(c->a)->login_secret) != SP_OK) {
        http_problem(&c->s, &c->q, 503, "overloaded", "no challenge can be made");
        return;
    }
    time_write(expires, (int64_t)l.expires * 1000);
    http_json(&c->s, 200,
              json_pack("{s:s, s:s, s:o}", "challenge", text, "expires_at", expires, "typed_data",
                        login_typed_data(&l)));
}

/* ---- the token ---- */

typedef struct {
    login l;
    char address[FELT_HEX];
} shown;

static void deny(call *c, const char *code, const char *detail)
{
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, code, "%s", detail);
}

static void unavailable(call *c, const char *detail)
{
    http_add_header(&c->s, "Retry-After", "5");
    http_problem(&c->s, &c->q, 503, "starknet_unavailable", "%s", detail);
}

/* Hexadecimal, or decimal as some wallets give it; below the prime. */
static bool read_felt(felt *out, const char *text)
{
    u256 v;
    uint64_t limbs[4];
    if (text == NULL) return false;
    if (strncmp(text, "0x", 2) == 0) return felt_read_hex(out, text, strlen(text)) == SP_OK;
    if (u256_read_text(&v, text) != SP_OK) return false;
    limbs[0] = (uint64_t)v.low;
    limbs[1] = (uint64_t)(v.low >> 64);
    limbs[2] = (uint64_t)v.high;
    limbs[3] = (uint64_t)(v.high >> 64);
    return felt_from_limbs(out, limbs) == SP_OK;
}

static size_t read_signature(check *m, felt out[MOST_FELTS], const json_t *list)
{
    const size_t n = json_array_size(list);
    if (!json_is_array(list) || n < 1 || n > MOST_FELTS) {
        check_error(m, "/signature", json_is_array(list) ? "out_of_range" : "missing",
                    "must be an array of 1 to %d felts", MOST_FELTS);
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        char pointer[32];
        (void)snprintf(pointer, sizeof pointer, "/signature/%zu", i);
        if (!read_felt(&out[i], json_string_value(json_array_get(list, i))))
            check_error(m, pointer, "out_of_range",
                        "must be a text: 0x and hex digits, or decimal digits, below the field's "
                        "prime");
    }
    return n;
}

/* False: answered. */
static bool account_says_yes(call *c, const login *l, felt_span signature)
{
    rest *t = rest_of(c->a);
    chain_view *v = &t->logins;
    char detail[256], chain[SHORTSTRING_MAX + 1] = "the chain";
    if (!chain_view_may_ask(v, c->start_ns)) {
        unavailable(c, "no node of the chain answers");
        return false;
    }
    switch (account_ask(&v->e, &t->login_chains, c->a->chain_id, l->address, login_digest(l),
                        signature)) {
    case ACCOUNT_SIGNED: return true;
    case ACCOUNT_REFUSES:
        deny(c, "invalid_signature",
             "the account does not take this as its signature of the challenge");
        return false;
    case ACCOUNT_ABSENT:
        (void)!shortstring_write(chain, c->a->chain_id);
        (void)snprintf(detail, sizeof detail,
                       "there is no account at this address on %s: it must be deployed before it "
                       "can log in (its first transaction does that)",
                       chain);
        deny(c, "account_not_deployed", detail);
        return false;
    case ACCOUNT_DISPUTED:
        unavailable(c, "the nodes of the chain contradict each other: try again");
        return false;
    case ACCOUNT_OTHER_CHAIN:
        unavailable(c, "a node of chain.rpc is of another chain than chain.chain_id says");
        return false;
    case ACCOUNT_NO_ANSWER: break;
    }
    chain_view_failed(v);
    unavailable(c, "no node of the chain answers");
    return false;
}

/* On the thread that asks accounts. What is cheap to know comes first: only who has a challenge
 * that holds makes the relayer ask anybody. */
void api_auth_token_prepare(call *c, db *d, core *k)
{
    static const char *const names[] = {"address", "challenge", "signature", NULL};
    felt signature[MOST_FELTS], address = felt_zero();
    check m;
    login l;
    (void)d;
    (void)k;
    if (!is_on(c)) return;
    check_init(&m);
    check_known(&m, c->body, "", names);
    (void)read_address(&m, c, &address);
    const char *text = check_text(&m, c->body, "", "challenge", 2 * CHALLENGE_TEXT, true);
    const size_t n = read_signature(&m, signature, json_object_get(c->body, "signature"));
    if (!check_ok(&m)) {
        api_refuse_fields(c, &m);
        check_free(&m);
        return;
    }
    check_free(&m);
    begin(&l, c->a, address);
    if (challenge_read(&l, text, rest_of(c->a)->login_secret) != SP_OK) {
        deny(c, "challenge_unknown", "this relayer made no such challenge for this address");
        return;
    }
    if ((uint64_t)clock_ms() / 1000 >= l.expires) {
        deny(c, "challenge_expired", "the challenge is over: ask for another one");
        return;
    }
    if (!account_says_yes(c, &l, (felt_span){signature, n})) return;
    shown *s = calloc(1, sizeof *s);
    if (s == NULL) {
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    s->l = l;
    (void)felt_write_hex(s->address, address);
    c->prepared = s;
}

static void answer(call *c, db *d, core *k, const wallet *w)
{
    char token[KEY_TEXT];
    principal who;
    int64_t expires = core_now(k) + (int64_t)c->a->set.login_token_ms;
    if (w->expires_at != 0 && w->expires_at < expires) expires = w->expires_at;
    if (keys_token(c->a->keys, token, w->id, w->generation, expires) != SP_OK) {
        http_problem(&c->s, &c->q, 503, "overloaded", "no token can be made");
        return;
    }
    /* The row may be new, or another relayer's of a moment ago. */
    if ((w->changed || keys_check(c->a->keys, &who, token, core_now(k)) != KEY_OK) &&
        !api_keys_changed(c, d, k))
        return;
    http_json(&c->s, 200,
              json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "token", token, "token_type", "Bearer",
                        "expires_at", api_time_json(expires), "id", w->id, "address", w->address,
                        "scopes", api_scopes_json(w->scopes)));
}

void api_auth_token(call *c, db *d, core *k)
{
    const shown *s = c->prepared;
    wallet w;
    if (!wallet_use_challenge(k, s->l.nonce, LOGIN_NONCE, (int64_t)s->l.expires * 1000)) {
        deny(c, "challenge_used", "the challenge was used: ask for another one");
        return;
    }
    switch (wallet_login(k, &w, s->address, &c->a->set)) {
    case WALLET_OK: break;
    case WALLET_REVOKED:
        http_problem(&c->s, &c->q, 403, "account_revoked", "this account may not log in any more");
        return;
    case WALLET_EXPIRED:
        http_problem(&c->s, &c->q, 403, "expired_key", "the time of this account is over");
        return;
    case WALLET_UNLISTED:
        http_problem(&c->s, &c->q, 403, "account_not_listed",
                     "only accounts that the relayer's administrator has entered may log in");
        return;
    case WALLET_TOO_MANY:
        http_problem(&c->s, &c->q, 503, "quota_exceeded",
                     "this relayer has as many accounts as it may have");
        return;
    case WALLET_FAILED:
        http_problem(&c->s, &c->q, 503, "overloaded", "the login cannot be stored");
        return;
    }
    answer(c, d, k, &w);
}

/* Whoever has lost a token to others ends all of them. */
void api_auth_end(call *c, db *d, core *k)
{
    if (c->who.id[0] == 0) {
        deny(c, "missing_credentials", "send Authorization: Bearer <token>");
    } else if (c->who.address[0] == 0) {
        http_problem(&c->s, &c->q, 403, "not_owner",
                     "this is an API key, which an administrator revokes");
    } else {
        wallet_new_generation(k, c->who.id);
        if (api_keys_changed(c, d, k)) c->s.status = 204;
    }
}
