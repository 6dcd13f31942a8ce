/* pool.c - see pool.h. */
#include "relayer/pool.h"

#include "relayer/app.h"
#include "relayer/jump.h"
#include "relayer/node_payee.h"
#include "relayer/watch.h"

#include <stdlib.h>
#include <string.h>

bool pool_init(pool *p, app *a, int64_t now)
{
    const size_t n = nodes_count(a->nodes);
    const int64_t clock = node_clock();
    size_t at = 0;
    /* Where the chain answers, an account that is not known yet is known soon. */
    const bool answers = watch_look(a).ok;
    p->n = p->n_proven = 0;
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
        if (s->node.account_proven && s->payee_until_ms <= now) {
            s->node.account_proven = false;
            payee_owner(s->node.account, a, s->address, s->id, false);
        }
        p->session[p->n] = s;
        p->node[p->n] = s->node;
        if (s->node.tier == SCORE_NO_TIER && answers) p->node[p->n].tier = 0;
        p->n_proven += score_is_proven(&p->node[p->n]);
        p->n++;
    }
    return true;
}

void pool_free(pool *p)
{
    free(p->node);
    free(p->session);
    free(p->room);
}
