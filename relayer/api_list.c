/* api_list.c - tasks in pages. */
#include "relayer/api.h"

#include "relayer/app.h"
#include "relayer/page.h"
#include "relayer/task.h"
#include "starknet/felt.h"

#include <stdio.h>
#include <string.h>

static json_t *item(db *d, const db_rows *r) { return task_json(d, r, false); }

#define MOST_TEXT 100

/* The text anywhere. */
static void like_of(char *out, const char *text)
{
    *out++ = '%';
    for (; *text != 0; text++) {
        if (*text == '%' || *text == '_' || *text == '!') *out++ = '!';
        *out++ = *text;
    }
    memcpy(out, "%", 2);
}

void api_task_list(call *c, db *d, core *k)
{
    static const char *const names[] = {"state",          "node_id", "program", "created_after",
                                        "created_before", "creator", "q",       NULL};
    page p;
    page_query q = {.n = 0};
    task_state state;
    int64_t after = -1, before = -1;
    (void)k;
    if (!page_read(&p, c, names) || !page_time(c, &after, "created_after") ||
        !page_time(c, &before, "created_before"))
        return;
    const char *named = http_param(&c->q, "state");
    if (named != NULL && !task_state_read(&state, named)) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "there is no state %.40s", named);
        return;
    }
    char creator[FELT_HEX] = "", like[2 * MOST_TEXT + 3] = "";
    felt account;
    const char *text = http_param(&c->q, "creator");
    if (text != NULL && felt_read_hex(&account, text, strlen(text)) != SP_OK) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "creator must be an address");
        return;
    }
    if (text != NULL) (void)felt_write_hex(creator, account);
    const char *words = http_param(&c->q, "q");
    if (words != NULL && (words[0] == 0 || strlen(words) > MOST_TEXT)) {
        http_problem(&c->s, &c->q, 400, "validation_failed", "q must have 1 to %d bytes",
                     MOST_TEXT);
        return;
    }
    if (words != NULL) like_of(like, words);
    page_add(&q, TASK_SELECT "WHERE 1 = 1");
    if (!(c->who.scopes & SCOPE_ADMIN)) page_add_text(&q, " AND t.key_id = ?", c->who.id);
    page_add_text(&q, " AND t.state = ?", named);
    page_add_text(&q, " AND t.program = ?", http_param(&c->q, "program"));
    page_add_text(&q, " AND t.id IN (SELECT task_id FROM attempt WHERE node_id = ?)",
                  http_param(&c->q, "node_id"));
    page_add_text(&q, " AND t.creator = ?", text != NULL ? creator : NULL);
    page_add_text(&q, " AND lower(t.description) LIKE lower(?) ESCAPE '!'",
                  words != NULL ? like : NULL);
    if (after >= 0) page_add_number(&q, " AND t.created_at > ?", after);
    if (before >= 0) page_add_number(&q, " AND t.created_at < ?", before);
    page_add_order(&q, &p, "t.created_at", "t.id");

    page_serve(&p, c, d, &q, 4, 0, item, NULL);
}
