/* parts.h - what the parts of the daemon share: its state, and what each part does for the others.
 * All of it is the loop's alone, but for what task.h says. */
#ifndef NODE_PARTS_H
#define NODE_PARTS_H

#include "market/digest.h"
#include "market/notify.h"
#include "node/control.h"
#include "node/daemon.h"
#include "node/diary.h"
#include "node/hardware.h"
#include "node/journal.h"
#include "node/link.h"
#include "node/selfbench.h"
#include "node/task.h"

typedef struct node node;
struct node {
    node_options o;
    uv_loop_t loop;
    node_link *link;
    journal *journal;
    ecdsa_key key;
    felt pubkey, chain_id, relayer_id, relayer_pubkey, nonce;
    char id[FELT_HEX], worker[NODE_TEXT], work[NODE_TEXT], results[NODE_TEXT], programs[NODE_TEXT];
    hardware machine;
    selfbench bench;
    node_task_context ctx;
    node_task *tasks;
    uv_async_t changed;
    uv_timer_t beat, look, drain;
    uv_signal_t on_term, on_int;
    uint64_t heartbeat_ms, seq, messages;
    bool registered, stopping, handles;
    int lock_fd, code;
    notify manager;
    uint64_t alive_at; /* when it was told last, in ms */
    unsigned looks;
    diary diary;
    /* For who asks: */
    control *control;
    bool draining;                                /* on request: nothing is taken */
    node_task *leaving;                           /* given up, their threads not ended yet */
    int64_t started_at, connected_at, offered_at; /* ms; 0: not (yet) */
    char node_state[24], declined[24];            /* as the relayer said; the last reason */
    uint64_t taken, refused, finished, accepted, claimed;
};

/* ---- daemon.c ---- */

int64_t node_now_ms(void);
int64_t node_clock_ms(void); /* for intervals: nobody sets this clock */
/* Into the log: names and values in pairs, ended by NULL. */
void node_say(node *n, const char *event, ...) __attribute__((sentinel));
/* A path in the data folder; false: it is too long. */
bool node_path(const node *n, char out[NODE_TEXT], const char *name);

/* ---- talk.c: messages to and from the relayer ---- */

/* A message of this type about a task, with its fence. NULL: out of memory. */
json_t *talk_about(const char *type, const node_task *t);
/* Takes the reference; false: not connected. */
bool talk_post(node *n, json_t *m);
void talk_ack(node *n, const node_task *t, bool accept, const char *reason);
void talk_progress(node *n, node_task *t, const char *phase, uint32_t ppm, uint64_t eta_ms);
void talk_result(node *n, node_task *t);
/* Whether it takes work: the relayer remembers what it was told last, so each start tells it. */
void talk_draining(node *n);
/* Of the link. */
void talk_opened(void *user);
void talk_heard(void *user, char *text, size_t len);
void talk_closed(void *user, unsigned code, const char *reason);

/* ---- duty.c: tasks, from the offer to the acknowledged result ---- */

size_t duty_count(const node *n);      /* that are worked on */
void duty_offered(node *n, json_t *m); /* takes the reference */
void duty_acknowledged(node *n, const json_t *m);
void duty_cancelled(node *n, const json_t *m);
/* What the relayer does not count as ours any more is given up; what is finished is told. */
void duty_registered(node *n, const json_t *leases);
/* The message of this id was refused: the relayer does not count its task as ours. */
void duty_stale(node *n, const char *id);
/* Nothing is left to do for it; frees t, at the latest when its thread has ended. */
void duty_give_up(node *n, node_task *t);
/* A task's thread says that something has changed. */
void duty_changed(uv_async_t *a);
/* A row of the journal, before the loop runs. */
bool duty_resume(void *user, const char *task, int64_t attempt, enum journal_state s,
                 const char *assignment, const char *result);

/* ---- pay.c: claims on the chain ---- */

/* Sends one, if it is time for it and none is under way. */
void pay_claim(node *n, node_task *t);

/* ---- report.c, key_file.c ---- */

/* {"command": "status"} or {"command": "drain", "on": bool}; both are answered with the status. */
json_t *report_question(void *user, const json_t *q);
/* node.key: 64 hex digits, for its owner alone; made at the first start. why: 256 bytes. */
SP_MUST_USE sp_status key_file_read(ecdsa_key *key, const char *folder, char *why);

#endif
