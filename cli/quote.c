/* quote.c - see quote.h. */
#include "cli/quote.h"

#include "cli/amount.h"
#include "cli/relay.h"
#include "cli/send.h"
#include "cli/submit_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool quote_wanted(const cli_args *a) { return a->value[OPT_PRICE] || a->value[OPT_RELAYER]; }

static const struct {
    const char *name, *label;
} lines[] = {{"compute_cost", "Compute Cost"},
             {"network_fee", "Network Fee 15 %"},
             {"treasury_fee", "  Treasury 12 %"},
             {"gas_subsidy", "  Gas Subsidy 3 %"},
             {"total", "Total"}};

static int print(const json_t *j)
{
    uint64_t nodes = 0;
    (void)client_number(&nodes, j, "eligible_nodes");
    printf("\nprice by %" PRIu64 " node%s that can take it now:\n", nodes, nodes == 1 ? "" : "s");
    for (size_t i = 0; i < SP_COUNT(lines) && nodes; i++) {
        char text[100], people[AMOUNT_TEXT];
        u256 v;
        client_text(text, sizeof text, j, lines[i].name);
        if (u256_read_text(&v, text) != SP_OK)
            return cli_fail(EXIT_IO, "the relayer's answer has no %s", lines[i].name);
        amount_write(people, v);
        printf("%-18s %s\n", lines[i].label, people);
    }
    uint64_t ms;
    if (nodes && client_number(&ms, j, "eta_ms_p50"))
        printf("%-18s about %" PRIu64 ".%" PRIu64 " s (the median node's own measurement)\n",
               "Time", ms / 1000, ms % 1000 / 100);
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int quote(const cli_args *a, const task *t, const char *profile, uint64_t cycles, json_t *report)
{
    relay at;
    json_t *answer = NULL;
    send_names names;
    progress p;
    char *body = NULL, *text = NULL;
    json_t *j = NULL;
    memset(&at, 0, sizeof at);
    int code = relay_init(&at, a, NULL, 10, false);
    send_name(&names, t);
    if (!code) code = submit_body(&body, a, t, params_by_name(profile), &names);
    progress_init(&p, a);
    if (!code) code = send_all(&at, &names, t, &p);
    if (!code) {
        j = json_loads(body, 0, NULL);
        json_object_set_new(j, "cycles", json_integer((json_int_t)cycles));
        text = json_dumps(j, JSON_COMPACT);
        if (!text) code = cli_fail(EXIT_LIMIT, "not enough memory for the request");
    }
    if (!code) code = relay_json(&at, &answer, "POST", "/estimate", text);
    if (code == EXIT_INTERRUPTED) (void)cli_fail(code, "interrupted");
    if (!code && report)
        json_object_set(report, "price", answer);
    else if (!code)
        code = print(answer);
    json_decref(answer);
    json_decref(j);
    free(text);
    free(body);
    relay_free(&at);
    return code;
}
