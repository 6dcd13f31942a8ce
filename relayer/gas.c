/* gas.c - see gas.h. */
#include "relayer/gas.h"

#include "market/amount.h"
#include "relayer/app.h"
#include "relayer/estimate.h"
#include "relayer/watch.h"

#include <string.h>

_Static_assert(GAS_CLAIMS == 15, "as the statement says");

bool gas_estimate(u256 *fri, db *d, app *a)
{
    u256 fee[GAS_CLAIMS];
    size_t n = 0;
    const watch_health h = watch_look(a);
    if (!h.configured) return false;
    db_rows *r = db_query_values(d,
                                 "SELECT actual_fee FROM settlement WHERE actual_fee IS NOT NULL"
                                 " ORDER BY updated_at DESC LIMIT 15",
                                 NULL, 0);
    while (n < GAS_CLAIMS && db_next(r))
        n += amount_read(&fee[n], db_text(r, 0), strlen(db_text(r, 0))) == SP_OK;
    db_end(r);
    if (n > 0) {
        *fri = estimate_percentile_price(fee, n, 50);
        return true;
    }
    const u256 price = {h.l2_gas_price, 0};
    return h.l2_gas_price != 0 && amount_scale(fri, price, GAS_CLAIM_L2, 1) == SP_OK;
}
