/* meters_later.c - counting what a unit of the core's thread does, once it is committed. */
#include "relayer/app.h"
#include "relayer/meters.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    job j;
    app *a;
    meter_counter counter;
    uint64_t n;
    char label[METERS_LABEL];
} later;

static void count(job *j)
{
    const later *l = (const later *)j;
    if (!j->failed) meters_count_n(meters_of(l->a), l->counter, l->label, l->n);
    free(j);
}

void meters_later_n(core *c, meter_counter k, const char *label, uint64_t n)
{
    later *l = calloc(1, sizeof *l);
    if (l == NULL) return; /* it is not counted: nothing else depends on it */
    l->j.done = count;
    l->a = core_user(c);
    l->counter = k;
    l->n = n;
    (void)snprintf(l->label, sizeof l->label, "%s", label);
    core_emit(c, &l->j);
}

void meters_later(core *c, meter_counter k, const char *label) { meters_later_n(c, k, label, 1); }
