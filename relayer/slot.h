/* slot.h - the attempts at a task side by side. A task has as many slots as its redundancy; each
 * has at most one attempt that is open or holds, and the task is as far as its slowest slot. */
#ifndef RELAYER_SLOT_H
#define RELAYER_SLOT_H

#include "relayer/task.h"

typedef struct {
    size_t n;
    attempt_state
        at[SLOT_MOST]; /* ATTEMPT_STATES: nobody is at it; ATTEMPT_ENDED: its proof holds */
} slots;

void slots_read(db *d, slots *s, const task_brief *t);
unsigned slots_empty(const slots *s);
/* Moves the task to where its slots are, unless all hold (verify.c) or it is there already. On the
 * core's thread; t is brought up to date. */
void slots_follow(core *c, task_brief *t, const char *actor, const char *detail);

#endif
