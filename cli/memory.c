/* memory.c - see memory.h. */
#include "cli/memory.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static FILE *open_at(const char *root, const char *dir, const char *name)
{
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s%s%s", root, dir, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "r") : NULL;
}

/* The number after `key` at the start of a line ("" = the first number of the file); false without. */
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

/* What a control group (version 2) has left. Memory of files that are not in use can be taken. */
static uint64_t group_left(const char *root, const char *dir)
{
    uint64_t max, used, files = 0;
    if (!read_number(root, dir, "/memory.max", "", &max)) return UINT64_MAX; /* "max", or no such file */
    if (!read_number(root, dir, "/memory.current", "", &used)) return max;
    (void)read_number(root, dir, "/memory.stat", "inactive_file ", &files);
    used = used > files ? used - files : 0;
    return max > used ? max - used : 1;
}

uint64_t memory_available(const char *root)
{
    uint64_t kib, least;
    char dir[PATH_MAX], group[PATH_MAX / 2] = "";
    if (!read_number(root, "/proc", "/meminfo", "MemAvailable:", &kib)) return 0;
    least = kib << 10;

    FILE *f = open_at(root, "/proc", "/self/cgroup");
    while (f && fgets(group, sizeof group, f) && strncmp(group, "0::", 3) != 0) group[0] = 0;
    if (f) (void)fclose(f);
    group[strcspn(group, "\n")] = 0;
    const char *name = group[0] ? group + 3 : "";
    (void)snprintf(dir, sizeof dir, "/sys/fs/cgroup%s", strcmp(name, "/") ? name : "");
    for (char *end = dir + strlen(dir); end; end = strrchr(dir, '/')) {
        *end = 0;
        if (strlen(dir) < strlen("/sys/fs/cgroup")) break;
        const uint64_t left = group_left(root, dir);
        if (left < least) least = left;
    }
    return least;
}
