/* place.c - see place.h. */
#include "relayer/place.h"

#include "relayer/app.h"
#include "relayer/jump.h"
#include "relayer/log.h"
#include "relayer/meters.h"
#include "relayer/offer.h"
#include "relayer/patience.h"
#include "relayer/urgency.h"
#include "relayer/waiting.h"
#include "relayer/watch.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PICKS 128                  /* tasks that are offered in one round */
#define MAX_LOOKED 256                 /* tasks that are looked at */
#define MAX_LOOK_NS UINT64_C(15000000) /* for so long: others wait for the core, too */
#define MAX_HEADS 64
#define MAX_HURRIED 4
#define HURRY_SHARE 3 /* offers to others for each that a deadline alone brought forward */
#define MEDIAN_MS 10000
#define AGAIN_MS 1000 /* a task that nobody could take is looked at again after this */
#define WINDOW 256    /* nodes that are compared for a task, where enough of them may take it */

/* The best of some nodes, from a place that chance decides; of all where these are too few. So a
 * choice among thousands costs no more than one among hundreds. */
static bool pick(score_result *best, const score_task *t, const app *a, const pool *p, int64_t now)
{
    uint32_t draw[2];
    if (RAND_bytes((uint8_t *)draw, sizeof draw) != 1) return false;
    const uint32_t explore = draw[0] % 1000000;
    if (p->n > 2 * WINDOW && !t->wary) { /* the proven are looked for among all */
        const size_t from = draw[1] % (p->n - WINDOW + 1);
        score_pick_nodes(best, t, &a->rules, p->node + from, WINDOW, p->room, (uint64_t)now,
                         explore);
        for (unsigned i = 0; i < best->n; i++) best->pick[i].node += from;
        if (best->n == SCORE_TOP) return true;
    }
    score_pick_nodes(best, t, &a->rules, p->node, p->n, p->room, (uint64_t)now, explore);
    return true;
}

/* WAITS: for another relayer, or behind one. */
typedef enum { PLACED, NOT_NOW, WAITS, BROKEN } placing;

static placing place(core *c, demand *q, const pool *p, int64_t now)
{
    demand_lists lists;
    score_task t;
    score_result best;
    const bool on_chain = q->chain_task_id[0] != 0;
    if (on_chain && watch_terms(core_user(c)) == WATCH_TERMS_WRONG) return NOT_NOW;
    if (q->refusals >= PATIENCE_FREE && q->others_at > now && p->n_proven == 0) return NOT_NOW;
    uint32_t tier = 0;
    if (on_chain && !demand_escrow(c, &tier, q)) return NOT_NOW;
    demand_read(c, &t, &lists, q);
    t.tier = tier;
    if (on_chain && !demand_bound(c, &t, &lists, q, p, now)) return NOT_NOW;
    if (!pick(&best, &t, core_user(c), p, now)) return NOT_NOW;
    meters_time(meters_of(core_user(c)), SIZE_CANDIDATES, "all", "", best.count[0]);
    if (best.n == 0) {
        waiting_note(((app *)core_user(c))->waits, q->id, best.count, now);
        return NOT_NOW;
    }
    offering o = {q, p, &best, false, false};
    if (!core_part(c, offer_one, &o)) return core_in_the_way(c) ? WAITS : BROKEN;
    if (o.gone) node_close(c, p->session[best.pick[0].node], 4409, "session replaced");
    return o.gone || o.taken ? WAITS : PLACED;
}

static int by_rate(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How fast the nodes are that are here, which the score measures each by. */
static void set_median(app *a, const pool *p)
{
    const int64_t clock = node_clock();
    if (a->mark.median_ms != 0 && clock - a->mark.median_ms < MEDIAN_MS) return;
    uint64_t *rates = calloc(p->n, sizeof *rates);
    if (rates == NULL) return;
    for (size_t i = 0; i < p->n; i++) rates[i] = p->node[i].speed.prove_rate;
    qsort(rates, p->n, sizeof *rates, by_rate);
    a->rules.median_prove_rate = score_median(rates, p->n);
    a->mark.median_ms = clock;
    free(rates);
}

typedef struct {
    const pool *p;
    int64_t now;
    uint64_t until_ns;
    size_t offered, hurried; /* hurried: of these, before their turn */
    bool left;               /* some of them could be given to nobody */
} place_round;

/* Returns how many were looked at. */
static size_t place_list(core *c, place_round *t, demand *list, size_t n)
{
    size_t i = 0;
    for (; i < n && t->offered < MAX_PICKS && clock_ns() < t->until_ns; i++) {
        const placing what = place(c, &list[i], t->p, t->now);
        t->offered += what == PLACED;
        t->left = t->left || what == NOT_NOW;
        if (what == BROKEN) {
            dispatch_left_alone("offer", list[i].id);
            demand_put_off(c, &list[i], DISPATCH_LEFT_ALONE_MS);
        }
    }
    return i;
}

/* Where the queue is longer than a look, each demander has a turn, however many tasks of another
 * stand before theirs. */
static void place_heads(core *c, place_round *t)
{
    app *a = core_user(c);
    demand *list = calloc(MAX_HEADS, sizeof *list);
    if (list == NULL) return;
    const bool left = t->left;
    const size_t n = demand_heads(c, list, MAX_HEADS, a->mark.key, t->now);
    (void)place_list(c, t, list, n);
    t->left = left; /* what the mark goes by is the queue itself */
    for (size_t i = 0; i < n; i++) demand_free(&list[i]);
    free(list);
}

/* Who is about to miss a deadline is looked at before the queue, whoever waits longer: one task in
 * a round, and then not before others had HURRY_SHARE offers. So a demander whose tasks are all in
 * a hurry takes a quarter of the nodes from the others at the most. */
static void place_hurried(core *c, place_round *t)
{
    dispatch_mark *m = &((app *)core_user(c))->mark;
    if (m->before_hurry > 0) return;
    demand *list = calloc(MAX_HURRIED, sizeof *list);
    if (list == NULL) return;
    const bool left = t->left;
    const size_t n = demand_hurried(c, list, MAX_HURRIED, t->now);
    for (size_t i = 0; i < n && t->offered == 0; i++) (void)place_list(c, t, &list[i], 1);
    if (t->offered > 0) m->before_hurry = HURRY_SHARE;
    t->hurried = t->offered;
    t->left = left;
    for (size_t i = 0; i < n; i++) demand_free(&list[i]);
    free(list);
}

/* Offers in the order of the queue bring the next turn of a deadline nearer. */
static void count_others(dispatch_mark *m, const place_round *t)
{
    const size_t others = t->offered - t->hurried;
    m->before_hurry -= others < m->before_hurry ? (unsigned)others : m->before_hurry;
}

static int by_queue(const demand *a, const demand *b)
{
    if (a->priority != b->priority) return a->priority > b->priority ? -1 : 1;
    if (a->created_at != b->created_at) return a->created_at < b->created_at ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* How far the queue was looked at when the first i of n were: the last one before which, and with
 * which, all were. NULL: not even the first. */
static const demand *reached(const demand *list, size_t i, size_t n)
{
    const demand *open = NULL, *last = NULL;
    for (size_t k = i; k < n; k++)
        if (open == NULL || by_queue(&list[k], open) < 0) open = &list[k];
    for (size_t k = 0; k < i; k++)
        if ((open == NULL || by_queue(&list[k], open) < 0) &&
            (last == NULL || by_queue(&list[k], last) > 0))
            last = &list[k];
    return last;
}

void place_tasks(core *c, int64_t now)
{
    app *a = core_user(c);
    dispatch_mark *m = &a->mark;
    const bool top = !m->deep || !m->left || node_clock() - m->top_ms >= AGAIN_MS;
    pool p = {NULL, NULL, NULL, 0, 0};
    place_round t = {&p, now, 0, 0, 0, false};
    size_t i = 0;
    waiting_nodes(a->waits, nodes_count(a->nodes) != 0);
    if (a->held || a->draining || nodes_count(a->nodes) == 0) return;
    demand *list = calloc(MAX_LOOKED, sizeof *list);
    if (list == NULL) return;
    const size_t n = demand_queue(c, list, MAX_LOOKED, m, top, now);
    if (top) {
        m->top_ms = node_clock();
        m->left = false;
    }
    const uint64_t start = clock_ns();
    if (n > 0 && pool_init(&p, a, now) && p.n > 0) {
        set_median(a, &p);
        t.until_ns = clock_ns() + MAX_LOOK_NS;
        place_hurried(c, &t);
        if (n == MAX_LOOKED || !top)
            place_heads(c, &t); /* by urgency within a turn */
        else
            urgency_order(list, n, now);
        i = place_list(c, &t, list, n);
        count_others(m, &t);
        m->left = m->left || t.left;
    }
    const demand *last = reached(list, i, n);
    if (last != NULL && (!top || !m->deep || m->done)) {
        m->deep = true;
        m->done = i == n && n < MAX_LOOKED;
        m->priority = last->priority;
        m->created_at = last->created_at;
        (void)snprintf(m->id, sizeof m->id, "%s", last->id);
    } else if (!top && n == 0) {
        m->done = true;
    }
    if (!m->left) m->deep = false;
    if (i > 0) meters_time(meters_of(a), TIME_SCHED, "all", "", clock_ns() - start);
    for (size_t k = 0; k < n; k++) demand_free(&list[k]);
    pool_free(&p);
    free(list);
}
