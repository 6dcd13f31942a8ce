/* service.h - the relayer as a service: it tells the service manager that it is ready, alive and
 * stopping, and SIGUSR1 turns the log's level to debug and back. On the loop's thread. */
#ifndef RELAYER_SERVICE_H
#define RELAYER_SERVICE_H

#include "core/sp.h"

struct app;
typedef struct service service;

/* Listening has begun. Ready is said with the writing thread's first commit; a sign of life goes
 * out only when that thread has committed since the last one, so that a relayer which cannot write
 * any more is started anew. NULL: out of memory. */
service *service_start(struct app *a);
/* It will take up to within_ms. NULL allowed; so below. */
void service_stopping(service *s, uint64_t within_ms);
/* Within the loop. */
void service_stop(service *s);
void service_free(service *s); /* after the loop */

#endif
