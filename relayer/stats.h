/* stats.h - counts of tasks and of what was paid, kept while the relayer runs: asking costs the
 * same whatever the database holds. From any thread. */
#ifndef RELAYER_STATS_H
#define RELAYER_STATS_H

#include "relayer/db.h"
#include "relayer/hist.h"
#include "relayer/recent.h"
#include "relayer/state.h"
#include "relayer/tally.h"
#include "starknet/escrow.h"

#include <pthread.h>

/* What a task waits for: a node that says yes, its result, the contract. */
typedef enum { SPAN_QUEUE, SPAN_PROVE, SPAN_SETTLE, SPANS } stats_span;

typedef struct {
    uint64_t tasks[TASK_STATES];
    uint64_t moved[TASK_STATES + 1][TASK_STATES]; /* since the start; from TASK_STATES: made */
    uint64_t verified_minute, verified_hour, verified_day, made_minute, made_hour, made_day;
    u256 volume; /* of settled tasks, with the contract's parts of each */
    escrow_split split;
    uint64_t nodes, nodes_active, nodes_proven, blobs, blob_bytes;
    int64_t made_at, verified_at, settled_at; /* the last; 0: none */
} stats_view;

typedef struct stats {
    pthread_mutex_t lock;
    stats_view v;
    tally verified, made;
    hist span[SPANS];            /* nanoseconds, since the start */
    recent took[SPANS];          /* milliseconds, of tasks of two days */
    uint64_t nodes_ns, blobs_ns; /* when they were counted; 0: never */
} stats;

/* Counts what is there. Of the tasks verified today, those are found that were made within two
 * days. SP_ERR_IO. */
SP_MUST_USE sp_status stats_init(stats *s, db *d, int64_t now_ms);
void stats_free(stats *s);
/* The state in which what `to` ends has begun. False: it ends none of the spans. */
SP_MUST_USE bool stats_span_of(stats_span *span, task_state *begin, task_state to);
/* After a commit. amount: of a task that was settled, else NULL; since_ms: when what this move ends
 * began, 0 where it ends nothing. */
void stats_moved(stats *s, task_state from, task_state to, const u256 *amount, int64_t at_ms,
                 int64_t since_ms);
stats_view stats_look(stats *s, int64_t now_ms);
/* Of the last RECENT; false: there is none. */
SP_MUST_USE bool stats_median_ms(stats *s, stats_span span, uint64_t *ms);
hist stats_hist(stats *s, stats_span span);
/* On a shared database, where others change what is there; whatever is of this relayer alone stays.
 */
void stats_count_again(stats *s, db *d, int64_t now_ms);
/* The same as stats_look; nodes and blobs are counted again when that was long ago. */
#define STATS_NODES_MS 5000
#define STATS_BLOBS_MS 10000
stats_view stats_look_with_nodes(stats *s, db *d, int64_t now_ms);

#endif
