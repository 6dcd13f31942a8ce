/* patience.c - see patience.h. */
#include "relayer/patience.h"

int64_t patience_ms(int64_t times, int64_t first_ms, int64_t most_ms)
{
    int64_t ms = first_ms > 1 ? first_ms : 1;
    while (times-- > 0 && ms < most_ms) ms *= 2; /* most_ms is far below 2^62 */
    return ms < most_ms ? ms : most_ms > 1 ? most_ms : 1;
}

int64_t patience_most_ms(int64_t left_ms, int64_t first_ms)
{
    const int64_t part = left_ms / 16;
    const int64_t most = part < PATIENCE_TASK_MS ? part : PATIENCE_TASK_MS;
    return most > first_ms ? most : first_ms;
}

int64_t patience_of_node_ms(int64_t refusals)
{
    if (refusals < PATIENCE_FREE) return 0;
    return patience_ms(refusals - PATIENCE_FREE, PATIENCE_FIRST_MS, PATIENCE_NODE_MS);
}

int64_t patience_of_task_ms(int64_t refusals, int64_t left_ms)
{
    if (refusals < PATIENCE_FREE) return 0;
    return patience_ms(refusals - PATIENCE_FREE, PATIENCE_FIRST_MS,
                       patience_most_ms(left_ms, PATIENCE_FIRST_MS));
}

int64_t patience_of_pair_ms(int64_t refusals, int64_t left_ms, int64_t first_ms)
{
    return patience_ms(refusals - 1, first_ms, patience_most_ms(left_ms, first_ms));
}
