/* chain_session.c - see chain_session.h. */
#include "cli/chain_session.h"

#include "cli/file.h"
#include "cli/task.h"
#include "starknet/keystore.h"
#include "starknet/selector.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_PASSWORD 1024
#define MAX_DEPLOYMENT 65536
#define MARGIN 150 /* per cent of the estimate */
#define WAIT_SECONDS 300

static int nothing(void) { return cli_fail(EXIT_LIMIT, "not enough memory"); }

int session_failed(sp_status st, const rpc_error *e, const char *doing)
{
    if (st == SP_ERR_REJECT) {
        if (e->said[0]) return cli_fail(EXIT_CHAIN, "%s: refused: %s", doing, e->said);
        const char *why =
            e->code == RPC_CONTRACT_NOT_FOUND ? "there is no contract at the address"
            : e->code == RPC_ENTRY_POINT_NOT_FOUND
                ? "the contract at the address is not the marketplace"
            : e->code == RPC_BALANCE_TOO_LOW   ? "the account's balance does not cover the fee"
            : e->code == RPC_VALIDATION_FAILED ? "the key is not the account's"
            : e->code == RPC_INVALID_NONCE ? "the account sent something else meanwhile; try again"
                                           : NULL;
        if (why) return cli_fail(EXIT_CHAIN, "%s: %s", doing, why);
        return cli_fail(EXIT_CHAIN, "%s: the node says: %s (%d) %.300s", doing, e->message, e->code,
                        e->data);
    }
    if (st == SP_ERR_IO)
        return cli_fail(EXIT_IO, "%s: no answer from the node: %s", doing, e->message);
    if (st == SP_ERR_FORMAT)
        return cli_fail(EXIT_IO, "%s: the node's answer is not one that it should give", doing);
    if (st == SP_ERR_ARG) return cli_fail(EXIT_USAGE, "%s: the node is of another network", doing);
    return st == SP_ERR_NOMEM ? nothing() : cli_fail(cli_code(st), "%s: failed", doing);
}

static int bad_felt(const char *what, const char *text)
{
    return cli_fail(EXIT_USAGE, "%s %s: must be 0x and hex digits", what, text);
}

int session_felt(const cli_args *a, enum cli_option_id o, felt *out)
{
    const char *text = a->value[o];
    if (text && felt_read_hex(out, text, strlen(text)) != SP_OK)
        return bad_felt(cli_options[o].name, text);
    return 0;
}

int session_number(const char *what, const char *text, u256 *out)
{
    if (u256_read_text(out, text) != SP_OK)
        return cli_fail(EXIT_USAGE, "%s %s: must be a whole number", what, text);
    return 0;
}

/* A member of the deployment; absent is an error only for the contract. */
static int member(felt *out, const json_t *j, const char *path, const char *name, bool needed)
{
    const char *text = json_string_value(json_object_get(j, name));
    if (!text && !needed) return 0;
    if (!text || felt_read_hex(out, text, strlen(text)) != SP_OK)
        return cli_fail(EXIT_FORMAT, "%s: %s is not there, or no address", path, name);
    return 0;
}

static int read_deployment(session *s, const char *path, felt *network)
{
    file_bytes b = {NULL, 0};
    json_error_t e;
    int code = file_read(&b, path, "the deployment", MAX_DEPLOYMENT);
    if (code) return code;
    json_t *j = json_loadb((const char *)b.at, b.n, JSON_REJECT_DUPLICATES, &e);
    free(b.at);
    if (!j)
        return cli_fail(EXIT_FORMAT, "%s: not JSON: line %d, column %d: %s", path, e.line, e.column,
                        e.text);
    code = member(&s->contract, j, path, "contract", true);
    if (!code) code = member(&s->token, j, path, "token", false);
    if (!code) code = member(network, j, path, "chain_id", false);
    json_decref(j);
    return code;
}

int session_open(session *s, const cli_args *a)
{
    const char *url = a->value[OPT_RPC], *path = a->value[OPT_DEPLOYMENT];
    felt network = felt_zero();
    rpc_error e;
    u256 fee = {(u128)20 * 1000000000 * 1000000000, 0}; /* 20 STRK */
    memset(s, 0, sizeof *s);
    s->args = a;
    if (!url) return cli_fail(EXIT_USAGE, "--rpc is needed: the URL of a Starknet node");
    if (!path && !a->value[OPT_CONTRACT])
        return cli_fail(EXIT_USAGE, "--deployment or --contract is needed");
    int code = path ? read_deployment(s, path, &network) : 0;
    if (!code) code = session_felt(a, OPT_CONTRACT, &s->contract);
    if (!code) code = session_felt(a, OPT_TOKEN, &s->token);
    if (!code) code = session_felt(a, OPT_ACCOUNT, &s->who.address);
    if (!code && a->value[OPT_MAX_FEE])
        code = session_number("max-fee", a->value[OPT_MAX_FEE], &fee);
    if (code) return code;
    if (fee.high || fee.low >> 120) return cli_fail(EXIT_USAGE, "--max-fee: is too large");
    s->policy.margin = MARGIN;
    s->policy.max_fee = fee.low;
    const rpc_config config = {.urls = &url, .n_urls = 1, .total_ms = 120000};
    const sp_status st = rpc_new(&s->node, &config);
    if (st == SP_ERR_ARG) return cli_fail(EXIT_USAGE, "--rpc %s: must be http or https", url);
    if (st != SP_OK) return nothing();
    const sp_status known = chain_id(s->node, &s->who.chain_id, &e);
    if (known != SP_OK) return session_failed(known, &e, url);
    if (!felt_is_zero(network) && !felt_eq(network, s->who.chain_id))
        return cli_fail(EXIT_USAGE, "%s: was made for another network than the node's", path);
    return 0;
}

void session_close(session *s)
{
    ecdsa_key_wipe(&s->who.key);
    rpc_delete(s->node);
    s->node = NULL;
}

/* One line from a file, or from the terminal without echo. */
static int read_password(const session *s, char *out, size_t room)
{
    const char *path = s->args->value[OPT_PASSWORD_FILE];
    struct termios before, quiet;
    FILE *f = fopen(path ? path : "/dev/tty", path ? "r" : "r+");
    if (!f)
        return cli_fail(EXIT_IO,
                        path ? "%s: cannot be read"
                             : "%sno terminal to ask for the "
                               "password on; --password-file F",
                        path ? path : "");
    setvbuf(f, NULL, _IONBF, 0); /* no copy of the password is left in a buffer */
    const bool hidden = !path && tcgetattr(fileno(f), &before) == 0;
    if (hidden) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        fprintf(f, "password of the keystore: ");
        tcsetattr(fileno(f), TCSAFLUSH, &quiet);
    }
    const char *line = fgets(out, (int)room, f);
    if (hidden) {
        tcsetattr(fileno(f), TCSAFLUSH, &before);
        fprintf(f, "\n");
    }
    fclose(f);
    if (!line) return cli_fail(EXIT_IO, "no password was given");
    const size_t n = strcspn(out, "\r\n");
    if (n + 1 == room) return cli_fail(EXIT_USAGE, "the password is too long");
    out[n] = 0;
    return 0;
}

static void wipe(void *p, size_t n)
{
    for (volatile uint8_t *b = p; n--; b++) *b = 0;
}

int session_unlock(session *s)
{
    const char *path = s->args->value[OPT_KEYSTORE];
    char password[MAX_PASSWORD], *json;
    uint8_t secret[KEYSTORE_SECRET];
    size_t n;
    bool others;
    if (felt_is_zero(s->who.address) || !path)
        return cli_fail(EXIT_USAGE, "--account and --keystore are needed");
    sp_status st = keystore_file_read(&json, &n, &others, path);
    if (st != SP_OK) return cli_fail(EXIT_IO, "%s: cannot be read, or is no keystore", path);
    if (others) fprintf(stderr, "%s: warning: %s is open to other users\n", cli_name(), path);
    int code = read_password(s, password, sizeof password);
    if (!code) {
        st = keystore_open(secret, json, n, password, strlen(password));
        if (st == SP_ERR_REJECT)
            code = cli_fail(EXIT_USAGE, "%s: the password is wrong", path);
        else if (st != SP_OK || ecdsa_key_read(&s->who.key, secret) != SP_OK)
            code = cli_fail(EXIT_FORMAT, "%s: no keystore of a Starknet key", path);
    }
    wipe(password, sizeof password);
    wipe(secret, sizeof secret);
    free(json);
    return code;
}

int session_view(session *s, felt *out, size_t *n, const char *name)
{
    rpc_error e;
    const felt_span none = {NULL, 0};
    const sp_status st =
        chain_call(s->node, out, n, s->contract, selector_from_name(name), none, "latest", &e);
    return st == SP_OK ? 0 : session_failed(st, &e, name);
}

int session_task(session *s, u256 id, escrow_task *t, escrow_task_ext *x)
{
    rpc_error e;
    sp_status st = escrow_get_task(s->node, t, s->contract, id, &e);
    if (st == SP_ERR_REJECT && !e.code) return cli_fail(EXIT_CHAIN, "there is no such task");
    if (st == SP_OK) st = escrow_get_task_ext(s->node, x, s->contract, id, &e);
    return st == SP_OK ? 0 : session_failed(st, &e, "get_task");
}

int session_statement(session *s, u256 id, felt provider, felt result, escrow_statement *out)
{
    rpc_error e;
    uint8_t context[ESCROW_CONTEXT_BYTES];
    /* The context does not depend on the result, but the view wants one. */
    const felt some = felt_is_zero(result) ? felt_one() : result;
    const sp_status st = escrow_statement_of(s->node, out, s->contract, id, provider, some, &e);
    if (st != SP_OK) return session_failed(st, &e, "statement_of");
    escrow_context(context, s->who.chain_id, s->contract, id, provider);
    if (!felt_eq(out->context, escrow_felt(context, sizeof context)))
        return cli_fail(EXIT_UNSAT, "the contract states another context than the one that "
                                    "docs/chain.md gives; do not prove for it");
    return 0;
}

static int wait_for(session *s, chain_receipt *r, felt hash)
{
    rpc_error e;
    char text[FELT_HEX];
    felt_write_hex(text, hash);
    for (unsigned i = 0; i < 2 * WAIT_SECONDS; i++) {
        const sp_status st = chain_tx_receipt(s->node, r, hash, &e);
        if (st == SP_OK && r->status.finality >= CHAIN_ACCEPTED_ON_L2) return 0;
        if (st == SP_OK) chain_receipt_free(r);
        if (st != SP_OK && st != SP_ERR_IO && !(st == SP_ERR_REJECT && e.code == RPC_TX_NOT_FOUND))
            return session_failed(st, &e, text);
        if (signals_stopped())
            return cli_fail(EXIT_INTERRUPTED, "stopped; transaction %s was sent", text);
        nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    }
    return cli_fail(EXIT_IO, "transaction %s was sent, but is in no block after %d s; look it up",
                    text, WAIT_SECONDS);
}

static int print_price(const session *s, const account_signed *tx, size_t felts)
{
    char hash[FELT_HEX], fee[U256_TEXT], cap[U256_TEXT];
    felt_write_hex(hash, tx->hash);
    /* The bounds were made from these and did not overflow. */
    const tx_estimate *t = &tx->estimate;
    u256_write_text(fee, (u256){t->l1_gas * t->l1_gas_price + t->l2_gas * t->l2_gas_price +
                                    t->l1_data_gas * t->l1_data_gas_price,
                                0});
    u256_write_text(cap, (u256){tx->max_fee, 0});
    if (s->args->value[OPT_JSON])
        return task_print_json(json_pack(
            "{s:b,s:I,s:I,s:s,s:s}", "sent", 0, "calldata_felts", (json_int_t)felts, "l2_gas",
            (json_int_t)tx->estimate.l2_gas, "estimated_fee", fee, "max_fee", cap));
    printf("%-14s %zu felts\n%-14s %" PRIu64 "\n%-14s %s\n%-14s %s\nnothing was sent\n", "calldata",
           felts, "L2 gas", (uint64_t)tx->estimate.l2_gas, "estimated fee", fee, "fee cap", cap);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int session_transact(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent)
{
    account_signed tx;
    rpc_error e;
    *sent = false;
    if (calldata_status(calls) != SP_OK)
        return cli_fail(EXIT_LIMIT,
                        "the calldata exceeds what one transaction takes (5,000 felts)");
    const felt_span data = calldata_span(calls);
    sp_status st = account_prepare_invoke(s->node, &tx, &s->who, data, &s->policy, &e);
    if (st == SP_ERR_LIMIT)
        return cli_fail(EXIT_LIMIT, "the fee could exceed --max-fee; nothing was sent");
    if (st != SP_OK) return session_failed(st, &e, "before sending");
    if (s->args->value[OPT_DRY_RUN]) {
        const int code = print_price(s, &tx, data.n);
        account_signed_free(&tx);
        return code;
    }
    int code = 0;
    st = account_send(s->node, &tx, &e);
    if (st != SP_OK && st != SP_ERR_IO) code = session_failed(st, &e, "sending");
    if (!code) code = wait_for(s, receipt, tx.hash); /* without an answer it may have arrived */
    if (!code && receipt->status.reverted) {
        const chain_status *why = &receipt->status;
        code = cli_fail(EXIT_CHAIN, "reverted: %s", why->said[0] ? why->said : why->reason);
        chain_receipt_free(receipt);
    }
    *sent = code == 0;
    account_signed_free(&tx);
    return code;
}
