/* urgency.c - see urgency.h. */
#include "relayer/urgency.h"

#include <stdlib.h>
#include <string.h>

urgency urgency_of(int64_t deadline, int64_t now)
{
    if (deadline <= now + URGENCY_HURRY_MS) return URGENCY_HURRY;
    return deadline <= now + URGENCY_SOON_MS ? URGENCY_SOON : URGENCY_LATER;
}

static int less(int64_t a, int64_t b) { return (a > b) - (a < b); }

int urgency_compare(const demand *a, const demand *b, int64_t now)
{
    const urgency u = urgency_of(a->deadline, now), v = urgency_of(b->deadline, now);
    int d = (u != URGENCY_HURRY) - (v != URGENCY_HURRY);
    if (d == 0 && u == URGENCY_HURRY) d = less(a->deadline, b->deadline);
    if (d == 0) d = less(b->priority, a->priority);
    if (d == 0) d = less((int64_t)u, (int64_t)v);
    if (d == 0) d = less(a->created_at, b->created_at);
    return d != 0 ? d : strcmp(a->id, b->id);
}

typedef struct {
    const demand *q;
    size_t at;
    int64_t now;
} entry;

static int by_rank(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int d = strcmp(x->q->key, y->q->key);
    return d != 0 ? d : urgency_compare(x->q, y->q, x->now);
}

static int by_place(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int d = strcmp(x->q->key, y->q->key);
    return d != 0 ? d : less((int64_t)x->at, (int64_t)y->at);
}

void urgency_order(demand *list, size_t n, int64_t now)
{
    size_t later = 0;
    while (later < n && urgency_of(list[later].deadline, now) == URGENCY_LATER) later++;
    if (later == n) return; /* mostly: the queue's order is theirs */
    entry *rank = calloc(n, sizeof *rank), *place = calloc(n, sizeof *place);
    demand *copy = calloc(n, sizeof *copy);
    if (rank != NULL && place != NULL && copy != NULL) {
        memcpy(copy, list, n * sizeof *copy);
        for (size_t i = 0; i < n; i++) rank[i] = place[i] = (entry){&copy[i], i, now};
        qsort(rank, n, sizeof *rank, by_rank);
        qsort(place, n, sizeof *place, by_place);
        for (size_t i = 0; i < n; i++) list[place[i].at] = *rank[i].q;
    }
    free(rank);
    free(place);
    free(copy);
}
