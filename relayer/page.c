/* page.c - see page.h. */
#include "relayer/page.h"

#include "relayer/check.h"
#include "relayer/guard.h"
#include "relayer/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const common[] = {"limit", "order", "cursor", NULL};

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

static void bad(call *c, const char *name, const char *what)
{
    http_problem(&c->s, &c->q, 400, "validation_failed", "the parameter %.40s %s", name, what);
}

/* What the cursor is bound to: the path, whose list it is, and every parameter but where and how
 * much. False: too long. */
static bool set_context(page *p, const call *c, const char *const *names)
{
    int n = snprintf(p->context, sizeof p->context, "%s\n%s\n%d\n", c->q.path, c->who.id, p->down);
    for (; n >= 0 && (size_t)n < sizeof p->context && *names != NULL; names++) {
        const char *v = http_param(&c->q, *names);
        if (v == NULL) continue;
        const size_t left = sizeof p->context - (size_t)n;
        const int more = snprintf(p->context + n, left, "%s=%s\n", *names, v);
        n = more < 0 ? -1 : n + more;
    }
    p->context_bytes = (size_t)n;
    return n >= 0 && p->context_bytes < sizeof p->context;
}

bool page_read(page *p, call *c, const char *const *names)
{
    const http_request *q = &c->q;
    uint64_t limit = PAGE_USUAL;
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < q->n_params; i++) {
        const char *name = q->params[i].name;
        if (!is_among(common, name) && !is_among(names, name)) {
            http_problem(&c->s, q, 400, "unknown_field", "this list takes no parameter %.40s",
                         name);
            return false;
        }
        if (http_param(q, name) != q->params[i].value) {
            bad(c, name, "comes twice");
            return false;
        }
    }
    const char *text = http_param(q, "limit");
    if (text != NULL && (!guard_parse_length(&limit, text) || limit < 1 || limit > PAGE_MOST)) {
        bad(c, "limit", "must be 1 to 200");
        return false;
    }
    p->limit = (int64_t)limit;
    text = http_param(q, "order");
    p->down = text == NULL || strcmp(text, "desc") == 0;
    if (!p->down && strcmp(text, "asc") != 0) {
        bad(c, "order", "must be asc or desc");
        return false;
    }
    if (!set_context(p, c, names)) {
        bad(c, "cursor", "belongs to filters that are too long");
        return false;
    }
    text = http_param(q, "cursor");
    p->goes_on = text != NULL;
    if (text == NULL || cursor_read(&p->at, text, strlen(text), rest_cursor_secret(c->a),
                                    p->context, p->context_bytes) == SP_OK)
        return true;
    http_problem(&c->s, q, 400, "bad_cursor",
                 "this cursor is not one of this list with these filters");
    return false;
}

bool page_time(call *c, int64_t *ms, const char *name)
{
    const char *text = http_param(&c->q, name);
    if (text == NULL || time_read(ms, text)) return true;
    bad(c, name, "must be a time such as 2026-11-21T12:00:00.000Z");
    return false;
}

/* Percent-encodes; false when there is no room. */
static bool add_encoded(char *out, size_t room, size_t *n, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text != 0; text++) {
        if (*n + 4 > room) return false;
        const bool is_plain = strchr(plain, *text) != NULL;
        *n +=
            (size_t)snprintf(out + *n, room - *n, is_plain ? "%c" : "%%%02X", (unsigned char)*text);
    }
    return true;
}

static void add_link(call *c, const char *next)
{
    char url[HTTP_MAX_HEADER - 32];
    size_t n = 0;
    bool fits = true;
    for (size_t i = 0; i < c->q.n_params && fits; i++) {
        const char *name = c->q.params[i].name;
        if (strcmp(name, "cursor") == 0) continue;
        fits = add_encoded(url, sizeof url - 1, &n, name) && n + 1 < sizeof url;
        if (fits) url[n++] = '=';
        fits = fits && add_encoded(url, sizeof url - 1, &n, c->q.params[i].value) &&
               n + 1 < sizeof url;
        if (fits) url[n++] = '&';
    }
    url[n] = 0;
    /* A link that would be too long is left out; the body has the cursor. */
    if (fits)
        http_add_header(&c->s, "Link", "<%s?%scursor=%s>; rel=\"next\"", c->q.path, url, next);
}

static void answer(const page *p, call *c, json_t *items, json_t *with, const cursor *last,
                   bool more)
{
    char next[CURSOR_TEXT] = "";
    if (more &&
        cursor_write(next, last, rest_cursor_secret(c->a), p->context, p->context_bytes) != SP_OK) {
        json_decref(items);
        json_decref(with);
        http_problem(&c->s, &c->q, 503, "overloaded", "out of memory");
        return;
    }
    if (more) add_link(c, next);
    json_t *j = json_pack("{s:o, s:s?, s:b}", "items", items, "next_cursor", more ? next : NULL,
                          "has_more", more);
    if (j != NULL && with != NULL) (void)json_object_update(j, with);
    json_decref(with);
    http_json(&c->s, 200, j);
}

void page_add(page_query *q, const char *text)
{
    q->n += (size_t)snprintf(q->text + q->n, sizeof q->text - q->n, "%s", text);
    SP_ASSERT(q->n < sizeof q->text);
}

void page_add_text(page_query *q, const char *condition, const char *v)
{
    if (v == NULL) return;
    SP_ASSERT(q->n_values < PAGE_VALUES);
    page_add(q, condition);
    q->value[q->n_values++] = (db_value)DB_T(v);
}

void page_add_number(page_query *q, const char *condition, int64_t v)
{
    SP_ASSERT(q->n_values < PAGE_VALUES);
    page_add(q, condition);
    q->value[q->n_values++] = (db_value)DB_I(v);
}

void page_add_order(page_query *q, const page *p, const char *sort, const char *id)
{
    char text[128];
    const char *way = p->down ? " DESC" : "";
    if (p->goes_on) {
        memcpy(q->after, p->at.id, p->at.id_bytes);
        q->after[p->at.id_bytes] = 0;
        (void)snprintf(text, sizeof text, " AND (%s%s%s) %c (?", sort, id != NULL ? ", " : "",
                       id != NULL ? id : "", p->down ? '<' : '>');
        page_add_number(q, text, (int64_t)p->at.sort);
        if (id != NULL) page_add_text(q, ", ?", q->after);
        page_add(q, ")");
    }
    (void)snprintf(text, sizeof text, " ORDER BY %s%s%s%s%s", sort, way, id != NULL ? ", " : "",
                   id != NULL ? id : "", id != NULL ? way : "");
    page_add(q, text);
    page_add_number(q, " LIMIT ?", p->limit + 1);
}

/* Whether this is the row too many; keeps the place otherwise. */
static bool is_full(const page *p, int64_t n, cursor *last, int64_t sort, const char *id)
{
    if (n == p->limit) return true;
    last->sort = (uint64_t)sort;
    last->id_bytes = strlen(id) < CURSOR_ID ? strlen(id) : CURSOR_ID;
    memcpy(last->id, id, last->id_bytes);
    return false;
}

void page_serve(const page *p, call *c, db *d, const page_query *q, int sort, int id,
                page_item item, json_t *with)
{
    cursor last;
    bool more = false;
    json_t *items = json_array();
    memset(&last, 0, sizeof last);
    db_rows *r = db_query_values(d, q->text, q->value, q->n_values);
    for (int64_t n = 0; !more && db_next(r); n++) {
        more = is_full(p, n, &last, db_int(r, sort), id < 0 ? "-" : db_text(r, id));
        if (!more) (void)json_array_append_new(items, item(d, r));
    }
    db_end(r);
    answer(p, c, items, with, &last, more);
}
