/* chain_sign.c - what a transaction costs, and its signature: see chain_send.h. */
#include "cli/amount.h"
#include "cli/chain_send.h"
#include "cli/secret.h"
#include "cli/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int session_print_price(const session *s, const account_signed *tx, size_t felts)
{
    char fee[U256_TEXT], cap[U256_TEXT];
    /* The bounds were made from these and did not overflow. */
    const tx_estimate *t = &tx->estimate;
    u256_write_text(fee, (u256){t->l1_gas * t->l1_gas_price + t->l2_gas * t->l2_gas_price +
                                    t->l1_data_gas * t->l1_data_gas_price,
                                0});
    u256_write_text(cap, (u256){tx->max_fee, 0});
    if (s->args->value[OPT_JSON])
        return task_print_json(json_pack("{s:b,s:I,s:I,s:s,s:s}", "sent", 0, "calldata_felts",
                                         (json_int_t)felts, "l2_gas", (json_int_t)t->l2_gas,
                                         "estimated_fee", fee, "max_fee", cap));
    printf("%-14s %zu felts\n%-14s %" PRIu64 "\n%-14s %s\n%-14s %s\nnothing was sent\n", "calldata",
           felts, "L2 gas", t->l2_gas, "estimated fee", fee, "fee cap", cap);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

/* The estimate, with its margin, is above --max-fee. */
static int too_dear(const session *s, const tx_estimate *estimate)
{
    tx_bounds b;
    u128 most;
    char asked[AMOUNT_TEXT] = "more than can be counted", cap[AMOUNT_TEXT];
    const account_policy *p = &s->policy;
    if (tx_bounds_from_estimate(&b, estimate, p->margin, p->min_l2_price, p->tip, ~(u128)0) ==
            SP_OK &&
        tx_max_fee(&most, &b, p->tip) == SP_OK)
        amount_write(asked, (u256){most, 0});
    amount_write(cap, (u256){p->max_fee, 0});
    return cli_fail(EXIT_LIMIT, "the fee could be %s, above --max-fee of %s; nothing was sent",
                    asked, cap);
}

int session_sign(session *s, felt_span data, account_signed *tx, sp_status *st, rpc_error *e)
{
    memset(e, 0, sizeof *e);
    memset(tx, 0, sizeof *tx);
    const int code =
        secret_unlock(&s->who.key, s->set.value[SET_KEYSTORE], s->set.value[SET_PASSWORD_FILE]);
    if (code) return code;
    *st = account_prepare_invoke(s->node, tx, &s->who, data, &s->policy, e);
    ecdsa_key_wipe(&s->who.key);
    return 0;
}

int session_unsigned(const session *s, const account_signed *tx, sp_status st, const rpc_error *e)
{
    if (st == SP_ERR_LIMIT && !e->message[0]) return too_dear(s, &tx->estimate);
    return session_failed(st, e, "before sending");
}
