/* hardware_gpu.c - graphics processors, by what nvidia-smi says. */
#include "node/hardware.h"

#include "market/sandbox.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const hardware_gpu_query[3] = {"--query-gpu=name,memory.total,compute_cap",
                                           "--format=csv,noheader,nounits", NULL};

#define ASK_MS 10000 /* it wakes the devices up */
#define MAX_ANSWER 16384

/* "1.0" to "99.99": digits, a dot, digits. */
static bool is_capability(const char *s, size_t n)
{
    size_t dots = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '.')
            dots++;
        else if (!isdigit((unsigned char)s[i]))
            return false;
    }
    return n >= 3 && n <= 5 && dots == 1 && s[0] != '.' && s[n - 1] != '.';
}

static const char *skip_blanks(const char *s) { return s + strspn(s, " \t"); }

/* The name may hold commas: fields are taken from the right. */
static bool read_gpu(hardware_gpu *g, char *line)
{
    char *last = strrchr(line, ',');
    if (!last) return false;
    *last = 0;
    char *middle = strrchr(line, ','), *end;
    if (!middle) return false;
    *middle = 0;
    const char *compute = skip_blanks(last + 1), *memory = skip_blanks(middle + 1);
    const char *name = skip_blanks(line);
    const size_t n_name = strcspn(name, "\r\n"), n_compute = strcspn(compute, " \t\r");
    if (!isdigit((unsigned char)*memory)) return false;
    const unsigned long mib = strtoul(memory, &end, 10);
    if (*skip_blanks(end) || mib == 0 || mib > 1u << 24 || n_name == 0) return false;
    memset(g, 0, sizeof *g);
    for (size_t i = 0; i < n_name && i < sizeof g->name - 1; i++)
        g->name[i] = name[i] >= 32 && name[i] < 127 ? name[i] : '?';
    g->vram_mib = (uint32_t)mib; /* <= 2^24 */
    if (is_capability(compute, n_compute)) memcpy(g->compute, compute, n_compute);
    return true;
}

void hardware_read_gpus(hardware *h, const char *text, size_t n)
{
    h->n_gpus = 0;
    for (size_t at = 0; at < n && h->n_gpus < HARDWARE_MAX_GPUS;) {
        char line[256];
        size_t k = 0;
        while (at + k < n && text[at + k] != '\n') k++;
        if (k < sizeof line) {
            memcpy(line, text + at, k);
            line[k] = 0;
            if (strlen(line) == k && read_gpu(&h->gpu[h->n_gpus], line)) h->n_gpus++;
        }
        at += k + 1;
    }
}

bool hardware_ask_gpus(hardware *h, const char *dir)
{
    static const char *const places[] = {"/usr/bin/nvidia-smi", "/usr/local/bin/nvidia-smi",
                                         "/usr/lib/wsl/lib/nvidia-smi"};
    char why[SANDBOX_WHY];
    sandbox *s;
    h->n_gpus = 0;
    for (unsigned i = 0; i < SP_COUNT(places); i++) {
        const char *const argv[] = {places[i], hardware_gpu_query[0], hardware_gpu_query[1], NULL};
        /* It needs its devices: limits only. */
        const sandbox_spec spec = {.level = SANDBOX_LIMITS,
                                   .argv = argv,
                                   .dir = dir,
                                   .input = -1,
                                   .wall_ms = ASK_MS,
                                   .result_bytes = MAX_ANSWER};
        if (access(places[i], X_OK) != 0) continue;
        if (sandbox_start(&s, &spec, why) != SP_OK) return false;
        while (!sandbox_step(s, ASK_MS)) {}
        size_t n;
        const uint8_t *b = sandbox_output(s, &n);
        const bool ok = sandbox_ended(s) == SANDBOX_DONE;
        if (ok) hardware_read_gpus(h, (const char *)b, n);
        sandbox_delete(s);
        return ok;
    }
    return false;
}
