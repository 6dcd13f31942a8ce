/* limits.c - the memory that is available, from files like the kernel's. */
#include "market/limits.h"
#include "tests/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void put(const char *path, const char *text)
{
    char full[256], part[256];
    (void)snprintf(full, sizeof full, "%s%s", root, path);
    for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
        (void)snprintf(part, sizeof part, "%.*s", (int)(p - full), full);
        (void)mkdir(part, 0700);
    }
    FILE *f = fopen(full, "w");
    if (!f || fputs(text, f) == EOF || fclose(f) == EOF) abort();
}
static void start(void)
{
    (void)snprintf(root, sizeof root, "/tmp/sprove_memory_XXXXXX");
    if (!mkdtemp(root)) abort();
    put("/proc/meminfo",
        "MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:    8000000 kB\n");
    put("/proc/self/cgroup", "1:name=systemd:/x\n0::/user/job\n");
}
static void end(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    CHECK_EQ(system(command), 0);
}

TEST(without_a_limit_it_is_what_the_kernel_says)
{
    start();
    CHECK_EQ(limits_memory_available(root), UINT64_C(8000000) << 10);
    put("/sys/fs/cgroup/user/job/memory.max", "max\n");
    CHECK_EQ(limits_memory_available(root), UINT64_C(8000000) << 10);
    end();
}

TEST(limits_of_groups_count_at_every_level)
{
    start();
    put("/sys/fs/cgroup/user/job/memory.max", "5000000\n");
    put("/sys/fs/cgroup/user/job/memory.current", "3000000\n");
    put("/sys/fs/cgroup/user/job/memory.stat", "anon 1\ninactive_file 1000000\n");
    CHECK_EQ(limits_memory_available(root), 3000000);
    put("/sys/fs/cgroup/user/memory.max", "4000000\n");
    put("/sys/fs/cgroup/user/memory.current", "1500000\n");
    CHECK_EQ(limits_memory_available(root), 2500000);
    put("/sys/fs/cgroup/memory.max", "2000000\n");
    CHECK_EQ(limits_memory_available(root), 2000000);
    put("/sys/fs/cgroup/memory.current", "2000001\n");
    CHECK_EQ(limits_memory_available(root), 1);
    put("/proc/self/cgroup", "0::/\n");
    CHECK_EQ(limits_memory_available(root), 1);
    end();
}

TEST(unknown_is_no_limit)
{
    (void)snprintf(root, sizeof root, "/nowhere");
    CHECK_EQ(limits_memory_available(root), 0);
    CHECK(access("/proc/meminfo", R_OK) != 0 || limits_memory_available("") > 0);
}
