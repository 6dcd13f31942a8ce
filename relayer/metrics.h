/* metrics.h - the second listener: GET /metrics in the text format of Prometheus (0.0.4), and
 * nothing else. On the loop's thread. It is meant for the machine itself: it asks for no key. */
#ifndef RELAYER_METRICS_H
#define RELAYER_METRICS_H

#include "core/sp.h"

#include <uv.h>

struct app;
struct call;
typedef struct metrics metrics;

/* server.metrics; empty: *out is NULL. The default address may be in use: that is logged.
 * SP_ERR_IO, SP_ERR_ARG, with a sentence in why[SETTINGS_WHY]. */
SP_MUST_USE sp_status metrics_open(metrics **out, struct app *a, char *why);
/* Within the loop. NULL allowed; so below. */
void metrics_stop(metrics *m);
void metrics_free(metrics *m); /* after the loop */
/* A request was answered. */
void metrics_count(metrics *m, const struct call *c);

#endif
