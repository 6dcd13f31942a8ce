/* meters.h - what happened, counted and timed by a label, for /metrics. From any thread. */
#ifndef RELAYER_METERS_H
#define RELAYER_METERS_H

#include "relayer/core.h"
#include "relayer/hist.h"

#include <pthread.h>

typedef enum {
    COUNT_REJECTED,  /* requests refused for what they are, by a code or a word */
    COUNT_ATTEMPTS,  /* at tasks, by outcome */
    COUNT_WEBHOOKS,  /* tries of callbacks, by what came back */
    COUNT_WS_IN,     /* messages of nodes, by type */
    COUNT_WS_OUT,    /* messages to nodes, by type */
    COUNT_WS_CLOSED, /* sockets of nodes, by close code */
    COUNT_CHAIN_TX,  /* transactions of the relayer, by the state that they reach */
    COUNT_ROWS,      /* rows that were old and are gone, by table */
    COUNT_ACCOUNTS,  /* accounts of nodes that were asked, by what they said */
    COUNTERS
} meter_counter;

typedef enum {
    TIME_VERIFY,     /* of a proof, by verdict */
    TIME_RPC,        /* of a call of the chain's, by method and "ok" or "failed" */
    TIME_SIGNATURE,  /* of a node's signature, by verdict */
    TIME_SCHED,      /* of a round of the scheduler that had tasks */
    SIZE_CANDIDATES, /* nodes that could have had a task */
    TIMERS
} meter_timer;

#define METERS_LABELS 40 /* of one counter; what comes beyond is "other" */
#define METERS_LABEL 48

typedef struct {
    char label[METERS_LABEL], second[16];
    uint64_t n;
    hist h;
} meter;

typedef struct {
    pthread_mutex_t lock;
    meter count[COUNTERS][METERS_LABELS], time[TIMERS][METERS_LABELS];
} meters;

struct app;
meters *meters_of(struct app *a); /* rest.c */
void meters_init(meters *m);
void meters_free(meters *m);
/* Labels are words of ours, never what a stranger sent. */
void meters_count(meters *m, meter_counter c, const char *label);
void meters_count_n(meters *m, meter_counter c, const char *label, uint64_t n);
/* On the core's thread: after the commit, if there is one. meters_later.c */
void meters_later(core *c, meter_counter k, const char *label);
void meters_later_n(core *c, meter_counter k, const char *label, uint64_t n);
void meters_time(meters *m, meter_timer t, const char *label, const char *second, uint64_t value);
/* All of them, in the text format of Prometheus. */
void meters_write(meters *m, FILE *out);

#endif
