/* port.c - see port.h. */
#include "relayer/port.h"

static void run(port *p)
{
    (void)pthread_mutex_lock(&p->lock);
    job *j = p->head;
    p->head = NULL;
    p->tail = &p->head;
    (void)pthread_mutex_unlock(&p->lock);
    while (j != NULL) {
        job *next = j->next;
        j->done(j);
        j = next;
    }
}

static void woken(uv_async_t *a) { run(a->data); }

sp_status port_init(port *p, uv_loop_t *loop)
{
    p->head = NULL;
    p->tail = &p->head;
    if (uv_async_init(loop, &p->wake, woken) != 0) return SP_ERR_IO;
    p->wake.data = p;
    (void)pthread_mutex_init(&p->lock, NULL);
    return SP_OK;
}

void port_post(port *p, job *list)
{
    if (list == NULL) return;
    job **end = &list->next;
    while (*end != NULL) end = &(*end)->next;
    (void)pthread_mutex_lock(&p->lock);
    *p->tail = list;
    p->tail = end;
    (void)pthread_mutex_unlock(&p->lock);
    (void)uv_async_send(&p->wake);
}

void port_close(port *p)
{
    run(p);
    uv_close((uv_handle_t *)&p->wake, NULL);
}
