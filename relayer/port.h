/* port.h - finished jobs of other threads, handed to the loop's thread in order. */
#ifndef RELAYER_PORT_H
#define RELAYER_PORT_H

#include "relayer/queue.h"

#include <uv.h>

typedef struct {
    uv_async_t wake;
    pthread_mutex_t lock;
    job *head, **tail;
} port;

/* SP_ERR_IO: the loop refuses. */
SP_MUST_USE sp_status port_init(port *p, uv_loop_t *loop);
/* From any thread: done of each job of the list runs on the loop's thread. */
void port_post(port *p, job *list);
/* On the loop's thread, before the loop ends: what was posted is done; nothing may be posted any
 * more. */
void port_close(port *p);

#endif
