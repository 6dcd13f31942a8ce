/* load.h - what the parts of bench_relayer_load share: what was asked for, and the threads that do
 * it. */
#ifndef BENCHES_RELAYER_LOAD_H
#define BENCHES_RELAYER_LOAD_H

#include "fleet.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>

#define LOAD_MOST_THREADS 16u
#define LOAD_SECOND UINT64_C(1000000000)

typedef enum { MODE_NODES, MODE_POST, MODE_GET, MODE_PUT, MODE_LIVES } load_mode;

typedef struct {
    load_mode mode;
    target to;
    char key[256], headers[400];
    unsigned threads, connections, cuts, capacity;
    size_t nodes, first, in_flight, bytes;
    uint64_t count, until;
    double rate, seconds, heartbeat, wait;
    const char *path, *ids, *proofs, *profile;
    uint8_t *body;
    size_t body_bytes;
    pid_t pid;
    proofs made;
    char **id;
    size_t n_ids;
} load_options;

/* One thread's part of everything. */
typedef struct {
    const load_options *o;
    pthread_t thread;
    pthread_mutex_t lock; /* held by its thread except while that waits for events */
    int epoll;
    fleet fleet;
    pool pool, uploads;
    uint64_t total, made, answered, wrong, lost; /* of requests */
    uint64_t period_ns, start_ns, end_ns;
    unsigned number;
    uint8_t *blob;
    histogram latency;
    unsigned status[600];
    FILE *ids;
    atomic_bool go, stop, over;
} load_worker;

extern volatile sig_atomic_t load_asked_to_stop; /* a signal came */

/* ---- load_options.c ---- */

/* The command line. False: it is wrong. */
SP_MUST_USE bool load_options_read(load_options *o, int argc, char **argv, const char **ca,
                                   const char **url);
/* What the files of ids and proofs hold, and the headers of requests. False: a file cannot be read.
 */
SP_MUST_USE bool load_options_fill(load_options *o);

/* ---- load_worker.c: one thread's nodes and requests ---- */

/* ids: where those of new tasks are written, or NULL. */
SP_MUST_USE bool load_worker_init(load_worker *w, const load_options *o, unsigned number,
                                  FILE *ids);
/* Of pthread_create; until w->stop. */
void *load_worker_run(void *w);
/* After its thread has ended. */
void load_worker_free(load_worker *w);

/* ---- load_modes.c: what is asked of all threads, and the figures of it ---- */

/* Each prints its lines and returns the exit code. */
int load_nodes(const load_options *o, load_worker *workers);
int load_requests(const load_options *o, load_worker *workers);
int load_lives(const load_options *o, load_worker *workers);

#endif
