/* chain_send.c - one transaction from calldata to receipt, and those of earlier runs first: see
 * session_transact. */
#include "cli/chain_send.h"
#include "cli/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PATH 4096

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

/* Whether an entry of the journal asks for act; *felts: of its calldata. */
static int asks_for(const account_signed *tx, felt_span act, bool *same, size_t *felts)
{
    felt *calldata;
    const sp_status st = journal_calldata(&calldata, felts, tx);
    if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
    *same = st == SP_OK && escrow_same_act((felt_span){calldata, *felts}, act);
    free(calldata);
    return 0;
}

/* What became of those of an earlier run under one nonce. */
static int settle_nonce(session *s, const follow_what *what, felt_span act, chain_receipt *r,
                        bool *done, size_t *felts)
{
    follow_end end;
    bool same, any = false;
    char hash[FELT_HEX];
    int code = 0;
    for (size_t i = 0; i < what->n && !code; i++) {
        code = asks_for(&what->list[i], act, &same, felts);
        any = any || same;
    }
    if (code) return code;
    felt_write_hex(hash, what->list[0].hash);
    if (s->keep == 0) /* else most of them are executed, and looked at again */
        fprintf(stderr, "%s: note: transaction %s of an earlier run comes first%s\n", cli_name(),
                hash, any ? "; it asks for the same" : "");
    code = session_follow(s, what, &end);
    if (code || end.fate == FATE_DROPPED) return code;
    if (end.fate == FATE_DEAD) {
        if (any)
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
    *r = end.receipt;
    felt_write_hex(hash, what->list[end.which].hash);
    code = asks_for(&what->list[end.which], act, &same, felts);
    *done = !code && same && end.fate == FATE_EXECUTED;
    if (*done) return 0;
    if (!code && same)
        code = reverted(r);
    else if (!code && end.fate == FATE_REVERTED)
        fprintf(stderr, "%s: warning: %s was reverted: %s\n", cli_name(), hash,
                r->status.said[0] ? r->status.said : r->status.reason);
    chain_receipt_free(r);
    return code;
}

static int settle(session *s, felt_span act, chain_receipt *receipt, bool *done, size_t *felts)
{
    account_signed *list;
    size_t n, next;
    *done = false;
    if (s->args->value[OPT_DRY_RUN]) return 0;
    int code = open_book(s);
    if (!code) code = list_book(s, &list, &n);
    if (code) return code;
    for (size_t i = 0; i < n && !code && !*done; i = next) {
        next = i + 1;
        while (next < n && felt_eq(list[next].nonce, list[i].nonce)) next++;
        const follow_what what = {.list = list + i, .n = next - i, .may_drop = next == n};
        code = settle_nonce(s, &what, act, receipt, done, felts);
    }
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

int session_transact(session *s, const calldata_writer *calls, chain_receipt *receipt, bool *sent,
                     size_t *felts)
{
    account_signed tx;
    rpc_error e;
    follow_end end;
    const felt_span data = calldata_span(calls);
    int code = session_settle(s, calls, receipt, sent, felts);
    if (code || *sent) return code;
    sp_status st;
    code = session_sign(s, data, &tx, &st, &e);
    if (!code && st != SP_OK) code = session_unsigned(s, &tx, st, &e);
    if (code) return code;
    *felts = data.n;
    if (s->args->value[OPT_DRY_RUN]) {
        code = session_print_price(s, &tx, data.n);
    } else if (journal_add(&s->book, &tx) != SP_OK) {
        code = cli_fail(EXIT_IO, "the journal cannot be written; nothing was sent");
    } else {
        st = account_send(s->node, &tx, &e);
        if (st == SP_ERR_REJECT && account_refused(&e)) {
            session_drop(s, tx.hash);
            code = session_failed(st, &e, "sending");
        } else {
            /* Without a clear answer it may have arrived. */
            code = session_follow(s, &(follow_what){.list = &tx, .n = 1, .sent = true}, &end);
        }
        if (!code && end.fate == FATE_DEAD) {
            code = cli_fail(EXIT_CHAIN, "the account sent something else meanwhile; try again");
        } else if (!code) {
            *receipt = end.receipt;
            if (end.fate == FATE_REVERTED) {
                code = reverted(receipt);
                chain_receipt_free(receipt);
            }
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
