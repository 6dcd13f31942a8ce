/* account_look.c - see account_look.h. */
#include "relayer/account_look.h"

#include "relayer/app.h"
#include "relayer/settle.h"

#include <stdio.h>
#include <string.h>

#define MOST 50                   /* accounts asked for in one round */
#define AGAIN_MS INT64_C(300000)  /* one that is paid */
#define REFUSED_MS INT64_C(30000) /* one that is not: its owner may just be registering it */

bool account_look(app *a, db *d, endpoints *e, felt contract, rpc_error *err)
{
    char list[MOST][FELT_HEX];
    size_t n = 0;
    const int64_t now = clock_ms();
    db_rows *r = db_query(
        d,
        "SELECT address FROM node WHERE connected = 1 AND address <> '' AND (chain_asked_at IS NULL"
        " OR chain_asked_at < ? OR (chain_asked_at < ? AND coalesce(chain_tier, 0) <= 0))"
        " GROUP BY address ORDER BY min(coalesce(chain_asked_at, 0)), address LIMIT 50",
        DB_I(now - AGAIN_MS), DB_I(now - REFUSED_MS));
    while (n < MOST && db_next(r)) db_copy(list[n++], FELT_HEX, r, 0);
    db_end(r);
    for (size_t i = 0; i < n && !a->stopping; i++) {
        felt account;
        escrow_node node;
        /* One endpoint's word will do: a lie costs offers, or a transaction that is refused. */
        if (felt_read_hex(&account, list[i], strlen(list[i])) != SP_OK) continue;
        const sp_status s = escrow_get_node_info(e->any, &node, contract, account, err);
        if (s != SP_OK && (s != SP_ERR_REJECT || err->code < 0)) return false;
        settle_news *m = settle_news_new(SETTLE_ACCOUNT);
        if (m == NULL) return true;
        (void)snprintf(m->account, sizeof m->account, "%s", list[i]);
        if (s == SP_OK && node.status == ESCROW_NODE_ACTIVE)
            m->tier = node.tier > 0 ? node.tier : 1;
        settle_post(a, m, NULL);
    }
    return true;
}
