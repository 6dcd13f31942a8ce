/* admission.h - whether a node may take one task more: only if everything it has taken, and this,
 * will be done in time by the measured speed.
 *
 * Pure. Speeds are measured with all threads, so work is added up as if done one after the other,
 * also where several tasks share the processors. */
#ifndef NODE_ADMISSION_H
#define NODE_ADMISSION_H

#include "core/sp.h"

enum admission_order {
    ADMISSION_EDF, /* the earliest deadline first: the order in which most can be kept */
    ADMISSION_FIFO /* in the order of the list, the new one last */
};

typedef struct {
    uint64_t work_ms;     /* still to be done; UINT64_MAX: not known */
    uint64_t deadline_ms; /* any clock, the same for all */
} admission_task;

typedef struct {
    bool accept;
    uint64_t done_ms;  /* when the new task will be done; UINT64_MAX: not known */
    uint64_t slack_ms; /* what is left to the tightest deadline that it touches; 0 when refused */
} admission_verdict;

/* taken: n tasks under way or waiting, in any order (EDF), or in theirs (FIFO). margin_ms is kept
 * free before every deadline, for sending the result and claiming. */
admission_verdict admission_decide(const admission_task *taken, size_t n, admission_task more,
                                   uint64_t now_ms, uint64_t margin_ms, enum admission_order order);

#endif
