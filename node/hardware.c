/* hardware.c - see hardware.h. */
#include "node/hardware.h"

#include <inttypes.h>
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

/* ---- control groups ---- */

/* The number after `key` at the start of a line ("" = the first number of the file). */
static bool read_number(const char *root, const char *dir, const char *name, const char *key,
                        uint64_t *v)
{
    char line[256];
    bool found = false;
    FILE *f = open_at(root, dir, name);
    if (!f) return false;
    while (!found && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            found = sscanf(line + strlen(key), "%" SCNu64, v) == 1;
    (void)fclose(f);
    return found;
}

typedef struct {
    uint64_t memory_max, memory_left;
    unsigned processors; /* of its quota, rounded up */
} bounds;

static void lower(uint64_t *v, uint64_t to)
{
    if (to < *v) *v = to;
}

static void bound_processors(bounds *b, int64_t quota, int64_t period)
{
    if (quota <= 0 || period <= 0) return;
    const int64_t n = quota / period + (quota % period != 0);
    if (n < (int64_t)b->processors) b->processors = (unsigned)n;
}

/* Memory of files that are not in use can be taken. */
static void bound_memory(bounds *b, const char *root, const char *dir, bool second)
{
    uint64_t max, used, files = 0;
    if (!read_number(root, dir, second ? "/memory.max" : "/memory.limit_in_bytes", "", &max))
        return; /* "max", or no such file */
    lower(&b->memory_max, max);
    if (!read_number(root, dir, second ? "/memory.current" : "/memory.usage_in_bytes", "", &used))
        used = 0;
    (void)read_number(root, dir, "/memory.stat", second ? "inactive_file " : "total_inactive_file ",
                      &files);
    used = used > files ? used - files : 0;
    lower(&b->memory_left, max > used ? max - used : 1);
}

static void bound_cpu(bounds *b, const char *root, const char *dir, bool second)
{
    char line[64] = "";
    long long quota = 0, period = 0;
    FILE *f = open_at(root, dir, second ? "/cpu.max" : "/cpu.cfs_quota_us");
    if (f && !fgets(line, sizeof line, f)) line[0] = 0;
    if (f) (void)fclose(f);
    if (second) {
        if (sscanf(line, "%lld %lld", &quota, &period) == 2) bound_processors(b, quota, period);
        return;
    }
    uint64_t p;
    if (sscanf(line, "%lld", &quota) == 1 && read_number(root, dir, "/cpu.cfs_period_us", "", &p) &&
        p < INT32_MAX)
        bound_processors(b, quota, (int64_t)p);
}

/* A group and all that it lies in. */
static void bound_chain(bounds *b, const char *root, const char *mount, const char *group,
                        void (*bound)(bounds *, const char *, const char *, bool), bool second)
{
    char dir[PATH_MAX];
    const int n = snprintf(dir, sizeof dir, "%s%s", mount, strcmp(group, "/") ? group : "");
    if (n < 0 || (size_t)n >= sizeof dir) return;
    for (char *end = dir + n; end; end = strrchr(dir, '/')) {
        *end = 0;
        if (strlen(dir) < strlen(mount)) break;
        bound(b, root, dir, second);
    }
}

static bool lists(const char *controllers, const char *name)
{
    const size_t n = strlen(name);
    for (const char *p = controllers; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == 0)) return true;
    return false;
}

/* Lines "number:controllers:group"; without controllers it is the one hierarchy of version 2. */
static void read_bounds(bounds *b, const char *root)
{
    char line[PATH_MAX];
    b->memory_max = b->memory_left = UINT64_MAX;
    b->processors = UINT_MAX;
    FILE *f = open_at(root, "/proc", "/self/cgroup");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        controllers++;
        if (!*controllers) {
            bound_chain(b, root, "/sys/fs/cgroup", group, bound_memory, true);
            bound_chain(b, root, "/sys/fs/cgroup", group, bound_cpu, true);
        }
        if (lists(controllers, "memory"))
            bound_chain(b, root, "/sys/fs/cgroup/memory", group, bound_memory, false);
        if (lists(controllers, "cpu"))
            bound_chain(b, root, "/sys/fs/cgroup/cpu", group, bound_cpu, false);
    }
    if (f) (void)fclose(f);
}

uint64_t hardware_memory_available(const char *root)
{
    uint64_t kib;
    bounds b;
    if (!read_number(root, "/proc", "/meminfo", "MemAvailable:", &kib)) return 0;
    read_bounds(&b, root);
    lower(&b.memory_left, kib << 10);
    return b.memory_left;
}

/* ---- all of it ---- */

void hardware_read(hardware *h, const char *root, const char *disk_path)
{
    uint64_t kib;
    bounds b;
    struct statvfs disk;
    memset(h, 0, sizeof *h);
    read_cpu(h, root);
    read_bounds(&b, root);
    h->threads = affinity();
    if (b.processors < h->threads) h->threads = b.processors;
    if (read_number(root, "/proc", "/meminfo", "MemTotal:", &kib)) h->memory_total = kib << 10;
    lower(&h->memory_total, b.memory_max);
    h->memory_available = hardware_memory_available(root);
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
