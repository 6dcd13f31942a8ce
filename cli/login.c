/* login.c - `sprove login` and `sprove logout`: an account of Starknet in place of an API key. */
#include "cli/chain_session.h"
#include "cli/commands.h"
#include "cli/logins.h"
#include "cli/relay.h"
#include "cli/secret.h"
#include "market/login.h"
#include "starknet/selector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_S 10

/* Scheme, host and port of a URL; ours are http and https. */
static size_t origin_of(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/") : strlen(url);
}

static bool is_here(const char *url)
{
    return !strncmp(url, "http://127.0.0.1", 16) || !strncmp(url, "http://localhost", 16) ||
           !strncmp(url, "http://[::1]", 12);
}

/* Nothing is signed that is not a login, of this account, at the place that was called. */
static int look_at(login *m, const relay *at, const json_t *answer, felt address)
{
    char chain[SHORTSTRING_MAX + 1] = "another network", relayer[FELT_HEX];
    const size_t n = origin_of(at->url);
    if (login_read(m, json_object_get(answer, "typed_data")) != SP_OK)
        return cli_fail(EXIT_FORMAT, "the relayer asks for a signature of something else than a "
                                     "login: nothing was signed");
    if (!felt_eq(m->address, address))
        return cli_fail(EXIT_FORMAT, "the relayer asks for a login of another account: nothing was "
                                     "signed");
    if (m->origin[0] && (strlen(m->origin) != n || strncmp(m->origin, at->url, n) != 0))
        return cli_fail(EXIT_CHAIN,
                        "%s says that it is %s: name it by that, if it is the one; nothing was "
                        "signed",
                        at->url, m->origin);
    if (!m->origin[0] && !is_here(at->url))
        (void)cli_fail(0, "warning: this relayer does not say by which address people reach it "
                          "(auth.origin): whoever stands between could use this login");
    (void)!shortstring_write(chain, m->chain_id);
    felt_write_hex(relayer, m->relayer);
    fprintf(stderr, "%s: logging in to the relayer %s on %s\n", cli_name(), relayer, chain);
    return 0;
}

/* As --network of the commands for the contract. */
static int same_network(const settings *set, felt chain_id)
{
    const char *name = set->value[SET_NETWORK];
    felt wanted;
    if (!name) return 0;
    const char *text = !strcmp(name, "mainnet")                              ? "SN_MAIN"
                       : !strcmp(name, "sepolia") || !strcmp(name, "devnet") ? "SN_SEPOLIA"
                                                                             : NULL;
    const bool known = text ? shortstring_read(&wanted, text) == SP_OK
                            : felt_read_hex(&wanted, name, strlen(name)) == SP_OK;
    if (!known) return cli_fail(EXIT_USAGE, "--network %s: is no network", name);
    if (felt_eq(wanted, chain_id)) return 0;
    return cli_fail(EXIT_CHAIN, "the relayer is of another network than --network says: nothing "
                                "was signed");
}

static int sign(char **body, const login *m, const settings *set, const char *address,
                const char *challenge)
{
    char r_text[FELT_HEX], s_text[FELT_HEX];
    ecdsa_key key;
    felt r, s;
    memset(&key, 0, sizeof key);
    int code = secret_unlock(&key, set->value[SET_KEYSTORE], set->value[SET_PASSWORD_FILE]);
    if (!code && ecdsa_sign(&r, &s, &key, login_digest(m), 0) != SP_OK)
        code = cli_fail(EXIT_UNSAT, "the challenge cannot be signed: try again");
    ecdsa_key_wipe(&key);
    if (code) return code;
    felt_write_hex(r_text, r);
    felt_write_hex(s_text, s);
    json_t *j = json_pack("{s:s, s:s, s:[s, s]}", "address", address, "challenge", challenge,
                          "signature", r_text, s_text);
    *body = j ? json_dumps(j, JSON_COMPACT) : NULL;
    json_decref(j);
    return *body ? 0 : cli_fail(EXIT_LIMIT, "not enough memory for the request");
}

static int take(logins_entry *e, const json_t *answer, const char *address)
{
    memset(e, 0, sizeof *e);
    client_text(e->token, sizeof e->token, answer, "token");
    client_text(e->expires_at, sizeof e->expires_at, answer, "expires_at");
    snprintf(e->address, sizeof e->address, "%s", address);
    if (!*e->token || strchr(e->token, ' ') || !client_time(e->expires_at))
        return cli_fail(EXIT_IO, "the relayer's answer is no token");
    return 0;
}

static int report(const cli_args *a, const relay *at, const logins_entry *e)
{
    json_t *j = json_pack("{s:s, s:s, s:s}", "relayer", at->url, "address", e->address,
                          "expires_at", e->expires_at);
    return j ? report_print(a, j) : cli_fail(EXIT_LIMIT, "not enough memory");
}

int command_login(const cli_args *a)
{
    relay at;
    login m;
    logins_entry e;
    felt who;
    json_t *asked = NULL, *given = NULL;
    char address[FELT_HEX], body[FELT_HEX + 32], challenge[200], *shown = NULL;
    int code = relay_init_stranger(&at, a, PATIENCE_S);
    const char *text = code ? NULL : at.set.value[SET_ACCOUNT];
    if (!code && (!text || !at.set.value[SET_KEYSTORE]))
        code = cli_fail(EXIT_USAGE, "--account and --keystore are needed");
    if (!code && (felt_read_hex(&who, text, strlen(text)) != SP_OK || felt_is_zero(who)))
        code = cli_fail(EXIT_USAGE, "--account %s: is no address", text);
    if (!code) {
        felt_write_hex(address, who);
        snprintf(body, sizeof body, "{\"address\":\"%s\"}", address);
        code = relay_json(&at, &asked, "POST", "/auth/challenge", body);
    }
    if (!code) code = look_at(&m, &at, asked, who);
    if (!code) code = same_network(&at.set, m.chain_id);
    if (!code) {
        client_text(challenge, sizeof challenge, asked, "challenge");
        code = sign(&shown, &m, &at.set, address, challenge);
    }
    if (!code) code = relay_json(&at, &given, "POST", "/auth/token", shown);
    if (!code) code = take(&e, given, address);
    if (!code && !logins_write(&e, at.url))
        code = cli_fail(EXIT_IO, "the token cannot be kept in sprove/logins");
    if (!code) code = report(a, &at, &e);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted");
    ct_wipe(&e, sizeof e);
    json_decref(asked);
    json_decref(given);
    free(shown);
    relay_free(&at);
    return code;
}

int command_logout(const cli_args *a)
{
    relay at;
    logins_entry e;
    int code = relay_init_login(&at, a, PATIENCE_S);
    const bool there = !code && logins_read(&e, at.url);
    if (!code && !there) code = cli_fail(EXIT_USAGE, "there is no login at %s", at.url);
    if (!code && !e.over) {
        sp_client_answer answer;
        const sp_client_request q = {.method = "DELETE", .path = "/auth/token", .bytes = true};
        const sp_status s = sp_client_call(at.c, &answer, &q, at.why);
        /* One that the relayer does not take any more has ended already. */
        if (s != SP_OK && !(s == SP_ERR_REJECT && answer.status == 401)) code = relay_code(&at, s);
        sp_client_answer_free(&answer);
    }
    if (!code) logins_remove(at.url);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted");
    ct_wipe(&e, sizeof e);
    relay_free(&at);
    return code;
}
