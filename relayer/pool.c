/* pool.c - see pool.h. */
#include "relayer/pool.h"

#include "relayer/app.h"
#include "relayer/jump.h"

#include <stdlib.h>
#include <string.h>

bool pool_init(pool *p, app *a, int64_t now)
{
    const size_t n = nodes_count(a->nodes);
    const int64_t clock = node_clock();
    size_t at = 0;
    p->n = 0;
    p->node = calloc(n + 1, sizeof *p->node);
    p->session = calloc(n + 1, sizeof *p->session);
    p->room = calloc(n + 1, sizeof *p->room);
    if (p->node == NULL || p->session == NULL || p->room == NULL) return false;
    for (node_session *s = nodes_each(a->nodes, &at); s != NULL && p->n < n;
         s = nodes_each(a->nodes, &at)) {
        if (!s->registered) continue;
        if (clock - s->seen_ms > (int64_t)a->set.heartbeat_timeout_ms) continue;
        allowance_renew(&s->quota, now);
        s->node.quota_left = s->quota.left;
        if (s->node.running >= s->node.capacity) continue; /* most, when there is much to do */
        p->session[p->n] = s;
        p->node[p->n++] = s->node;
    }
    return true;
}

void pool_free(pool *p)
{
    free(p->node);
    free(p->session);
    free(p->room);
}
