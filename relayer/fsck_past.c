/* fsck_past.c - totals of tasks whose rows are gone: past.h. Nothing is left to count them again,
 * but they must be what such totals can be. */
#include "relayer/fsck_parts.h"

#include "market/amount.h"
#include "relayer/state.h"

#include <string.h>

static bool read(u256 *v, const db_rows *r, int column)
{
    const char *text = fsck_text(r, column);
    return amount_read(v, text, strlen(text)) == SP_OK;
}

static bool is_sum(u256 whole, const u256 *part, int n)
{
    u256 sum = amount_from_u64(0);
    for (int i = 0; i < n; i++)
        if (amount_add(&sum, sum, part[i]) != SP_OK) return false;
    return amount_cmp(sum, whole) == 0;
}

void fsck_past(fsck *f)
{
    u256 whole, part[3];
    db_rows *r =
        fsck_all(f, "SELECT state, tasks, volume, payout, subsidy, treasury FROM task_past");
    while (db_next(r)) {
        task_state state;
        if (!task_state_read(&state, fsck_text(r, 0)) || !task_is_final(state, false) ||
            db_int(r, 1) < 1)
            fsck_violation(f, "task_past", fsck_text(r, 0), "tasks like these cannot be gone");
        else if (!read(&whole, r, 2) || !read(&part[0], r, 3) || !read(&part[1], r, 4) ||
                 !read(&part[2], r, 5) || !is_sum(whole, part, 3) ||
                 (state != TASK_SETTLED && !amount_is_zero(whole)))
            fsck_violation(f, "task_past", fsck_text(r, 0), "the parts are not the volume");
    }
    db_end(r);
    r = fsck_all(f, "SELECT node_id, tasks, payout, subsidy FROM earning_past");
    while (db_next(r))
        if (db_int(r, 1) < 1 || !read(&part[0], r, 2) || !read(&part[1], r, 3))
            fsck_violation(f, "earning_past", fsck_text(r, 0), "is no sum of what was paid");
    db_end(r);
    fsck_rule(f, "earning_past",
              "SELECT node_id, 'of no node' FROM earning_past WHERE node_id NOT IN"
              " (SELECT id FROM node)");
}
