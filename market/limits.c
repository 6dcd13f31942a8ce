/* limits.c - see limits.h. */
#include "market/limits.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static FILE *open_at(const char *root, const char *dir, const char *name)
{
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s%s%s", root, dir, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "r") : NULL;
}

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

void limits_read(limits *l, const char *root)
{
    uint64_t kib;
    bounds b;
    memset(l, 0, sizeof *l);
    read_bounds(&b, root);
    l->processors = b.processors;
    if (read_number(root, "/proc", "/meminfo", "MemTotal:", &kib)) l->memory_total = kib << 10;
    lower(&l->memory_total, b.memory_max);
    if (!read_number(root, "/proc", "/meminfo", "MemAvailable:", &kib)) return;
    l->memory_available = b.memory_left;
    lower(&l->memory_available, kib << 10);
}

uint64_t limits_memory_available(const char *root)
{
    limits l;
    limits_read(&l, root);
    return l.memory_available;
}
