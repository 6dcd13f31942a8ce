/* chain_follow.c - the transactions of one nonce, until it is known what became of them: see
 * chain_send.h.
 *
 * Two are signed with one nonce only where the first offers too little for the network by now. They
 * have the same calldata, so that it does not matter which one is executed, and both stay in the
 * journal until the nonce is used for good: a node that kept the first may still bring it. */
#include "cli/chain_send.h"
#include "cli/file.h"
#include "cli/progress.h"
#include "starknet/selector.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_US 500000
#define RESEND_US 10000000 /* a few block times */
#define DEAD_US 10000000
#define MOST 16 /* with one nonce; each is for a price 1.5 times that of the one before */

/* What is known while waiting. */
typedef struct {
    const follow_what *what;
    account_signed anew; /* signed by this run */
    bool has_anew, dead, dropped;
    char hash[FELT_HEX], why[RPC_TEXT + 64];
    rpc_error refusal;
    uint64_t next, dead_since; /* microseconds; dead_since 0: nobody says so */
} watch;

static size_t count(const watch *w) { return w->what->n + (w->has_anew ? 1 : 0); }

static const account_signed *at(const watch *w, size_t i)
{
    return i < w->what->n ? &w->what->list[i] : &w->anew;
}

void session_drop(session *s, felt hash)
{
    if (journal_remove(&s->book, hash) != SP_OK)
        fprintf(stderr, "%s: warning: a finished transaction cannot be taken out of the journal\n",
                cli_name());
}

static void drop_all(session *s, const watch *w)
{
    for (size_t i = 0; i < count(w); i++) session_drop(s, at(w, i)->hash);
}

static bool is_unknown(sp_status st, const rpc_error *e)
{
    return st == SP_ERR_REJECT && e->code == RPC_TX_NOT_FOUND;
}

static void note(watch *w, sp_status st, const rpc_error *e)
{
    if (st == SP_OK || is_unknown(st, e)) return;
    snprintf(w->why, sizeof w->why, "the node: %s",
             e->message[0] ? e->message : "its answer is not one that it should give");
}

static int refused(const watch *w)
{
    const rpc_error *e = &w->refusal;
    char others[96] = "";
    if (count(w) > 1)
        snprintf(others, sizeof others, " (`sprove chain pending`: %zu have its nonce)", count(w));
    return cli_fail(EXIT_CHAIN,
                    "transaction %s is refused: %s (%d) %.200s; "
                    "`sprove chain forget %s` gives it up%s",
                    w->hash, e->message, e->code, e->data, w->hash, others);
}

/* A marketplace pays for a task once: a claim may be executed at any time, or never. */
static bool is_claim(felt_span data)
{
    calldata_reader r = {data, 0};
    uint64_t calls;
    felt to, selector;
    return calldata_read_u64(&r, &calls) == SP_OK && calls == 1 &&
           calldata_read_felt(&r, &to) == SP_OK && calldata_read_felt(&r, &selector) == SP_OK &&
           felt_eq(selector, selector_from_name("submit_proof_and_claim"));
}

/* The calldata that all have, to be freed; *same: they have. */
static sp_status common_calldata(const watch *w, felt **data, size_t *n, bool *same)
{
    SP_TRY(journal_calldata(data, n, at(w, 0)));
    sp_status st = SP_OK;
    *same = true;
    for (size_t i = 1; i < count(w) && st == SP_OK && *same; i++) {
        felt *other;
        size_t m;
        st = journal_calldata(&other, &m, at(w, i));
        *same = st == SP_OK && m == *n;
        for (size_t k = 0; *same && k < m; k++) *same = felt_eq(other[k], (*data)[k]);
        free(other);
    }
    return st;
}

/* The same act with the same nonce, for the price of now. */
static int sign_anew(session *s, watch *w, felt_span data)
{
    rpc_error e;
    sp_status st;
    account_signed tx;
    fprintf(
        stderr,
        "%s: note: transaction %s of an earlier run is refused: %s (%d); its fee is made anew\n",
        cli_name(), w->hash, w->refusal.message, w->refusal.code);
    int code = session_sign(s, data, &tx, &st, &e);
    if (code) return code;
    if (st == SP_ERR_REJECT && e.said[0] && w->what->may_drop && is_claim(data)) {
        fprintf(stderr, "%s: warning: %s is given up: the contract would refuse it: %s\n",
                cli_name(), w->hash, e.said);
        drop_all(s, w);
        w->dropped = true;
        return 0;
    }
    if (st != SP_OK) return session_unsigned(s, &tx, st, &e);
    bool known = false;
    for (size_t i = 0; i < count(w); i++) known = known || felt_eq(tx.hash, at(w, i)->hash);
    /* Another nonce: one of them is being executed, or one below must come first. */
    if (known || !felt_eq(tx.nonce, at(w, 0)->nonce)) {
        account_signed_free(&tx);
        return known ? refused(w) : 0;
    }
    w->anew = tx;
    w->has_anew = true;
    if (journal_add(&s->book, &w->anew) != SP_OK)
        return cli_fail(EXIT_IO, "the journal cannot be written; nothing was sent");
    st = account_send(s->node, &w->anew, &e);
    if (st == SP_ERR_REJECT && account_refused(&e)) {
        session_drop(s, w->anew.hash);
        return session_failed(st, &e, "sending");
    }
    note(w, st, &e);
    return 0;
}

static int replace(session *s, watch *w)
{
    felt *data;
    size_t n;
    bool same;
    if (w->has_anew || w->what->n >= MOST) return refused(w);
    const sp_status st = common_calldata(w, &data, &n, &same);
    if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
    const int code = st == SP_OK && same ? sign_anew(s, w, (felt_span){data, n}) : refused(w);
    free(data);
    return code;
}

/* The node does not know them: their bytes again, or is their nonce gone? Servers behind one name
 * may differ by a block, so that one has not seen a transaction and another counts it already: only
 * what is said for a while is believed. */
static int send_again(session *s, watch *w)
{
    size_t gone = 0, cheap = 0, no = 0;
    for (size_t i = 0; i < count(w); i++) {
        journal_fate now;
        chain_status status;
        rpc_error e;
        const sp_status st = journal_advance(s->node, &now, &status, at(w, i), s->who.address, &e);
        if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
        if (st == SP_OK && now == JOURNAL_DEAD) {
            gone++;
        } else if (st == SP_ERR_REJECT &&
                   (e.code == RPC_RESOURCES_TOO_LOW || e.code == RPC_FEE_TOO_LOW)) {
            cheap++; /* whether somebody has it all the same does not matter: see the top */
            if (!no) w->refusal = e;
        } else if (st == SP_ERR_REJECT && account_refused(&e)) {
            no++;
            w->refusal = e;
        } else {
            note(w, st, &e);
        }
    }
    const uint64_t time = clock_us();
    if (gone < count(w))
        w->dead_since = 0;
    else if (!w->dead_since)
        w->dead_since = time;
    w->dead = gone == count(w) && time - w->dead_since >= DEAD_US;
    w->next = time + (gone ? POLL_US : RESEND_US);
    if (cheap + no < count(w)) return 0;
    return no ? refused(w) : replace(s, w);
}

/* Whether one is in a block. */
static bool is_done(session *s, watch *w, follow_end *end, size_t *unknown, sp_status *st)
{
    rpc_error e;
    chain_receipt *r = &end->receipt;
    *unknown = 0;
    *st = SP_OK;
    for (size_t i = 0; i < count(w); i++) {
        *st = chain_tx_receipt(s->node, r, at(w, i)->hash, &e);
        if (*st == SP_OK && r->status.finality >= CHAIN_ACCEPTED_ON_L2) {
            end->fate = r->status.reverted ? FATE_REVERTED : FATE_EXECUTED;
            end->which = i < w->what->n ? i : 0; /* what is anew has the calldata of all */
            if (end->fate == FATE_REVERTED || journal_age(&s->book, at(w, i)->hash) >= s->keep)
                drop_all(s, w);
            return true;
        }
        if (*st == SP_OK) chain_receipt_free(r);
        if (*st == SP_ERR_NOMEM) return false;
        if (is_unknown(*st, &e)) ++*unknown;
        note(w, *st, &e);
    }
    return false;
}

static int follow(session *s, watch *w, follow_end *end)
{
    const uint64_t start = clock_us();
    w->next = w->what->sent ? start + RESEND_US : start;
    for (;;) {
        size_t unknown;
        sp_status st;
        if (is_done(s, w, end, &unknown, &st)) return 0;
        if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
        if (unknown == count(w) && clock_us() >= w->next) {
            const int code = send_again(s, w);
            if (code) return code;
        }
        end->fate = w->dropped ? FATE_DROPPED : FATE_DEAD;
        if (w->dead) drop_all(s, w);
        if (w->dead || w->dropped) return 0;
        if (signals_stopped())
            return cli_fail(EXIT_INTERRUPTED,
                            "interrupted; transaction %s may be executed; the "
                            "same command looks for it, and signs no other",
                            w->hash);
        if (clock_us() - start >= 1000000 * s->wait)
            return cli_fail(EXIT_IO,
                            "transaction %s may be executed, but after %" PRIu64
                            " s %s; the same command looks for it, and signs no other",
                            w->hash, s->wait, w->why);
        nanosleep(&(struct timespec){.tv_nsec = POLL_US * 1000L}, NULL);
    }
}

int session_follow(session *s, const follow_what *what, follow_end *end)
{
    watch w = {.what = what, .why = "it is in no block yet"};
    memset(end, 0, sizeof *end);
    felt_write_hex(w.hash, what->list[0].hash);
    const int code = follow(s, &w, end);
    if (w.has_anew) account_signed_free(&w.anew);
    return code;
}
