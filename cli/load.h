/* load.h - the mixed job at a wanted size, to measure proving with. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/proving.h"

/* Loads the job with a payload of about `cycles` cycles. */
int load_init(task *t, uint64_t cycles, progress *p);

#endif
