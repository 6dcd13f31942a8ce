/* sender_parts.h - what the files of the sender share: sender.c (the thread), sender_order.c (what
 * it has written, and what people see), sender_follow.c (what is under way), sender_sign.c (a new
 * one). */
#ifndef RELAYER_SENDER_PARTS_H
#define RELAYER_SENDER_PARTS_H

#include "relayer/sender.h"

#include "relayer/app.h"
#include "relayer/assign.h"
#include "relayer/endpoints.h"
#include "relayer/log.h"
#include "starknet/account.h"

#include <pthread.h>

struct sender {
    app *a;
    db *d; /* reads */
    endpoints e;
    account who; /* address 0: none */
    char address[FELT_HEX];
    felt contract;
    account_policy policy;
    pthread_t thread;
    bool begun;        /* it is this relayer that sends */
    unsigned failures; /* rounds in a row in which no node answered */
    bool stopped;      /* until the next start: the account or its key is not what it must be */
    uint64_t hold_until_ns;
    uint64_t quiet_until_ns;  /* what is under way is not asked for before */
    int64_t dead_id, sent_id; /* rows that the next two are of */
    uint64_t dead_since_ns, sent_ns;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t answered;
    sender_health health;
};

typedef struct {
    assign_change v; /* first */
    sender *s;
    bool finished, failed, abandoned;
} order;

typedef enum {
    ON_WAY,   /* not executed, or nobody knows */
    EXECUTED, /* its nonce is used */
    NO_NODE,  /* nobody answers: the round ends */
    STOP      /* the round ends */
} fate;

/* ---- sender_order.c ---- */

/* A change of the row: to this state. NULL: out of memory, which sender_carry_out takes. */
order *sender_order(sender *s, const assign_row *row, const char *to, const char *reason);
/* Waits until it is committed. False: it was not, or the relayer is being stopped and it is not
 * known; then nothing more may be done in this round. */
bool sender_carry_out(sender *s, order *o);
bool sender_change(sender *s, const assign_row *row, const char *to, const char *reason);
/* Not before some time has passed. */
bool sender_put_off(sender *s, const assign_row *row, const char *reason, int64_t ms);
/* Over and done: nothing is expected of the row any more. */
bool sender_finish(sender *s, const assign_row *row, const char *to, const char *reason,
                   bool unpayable);
#define SENDER_HOLD_MS 30000 /* until what stopped it is tried again */
/* Nothing new is signed for so long. */
void sender_hold(sender *s, const char *why, unsigned ms);
/* How much is under way; free: what held it is over. */
void sender_note(sender *s, uint64_t in_flight, bool free);
void sender_say(const assign_row *row, log_level l, const char *event, const char *err);
void sender_pause(unsigned ms);

/* ---- sender_follow.c ---- */

fate sender_follow(sender *s, const assign_row *row);

/* ---- sender_sign.c ---- */

/* hole: signed only under this nonce (assign_hole); SENDER_NEXT: under the next. */
#define SENDER_NEXT (-1)
fate sender_begin(sender *s, const assign_row *row, int64_t hole);

#endif
