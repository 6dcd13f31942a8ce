/* hist.c - see hist.h. */
#include "relayer/hist.h"

#include <inttypes.h>
#include <string.h>

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

/* In rising order; 0 ends a list that is shorter. */
static const uint64_t bounds[HIST_KINDS][HIST_BOUNDS + 1] = {
    [HIST_FAST] = {100 * US, 250 * US, 500 * US, MS, 2500 * US, 5 * MS, 10 * MS, 25 * MS, 50 * MS,
                   100 * MS, 250 * MS, 500 * MS, S, 2500 * MS, 5 * S, 10 * S, 30 * S, 60 * S},
    [HIST_SLOW] = {10 * MS, 50 * MS, 100 * MS, 250 * MS, 500 * MS, S, 2500 * MS, 5 * S, 10 * S,
                   30 * S, 60 * S, 120 * S, 300 * S, 600 * S, 1800 * S, 3600 * S, 10800 * S,
                   43200 * S, 86400 * S},
    [HIST_SIZES] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}};

void hist_add(hist *h, hist_kind k, uint64_t value)
{
    size_t i = 0;
    while (bounds[k][i] != 0 && value > bounds[k][i]) i++;
    h->count[bounds[k][i] != 0 ? i : HIST_BOUNDS]++;
    h->sum += value;
}

uint64_t hist_total(const hist *h)
{
    uint64_t n = 0;
    for (size_t i = 0; i <= HIST_BOUNDS; i++) n += h->count[i];
    return n;
}

void hist_seconds(char out[HIST_SECONDS], uint64_t ns)
{
    int n = snprintf(out, HIST_SECONDS, "%" PRIu64 ".%09" PRIu64, ns / S, ns % S);
    while (out[n - 1] == '0') out[--n] = 0;
    if (out[n - 1] == '.') out[n - 1] = 0;
}

static void number(char out[HIST_SECONDS], hist_kind k, uint64_t v)
{
    if (k == HIST_SIZES)
        (void)snprintf(out, HIST_SECONDS, "%" PRIu64, v);
    else
        hist_seconds(out, v);
}

void hist_write(FILE *out, const char *name, const char *labels, const hist *h, hist_kind k)
{
    const char *comma = labels[0] != 0 ? "," : "", *open = labels[0] != 0 ? "{" : "",
               *close = labels[0] != 0 ? "}" : "";
    char text[HIST_SECONDS];
    uint64_t n = 0;
    for (size_t i = 0; bounds[k][i] != 0; i++) {
        n += h->count[i];
        number(text, k, bounds[k][i]);
        fprintf(out, "sprove_%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, labels, comma, text, n);
    }
    n += h->count[HIST_BOUNDS];
    fprintf(out, "sprove_%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, labels, comma, n);
    number(text, k, h->sum);
    fprintf(out, "sprove_%s_sum%s%s%s %s\n", name, open, labels, close, text);
    fprintf(out, "sprove_%s_count%s%s%s %" PRIu64 "\n", name, open, labels, close, n);
}
