/* hardware.c - see hardware.h. */
#include "node/hardware.h"

#include "market/limits.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

static FILE *open_at(const char *root, const char *dir, const char *name)
{
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s%s%s", root, dir, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "r") : NULL;
}

static void put_name(char out[HARDWARE_NAME], const char *text, size_t n)
{
    while (n && (*text == ' ' || *text == '\t')) text++, n--;
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\n' || text[n - 1] == '\r')) n--;
    if (n > HARDWARE_NAME - 1) n = HARDWARE_NAME - 1;
    for (size_t i = 0; i < n; i++) out[i] = text[i] >= 32 && text[i] < 127 ? text[i] : '?';
    out[n] = 0;
}

/* ---- processor ---- */

static bool has_word(const char *line, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = line; (p = strstr(p, word)) != NULL; p += n)
        if (p > line && p[-1] == ' ' && (p[n] == ' ' || p[n] == '\n' || p[n] == 0)) return true;
    return false;
}

/* "key<blanks>: value" */
static const char *value_of(const char *line, const char *key)
{
    const size_t n = strlen(key);
    if (strncmp(line, key, n) != 0) return NULL;
    const char *colon = line + n + strspn(line + n, " \t");
    return *colon == ':' ? colon + 1 : NULL;
}

static void read_cpu(hardware *h, const char *root)
{
    /* The line of features is a few thousand bytes long. */
    const size_t room = 16384;
    char *line = malloc(room);
    FILE *f = line ? open_at(root, "/proc", "/cpuinfo") : NULL;
    while (f && fgets(line, (int)room, f)) {
        const char *v = value_of(line, "model name");
        if (v && !h->cpu_model[0]) put_name(h->cpu_model, v, strlen(v));
        v = value_of(line, "flags");
        if (v) {
            h->avx2 = h->avx2 || has_word(v, "avx2");
            h->avx512 = h->avx512 || has_word(v, "avx512f");
        }
    }
    if (f) (void)fclose(f);
    free(line);
    struct utsname u;
    if (!h->cpu_model[0] && uname(&u) == 0) put_name(h->cpu_model, u.machine, strlen(u.machine));
}

static unsigned affinity(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    const int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (unsigned)n : 1;
}

/* ---- all of it ---- */

void hardware_read(hardware *h, const char *root, const char *disk_path)
{
    limits l;
    struct statvfs disk;
    memset(h, 0, sizeof *h);
    read_cpu(h, root);
    limits_read(&l, root);
    h->threads = affinity();
    if (l.processors < h->threads) h->threads = l.processors;
    h->memory_total = l.memory_total;
    h->memory_available = l.memory_available;
    if (disk_path && statvfs(disk_path, &disk) == 0)
        h->disk_free = (uint64_t)disk.f_bavail * disk.f_frsize;
}

json_t *hardware_specs(const hardware *h)
{
    json_t *gpus = json_array(), *features = json_array();
    for (unsigned i = 0; i < h->n_gpus; i++)
        json_array_append_new(gpus,
                              json_pack("{s:s,s:i,s:s}", "name", h->gpu[i].name, "vram_gb",
                                        (int)(h->gpu[i].vram_mib >> 10), "cc", h->gpu[i].compute));
    if (h->avx2) json_array_append_new(features, json_string("avx2"));
    if (h->avx512) json_array_append_new(features, json_string("avx512f"));
    return json_pack("{s:s,s:I,s:o,s:I,s:I,s:o}", "cpu_model", h->cpu_model, "cpu_threads",
                     (json_int_t)h->threads, "cpu_features", features, "ram_gb",
                     (json_int_t)(h->memory_total >> 30), "disk_gb",
                     (json_int_t)(h->disk_free >> 30), "gpus", gpus);
}
