/* chain_session.c - see chain_session.h: settings, nodes, network, views. */
#include "cli/chain_session.h"

#include "air/air_id.h"
#include "air/statement.h"
#include "cli/amount.h"
#include "cli/file.h"
#include "core/bytes.h"
#include "core/params.h"
#include "starknet/selector.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPLOYMENT 65536
#define MARGIN 150 /* per cent of the estimate */
#define WAIT_SECONDS 300
#define TIMEOUT_SECONDS 120 /* an estimate of a claim takes a node seconds */
#define HELLO_SECONDS 15    /* at most, for the network's name */
#define MAX_HOST 256

static int no_memory(void) { return cli_fail(EXIT_LIMIT, "not enough memory"); }

int session_failed(sp_status st, const rpc_error *e, const char *doing)
{
    if (st == SP_ERR_REJECT && e->said[0]) {
        const char *words = session_words(e->said);
        return cli_fail(EXIT_CHAIN, "%s: refused: %s%s%s", doing, e->said, words ? ": " : "",
                        words ? words : "");
    }
    if (st == SP_ERR_REJECT) {
        const char *why =
            e->code == RPC_CONTRACT_NOT_FOUND ? "there is no contract at the address"
            : e->code == RPC_ENTRY_POINT_NOT_FOUND
                ? "the contract at the address is not the marketplace"
            : e->code == RPC_BALANCE_TOO_LOW   ? "the account's balance does not cover the fee"
            : e->code == RPC_VALIDATION_FAILED ? "the key is not the account's"
            : e->code == RPC_INVALID_NONCE ? "the account sent something else meanwhile; try again"
            : e->code == RPC_RESOURCES_TOO_LOW || e->code == RPC_FEE_TOO_LOW
                ? "the network wants a higher fee than was offered; try again"
            : e->code == RPC_NOT_AN_ACCOUNT ? "--account is not the address of an account"
                                            : NULL;
        if (why) return cli_fail(EXIT_CHAIN, "%s: %s", doing, why);
        return cli_fail(EXIT_CHAIN, "%s: the node says: %s (%d) %.300s", doing, e->message, e->code,
                        e->data);
    }
    if (st == SP_ERR_IO && e->code) /* its own trouble */
        return cli_fail(EXIT_IO, "%s: the node says: %s (%d) %.300s", doing, e->message, e->code,
                        e->data);
    if (st == SP_ERR_IO)
        return cli_fail(EXIT_IO, "%s: no answer from the node: %s", doing, e->message);
    if (st == SP_ERR_FORMAT || st == SP_ERR_LIMIT)
        return cli_fail(EXIT_IO, "%s: the node's answer is not one that it should give%s%s", doing,
                        e->message[0] ? ": " : "", e->message);
    if (st == SP_ERR_ARG) return cli_fail(EXIT_USAGE, "%s: the node is of another network", doing);
    return st == SP_ERR_NOMEM ? no_memory() : cli_fail(cli_code(st), "%s: failed", doing);
}

/* A setting or an option as a felt; where: its name for people. */
static int read_felt(felt *out, const char *text, const char *where)
{
    if (text && felt_read_hex(out, text, strlen(text)) != SP_OK)
        return cli_fail(EXIT_USAGE, "%s %s: must be 0x and hex digits", where, text);
    return 0;
}

int session_felt(const cli_args *a, enum cli_option_id o, felt *out)
{
    char name[32];
    snprintf(name, sizeof name, "--%s", cli_options[o].name);
    return read_felt(out, a->value[o], name);
}

static int setting_felt(const session *s, enum setting_id id, felt *out)
{
    return read_felt(out, s->set.value[id],
                     s->set.from[id][0] == 'f' ? setting_names[id] : s->set.from[id]);
}

int session_number(const char *what, const char *text, u256 *out)
{
    if (u256_read_text(out, text) != SP_OK)
        return cli_fail(EXIT_USAGE, "%s %s: must be a whole number below 2^256", what, text);
    return 0;
}

/* A member of the deployment; absent is an error only for the contract. */
static int member(felt *out, const json_t *j, const char *path, const char *name, bool needed)
{
    const json_t *v = json_object_get(j, name);
    const char *text = json_string_value(v);
    if (!v && !needed) return 0;
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

/* "SN_SEPOLIA (0x...)", or only the number. */
static void network_text(char out[128], felt id)
{
    char text[SHORTSTRING_MAX + 1], hex[FELT_HEX];
    felt_write_hex(hex, id);
    if (shortstring_write(text, id) == SP_OK && text[0])
        snprintf(out, 128, "%s (%s)", text, hex);
    else
        snprintf(out, 128, "%s", hex);
}

/* Only digits and dots after 127: "127.0.0.1.example" is somewhere else. */
static bool is_local(const char *url)
{
    char host[MAX_HOST];
    settings_host(host, sizeof host, url);
    const char *name = strstr(host, "://");
    name = name ? name + 3 : host;
    const size_t n = name[0] == '[' ? strcspn(name, "]") + 1 : strcspn(name, ":");
    if (n == 9 && !strncmp(name, "localhost", n)) return true;
    if (n == 5 && !strncmp(name, "[::1]", n)) return true;
    return !strncmp(name, "127.", 4) && strspn(name, "0123456789.") == n;
}

/* --network. devnet has the chain id of Sepolia: what tells it from that is where it runs. */
static int read_network(const session *s, felt *out)
{
    const char *name = s->set.value[SET_NETWORK];
    if (!name) return 0;
    const char *id = !strcmp(name, "mainnet")                              ? "SN_MAIN"
                     : !strcmp(name, "sepolia") || !strcmp(name, "devnet") ? "SN_SEPOLIA"
                                                                           : NULL;
    if (id) {
        if (shortstring_read(out, id) != SP_OK) return EXIT_UNSAT;
    } else if (felt_read_hex(out, name, strlen(name)) != SP_OK || felt_is_zero(*out)) {
        return cli_fail(EXIT_USAGE,
                        "%s %s: must be mainnet, sepolia, devnet, or a chain id as 0x "
                        "and hex digits",
                        s->set.from[SET_NETWORK], name);
    }
    for (unsigned i = 0; !strcmp(name, "devnet") && i < s->set.n_rpc; i++)
        if (!is_local(s->set.rpc[i])) {
            char host[MAX_HOST];
            settings_host(host, sizeof host, s->set.rpc[i]);
            return cli_fail(EXIT_USAGE, "%s: is not on this machine, as --network devnet says",
                            host);
        }
    return 0;
}

/* Who said which network it must be. */
typedef struct {
    felt id; /* 0: nobody */
    const char *who;
} told;

static int check_endpoint(session *s, const char *url, const told *t, bool *answers)
{
    const uint64_t seconds = s->timeout < HELLO_SECONDS ? s->timeout : HELLO_SECONDS;
    const rpc_config config = {.urls = &url, .n_urls = 1, .total_ms = (unsigned)seconds * 1000};
    char host[MAX_HOST], is[128], must[128];
    rpc *one;
    rpc_error e;
    felt id;
    settings_host(host, sizeof host, url);
    const sp_status made = rpc_new(&one, &config);
    if (made == SP_ERR_ARG) return cli_fail(EXIT_USAGE, "--rpc %s: must be http or https", host);
    if (made != SP_OK) return no_memory();
    const sp_status st = chain_id(one, &id, &e);
    rpc_delete(one);
    *answers = st == SP_OK;
    if (st != SP_OK && s->set.n_rpc == 1) return session_failed(st, &e, host);
    if (st != SP_OK) {
        fprintf(stderr, "%s: warning: %s does not answer (%s); going on without it\n", cli_name(),
                host, e.message);
        return 0;
    }
    network_text(is, id);
    network_text(must, felt_is_zero(t->id) ? s->who.chain_id : t->id);
    if (!felt_is_zero(t->id) && !felt_eq(id, t->id))
        return cli_fail(EXIT_USAGE, "%s is a node of the network %s, and %s says %s", host, is,
                        t->who, must);
    if (!felt_is_zero(s->who.chain_id) && !felt_eq(id, s->who.chain_id))
        return cli_fail(EXIT_USAGE, "%s is a node of the network %s, and another endpoint of %s",
                        host, is, must);
    s->who.chain_id = id;
    return 0;
}

static int open_node(session *s, const told *t)
{
    const char *urls[CLI_MAX_REPEATED];
    size_t n = 0;
    for (unsigned i = 0; i < s->set.n_rpc; i++) {
        bool answers = false;
        const int code = check_endpoint(s, s->set.rpc[i], t, &answers);
        if (code) return code;
        if (answers) urls[n++] = s->set.rpc[i];
    }
    if (!n) return cli_fail(EXIT_IO, "none of the %u endpoints answers", s->set.n_rpc);
    const rpc_config config = {.urls = urls, .n_urls = n, .total_ms = (unsigned)s->timeout * 1000};
    return rpc_new(&s->node, &config) == SP_OK ? 0 : no_memory();
}

static int read_settings(session *s, session_use use, told *t)
{
    const char *path = s->set.value[SET_DEPLOYMENT], *fee_text = s->set.value[SET_MAX_FEE];
    felt deployed = felt_zero(), named = felt_zero();
    u256 fee = {(u128)20 * 1000000000 * 1000000000, 0}; /* 20 STRK */
    if (!s->set.n_rpc)
        return cli_fail(EXIT_USAGE, "--rpc (or SPROVE_RPC) is needed: the URL of a Starknet node");
    if (!path && !s->set.value[SET_CONTRACT])
        return cli_fail(EXIT_USAGE, "--deployment or --contract is needed");
    int code = path ? read_deployment(s, path, &deployed) : 0;
    if (!code) code = setting_felt(s, SET_CONTRACT, &s->contract);
    if (!code) code = setting_felt(s, SET_TOKEN, &s->token);
    if (!code) code = setting_felt(s, SET_ACCOUNT, &s->who.address);
    if (!code && fee_text) code = amount_read("--max-fee", fee_text, true, &fee);
    if (!code) code = read_network(s, &named);
    if (!code) code = cli_u64(s->args, OPT_WAIT, 0, 86400, &s->wait);
    if (!code) code = cli_u64(s->args, OPT_TIMEOUT, 1, 3600, &s->timeout);
    if (!code) code = cli_u64(s->args, OPT_KEEP, 0, 86400, &s->keep);
    if (code) return code;
    if (fee.high || fee.low >> 120) return cli_fail(EXIT_USAGE, "--max-fee: is too large");
    s->policy.max_fee = fee.low;
    if (!felt_is_zero(named) && !felt_is_zero(deployed) && !felt_eq(named, deployed))
        return cli_fail(EXIT_USAGE, "%s: was made for another network than --network says", path);
    *t = felt_is_zero(named) ? (told){deployed, path} : (told){named, s->set.from[SET_NETWORK]};
    s->told = !felt_is_zero(t->id);
    if (use != SESSION_LOOK && !s->told)
        return cli_fail(EXIT_USAGE, "--network is needed, or a --deployment with a chain_id: the "
                                    "node alone is not believed which network it is of");
    if (use == SESSION_SEND && (felt_is_zero(s->who.address) || !s->set.value[SET_KEYSTORE]))
        return cli_fail(EXIT_USAGE, "--account and --keystore are needed");
    return 0;
}

int session_open(session *s, const cli_args *a, session_use use)
{
    told t = {felt_zero(), NULL};
    memset(s, 0, sizeof *s);
    s->args = a;
    s->policy.margin = MARGIN;
    s->wait = WAIT_SECONDS;
    s->timeout = TIMEOUT_SECONDS;
    int code = settings_read(&s->set, a);
    if (!code) code = read_settings(s, use, &t);
    if (!code) code = open_node(s, &t);
    return code;
}

void session_close(session *s)
{
    ecdsa_key_wipe(&s->who.key);
    if (s->book_open) journal_close(&s->book);
    s->book_open = false;
    rpc_delete(s->node);
    s->node = NULL;
    settings_free(&s->set);
}

int session_view(session *s, felt *out, size_t *n, const char *name)
{
    rpc_error e;
    const felt_span none = {NULL, 0};
    const sp_status st =
        chain_call(s->node, out, n, s->contract, selector_from_name(name), none, "latest", &e);
    return st == SP_OK ? 0 : session_failed(st, &e, name);
}

int session_verifier(session *s)
{
    const params *p = params_by_name("chain");
    uint8_t id[ESCROW_PROGRAM_BYTES];
    felt out[16];
    size_t n = SP_COUNT(out);
    for (size_t i = 0; i < SP_COUNT(AIR_ID); i++) bytes_put_le32(id + 4 * i, AIR_ID[i]);
    /* After the class: VerifierParams of contracts/cairo/src/escrow/proof_verifier.cairo. */
    const uint64_t own[] = {SP_VERSION,     (uint64_t)p->id, 0,
                            p->log_blowup,  p->n_queries,    p->grind_lookup,
                            p->grind_oods,  p->grind_deep,   p->grind_commit,
                            p->grind_query, p->cap_log,      p->last_layer_log};
    int code = session_view(s, out, &n, "get_verifier_params");
    if (code) return code;
    bool same = n == 1 + SP_COUNT(own);
    for (size_t i = 0; i < SP_COUNT(own) && same; i++)
        same = felt_eq(out[1 + i], i == 2 ? escrow_felt(id, sizeof id) : felt_from_u64(own[i]));
    return same ? 0
                : cli_fail(EXIT_CHAIN, "the contract's verifier is of another version than this "
                                       "sprove: it takes no proof made here (`sprove version`, "
                                       "`sprove chain status` print the ids of the constraints)");
}

int session_task(session *s, u256 id, escrow_task *t, escrow_task_ext *x)
{
    rpc_error e;
    sp_status st = escrow_get_task(s->node, t, s->contract, id, &e);
    if (st == SP_ERR_REJECT && !e.code) return cli_fail(EXIT_CHAIN, "there is no such task");
    if (st == SP_OK) st = escrow_get_task_ext(s->node, x, s->contract, id, &e);
    return st == SP_OK ? 0 : session_failed(st, &e, "get_task");
}

int session_payable(session *s, const escrow_task *t, const escrow_task_ext *x, felt provider,
                    const char **why)
{
    rpc_error e;
    escrow_node node;
    uint64_t now;
    sp_status st = chain_time(s->node, &now, &e);
    if (st != SP_OK) return session_failed(st, &e, "the latest block");
    st = escrow_get_node_info(s->node, &node, s->contract, provider, &e);
    if (st != SP_OK) return session_failed(st, &e, "get_node_info");
    *why = NULL;
    if (t->status > ESCROW_ASSIGNED)
        *why = t->status == ESCROW_CANCELLED ? "the task is cancelled or refunded"
                                             : "the task is paid already";
    else if (t->status == ESCROW_ASSIGNED && !felt_eq(x->provider, provider))
        *why = "the task is assigned to another provider";
    else if (now > x->deadline)
        *why = "the task's deadline is over: nobody can be paid for it any more";
    else if (node.status == ESCROW_NODE_SUSPENDED)
        *why = "the provider is suspended by the contract's owner";
    else if (node.status != ESCROW_NODE_ACTIVE)
        *why = "the provider is not registered; `sprove chain register`";
    else if (t->status == ESCROW_CREATED && t->required_tier > 1 && node.tier < t->required_tier)
        /* of an assigned task the tier counted when it was assigned */
        *why = "the task asks for a higher tier than the provider's";
    return 0;
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
