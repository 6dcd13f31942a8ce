/* urgency.h - how little time is left of a queued task, and what follows: its place among its own
 * demander's tasks. On the core's thread.
 *
 * Slack is the time until the deadline. Three classes: in a hurry, soon, and all others. Within one
 * demander's tasks those in a hurry come first, the earliest deadline before the others; then
 * priority, then class, then age. A short deadline costs nothing, so it moves a task among the
 * places that its demander has, and nobody else's; what it gives beyond that is one offer in four
 * at the most of all demanders together (place.c). */
#ifndef RELAYER_URGENCY_H
#define RELAYER_URGENCY_H

#include "relayer/demand.h"

#define URGENCY_HURRY_MS INT64_C(300000)
#define URGENCY_SOON_MS INT64_C(3600000)

typedef enum { URGENCY_HURRY, URGENCY_SOON, URGENCY_LATER } urgency;
urgency urgency_of(int64_t deadline_ms, int64_t now_ms);
/* By the order above: < 0 when a comes first; never 0 of two tasks. Both of one demander. */
int urgency_compare(const demand *a, const demand *b, int64_t now_ms);
/* Each demander's tasks of the list change places among themselves; out of memory: they stay. */
void urgency_order(demand *list, size_t n, int64_t now_ms);

#endif
