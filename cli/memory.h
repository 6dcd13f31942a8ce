/* memory.h - how much memory the system has to give. */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stdint.h>

/* Bytes that can be taken now without swapping: what the kernel calls available, less where the
 * process's control group, or one above it, allows less. 0: unknown. root is put before the paths of
 * /proc and /sys: "" but in tests. */
uint64_t memory_available(const char *root);

#endif
