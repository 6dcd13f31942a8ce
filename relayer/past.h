/* past.h - totals of tasks whose rows are gone (rows.h), so that what /stats and a node's earnings
 * say does not shrink with them. Added to in the unit that deletes the rows. */
#ifndef RELAYER_PAST_H
#define RELAYER_PAST_H

#include "market/amount.h"
#include "relayer/db.h"
#include "relayer/state.h"

/* *sum += more. A sum beyond 2^256 stays where it is: nobody has so much. */
void past_sum(u256 *sum, u256 more);
/* One task more of a state; of a settled one with its amount and the contract's parts of it. */
void past_add_task(db *d, task_state state, const char *amount);
/* One that the contract paid to a node; NULL is nothing. */
void past_add_earning(db *d, const char *node, const char *payout, const char *subsidy);

#endif
