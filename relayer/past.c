/* past.c - see past.h. */
#include "relayer/past.h"

#include "market/amount.h"
#include "starknet/escrow.h"

#include <string.h>

static bool read(u256 *v, const char *text)
{
    *v = amount_from_u64(0);
    return text == NULL || amount_read(v, text, strlen(text)) == SP_OK;
}

void past_sum(u256 *sum, u256 more)
{
    u256 total;
    if (amount_add(&total, *sum, more) == SP_OK) *sum = total;
}

void past_add_task(db *d, task_state state, const char *amount)
{
    u256 v, sum[4];
    char text[4][U256_TEXT];
    const char *name = task_state_name(state);
    for (int i = 0; i < 4; i++) sum[i] = amount_from_u64(0);
    if (state == TASK_SETTLED && read(&v, amount)) {
        const escrow_split part = escrow_split_of(v);
        db_rows *r =
            db_query(d, "SELECT volume, payout, subsidy, treasury FROM task_past WHERE state = ?",
                     DB_T(name));
        if (db_next(r))
            for (int i = 0; i < 4; i++) (void)read(&sum[i], db_text(r, i));
        db_end(r);
        past_sum(&sum[0], v);
        past_sum(&sum[1], part.provider_payout);
        past_sum(&sum[2], part.gas_subsidy);
        past_sum(&sum[3], part.treasury_fee);
    }
    for (int i = 0; i < 4; i++) u256_write_text(text[i], sum[i]);
    (void)db_run(d,
                 "INSERT INTO task_past(state, tasks, volume, payout, subsidy, treasury)"
                 " VALUES(?, 1, ?, ?, ?, ?) ON CONFLICT(state) DO UPDATE SET"
                 " tasks = task_past.tasks + 1, volume = excluded.volume,"
                 " payout = excluded.payout, subsidy = excluded.subsidy,"
                 " treasury = excluded.treasury",
                 DB_T(name), DB_T(text[0]), DB_T(text[1]), DB_T(text[2]), DB_T(text[3]));
}

void past_add_earning(db *d, const char *node, const char *payout, const char *subsidy)
{
    const char *more[2] = {payout, subsidy};
    u256 sum[2] = {amount_from_u64(0), amount_from_u64(0)}, v;
    char text[2][U256_TEXT];
    db_rows *r =
        db_query(d, "SELECT payout, subsidy FROM earning_past WHERE node_id = ?", DB_T(node));
    if (db_next(r))
        for (int i = 0; i < 2; i++) (void)read(&sum[i], db_text(r, i));
    db_end(r);
    for (int i = 0; i < 2; i++) {
        if (read(&v, more[i])) past_sum(&sum[i], v);
        u256_write_text(text[i], sum[i]);
    }
    (void)db_run(d,
                 "INSERT INTO earning_past(node_id, tasks, payout, subsidy) VALUES(?, 1, ?, ?)"
                 " ON CONFLICT(node_id) DO UPDATE SET tasks = earning_past.tasks + 1,"
                 " payout = excluded.payout, subsidy = excluded.subsidy",
                 DB_T(node), DB_T(text[0]), DB_T(text[1]));
}
