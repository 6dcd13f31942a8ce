/* hardware_gpu.c - graphics processors, by what sprove-gpus or nvidia-smi says. */
#include "node/hardware.h"

#include "market/sandbox.h"
#include "market/work.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const hardware_gpu_query[3] = {
    "--query-gpu=name,memory.total,memory.used,utilization.gpu,compute_cap,driver_version",
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

/* The last field of a line, without blanks around it; the line is cut before it. NULL: there is no
 * comma. */
static char *take_last(char *line)
{
    char *comma = strrchr(line, ',');
    if (!comma) return NULL;
    *comma = 0;
    char *field = comma + 1 + strspn(comma + 1, " \t");
    for (size_t n = strlen(field); n > 0 && strchr(" \t\r", field[n - 1]); n--) field[n - 1] = 0;
    return field;
}

static bool read_number(uint32_t *out, const char *s, uint32_t most)
{
    char *end;
    if (!isdigit((unsigned char)*s)) return false;
    const unsigned long v = strtoul(s, &end, 10);
    if (*end || v > most) return false;
    *out = (uint32_t)v;
    return true;
}

/* The name may hold commas: fields are taken from the right. */
static bool read_gpu(hardware_gpu *g, char *line)
{
    const char *driver = take_last(line), *compute = driver ? take_last(line) : NULL,
               *use = compute ? take_last(line) : NULL, *used = use ? take_last(line) : NULL,
               *total = used ? take_last(line) : NULL;
    if (!total) return false;
    const char *name = skip_blanks(line);
    const size_t n_name = strcspn(name, "\r\n");
    memset(g, 0, sizeof *g);
    if (!read_number(&g->vram_mib, total, 1u << 24) || g->vram_mib == 0 || n_name == 0)
        return false;
    for (size_t i = 0; i < n_name && i < sizeof g->name - 1; i++)
        g->name[i] = name[i] >= 32 && name[i] < 127 ? name[i] : '?';
    if (!read_number(&g->used_mib, used, g->vram_mib)) g->used_mib = 0;
    if (!read_number(&g->use_percent, use, 100)) g->use_percent = HARDWARE_NOT_SAID;
    if (is_capability(compute, strlen(compute))) memcpy(g->compute, compute, strlen(compute));
    if (strspn(driver, "0123456789.") == strlen(driver) && strlen(driver) < sizeof g->driver)
        memcpy(g->driver, driver, strlen(driver));
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

/* False: it did not answer in time, or not well. */
static bool ask(hardware *h, const char *const *argv, const char *dir, unsigned ask_ms)
{
    char why[SANDBOX_WHY];
    sandbox *s;
    size_t n;
    /* It needs its devices: limits only. */
    const sandbox_spec spec = {.level = SANDBOX_LIMITS,
                               .argv = argv,
                               .dir = dir,
                               .input = -1,
                               .wall_ms = ask_ms,
                               .result_bytes = MAX_ANSWER};
    if (sandbox_start(&s, &spec, why) != SP_OK) return false;
    while (!sandbox_step(s, ask_ms)) {}
    const uint8_t *b = sandbox_output(s, &n);
    const bool ok = sandbox_ended(s) == SANDBOX_DONE;
    if (ok) hardware_read_gpus(h, (const char *)b, n);
    sandbox_delete(s);
    return ok;
}

enum hardware_gpu_source hardware_ask_gpus(hardware *h, const char *dir,
                                           const hardware_gpu_places *where)
{
    static const char *const places[] = {"/usr/bin/nvidia-smi", "/usr/local/bin/nvidia-smi",
                                         "/usr/lib/wsl/lib/nvidia-smi"};
    static const hardware_gpu_places system;
    char program[PATH_MAX];
    const hardware_gpu_places *w = where ? where : &system;
    const unsigned ask_ms = w->ask_ms ? w->ask_ms : ASK_MS;
    h->n_gpus = 0;
    if (w->program) (void)snprintf(program, sizeof program, "%s", w->program);
    if (w->program || work_find_helper(program, sizeof program, "sprove-gpus") == SP_OK) {
        const char *const argv[] = {program, w->library, NULL};
        if (ask(h, argv, dir, ask_ms)) return HARDWARE_GPU_NVML;
    }
    for (unsigned i = 0; i < (w->smi ? 1 : SP_COUNT(places)); i++) {
        const char *const smi = w->smi ? w->smi : places[i];
        const char *const argv[] = {smi, hardware_gpu_query[0], hardware_gpu_query[1], NULL};
        if (access(smi, X_OK) == 0)
            return ask(h, argv, dir, ask_ms) ? HARDWARE_GPU_SMI : HARDWARE_GPU_NONE;
    }
    return HARDWARE_GPU_NONE;
}
