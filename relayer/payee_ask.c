/* payee_ask.c - see payee_ask.h. */
#include "relayer/payee_ask.h"

#include "relayer/app.h"
#include "relayer/meters.h"
#include "relayer/node_payee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 32 /* of one round */
#define TOTAL_MS 3000
#define ROUND_MS 200
#define DOWN_MS 2000 /* after no endpoint answered */

struct payee_ask {
    app *a;
    db *d; /* reads */
    endpoints e;
    account_chains known;
    pthread_t thread;
};

static void news_free(job *j)
{
    payee_news *n = (payee_news *)j;
    free(n->proof);
    free(n);
}

/* On the loop's thread, after the commit, or after it was undone: then the row is still due. */
static void done(job *j)
{
    app *a = ((payee_news *)j)->a;
    news_free(j);
    a->payees_asked--;
}

static void run(job *j, void *with) { payee_apply(with, (const payee_news *)j); }

static void post(app *a, payee_news *n)
{
    const struct timespec pause = {0, 2000000};
    n->j.run = run;
    n->j.done = done;
    n->a = a;
    a->payees_asked++;
    while (!core_post(a->core, &n->j)) {
        if (a->stopping) {
            done(&n->j);
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
}

static size_t read_due(payee_ask *p, payee_news *list[MOST])
{
    size_t n = 0;
    db_rows *r = db_query(p->d,
                          "SELECT id, address, payee_state, payee_proof, payee_tries FROM node"
                          " WHERE payee_due <= ? AND connected = 1 AND instance = ?"
                          " ORDER BY payee_due, id LIMIT 32",
                          DB_I(clock_ms()), DB_T(p->a->instance.id));
    while (n < MOST && db_next(r)) {
        payee_news *e = calloc(1, sizeof *e);
        if (e == NULL) break;
        db_copy(e->node, sizeof e->node, r, 0);
        db_copy(e->address, sizeof e->address, r, 1);
        db_copy(e->state, sizeof e->state, r, 2);
        e->proof = strdup(db_text(r, 3));
        e->tries = db_int(r, 4);
        list[n++] = e;
    }
    db_end(r);
    if (!db_ok(p->d)) db_forgive(p->d);
    return n;
}

/* False: nobody answers, nothing is known. */
static bool ask_one(payee_ask *p, payee_news *n)
{
    static const char *const words[] = {[PAYEE_SIGNED] = "signed",
                                        [PAYEE_REFUSED] = "refused",
                                        [PAYEE_ABSENT] = "not deployed",
                                        [PAYEE_DISPUTED] = "disagree",
                                        [PAYEE_OVER] = "over"};
    const app *a = p->a;
    payee_proof proof;
    payee q = {.chain_id = a->chain_id, .relayer = a->me.id};
    n->answer = PAYEE_REFUSED; /* a row that cannot be read proves nothing */
    if (n->proof != NULL && payee_proof_read(&proof, n->proof) &&
        felt_read_hex(&q.node, n->node, strlen(n->node)) == SP_OK &&
        felt_read_hex(&q.address, n->address, strlen(n->address)) == SP_OK) {
        q.issued = proof.issued;
        q.expires = proof.expires;
        n->expires_ms = (int64_t)proof.expires * 1000;
        if (n->expires_ms <= clock_ms()) {
            n->answer = PAYEE_OVER;
        } else {
            switch (account_ask(&p->e, &p->known, a->chain_id, q.address, payee_digest(&q),
                                (felt_span){proof.signature, proof.n})) {
            case ACCOUNT_SIGNED: n->answer = PAYEE_SIGNED; break;
            case ACCOUNT_REFUSES: n->answer = PAYEE_REFUSED; break;
            case ACCOUNT_ABSENT: n->answer = PAYEE_ABSENT; break;
            case ACCOUNT_DISPUTED: n->answer = PAYEE_DISPUTED; break;
            case ACCOUNT_OTHER_CHAIN:
            case ACCOUNT_NO_ANSWER:
                meters_count(meters_of(p->a), COUNT_ACCOUNTS, "no answer");
                return false;
            }
        }
    }
    meters_count(meters_of(p->a), COUNT_ACCOUNTS, words[n->answer]);
    return true;
}

/* Returns for how long nothing is to be asked. */
static uint64_t round_of(payee_ask *p)
{
    payee_news *list[MOST];
    const size_t n = read_due(p, list);
    bool answers = true;
    for (size_t i = 0; i < n; i++) {
        answers = answers && !p->a->stopping && ask_one(p, list[i]);
        if (answers)
            post(p->a, list[i]);
        else
            news_free(&list[i]->j);
    }
    return answers ? ROUND_MS : DOWN_MS;
}

static void *thread(void *arg)
{
    payee_ask *p = arg;
    const struct timespec pause = {0, 20000000};
    while (!p->a->stopping) {
        const uint64_t until = clock_ns() + round_of(p) * 1000000u;
        /* What was found out is in the rows before they are read again. */
        while (!p->a->stopping && (clock_ns() < until || p->a->payees_asked > 0))
            (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

sp_status payee_ask_open(app *a, const char *database, char *why)
{
    if (a->set.rpc[0] == 0) return SP_OK;
    payee_ask *p = calloc(1, sizeof *p);
    if (p == NULL) return SP_ERR_NOMEM;
    p->a = a;
    sp_status s = endpoints_open(&p->e, a, a->set.rpc, TOTAL_MS);
    if (s == SP_OK) s = db_open(&p->d, database, true, why);
    if (s == SP_OK && pthread_create(&p->thread, NULL, thread, p) != 0) s = SP_ERR_IO;
    if (s == SP_OK) {
        a->payees = p;
        return SP_OK;
    }
    db_close(p->d);
    endpoints_close(&p->e);
    free(p);
    return s;
}

void payee_ask_close(app *a)
{
    payee_ask *p = a->payees;
    if (p == NULL) return;
    a->stopping = true;
    (void)pthread_join(p->thread, NULL);
    a->payees = NULL;
    db_close(p->d);
    endpoints_close(&p->e);
    free(p);
}
