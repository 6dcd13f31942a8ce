/* meters.c - see meters.h. */
#include "relayer/meters.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name, *label, *help;
} counters[COUNTERS] = {
    [COUNT_REJECTED] = {"http_rejected_total", "reason",
                        "requests refused before or instead of a handler"},
    [COUNT_ATTEMPTS] = {"attempts_total", "outcome", "attempts at tasks that have ended"},
    [COUNT_WEBHOOKS] = {"webhook_attempts_total", "result", "tries of callbacks, by status"},
    [COUNT_WS_IN] = {"ws_messages_total", "dir=\"in\",type", "messages of nodes and to nodes"},
    [COUNT_WS_OUT] = {NULL, "dir=\"out\",type", NULL}, /* of the same name */
    [COUNT_CHAIN_TX] = {"chain_tx_total", "kind=\"assign\",status",
                        "the relayer's own transactions, by the state that they reach"},
    [COUNT_ROWS] = {"rows_deleted_total", "table",
                    "rows of what ended longer ago than storage.rows, by table"},
    [COUNT_ACCOUNTS] = {"account_checks_total", "result",
                        "accounts of nodes that were asked whether they have signed"},
    [COUNT_WS_CLOSED] = {"ws_closed_total", "code", "sockets of nodes that were closed"}};

static const struct {
    const char *name, *label, *second, *help;
    hist_kind kind;
} timers[TIMERS] = {
    [TIME_VERIFY] = {"verify_seconds", "result", NULL, "verifying a proof", HIST_FAST},
    [TIME_RPC] = {"chain_rpc_seconds", "method", "code", "calls of the chain's node", HIST_FAST},
    [TIME_SIGNATURE] = {"sig_verify_seconds", "result", NULL, "checking a node's signature",
                        HIST_FAST},
    [TIME_SCHED] = {"sched_seconds", NULL, NULL, "rounds of the scheduler that had tasks",
                    HIST_FAST},
    [SIZE_CANDIDATES] = {"sched_candidates", NULL, NULL,
                         "nodes that a task was offered to or could be", HIST_SIZES}};

void meters_init(meters *m)
{
    memset(m, 0, sizeof *m);
    (void)pthread_mutex_init(&m->lock, NULL);
}

void meters_free(meters *m) { (void)pthread_mutex_destroy(&m->lock); }

/* Under the lock. The last place is for what has none. */
static meter *place(meter list[METERS_LABELS], const char *label, const char *second)
{
    size_t i = 0;
    while (i < METERS_LABELS - 1 && list[i].label[0] != 0 &&
           (strcmp(list[i].label, label) != 0 || strcmp(list[i].second, second) != 0))
        i++;
    if (i == METERS_LABELS - 1) {
        label = "other";
        second = "";
    }
    if (list[i].label[0] == 0) {
        (void)snprintf(list[i].label, sizeof list[i].label, "%s", label);
        (void)snprintf(list[i].second, sizeof list[i].second, "%s", second);
    }
    return &list[i];
}

void meters_count_n(meters *m, meter_counter c, const char *label, uint64_t n)
{
    (void)pthread_mutex_lock(&m->lock);
    place(m->count[c], label, "")->n += n;
    (void)pthread_mutex_unlock(&m->lock);
}

void meters_count(meters *m, meter_counter c, const char *label) { meters_count_n(m, c, label, 1); }

void meters_time(meters *m, meter_timer t, const char *label, const char *second, uint64_t value)
{
    (void)pthread_mutex_lock(&m->lock);
    hist_add(&place(m->time[t], label, second)->h, timers[t].kind, value);
    (void)pthread_mutex_unlock(&m->lock);
}

static void write_counter(const meters *m, meter_counter c, FILE *out)
{
    const char *name = counters[c].name != NULL ? counters[c].name : counters[c - 1].name;
    if (counters[c].name != NULL) {
        fprintf(out, "# HELP sprove_%s %s\n# TYPE sprove_%s counter\n", name, counters[c].help,
                name);
    }
    for (size_t i = 0; i < METERS_LABELS; i++)
        if (m->count[c][i].label[0] != 0)
            fprintf(out, "sprove_%s{%s=\"%s\"} %" PRIu64 "\n", name, counters[c].label,
                    m->count[c][i].label, m->count[c][i].n);
}

static void write_timer(const meters *m, meter_timer t, FILE *out)
{
    fprintf(out, "# HELP sprove_%s %s\n# TYPE sprove_%s histogram\n", timers[t].name,
            timers[t].help, timers[t].name);
    for (size_t i = 0; i < METERS_LABELS; i++) {
        const meter *e = &m->time[t][i];
        char labels[128] = "";
        if (e->label[0] == 0) continue;
        if (timers[t].second != NULL)
            (void)snprintf(labels, sizeof labels, "%s=\"%s\",%s=\"%s\"", timers[t].label, e->label,
                           timers[t].second, e->second);
        else if (timers[t].label != NULL)
            (void)snprintf(labels, sizeof labels, "%s=\"%s\"", timers[t].label, e->label);
        hist_write(out, timers[t].name, labels, &e->h, timers[t].kind);
    }
}

void meters_write(meters *m, FILE *out)
{
    (void)pthread_mutex_lock(&m->lock);
    for (unsigned c = 0; c < COUNTERS; c++) write_counter(m, (meter_counter)c, out);
    for (unsigned t = 0; t < TIMERS; t++) write_timer(m, (meter_timer)t, out);
    (void)pthread_mutex_unlock(&m->lock);
}
