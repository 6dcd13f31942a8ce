/* uptime.h - how much of the last thirty days a node had a session, by rows: node.up_since of the
 * session that it has, and for each day (UTC) how long sessions lasted that have ended. A time in
 * which the relayer itself was not there counts for the node that had a session before it. */
#ifndef RELAYER_UPTIME_H
#define RELAYER_UPTIME_H

#include "relayer/db.h"

#define UPTIME_DAYS 30

/* The node's session is over; its row is held. */
void uptime_end(db *d, const char *node, int64_t now);
/* So are those of all nodes that a relayer had. */
void uptime_end_all(db *d, const char *instance, int64_t now);
/* Parts of a million, of the time since it is known where that is shorter; a million for a node
 * that has just come. */
uint32_t uptime_ppm(db *d, const char *node, int64_t now);

#endif
