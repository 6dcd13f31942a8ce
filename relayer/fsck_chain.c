/* fsck_chain.c - the relayer's own transactions: relayer/assign.h says what holds. */
#include "relayer/fsck_parts.h"

#include "market/amount.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Parts of an amount. */
static bool is_sum(const db_rows *r, int whole, int first, int n)
{
    u256 sum = amount_from_u64(0), all;
    const char *text = fsck_text(r, whole);
    if (amount_read(&all, text, strlen(text)) != SP_OK) return false;
    for (int i = first; i < first + n; i++) {
        u256 part;
        text = fsck_text(r, i);
        if (amount_read(&part, text, strlen(text)) != SP_OK || amount_add(&sum, sum, part) != SP_OK)
            return false;
    }
    return amount_cmp(sum, all) == 0;
}

void fsck_paid(fsck *f)
{
    db_rows *r =
        fsck_all(f, "SELECT t.id, t.amount, s.payout, s.subsidy, s.treasury FROM settlement s"
                    " JOIN task t ON t.id = s.task_id WHERE s.payout IS NOT NULL OR"
                    " s.subsidy IS NOT NULL OR s.treasury IS NOT NULL");
    while (db_next(r))
        if (!is_sum(r, 1, 2, 3))
            fsck_violation(f, "settlement", fsck_text(r, 0),
                           "what was paid is not the amount of the task");
    db_end(r);
}

void fsck_outbox(fsck *f)
{
    char sender[KEY] = "", key[KEY + 24];
    int64_t next = 0;
    db_rows *r =
        fsck_all(f, "SELECT sender, nonce, n_nonces, id, 0 FROM chain_outbox WHERE nonce IS NOT"
                    " NULL AND state NOT IN ('refused', 'dead')"
                    /* Under which nothing but what was refused was signed (assign_hole). */
                    " UNION ALL SELECT o.sender, o.nonce, 1, max(o.id), 1 FROM chain_outbox o"
                    " WHERE o.state = 'refused' AND NOT EXISTS (SELECT 1 FROM chain_outbox p"
                    " WHERE p.sender = o.sender AND p.nonce <= o.nonce"
                    " AND p.nonce + p.n_nonces > o.nonce AND p.state NOT IN ('refused', 'dead'))"
                    " GROUP BY o.sender, o.nonce ORDER BY 1, 2, 4");
    while (db_next(r)) {
        const bool first = strcmp(sender, fsck_text(r, 0)) != 0;
        if (first && db_int(r, 4) != 0) continue; /* nothing of ours lies below it */
        (void)snprintf(sender, sizeof sender, "%s", fsck_text(r, 0));
        (void)snprintf(key, sizeof key, "%" PRId64, db_int(r, 3));
        if (!first && db_int(r, 1) < next)
            fsck_violation(f, "chain_outbox", key, "another row has the nonce %" PRId64,
                           db_int(r, 1));
        else if (!first && db_int(r, 1) > next)
            fsck_violation(f, "chain_outbox", key,
                           "has the nonce %" PRId64 " and follows %" PRId64 ": there is a gap",
                           db_int(r, 1), next - 1);
        next = db_int(r, 1) + db_int(r, 2);
    }
    db_end(r);
    fsck_rule(f, "chain_outbox",
              "SELECT id, 'is ' || state || ' without nonce, hash and bytes' FROM chain_outbox"
              " WHERE state IN ('signed', 'broadcast', 'confirmed', 'reverted', 'refused', 'dead')"
              " AND (nonce IS NULL OR tx_hash IS NULL OR signed_tx IS NULL)");
    fsck_rule(f, "chain_outbox",
              "SELECT id, 'is ' || state || ' and has bytes' FROM chain_outbox WHERE state IN"
              " ('wanted', 'satisfied', 'open', 'dropped', 'failed') AND signed_tx IS NOT NULL");
    fsck_rule(
        f, "chain_outbox",
        "SELECT min(id), 'the same transaction twice' FROM chain_outbox WHERE tx_hash IS NOT NULL"
        " GROUP BY tx_hash HAVING count(*) > 1");
    fsck_rule(
        f, "chain_outbox",
        "SELECT min(id), 'more than one assignment for a lease' FROM chain_outbox WHERE task_id"
        " IS NOT NULL AND replaced IS NULL GROUP BY task_id, attempt HAVING count(*) > 1");
    /* Bytes that may be executed are given up only when they are known to be refused or dead, or
     * were executed and reverted. */
    fsck_rule(
        f, "chain_outbox",
        "SELECT id, 'is replaced and ' || state FROM chain_outbox WHERE replaced IS NOT NULL AND"
        " state NOT IN ('refused', 'dead', 'reverted', 'broadcast', 'confirmed')");
    fsck_rule(
        f, "chain_outbox",
        "SELECT o.id, 'is of a lease that there was not' FROM chain_outbox o LEFT JOIN attempt a"
        " ON a.task_id = o.task_id AND a.n = o.attempt AND a.acked_at IS NOT NULL"
        " WHERE o.task_id IS NOT NULL AND a.n IS NULL");
    fsck_rule(
        f, "chain_outbox",
        "SELECT o.id, 'assigns another account than the lease has' FROM chain_outbox o JOIN"
        " attempt a ON a.task_id = o.task_id AND a.n = o.attempt WHERE a.account <> o.provider");
}
