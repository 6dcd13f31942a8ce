/* hist.h - a histogram as Prometheus counts them: how many were at most each of some bounds, how
 * many in all, and their sum. Whole numbers; times are nanoseconds, and are written as seconds. */
#ifndef RELAYER_HIST_H
#define RELAYER_HIST_H

#include "core/sp.h"

#include <stdio.h>

#define HIST_BOUNDS 20

typedef enum {
    HIST_FAST,  /* times from 100 us to a minute */
    HIST_SLOW,  /* times from 10 ms to a day */
    HIST_SIZES, /* numbers of things: powers of two */
    HIST_KINDS
} hist_kind;

typedef struct {
    uint64_t count[HIST_BOUNDS + 1]; /* of each bound alone; the last is above all */
    uint64_t sum;
} hist;

/* The kind is the same in every call of a histogram. Zeroed memory is empty. */
void hist_add(hist *h, hist_kind k, uint64_t value);
uint64_t hist_total(const hist *h);
/* sprove_NAME_bucket{LABELS,le="..."} ..., _sum, _count; labels is "" or a list such as a="b". */
void hist_write(FILE *out, const char *name, const char *labels, const hist *h, hist_kind k);
/* Nanoseconds as a decimal number of seconds, without zeros at its end. */
#define HIST_SECONDS 32
void hist_seconds(char out[HIST_SECONDS], uint64_t ns);

#endif
