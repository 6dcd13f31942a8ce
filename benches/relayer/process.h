/* process.h - what another process of this machine has used, by /proc. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <sys/types.h>

typedef struct {
    double cpu_s,
        children_s; /* processor time of the process; of its children, with those that ended */
    long rss_kib, fds;
} process_use;

/* Of pid 0, and of what is gone, nothing. */
process_use process_look(pid_t pid);

#endif
