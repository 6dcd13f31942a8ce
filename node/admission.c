/* admission.c - see admission.h. */
#include "node/admission.h"

static uint64_t sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

/* Work that is done before task t ends, t included: of equal deadlines the taken go before the new.
 */
static uint64_t work_until(const admission_task *taken, size_t n, size_t t, admission_task more,
                           enum admission_order order)
{
    const admission_task *mine = t < n ? &taken[t] : &more;
    uint64_t work = mine->work_ms;
    for (size_t i = 0; i < n; i++) {
        if (i == t) continue;
        const bool before = order == ADMISSION_FIFO
                                ? i < t
                                : taken[i].deadline_ms < mine->deadline_ms ||
                                      (taken[i].deadline_ms == mine->deadline_ms && i < t);
        if (before) work = sum(work, taken[i].work_ms);
    }
    if (t < n && order == ADMISSION_EDF && more.deadline_ms < mine->deadline_ms)
        work = sum(work, more.work_ms);
    return work;
}

admission_verdict admission_decide(const admission_task *taken, size_t n, admission_task more,
                                   uint64_t now_ms, uint64_t margin_ms, enum admission_order order)
{
    admission_verdict v = {true, 0, UINT64_MAX};
    v.done_ms = sum(now_ms, work_until(taken, n, n, more, order));
    for (size_t t = 0; t <= n; t++) {
        /* Tasks that go before the new one are as late or as early as they were. */
        const admission_task *mine = t < n ? &taken[t] : &more;
        if (t < n && (order == ADMISSION_FIFO || mine->deadline_ms <= more.deadline_ms)) continue;
        const uint64_t end = sum(sum(now_ms, work_until(taken, n, t, more, order)), margin_ms);
        /* An end that is not known is never in time. */
        if (end == UINT64_MAX || end > mine->deadline_ms)
            v.accept = false;
        else if (mine->deadline_ms - end < v.slack_ms)
            v.slack_ms = mine->deadline_ms - end;
    }
    if (!v.accept) v.slack_ms = 0;
    return v;
}
