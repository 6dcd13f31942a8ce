/* place.h - queued tasks find their nodes. */
#ifndef RELAYER_PLACE_H
#define RELAYER_PLACE_H

#include "relayer/core.h"

/* One round, on the core's thread. */
void place_tasks(core *c, int64_t now_ms);

#endif
