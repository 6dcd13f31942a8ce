/* log.h - one JSON object per line on standard error; never a payload, a secret or a key.
 *
 * From any thread. A line of one event that comes more than LOG_BURST times in a second is counted
 * instead, and the count is said with the next one that is written. */
#ifndef RELAYER_LOG_H
#define RELAYER_LOG_H

#include "core/sp.h"

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

#define LOG_BURST 20u

void log_set_level(log_level l);
/* False: there is none of this name. */
bool log_level_of(log_level *l, const char *name);
/* event: what happened, as a constant word. The rest is names and values in pairs, ended by NULL; a
 * value NULL leaves its name out, one that is too long is cut: log_event(LOG_INFO,
 * "node_registered", "node", id, NULL). */
void log_event(log_level l, const char *event, ...) __attribute__((sentinel));

#endif
