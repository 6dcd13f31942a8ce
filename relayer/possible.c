/* possible.c - see possible.h. */
#include "relayer/possible.h"

#include "relayer/demand.h"
#include "relayer/node.h"
#include "relayer/reputation.h"

#include <string.h>

static int64_t number(const json_t *j, const char *name)
{
    const json_int_t v = json_integer_value(json_object_get(j, name));
    return v > 0 ? v : 0;
}

static bool has_vram(const json_t *gpus, int64_t least)
{
    size_t i;
    json_t *gpu;
    json_array_foreach((json_t *)(uintptr_t)gpus, i,
                       gpu) if (number(gpu, "vram_gb") >= least) return true;
    return false;
}

static bool has_enough(const json_t *specs, const json_t *need)
{
    return number(specs, "cpu_threads") >= number(need, "cpu_threads") &&
           number(specs, "ram_gb") >= number(need, "ram_gb") &&
           number(specs, "disk_gb") >= number(need, "disk_gb") &&
           (!json_is_true(json_object_get(need, "gpu_required")) ||
            has_vram(json_object_get(specs, "gpus"), number(need, "gpu_vram_gb")));
}

estimate_speed possible_speed(const json_t *bench)
{
    return (estimate_speed){(uint64_t)number(bench, "exec_mcycles_s") % 1000001 * 1000000u,
                            (uint64_t)number(bench, "prove_krows_s") % 10000001 * 1000u};
}

/* As among, of ids of nodes, which are the same when they are the same number. */
static bool among_ids(const json_t *list, const char *id, bool empty)
{
    uint8_t ours[SCORE_ID], other[SCORE_ID];
    size_t i;
    json_t *v;
    if (json_array_size(list) == 0) return empty;
    node_id_bytes(ours, id);
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        node_id_bytes(other, json_string_value(v));
        if (memcmp(ours, other, SCORE_ID) == 0) return true;
    }
    return false;
}

/* empty: what is said where the list has nothing. */
static bool among(const json_t *list, const char *text, bool empty)
{
    size_t i;
    json_t *v;
    if (json_array_size(list) == 0) return empty;
    json_array_foreach((json_t *)(uintptr_t)list, i,
                       v) if (strcmp(json_string_value(v), text) == 0) return true;
    return false;
}

bool possible_fits(const db_rows *r, const json_t *specs, const json_t *need, int64_t now_ms)
{
    const reputation rep = {(uint64_t)db_int(r, 6), (uint64_t)db_int(r, 7), (uint64_t)db_int(r, 8)};
    u256 price, most;
    const char *dearest = json_string_value(json_object_get(need, "max_price_per_mcycle")),
               *each = db_text(r, 3);
    return has_enough(specs, need) &&
           among(json_object_get(need, "regions"), db_text(r, 5), true) &&
           among_ids(json_object_get(need, "node_allow"), db_text(r, 4), true) &&
           !among_ids(json_object_get(need, "node_deny"), db_text(r, 4), false) &&
           (int64_t)reputation_ppm(&rep, (uint64_t)now_ms) >= number(need, "min_reputation") &&
           (dearest == NULL || (amount_read(&price, each, strlen(each)) == SP_OK &&
                                amount_read(&most, dearest, strlen(dearest)) == SP_OK &&
                                amount_cmp(price, most) <= 0));
}

static bool can(const db_rows *r, const task_new *t, const json_t *need, int64_t now)
{
    u256 price, mcycle, most;
    json_t *specs = json_loads(db_text(r, 0), 0, NULL), *bench = json_loads(db_text(r, 1), 0, NULL);
    const uint64_t cycles = demand_cycles(t->max_cycles), rows = demand_rows(t->profile, cycles),
                   ms = estimate_time_ms(possible_speed(bench), cycles, rows),
                   margin = DEMAND_SAFETY_MS + (t->chain_task_id[0] != 0 ? DEMAND_CLAIM_MS : 0);
    const char *base = db_text(r, 2), *each = db_text(r, 3);
    const bool cheap = amount_read(&price, base, strlen(base)) == SP_OK &&
                       amount_read(&mcycle, each, strlen(each)) == SP_OK &&
                       estimate_price(&price, price, mcycle, rows) == SP_OK &&
                       amount_read(&most, t->amount, strlen(t->amount)) == SP_OK &&
                       amount_cmp(price, escrow_split_of(most).provider_payout) <= 0;
    const uint64_t most_ms = (uint64_t)number(need, "max_execution_time") * 1000;
    const bool ok = cheap && (most_ms == 0 || ms <= most_ms) &&
                    possible_fits(r, specs, need, now) && ms < (uint64_t)TASK_MAX_DEADLINE_MS &&
                    now + (int64_t)(ms + margin) <= t->deadline;
    json_decref(specs);
    json_decref(bench);
    return ok;
}

bool possible_in_time(db *d, const task_new *t, int64_t now)
{
    json_t *need = json_loads(t->requirements, 0, NULL);
    bool ok = !json_is_true(json_object_get(need, "strict_deadline"));
    if (!ok) {
        db_rows *r = db_query(d, POSSIBLE_SELECT, DB_I(now));
        while (!ok && db_next(r)) ok = can(r, t, need, now);
        db_end(r);
    }
    json_decref(need);
    return ok;
}
