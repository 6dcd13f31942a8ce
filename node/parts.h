/* parts.h - what the parts of the daemon share: its state, and what each part does for the others.
 * All of it is the loop's alone, but for what task.h says. */
#ifndef NODE_PARTS_H
#define NODE_PARTS_H

#include "market/digest.h"
#include "market/notify.h"
#include "market/payee.h"
#include "node/control.h"
#include "node/daemon.h"
#include "node/diary.h"
#include "node/hardware.h"
#include "node/journal.h"
#include "node/link.h"
#include "node/selfbench.h"
#include "node/task.h"

#define NODE_KEPT_S (24 * 3600) /* of what is done, in the journal */

/* What is known of our account at the relayer (payee.c). */
typedef struct {
    char state[16], code[32], detail[256]; /* as the relayer said; "": nothing */
    bool required;                         /* for tasks with an escrow */
    int64_t until_ms;                      /* 0: not proven */
    payee signed_for;                      /* expires 0: nothing yet */
    felt r, s;
    bool signs, tried; /* being signed; tried: at signed_at, for this relayer */
    felt tried_for;
    int64_t signed_at; /* node_clock_ms */
} node_account;

typedef struct node node;
struct node {
    node_options o;
    uv_loop_t loop;
    node_link *link;
    journal *journal;
    ecdsa_key key;
    felt pubkey, chain_id, relayer_id, relayer_pubkey, nonce;
    felt home_id; /* of the relayer that this process has worked for */
    char id[FELT_HEX], worker[NODE_TEXT], work[NODE_TEXT], results[NODE_TEXT], programs[NODE_TEXT];
    hardware machine;
    selfbench bench;
    node_task_context ctx;
    node_task *tasks;
    node_task *offers; /* whose escrow is being looked at: nothing is promised yet */
    felt token;        /* that escrows must hold */
    node_task *paid;   /* claimed; pay.c looks at them for a while */
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
    bool asks_gpus;         /* a thread asks how busy they are */
    uint64_t asked_gpus_at; /* uv_now; 0: never */
    node_account account;
    bool key_in_use;                              /* by another process: it has replaced us */
    unsigned replaced;                            /* how often since a session that lasted */
    bool banned;                                  /* by the relayer, when last it was asked */
    unsigned bans;                                /* how often since it was registered */
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

/* ---- beat.c ---- */

/* How busy the machine is, into a heartbeat. */
void beat_machine(node *n, json_t *m);

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
/* Its claim was executed: from the tasks to those that are paid. */
void duty_paid(node *n, node_task *t);
/* A task's thread says that something has changed. */
void duty_changed(uv_async_t *a);
/* A row of the journal, before the loop runs. */
bool duty_resume(void *user, const char *task, int64_t attempt, enum journal_state s,
                 const char *assignment, const char *result);

/* What the chain says of an offer's escrow: why the offer is not taken, or NULL. `cannot_ask`: it
 * said nothing. */
void duty_looked(node *n, node_task *t, const char *why, bool cannot_ask);

/* ---- escrow.c: an offer's escrow, as the chain has it ---- */

/* The token of the deployment, STRK without one. False: why. */
bool escrow_token(felt *out, const node_options *o, char why[256]);
/* Asks; duty_looked gets the answer, within the time of the offer. False: it cannot be asked. */
bool escrow_look(node *n, node_task *t);
/* What `sprove task show` printed against the offer, its price included: NULL, or what differs. */
const char *escrow_differs(const json_t *escrow, const json_t *assignment, const char *address,
                           felt token);

/* ---- pay.c: claims on the chain ---- */

/* What a claim may need before its block is there: so long `sprove claim` waits for one. */
#define PAY_LAST_MS 300000
/* Until when the contract pays it (ms), as far as it is known: not before the relayer's deadline.
 */
int64_t pay_until(const node_task *t);
/* Until when a claim waits for the assignment that the relayer promised by `assign_by`: not so long
 * that it comes too late. All are ms. */
int64_t pay_waits_until(int64_t assign_by, int64_t until);
/* From a failed claim to the next: longer with each, at most half of what is left, at least a
 * second. -1: it is too late for another. tries: how many have failed before. */
int64_t pay_pause(int64_t now, int64_t until, unsigned tries);
/* Sends one, if it is time for it and none is under way. */
void pay_claim(node *n, node_task *t);

/* ---- payee.c: our account signs for this node ---- */

/* What the relayer says of it, NULL: nothing. What it lacks is signed, beside the loop, and sent.
 */
void payee_heard(node *n, const json_t *told);
/* With each heartbeat: again, after a while, and in time before the end. */
void payee_beat(node *n);

/* ---- report.c, key_file.c ---- */

/* {"command": "status"} or {"command": "drain", "on": bool}; both are answered with the status. */
json_t *report_question(void *user, const json_t *q);
/* node.key: 64 hex digits, for its owner alone; made at the first start. why: 256 bytes. */
SP_MUST_USE sp_status key_file_read(ecdsa_key *key, const char *folder, char *why);

#endif
