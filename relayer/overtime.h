/* overtime.h - an attempt that has no result when its time is over: whose doing that is. */
#ifndef RELAYER_OVERTIME_H
#define RELAYER_OVERTIME_H

#include "relayer/core.h"
#include "relayer/state.h"

/* max_execution_time of a task's requirements (JSON); 0: the demander set no such time. */
int64_t overtime_limit_ms(const char *requirements);

/* On the core's thread. The demander sets the task's max_execution_time, and what the program takes
 * is known beforehand only where it was run: nobody is at fault where that work, at the speed that
 * the node says it has, takes more than a quarter of the time (machines do other things besides),
 * or is not known. */
bool overtime_is_fault(core *c, const char *task, const char *node);

/* How an attempt ends of which its node says that its time is over: `aborted` where it is not. */
attempt_outcome overtime_said(core *c, const char *task, int64_t attempt, const char *node);

#endif
