/* estimate.c - rows, prices, times and quotes. */
#include "relayer/estimate.h"

#include <stdlib.h>

#define MOST_ROWS (UINT64_C(1) << 62)

sp_status estimate_rows(uint64_t *rows, uint64_t cycles, uint64_t table_rows,
                        uint32_t rows_per_1000)
{
    const u128 r = ((u128)cycles * rows_per_1000 + 999) / 1000 + table_rows; /* < 2^97 */
    if (r > MOST_ROWS) return SP_ERR_LIMIT;
    *rows = (uint64_t)r; /* <= 2^62 */
    return SP_OK;
}

uint32_t estimate_rows_per_1000(unsigned max_instances)
{
    return max_instances > 1 ? ESTIMATE_ROWS_SPLIT : ESTIMATE_ROWS_WHOLE;
}

sp_status estimate_price(u256 *out, u256 base, u256 per_mcycle, uint64_t rows)
{
    u256 work;
    SP_TRY(amount_scale(&work, per_mcycle, rows, 1000000));
    return amount_add(out, base, work);
}

/* ceil(n*1000/rate), at most 2^63. */
static uint64_t ms(uint64_t n, uint64_t rate)
{
    const uint64_t most = UINT64_C(1) << 63;
    if (n <= (UINT64_MAX - rate) / 1000) return (n * 1000 + rate - 1) / rate;
    const u128 t = ((u128)n * 1000 + rate - 1) / rate;
    return t < most ? (uint64_t)t : most;
}

uint64_t estimate_time_ms(estimate_speed v, uint64_t cycles, uint64_t rows)
{
    if (v.exec_rate == 0 || v.prove_rate == 0) return UINT64_MAX;
    const uint64_t exec = ms(cycles, v.exec_rate), prove = ms(rows, v.prove_rate);
    return exec >> 62 || prove >> 62 ? UINT64_MAX : exec + prove;
}

sp_status estimate_quote_of(estimate_quote *out, u256 asked)
{
    estimate_quote q;
    SP_TRY(amount_escrow(&q.total, asked));
    const escrow_split s = escrow_split_of(q.total);
    q.compute_cost = s.provider_payout;
    q.treasury_fee = s.treasury_fee;
    q.gas_subsidy = s.gas_subsidy;
    SP_TRY(amount_add(&q.network_fee, s.treasury_fee, s.gas_subsidy));
    *out = q;
    return SP_OK;
}

static int compare_prices(const void *a, const void *b)
{
    return amount_cmp(*(const u256 *)a, *(const u256 *)b);
}

static int compare_times(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t rank(size_t n, unsigned percent)
{
    SP_ASSERT(n > 0 && percent >= 1 && percent <= 100);
    /* ceil(n*percent/100) without the product */
    return n / 100 * percent + (n % 100 * percent + 99) / 100 - 1;
}

u256 estimate_percentile_price(u256 *list, size_t n, unsigned percent)
{
    qsort(list, n, sizeof *list, compare_prices);
    return list[rank(n, percent)];
}

uint64_t estimate_percentile_time(uint64_t *list, size_t n, unsigned percent)
{
    qsort(list, n, sizeof *list, compare_times);
    return list[rank(n, percent)];
}
