/* process.c - see process.h. */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of a process, and of its children that have ended. */
static double stat_seconds(pid_t pid, double *ended)
{
    char path[64], text[1024];
    unsigned long user = 0, kernel = 0;
    long user_ended = 0, kernel_ended = 0;
    const double ticks = (double)sysconf(_SC_CLK_TCK);
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    *ended = 0;
    if (f == NULL) return 0;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = 0;
    const char *after = strrchr(text, ')');
    if (after == NULL ||
        sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &user,
               &kernel, &user_ended, &kernel_ended) != 4)
        return 0;
    *ended = (double)(user_ended + kernel_ended) / ticks;
    return (double)(user + kernel) / ticks;
}

static long count_entries(const char *command, pid_t pid)
{
    char text[128];
    long n = 0;
    (void)snprintf(text, sizeof text, command, (int)pid);
    FILE *f = popen(text, "r");
    if (f == NULL) return 0;
    if (fscanf(f, "%ld", &n) != 1) n = 0;
    (void)pclose(f);
    return n;
}

process_use process_look(pid_t pid)
{
    process_use u = {0, 0, 0, 0};
    double ended;
    if (pid <= 0) return u;
    u.cpu_s = stat_seconds(pid, &u.children_s);
    u.rss_kib = count_entries("awk '/^VmRSS/{print $2}' /proc/%d/status 2>&-", pid);
    u.fds = count_entries("ls /proc/%d/fd 2>&- | wc -l", pid);
    char text[64];
    (void)snprintf(text, sizeof text, "ps -o pid= --ppid %d", (int)pid);
    FILE *f = popen(text, "r");
    int child;
    while (f != NULL && fscanf(f, "%d", &child) == 1) u.children_s += stat_seconds(child, &ended);
    if (f != NULL) (void)pclose(f);
    return u;
}
