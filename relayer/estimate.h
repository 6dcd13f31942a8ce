/* estimate.h - what a task would cost and how long it would take, in whole numbers.
 *
 * A node asks for base + per_mcycle for every million padded rows. To that the contract's shares
 * are added from the inside: the escrow is large enough that the provider's part alone covers what
 * was asked (amount_escrow), and the five lines of a quote add up exactly. */
#ifndef RELAYER_ESTIMATE_H
#define RELAYER_ESTIMATE_H

#include "air/components.h"
#include "market/amount.h"

/* Rows of the tables that every proof has, whatever is run: TABLES, and the program's instructions
 * and image, which are 2^12 rows each for most programs. */
#define ESTIMATE_TABLE_ROWS ((UINT64_C(1) << AIR_TABLES_LOG) + (UINT64_C(2) << 12))
/* Rows beyond those that 1000 cycles take, padding, memory and idle registers included, where a
 * chip may be cut into two tables and where it may not. The middle of what the built-in jobs take
 * (tests/relayer/estimate_rows.c, which holds the rows of an estimate to 6 and 15 percent). */
#define ESTIMATE_ROWS_SPLIT 1100u
#define ESTIMATE_ROWS_WHOLE 1550u

/* The rows that are committed to, of all tables together, when nothing is known of a run but its
 * cycles: table_rows + ceil(cycles*rows_per_1000/1000). SP_ERR_LIMIT: more than 2^62. */
SP_MUST_USE sp_status estimate_rows(uint64_t *rows, uint64_t cycles, uint64_t table_rows,
                                    uint32_t rows_per_1000);
/* By how many tables a chip may have (params.max_instances). */
uint32_t estimate_rows_per_1000(unsigned max_instances);

/* base + ceil(per_mcycle*rows/10^6). SP_ERR_LIMIT: 2^256 or more. */
SP_MUST_USE sp_status estimate_price(u256 *out, u256 base, u256 per_mcycle, uint64_t rows);

/* Speeds of a node: cycles executed and rows proved in a second. */
typedef struct {
    uint64_t exec_rate, prove_rate;
} estimate_speed;
/* Milliseconds for executing and proving, each rounded up; UINT64_MAX when a speed is 0 or the time
 * is beyond 2^63 ms. */
uint64_t estimate_time_ms(estimate_speed v, uint64_t cycles, uint64_t rows);

/* A quote: compute_cost + network_fee is the total, treasury_fee + gas_subsidy the network_fee. */
typedef struct {
    u256 compute_cost; /* the provider's part: what was asked, or up to 2 more from rounding */
    u256 network_fee, treasury_fee, gas_subsidy, total;
} estimate_quote;
/* SP_ERR_LIMIT, nothing written: the escrow would be 2^256 or more. */
SP_MUST_USE sp_status estimate_quote_of(estimate_quote *out, u256 asked);

/* The value such that percent of n >= 1 values are at most it (nearest rank: the one in place
 * ceil(n*percent/100) from below), percent in 1..100. Sorts the list. */
u256 estimate_percentile_price(u256 *list, size_t n, unsigned percent);
uint64_t estimate_percentile_time(uint64_t *list, size_t n, unsigned percent);

#endif
