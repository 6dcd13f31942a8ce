/* contradiction.h - two results of one attempt that its node has signed and that cannot both be
 * true (node_evidence.c), as they are shown: to auditors, and in a task's bundle. */
#ifndef RELAYER_CONTRADICTION_H
#define RELAYER_CONTRADICTION_H

#include "relayer/db.h"

#include <jansson.h>

/* contradictions.json of a bundle. NULL: out of memory. */
json_t *contradictions_of_task(db *d, const char *task);

/* Of columns from `at` on: attempt, node_id, the node's key, when, first, second. */
#define CONTRADICTION_COLUMNS "x.attempt, x.node_id, xn.pubkey, x.at, x.first, x.second"
#define CONTRADICTION_TABLES "contradiction x JOIN node xn ON xn.id = x.node_id"
json_t *contradiction_json(const db_rows *r, int at);

#endif
