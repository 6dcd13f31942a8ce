/* beat.c - what a heartbeat says of the machine; see parts.h. */
#include "node/parts.h"

#include "market/limits.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_GPUS_MS 60000 /* asking wakes them up */

/* The load of the last minute in thousandths of a processor. */
static uint32_t load_milli(void)
{
    char text[64];
    unsigned whole = 0, hundredths = 0;
    const int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) (void)close(fd);
    if (got <= 0) return 0;
    text[got] = 0;
    if (sscanf(text, "%6u.%2u", &whole, &hundredths) != 2) return 0;
    return whole * 1000 + hundredths * 10; /* below 10^9 + 1000 */
}

typedef struct {
    uv_work_t work;
    node *n;
    hardware machine;
} question;

static void ask(uv_work_t *w)
{
    question *q = w->data;
    (void)hardware_ask_gpus(&q->machine, q->n->work, NULL);
}

static void answered(uv_work_t *w, int status)
{
    question *q = w->data;
    node *n = q->n;
    n->asks_gpus = false;
    if (status == 0 && q->machine.n_gpus == n->machine.n_gpus)
        memcpy(n->machine.gpu, q->machine.gpu, sizeof n->machine.gpu);
    free(q);
}

/* How busy they are takes a child to find out: it is asked beside the loop, for the next heartbeat.
 */
static void ask_gpus(node *n)
{
    const uint64_t now = uv_now(&n->loop);
    if (n->machine.n_gpus == 0 || n->asks_gpus || n->stopping) return;
    if (n->asked_gpus_at != 0 && now - n->asked_gpus_at < ASK_GPUS_MS) return;
    question *q = calloc(1, sizeof *q);
    if (q == NULL) return;
    q->work.data = q;
    q->n = n;
    n->asked_gpus_at = now;
    n->asks_gpus = uv_queue_work(&n->loop, &q->work, ask, answered) == 0;
    if (!n->asks_gpus) free(q);
}

static json_t *gpus_json(const hardware *h)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < h->n_gpus; i++) {
        const hardware_gpu *g = &h->gpu[i];
        json_t *j = json_object();
        if (g->use_percent <= 100)
            (void)json_object_set_new(j, "util_ppm",
                                      json_integer((json_int_t)g->use_percent * 10000));
        if (g->vram_mib > 0 && g->used_mib <= g->vram_mib)
            (void)json_object_set_new(
                j, "mem_ppm", json_integer((json_int_t)g->used_mib * 1000000 / g->vram_mib));
        (void)json_array_append_new(list, j);
    }
    return list;
}

void beat_machine(node *n, json_t *m)
{
    hardware now;
    hardware_read(&now, "", n->o.data);
    n->machine.disk_free = now.disk_free; /* by which offers are declined, too */
    const uint64_t milli = load_milli(), total = now.memory_total,
                   available = limits_memory_available(""),
                   used = total > available ? total - available : 0,
                   cpu = milli * 1000 / n->machine.threads;
    (void)json_object_set_new(m, "cpu_ppm",
                              json_integer(cpu > 1000000 ? 1000000 : (json_int_t)cpu));
    /* below a million: used <= total */
    (void)json_object_set_new(m, "mem_ppm",
                              json_integer((json_int_t)(used / (total / 1000000 + 1))));
    (void)json_object_set_new(m, "load1_milli", json_integer((json_int_t)milli));
    (void)json_object_set_new(m, "disk_free_gb", json_integer((json_int_t)(now.disk_free >> 30)));
    ask_gpus(n);
    if (n->machine.n_gpus > 0) (void)json_object_set_new(m, "gpu", gpus_json(&n->machine));
}
