/* chain_send.c - one transaction from calldata to receipt, and those of earlier runs first: see
 * session_transact. */
#include "cli/amount.h"
#include "cli/chain_session.h"
#include "cli/file.h"
#include "cli/secret.h"
#include "cli/task.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MAX_PATH 4096
#define POLL_US 500000
#define RESEND_US 10000000 /* a few block times */
#define DEAD_US 10000000

/* Every folder of a path, the last one without a slash behind it too. */
static bool make_folders(char *path)
{
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/') continue;
        const char end = *p;
        *p = 0;
        const bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *p = end;
        if (!ok || !end) return ok;
    }
}

/* One journal for each account of each network: a nonce belongs to that. */
static int open_book(session *s)
{
    const char *dir = s->set.value[SET_JOURNAL], *state = getenv("XDG_STATE_HOME"), *rest = "";
    char path[MAX_PATH], network[FELT_HEX], address[FELT_HEX];
    if (s->book_open) return 0;
    if (!dir) {
        dir = state && *state == '/' ? state : getenv("HOME");
        rest = dir == state ? "/sprove/journal" : "/.local/state/sprove/journal";
    }
    if (!dir || !*dir)
        return cli_fail(EXIT_USAGE, "--journal is needed: there is no home for the transactions "
                                    "that are under way");
    felt_write_hex(network, s->who.chain_id);
    felt_write_hex(address, s->who.address);
    const int n = snprintf(path, sizeof path, "%s%s/%s-%s", dir, rest, network, address);
    if (n < 0 || (size_t)n >= sizeof path) return cli_fail(EXIT_USAGE, "--journal is too long");
    const sp_status st = make_folders(path) ? journal_open(&s->book, path) : SP_ERR_IO;
    if (st == SP_ERR_LIMIT)
        return cli_fail(EXIT_IO, "another sprove is sending from this account; wait for its end");
    if (st != SP_OK)
        return cli_fail(EXIT_IO, "the journal %s cannot be opened; nothing was sent", path);
    s->book_open = true;
    return 0;
}

static int list_book(session *s, account_signed **list, size_t *n)
{
    const sp_status st = journal_list(&s->book, list, n);
    if (st == SP_OK) return 0;
    if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
    return cli_fail(EXIT_FORMAT, "the journal of the account (--journal) holds a file that is not "
                                 "what was written; nothing was sent");
}

static void forget(session *s, felt hash)
{
    if (journal_remove(&s->book, hash) != SP_OK)
        fprintf(stderr, "%s: warning: a finished transaction cannot be taken out of the journal\n",
                cli_name());
}

typedef enum { FATE_EXECUTED, FATE_REVERTED, FATE_DEAD } fate;

/* What is known while waiting. */
typedef struct {
    char hash[FELT_HEX], why[RPC_TEXT + 64];
    uint64_t next, dead_since; /* microseconds; dead_since 0: nobody says so */
} watch;

/* The node does not know the transaction: its bytes again, or is its nonce gone? Servers behind one
 * name may differ by a block, so that one has not seen the transaction and another counts it
 * already: only what is said for a while is believed. *dead: it is. */
static int send_again(session *s, const account_signed *tx, watch *w, bool *dead, rpc_error *e,
                      sp_status *st)
{
    journal_fate now;
    chain_status status;
    const uint64_t at = clock_us();
    *st = journal_advance(s->node, &now, &status, tx, s->who.address, e);
    if (*st == SP_ERR_REJECT && account_refused(e))
        return cli_fail(EXIT_CHAIN,
                        "transaction %s of an earlier run is refused: %s (%d) %.200s; "
                        "`sprove chain forget %s` gives it up",
                        w->hash, e->message, e->code, e->data, w->hash);
    const bool gone = *st == SP_OK && now == JOURNAL_DEAD;
    if (!gone)
        w->dead_since = 0;
    else if (!w->dead_since)
        w->dead_since = at;
    *dead = gone && at - w->dead_since >= DEAD_US;
    w->next = at + (gone ? POLL_US : RESEND_US);
    return 0;
}

/* Waits for a transaction that is in the journal, and sends its bytes again where the node does not
 * know it; out of the journal when its fate is final. sent: just now. 0: *r is to be freed unless
 * it is dead. */
static int follow(session *s, const account_signed *tx, bool sent, fate *f, chain_receipt *r)
{
    rpc_error e;
    watch w = {.why = "it is in no block yet"};
    bool dead = false;
    const uint64_t start = clock_us();
    felt_write_hex(w.hash, tx->hash);
    w.next = sent ? start + RESEND_US : start;
    for (;;) {
        sp_status st = chain_tx_receipt(s->node, r, tx->hash, &e);
        if (st == SP_OK && r->status.finality >= CHAIN_ACCEPTED_ON_L2) {
            *f = r->status.reverted ? FATE_REVERTED : FATE_EXECUTED;
            if (*f == FATE_REVERTED || journal_age(&s->book, tx->hash) >= s->keep)
                forget(s, tx->hash);
            return 0;
        }
        if (st == SP_OK) chain_receipt_free(r);
        if (st == SP_ERR_REJECT && e.code == RPC_TX_NOT_FOUND && clock_us() >= w.next) {
            const int code = send_again(s, tx, &w, &dead, &e, &st);
            if (code) return code;
        }
        if (dead) {
            *f = FATE_DEAD;
            forget(s, tx->hash);
            return 0;
        }
        if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
        if (st != SP_OK && !(st == SP_ERR_REJECT && e.code == RPC_TX_NOT_FOUND))
            snprintf(w.why, sizeof w.why, "the node: %s",
                     e.message[0] ? e.message : "its answer is not one that it should give");
        if (signals_stopped())
            return cli_fail(EXIT_INTERRUPTED,
                            "interrupted; transaction %s may be executed; the "
                            "same command looks for it, and signs no other",
                            w.hash);
        if (clock_us() - start >= 1000000 * s->wait)
            return cli_fail(EXIT_IO,
                            "transaction %s may be executed, but after %" PRIu64
                            " s %s; the same command looks for it, and signs no other",
                            w.hash, s->wait, w.why);
        nanosleep(&(struct timespec){.tv_nsec = POLL_US * 1000L}, NULL);
    }
}

static int reverted(const chain_receipt *r)
{
    const chain_status *st = &r->status;
    const char *words = session_words(st->said);
    if (st->said[0])
        return cli_fail(EXIT_CHAIN, "reverted: %s%s%s", st->said, words ? ": " : "",
                        words ? words : "");
    /* The words of the sequencer, "Insufficient max L2Gas" and the like. */
    const bool gas = strstr(st->reason, "Insufficient max") != NULL;
    return cli_fail(EXIT_CHAIN, "reverted: %s%s", st->reason,
                    gas ? " The estimate was too low; run the command again" : "");
}

/* What became of one transaction of an earlier run. */
static int settle_one(session *s, const account_signed *tx, felt_span act, chain_receipt *r,
                      bool *done, size_t *felts)
{
    felt *calldata;
    size_t n;
    fate f;
    char hash[FELT_HEX];
    felt_write_hex(hash, tx->hash);
    const sp_status st = journal_calldata(&calldata, &n, tx);
    if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
    const bool same = st == SP_OK && escrow_same_act((felt_span){calldata, n}, act);
    free(calldata);
    if (s->keep == 0) /* else most of them are executed, and looked at again */
        fprintf(stderr, "%s: note: transaction %s of an earlier run comes first%s\n", cli_name(),
                hash, same ? "; it asks for the same" : "");
    int code = follow(s, tx, false, &f, r);
    if (code) return code;
    if (f == FATE_DEAD) {
        if (same)
            return cli_fail(EXIT_CHAIN,
                            "transaction %s of an earlier run can no more be executed: "
                            "the account sent another with its nonce; run the command "
                            "again for a new one",
                            hash);
        fprintf(stderr,
                "%s: warning: %s can no more be executed: the account sent another with "
                "its nonce\n",
                cli_name(), hash);
        return 0;
    }
    *done = same && f == FATE_EXECUTED;
    *felts = n;
    if (*done) return 0;
    if (same)
        code = reverted(r);
    else if (f == FATE_REVERTED)
        fprintf(stderr, "%s: warning: %s was reverted: %s\n", cli_name(), hash,
                r->status.said[0] ? r->status.said : r->status.reason);
    chain_receipt_free(r);
    return code;
}

static int settle(session *s, felt_span act, chain_receipt *receipt, bool *done, size_t *felts)
{
    account_signed *list;
    size_t n;
    *done = false;
    if (s->args->value[OPT_DRY_RUN]) return 0;
    int code = open_book(s);
    if (!code) code = list_book(s, &list, &n);
    if (code) return code;
    for (size_t i = 0; i < n && !code && !*done; i++)
        code = settle_one(s, &list[i], act, receipt, done, felts);
    journal_free(list, n);
    return code;
}

static int too_long(void)
{
    return cli_fail(EXIT_LIMIT, "the calldata exceeds what one transaction takes (5,000 felts); a "
                                "proof with --io digest, or of a shorter run, is smaller");
}

int session_settle(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent,
                   size_t *felts)
{
    *sent = false;
    if (calldata_status(calls) != SP_OK) return too_long();
    return settle(s, calldata_span(calls), receipt, sent, felts);
}

static int print_price(const session *s, const account_signed *tx, size_t felts)
{
    char fee[U256_TEXT], cap[U256_TEXT];
    /* The bounds were made from these and did not overflow. */
    const tx_estimate *t = &tx->estimate;
    u256_write_text(fee, (u256){t->l1_gas * t->l1_gas_price + t->l2_gas * t->l2_gas_price +
                                    t->l1_data_gas * t->l1_data_gas_price,
                                0});
    u256_write_text(cap, (u256){tx->max_fee, 0});
    if (s->args->value[OPT_JSON])
        return task_print_json(json_pack("{s:b,s:I,s:I,s:s,s:s}", "sent", 0, "calldata_felts",
                                         (json_int_t)felts, "l2_gas", (json_int_t)t->l2_gas,
                                         "estimated_fee", fee, "max_fee", cap));
    printf("%-14s %zu felts\n%-14s %" PRIu64 "\n%-14s %s\n%-14s %s\nnothing was sent\n", "calldata",
           felts, "L2 gas", t->l2_gas, "estimated fee", fee, "fee cap", cap);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

/* The estimate, with its margin, is above --max-fee. */
static int too_dear(const session *s, const tx_estimate *estimate)
{
    tx_bounds b;
    u128 most;
    char asked[AMOUNT_TEXT] = "more than can be counted", cap[AMOUNT_TEXT];
    const account_policy *p = &s->policy;
    if (tx_bounds_from_estimate(&b, estimate, p->margin, p->min_l2_price, p->tip, ~(u128)0) ==
            SP_OK &&
        tx_max_fee(&most, &b, p->tip) == SP_OK)
        amount_write(asked, (u256){most, 0});
    amount_write(cap, (u256){p->max_fee, 0});
    return cli_fail(EXIT_LIMIT, "the fee could be %s, above --max-fee of %s; nothing was sent",
                    asked, cap);
}

/* Priced and signed; the key is in memory only here. */
static int prepare(session *s, felt_span data, account_signed *tx)
{
    rpc_error e;
    memset(&e, 0, sizeof e);
    int code =
        secret_unlock(&s->who.key, s->set.value[SET_KEYSTORE], s->set.value[SET_PASSWORD_FILE]);
    if (code) return code;
    const sp_status st = account_prepare_invoke(s->node, tx, &s->who, data, &s->policy, &e);
    ecdsa_key_wipe(&s->who.key);
    if (st == SP_ERR_LIMIT && !e.message[0]) return too_dear(s, &tx->estimate);
    return st == SP_OK ? 0 : session_failed(st, &e, "before sending");
}

int session_transact(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent,
                     size_t *felts)
{
    account_signed tx;
    rpc_error e;
    fate f;
    const felt_span data = calldata_span(calls);
    int code = session_settle(s, calls, receipt, sent, felts);
    if (!code && !*sent) code = prepare(s, data, &tx);
    if (code || *sent) return code;
    *felts = data.n;
    if (s->args->value[OPT_DRY_RUN]) {
        code = print_price(s, &tx, data.n);
    } else if (journal_add(&s->book, &tx) != SP_OK) {
        code = cli_fail(EXIT_IO, "the journal cannot be written; nothing was sent");
    } else {
        const sp_status st = account_send(s->node, &tx, &e);
        if (st == SP_ERR_REJECT && account_refused(&e)) {
            forget(s, tx.hash);
            code = session_failed(st, &e, "sending");
        } else {
            /* Without a clear answer it may have arrived. */
            code = follow(s, &tx, true, &f, receipt);
        }
        if (!code && f == FATE_DEAD)
            code = cli_fail(EXIT_CHAIN, "the account sent something else meanwhile; try again");
        else if (!code && f == FATE_REVERTED) {
            code = reverted(receipt);
            chain_receipt_free(receipt);
        }
        *sent = code == 0;
    }
    account_signed_free(&tx);
    return code;
}

int session_pending(session *s, json_t *list)
{
    account_signed *all;
    size_t n;
    int code = open_book(s);
    if (!code) code = list_book(s, &all, &n);
    if (code) return code;
    for (size_t i = 0; i < n; i++) {
        rpc_error e;
        chain_status st;
        json_t *j = json_object();
        json_object_set_new(j, "transaction", session_json_felt(all[i].hash));
        json_object_set_new(j, "nonce", session_json_felt(all[i].nonce));
        const sp_status got = chain_tx_status(s->node, &st, all[i].hash, &e);
        json_object_set_new(j, "node_says",
                            json_string(got == SP_OK ? st.reverted   ? "reverted"
                                                       : st.executed ? "executed"
                                                                     : "received"
                                        : got == SP_ERR_REJECT && e.code == RPC_TX_NOT_FOUND
                                            ? "unknown"
                                            : "no answer"));
        json_array_append_new(list, j);
    }
    journal_free(all, n);
    return 0;
}

int session_forget(session *s, const char *text)
{
    account_signed *all;
    size_t n, at = 0;
    felt hash;
    if (felt_read_hex(&hash, text, strlen(text)) != SP_OK)
        return cli_fail(EXIT_USAGE, "%s: must be the hash of a transaction, 0x and hex digits",
                        text);
    int code = open_book(s);
    if (!code) code = list_book(s, &all, &n);
    if (code) return code;
    while (at < n && !felt_eq(all[at].hash, hash)) at++;
    if (at == n)
        code = cli_fail(EXIT_USAGE, "%s: is not in the journal; `sprove chain pending` lists it",
                        text);
    else if (journal_remove(&s->book, hash) != SP_OK)
        code = cli_fail(EXIT_IO, "the journal cannot be written");
    journal_free(all, n);
    return code;
}
