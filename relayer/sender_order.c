/* sender_order.c - what the sender's thread decides is written by the core (assign_apply), and the
 * thread waits for that commit before it goes on: what is on the network is on the disk before. */
#include "relayer/sender_parts.h"

#include "relayer/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void order_free(order *o)
{
    free(o->v.params);
    free(o);
}

static void order_done(job *j)
{
    order *o = (order *)j;
    sender *s = o->s;
    (void)pthread_mutex_lock(&s->lock);
    o->finished = true;
    o->failed = j->failed;
    const bool abandoned = o->abandoned;
    (void)pthread_cond_signal(&s->answered);
    (void)pthread_mutex_unlock(&s->lock);
    if (abandoned) order_free(o);
}

order *sender_order(sender *s, const assign_row *row, const char *to, const char *reason)
{
    order *o = calloc(1, sizeof *o);
    if (o == NULL) return NULL;
    o->s = s;
    o->v.j.run = assign_apply;
    o->v.j.done = order_done;
    o->v.id = row->id;
    o->v.attempt = row->attempt;
    o->v.nonce = row->nonce;
    o->v.block = row->block;
    (void)snprintf(o->v.task, sizeof o->v.task, "%s", row->task);
    (void)snprintf(o->v.sender, sizeof o->v.sender, "%s", row->sender);
    (void)snprintf(o->v.from, sizeof o->v.from, "%s", row->state);
    (void)snprintf(o->v.to, sizeof o->v.to, "%s", to);
    (void)snprintf(o->v.reason, sizeof o->v.reason, "%.150s", reason != NULL ? reason : "");
    return o;
}

void sender_pause(unsigned ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}

/* Waits until it is committed. False: it was not, or the relayer is being stopped and it is not
 * known; then nothing more may be done in this round. */
bool sender_carry_out(sender *s, order *o)
{
    if (o == NULL) return false;
    while (!core_post(s->a->core, &o->v.j)) {
        if (s->a->stopping) {
            order_free(o);
            return false;
        }
        sender_pause(2);
    }
    (void)pthread_mutex_lock(&s->lock);
    while (!o->finished && !s->a->stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 50000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
        (void)pthread_cond_timedwait(&s->answered, &s->lock, &until);
    }
    const bool known = o->finished, ok = known && !o->failed;
    o->abandoned = !known;
    (void)pthread_mutex_unlock(&s->lock);
    if (known) order_free(o);
    return ok;
}

bool sender_change(sender *s, const assign_row *row, const char *to, const char *reason)
{
    return sender_carry_out(s, sender_order(s, row, to, reason));
}

/* Not before some time has passed. */
bool sender_put_off(sender *s, const assign_row *row, const char *reason, int64_t ms)
{
    order *o = sender_order(s, row, row->state, reason);
    if (o != NULL) o->v.next_try_at = clock_ms() + ms;
    return sender_carry_out(s, o);
}

/* Over and done: nothing is expected of the row any more. */
bool sender_finish(sender *s, const assign_row *row, const char *to, const char *reason,
                   bool unpayable)
{
    order *o = sender_order(s, row, to, reason);
    if (o != NULL) {
        o->v.final = true;
        o->v.unpayable = unpayable;
    }
    log_event(strcmp(to, "failed") == 0 ? LOG_WARN : LOG_INFO, "assignment", "task_id", row->task,
              "state", to, "err", reason, NULL);
    return sender_carry_out(s, o);
}

void sender_hold(sender *s, const char *why, unsigned ms)
{
    (void)pthread_mutex_lock(&s->lock);
    if (!s->health.held || strcmp(s->health.why, why) != 0)
        log_event(LOG_ERROR, "account_held", "account", s->address, "err", why, NULL);
    s->health.held = true;
    (void)snprintf(s->health.why, sizeof s->health.why, "%.150s", why);
    (void)pthread_mutex_unlock(&s->lock);
    s->hold_until_ns = clock_ns() + (uint64_t)ms * 1000000u;
}

void sender_note(sender *s, uint64_t in_flight, bool free)
{
    (void)pthread_mutex_lock(&s->lock);
    s->health.in_flight = in_flight;
    if (free && s->health.held) {
        s->health.held = false;
        s->health.why[0] = 0;
        log_event(LOG_INFO, "account_goes_on", "account", s->address, NULL);
    }
    (void)pthread_mutex_unlock(&s->lock);
}

void sender_say(const assign_row *row, log_level l, const char *event, const char *err)
{
    char nonce[24];
    (void)snprintf(nonce, sizeof nonce, "%" PRId64, row->nonce);
    log_event(l, event, "task_id", row->task, "tx", row->hash, "nonce", nonce, "err", err, NULL);
}
