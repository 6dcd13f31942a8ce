/* task.h - one task on a thread of its own: fetch the input, check that it is what was promised,
 * prove in a sandboxed child, upload. The loop is told at every step by a callback from that
 * thread. */
#ifndef NODE_TASK_H
#define NODE_TASK_H

#include "market/digest.h"
#include "market/uuid.h"
#include "market/work.h"

#include <jansson.h>
#include <pthread.h>

#define NODE_TASK_PHASE 16
#define TASK_UPLOAD "upload" /* the phase in which the proof is made already */
/* Codes of failures that leave a proof which holds: only the relayer did not get it. */
#define TASK_LEASE_EXPIRED "lease_expired"
#define TASK_UPLOAD_FAILED "upload_failed"

typedef struct {
    _Atomic(const char *) relayer; /* http://host:port: changes when the node goes elsewhere */
    const char *ca_file;           /* whom https trusts; NULL: the system's */
    const char *worker;            /* path of sprove-worker */
    const char *dir;               /* of private folders */
    const char *programs;          /* ELFs of demanders, by their SHA-256 */
    const char *results;           /* where proofs and outputs are kept until they are done with */
    unsigned threads;
    uint64_t memory;
    void *user;
    /* From the task's thread: something has changed. */
    void (*changed)(void *user);
} node_task_context;

typedef struct node_task {
    struct node_task *next; /* the daemon's list */
    const node_task_context *ctx;
    char id[UUID_TEXT], token[33];
    int64_t attempt, deadline_ms;
    json_t *assignment;

    pthread_t thread;
    bool started, joined;
    pthread_mutex_t lock;
    /* Under the lock: */
    char phase[NODE_TASK_PHASE];
    uint32_t progress_ppm;
    uint64_t eta_ms;   /* 0: not known */
    uint64_t executed; /* cycles that the program took; 0: it has not run yet */
    bool cancel, finished;

    /* Once finished; the daemon's: */
    json_t *result; /* output, io_commitment, proof, usage, or error; not signed */
    /* Of a task on a chain: the relayer has the result, or does not want it, and the contract is to
     * pay. */
    bool claiming, claim_runs;
    bool unwanted; /* the relayer counts it as ours no more */
    unsigned claim_tries;
    int64_t claim_at_ms;     /* of the monotonic clock */
    char claim_tx[FELT_HEX]; /* what paid; "": nothing yet */
    unsigned claim_looks;    /* at whether it still does */
    unsigned untold_beats;   /* since the result was sent */
    uint64_t said;           /* number of the last message about it */
    void *owner;             /* the daemon */
} node_task;

/* Takes the reference to the assignment, whose members are checked here. SP_ERR_FORMAT: one is
 * missing or wrong. */
SP_MUST_USE sp_status node_task_new(node_task **out, const node_task_context *ctx,
                                    json_t *assignment);
SP_MUST_USE sp_status node_task_start(node_task *t);
void node_task_cancel(node_task *t);
/* Phase, progress and time left now; true when it is finished. */
bool node_task_look(node_task *t, char phase[NODE_TASK_PHASE], uint32_t *ppm, uint64_t *eta_ms);
/* The cycles that its program has taken here, 0 while it has not run, and its progress. */
uint64_t node_task_executed(node_task *t, uint32_t *ppm);
/* Waits for the thread; files of results are removed when `forget`. */
void node_task_delete(node_task *t, bool forget);

/* Where its files are: suffix "proof" or "output". */
void node_task_path(char *out, size_t room, const node_task *t, const char *suffix);

/* Signs the result with the node's key: adds "signature". */
SP_MUST_USE sp_status node_task_sign(json_t *result, const node_task *t, felt chain_id,
                                     const ecdsa_key *key);

#endif
