/* escrow_look.c - see escrow_look.h. */
#include "relayer/escrow_look.h"

#include "market/amount.h"
#include "relayer/app.h"
#include "relayer/settle.h"

#include <stdio.h>

#define MOST 50 /* escrows asked for in one round */

typedef struct {
    char id[UUID_TEXT];
    u256 number;
} wanted;

static bool look_up(app *a, endpoints *e, felt contract, const scan_cursor *c, const wanted *p,
                    rpc_error *err)
{
    settle_news *n = settle_news_new(SETTLE_ESCROW);
    if (n == NULL) return true;
    (void)snprintf(n->task, sizeof n->task, "%.36s", p->id);
    n->block = c->next - 1;
    const sp_status s =
        endpoints_task_at(e, &n->view, &n->ext, contract, p->number, c->kept[c->n - 1].hash, err);
    if (s == SP_OK) {
        settle_post(a, n, NULL);
        return true;
    }
    settle_news_free(&n->j);
    if (s != SP_ERR_REJECT && s != SP_ERR_CANCEL) return false;
    /* No such task (yet), or not as another endpoint has it: asked again until its deadline. */
    settle_news *none = settle_news_new(SETTLE_UNSEEN);
    if (none == NULL) return true;
    (void)snprintf(none->task, sizeof none->task, "%.36s", p->id);
    /* A server that does not have the block yet has not looked. */
    none->doubted = s == SP_ERR_CANCEL || err->code == RPC_BLOCK_NOT_FOUND;
    settle_post(a, none, NULL);
    return true;
}

bool escrow_look(app *a, db *d, endpoints *e, felt contract, const scan_cursor *c, rpc_error *err)
{
    wanted list[MOST];
    size_t n = 0;
    char address[FELT_HEX];
    /* Its last block was not read yet. */
    if (c->n == 0 || c->kept[c->n - 1].block + 1 != c->next) return true;
    (void)felt_write_hex(address, contract);
    db_rows *r = db_query(
        d,
        "SELECT id, number FROM (SELECT t.id AS id, t.chain_task_id AS number, s.looks AS looks,"
        " s.look_at AS look_at, row_number() OVER (PARTITION BY t.key_id ORDER BY s.looks,"
        " s.look_at, t.id) AS turn FROM settlement s JOIN task t ON t.id = s.task_id"
        " WHERE s.look_at <= ? AND t.chain_contract = ?) AS due"
        " ORDER BY turn, looks, look_at, id LIMIT 50",
        DB_I(clock_ms()), DB_T(address));
    while (n < MOST && db_next(r)) {
        db_copy(list[n].id, sizeof list[n].id, r, 0);
        if (u256_read_text(&list[n].number, db_text(r, 1)) == SP_OK) n++;
    }
    db_end(r);
    for (size_t i = 0; i < n && !a->stopping; i++)
        if (!look_up(a, e, contract, c, &list[i], err)) return false;
    return true;
}
