/* settle_account.c - what the contract says of the accounts of nodes: a node whose account it would
 * not pay for a task's tier is not offered the task. Kept in the nodes' rows, so that several
 * relayers ask once. */
#include "relayer/settle_parts.h"

#include "relayer/node.h"

#include <stdio.h>

#define MOST 256 /* nodes of one account that are told at once; the others read it later */

void settle_account(core *c, const settle_news *n)
{
    char ids[MOST][NODE_ID];
    size_t k = 0;
    db_rows *r = db_query(core_db(c),
                          "SELECT id FROM node WHERE address = ? AND connected = 1 AND (chain_tier"
                          " IS NULL OR chain_tier <> ?) ORDER BY id LIMIT 256",
                          DB_T(n->account), DB_I(n->tier));
    while (k < MOST && db_next(r)) db_copy(ids[k++], NODE_ID, r, 0);
    db_end(r);
    (void)db_run(core_db(c), "UPDATE node SET chain_tier = ?, chain_asked_at = ? WHERE address = ?",
                 DB_I(n->tier), DB_I(core_now(c)), DB_T(n->account));
    for (size_t i = 0; i < k; i++) node_changed(c, ids[i]);
}
