/* escrow.c - what the chain says of an offer's escrow, before anything is promised; see parts.h. */
#include "node/parts.h"

#include "market/amount.h"
#include "node/command.h"
#include "starknet/calldata.h"
#include "starknet/escrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    node *n;
    node_task *t;
} question;

static const char *text_of(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

/* A number as text or, where it is small, as an integer. */
static bool number_of(u256 *out, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (json_is_integer(v) && json_integer_value(v) >= 0) {
        *out = amount_from_u64((uint64_t)json_integer_value(v));
        return true;
    }
    const char *t = json_string_value(v);
    return t != NULL && amount_read(out, t, strlen(t)) == SP_OK;
}

static bool is_over(u256 a, u256 b) { return amount_cmp(a, b) > 0; }

/* Another's assignment is over by the time that the relayer promises to have this account assigned,
 * and long enough before the escrow's deadline for a claim: it is given to one whose node was lost,
 * say. */
static bool will_be_ours(const json_t *escrow, const json_t *assignment, const char *address)
{
    const json_t *chain = json_object_get(assignment, "chain");
    const char *provider = text_of(escrow, "provider");
    const json_int_t until = json_integer_value(json_object_get(escrow, "assign_deadline"));
    u256 deadline;
    return number_of(&deadline, escrow, "deadline") &&
           strcmp(text_of(escrow, "status"), "assigned") == 0 && provider[0] != 0 &&
           strcmp(provider, address) != 0 && json_is_true(json_object_get(chain, "assign")) &&
           until > 0 && until <= json_integer_value(json_object_get(chain, "assign_by")) / 1000 &&
           !is_over(amount_from_u64((uint64_t)until + PAY_LAST_MS / 1000), deadline);
}

const char *escrow_differs(const json_t *escrow, const json_t *assignment, const char *address,
                           felt token)
{
    const json_t *job = json_object_get(assignment, "job");
    const char *payable = text_of(escrow, "payable");
    u256 amount, price, most, deadline;
    felt paid_in;
    if (strcmp(payable, "yes") != 0 && !will_be_ours(escrow, assignment, address))
        return payable[0] != 0 ? payable : "the chain does not say that it is payable";
    if (strcmp(text_of(escrow, "program_id"), text_of(job, "program_id")) != 0)
        return "it is for another program";
    if (strcmp(text_of(escrow, "input_hash"), text_of(job, "input_commitment")) != 0)
        return "it is for another input";
    if (strcmp(text_of(escrow, "context"), text_of(job, "context")) != 0)
        return "a proof for the offer's context would not be paid";
    if (!number_of(&most, escrow, "max_cycles") ||
        is_over(amount_from_u64(strtoull(text_of(job, "max_cycles"), NULL, 10)), most))
        return "it allows fewer cycles";
    if (felt_read_hex(&paid_in, text_of(escrow, "token"), strlen(text_of(escrow, "token"))) !=
            SP_OK ||
        !felt_eq(paid_in, token))
        return "it holds another token";
    if (!number_of(&amount, escrow, "amount") || !number_of(&price, assignment, "price"))
        return "it names no amount";
    const escrow_split share = escrow_split_of(amount);
    u256 reward;
    if (amount_add(&reward, share.provider_payout, share.gas_subsidy) != SP_OK ||
        is_over(price, reward))
        return "it pays less than the price of the offer";
    /* The contract counts seconds, the offer milliseconds. */
    const json_int_t until = json_integer_value(json_object_get(assignment, "deadline"));
    if (!number_of(&deadline, escrow, "deadline") || until < 0 ||
        is_over(amount_from_u64((uint64_t)until / 1000), deadline))
        return "its deadline is earlier";
    return NULL;
}

/* Until when the contract pays, for pay_until: in the assignment, which is kept. A deadline beyond
 * counting is none of the contract's. */
static void keep_deadline(const node_task *t, const json_t *escrow)
{
    const json_int_t seconds = json_integer_value(json_object_get(escrow, "deadline"));
    (void)json_object_del(t->assignment, "pays_until"); /* it is not the relayer's to say */
    if (seconds > 0 && seconds <= INT64_MAX / 1000)
        (void)json_object_set_new(t->assignment, "pays_until", json_integer(seconds * 1000));
}

static void answered(void *user, int code, const json_t *said, const char *why)
{
    question *q = user;
    node *n = q->n;
    node_task *t = q->t;
    const char *no;
    char detail[200];
    free(q);
    if (code != 0)
        no = why[0] != 0 ? why : "the chain cannot be asked";
    else
        no = escrow_differs(said, t->assignment, n->o.address, n->token);
    if (code == 0 && no == NULL) keep_deadline(t, said);
    (void)snprintf(detail, sizeof detail, "%s", no != NULL ? no : "");
    duty_looked(n, t, no != NULL ? detail : NULL, code != 0);
}

bool escrow_look(node *n, node_task *t)
{
    const json_t *chain = json_object_get(t->assignment, "chain");
    const int64_t left =
        json_integer_value(json_object_get(t->assignment, "offer_until")) - node_now_ms();
    char seconds[24];
    u256 number;
    const char *words[COMMAND_WORDS] = {n->o.sprove, "task", "show", text_of(chain, "task_id"),
                                        "--json"};
    size_t k = 5;
    if (u256_read_text(&number, words[3]) != SP_OK) return false; /* it would be an option */
    question *q = calloc(1, sizeof *q);
    if (q == NULL) return false;
    q->n = n;
    q->t = t;
    /* A later answer would be none; a second is the least that sprove takes. */
    (void)snprintf(seconds, sizeof seconds, "%lld", left < 2000 ? 1LL : (long long)left / 1000);
    command_option(words, &k, "--timeout", seconds);
    command_chain(words, &k, n->o.rpc, n->o.deployment, text_of(chain, "contract"), n->o.network);
    command_option(words, &k, "--provider", n->o.address);
    words[k] = NULL;
    if (command_start(&n->loop, words, answered, q) == SP_OK) return true;
    free(q);
    return false;
}

bool escrow_token(felt *out, const node_options *o, char why[256])
{
    json_error_t e;
    if (o->deployment[0] == 0) return felt_read_hex(out, ESCROW_STRK, strlen(ESCROW_STRK)) == SP_OK;
    json_t *j = json_load_file(o->deployment, JSON_REJECT_DUPLICATES, &e);
    const char *token = text_of(j, "token");
    const bool ok = felt_read_hex(out, token, strlen(token)) == SP_OK;
    if (!ok) (void)snprintf(why, 256, "%.150s", j == NULL ? e.text : "it names no token");
    json_decref(j);
    return ok;
}
