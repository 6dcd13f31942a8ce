/* possible.h - what the nodes that are here could do, by their rows: for estimates, and for tasks
 * that are only wanted in time. From any thread with a database. */
#ifndef RELAYER_POSSIBLE_H
#define RELAYER_POSSIBLE_H

#include "relayer/db.h"
#include "relayer/estimate.h"
#include "relayer/task.h"

#include <jansson.h>

#define POSSIBLE_TOO_LATE \
    "strict_deadline: none of the nodes that are here and may have the task could end it in time"
#define POSSIBLE_NODES 1000 /* that are looked at: those heard of last */
/* Columns specs, bench, price_base, price_mcycle, id, region, and the sums of reputation, of the
 * nodes that are offered tasks. */
#define POSSIBLE_SELECT                                                                          \
    "SELECT specs, bench, price_base, price_mcycle, id, region, rep_good, rep_bad, rep_at FROM " \
    "node"                                                                                       \
    " WHERE connected = 1 AND state <> 'banned' AND draining = 0"                                \
    " AND (banned_until IS NULL OR banned_until <= ?) ORDER BY last_seen DESC LIMIT 1000"

/* Whether the node of a row, whose specs these are, meets all requirements of a task as the
 * scheduler asks them (score.h), its speed and its price of a task left aside. */
bool possible_fits(const db_rows *r, const json_t *specs, const json_t *need, int64_t now_ms);
estimate_speed possible_speed(const json_t *bench);
/* Whether a task that says strict_deadline could be done in time by one of the nodes that are here,
 * were it free; true of all others, and of none that could not be read. */
bool possible_in_time(db *d, const task_new *t, int64_t now_ms);

#endif
