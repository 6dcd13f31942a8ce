/* limits.h - memory and processors that this process may take: the machine's, less where its
 * control group (version 1 or 2), or one above it, allows less. */
#ifndef MARKET_LIMITS_H
#define MARKET_LIMITS_H

#include "core/sp.h"

typedef struct {
    uint64_t memory_total, memory_available; /* bytes; 0: not known */
    unsigned processors; /* of the groups' quota, rounded up; UINT_MAX: no quota */
} limits;

/* root is put before the paths of /proc and /sys: "" but in tests. */
void limits_read(limits *l, const char *root);
/* Bytes that can be taken now without swapping: what the kernel calls available, within the groups;
 * memory of files that are not in use counts. 0: not known; 1: nothing is left. */
uint64_t limits_memory_available(const char *root);

#endif
