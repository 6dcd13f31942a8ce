/* node_mail.c - what nodes are told when their session may be at another relayer (instance.h).
 *
 * A letter is a row that is written in the unit that it belongs to, and is taken out by the relayer
 * that has the session, which looks several times a second. One that comes late, or finds the node
 * gone, does no harm: a cancelled task is told again with the node's next heartbeat, and what a
 * node's row says is read whenever it registers. */
#include "relayer/node.h"

#include "market/uuid.h"
#include "relayer/app.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define MOST 256 /* in one round */

/* session: NULL, or the one that holds from now on. */
static void post(core *c, const char *node, const char *session, const char *body)
{
    app *a = core_user(c);
    uint8_t random[UUID_RANDOM];
    char id[UUID_TEXT];
    uuid u;
    if (!a->instance.shared) return;
    if (RAND_bytes(random, sizeof random) != 1 ||
        uuid_next(&a->ids, &u, (uint64_t)core_now(c), random) != SP_OK) {
        core_fail(c);
        return;
    }
    uuid_write(id, u);
    (void)db_run(core_db(c),
                 "INSERT INTO mail(id, instance, node_id, session, body)"
                 " SELECT CAST(? AS TEXT), instance, id, CAST(? AS TEXT), CAST(? AS TEXT) FROM node"
                 " WHERE id = ? AND connected = 1 AND instance IS NOT NULL AND instance <> ?",
                 DB_T(id), DB_T(session), DB_T(body), DB_T(node), DB_T(a->instance.id));
}

void node_tell(core *c, const char *node, json_t *message)
{
    const app *a = core_user(c);
    const node_session *s = nodes_find(a->nodes, node);
    if (s != NULL) {
        node_send(c, s, message);
        return;
    }
    char *text = message == NULL ? NULL : json_dumps(message, JSON_COMPACT);
    json_decref(message);
    if (text == NULL)
        core_fail(c);
    else
        post(c, node, NULL, text);
    free(text);
}

void node_changed(core *c, const char *node)
{
    const app *a = core_user(c);
    node_session *s = nodes_find(a->nodes, node);
    if (s != NULL)
        node_read_again(c, s);
    else
        post(c, node, NULL, NULL);
}

void node_replaced(core *c, const char *node, const char *session) { post(c, node, session, NULL); }

/* ---- what was undone ---- */

typedef struct {
    job j;
    app *a;
    char id[NODE_ID];
} step;

static void step_free(job *j) { free(j); }

static void read_step(job *j, void *with)
{
    const step *t = (const step *)j;
    node_session *s = nodes_find(t->a->nodes, t->id);
    if (s != NULL) node_read_again(with, s);
}

static void after_unit(job *j)
{
    const bool undone = j->failed;
    j->failed = false;
    j->run = read_step;
    j->done = step_free;
    /* At most one for each change of a unit. */
    if (!undone || !core_post_beyond(((step *)j)->a->core, j)) free(j);
}

void node_keep_in_step(core *c, const node_session *s)
{
    step *t = calloc(1, sizeof *t);
    if (t == NULL) {
        core_fail(c);
        return;
    }
    t->j.done = after_unit;
    t->a = core_user(c);
    memcpy(t->id, s->id, sizeof t->id);
    core_emit(c, &t->j);
}

/* ---- in ---- */

bool node_is_ours(core *c, const node_session *s)
{
    if (!((const app *)core_user(c))->instance.shared) return true;
    db_rows *r =
        db_query(core_db(c), "SELECT id FROM node WHERE id = ? AND session = ?" DB_PG("FOR SHARE"),
                 DB_T(s->id), DB_T(s->session));
    const bool ours = db_next(r);
    db_end(r);
    return ours;
}

static void deliver(core *c, const db_rows *r)
{
    const app *a = core_user(c);
    node_session *s = nodes_find(a->nodes, db_text(r, 0));
    const char *session = db_text(r, 1), *body = db_text(r, 2);
    if (s == NULL) return;
    if (session != NULL) {
        if (strcmp(session, s->session) != 0) node_close(c, s, 4409, "session replaced");
    } else if (body != NULL) {
        node_send(c, s, json_loads(body, 0, NULL));
    } else {
        node_read_again(c, s);
    }
}

void node_read_mail(core *c)
{
    const app *a = core_user(c);
    if (!a->instance.shared) return;
    db_rows *r = db_query(core_db(c),
                          "WITH taken AS (DELETE FROM mail WHERE instance = ? AND id IN (SELECT id"
                          " FROM mail WHERE instance = ? ORDER BY id LIMIT ?) RETURNING *)"
                          " SELECT node_id, session, body FROM taken ORDER BY id",
                          DB_T(a->instance.id), DB_T(a->instance.id), DB_I(MOST));
    while (db_next(r)) deliver(c, r);
    db_end(r);
}
