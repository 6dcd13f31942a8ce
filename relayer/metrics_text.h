/* metrics_text.h - everything that is counted, in the text format of Prometheus (0.0.4). */
#ifndef RELAYER_METRICS_TEXT_H
#define RELAYER_METRICS_TEXT_H

#include "relayer/hist.h"

#define METRICS_ROUTES 160
#define METRICS_CLASSES 6 /* of status codes: 0 others, 1xx to 5xx */

/* By the place in route_list; the last one: no route. */
typedef struct {
    uint64_t answered[METRICS_ROUTES + 1][METRICS_CLASSES];
    hist took[METRICS_ROUTES + 1];
} metrics_http;

struct app;
/* On the loop's thread; *n bytes, to be freed. What only the database knows (nodes, blobs) is
 * counted meanwhile and stands in the next one. NULL: out of memory. */
char *metrics_text(struct app *a, const metrics_http *http, size_t *n);

#endif
