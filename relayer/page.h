/* page.h - lists in pages: the parameters that all lists take, and where the next page begins. */
#ifndef RELAYER_PAGE_H
#define RELAYER_PAGE_H

#include "relayer/call.h"
#include "relayer/cursor.h"

#define PAGE_MOST 200
#define PAGE_USUAL 50
#define PAGE_CONTEXT 4096

typedef struct {
    int64_t limit;
    bool down; /* the newest first */
    bool goes_on;
    cursor at; /* where it goes on; goes_on */
    char context[PAGE_CONTEXT];
    size_t context_bytes;
} page;

/* limit (1 to 200, else 50), order (desc, asc), cursor; names, ended by NULL, are the list's own
 * parameters. False: c is answered, also for a parameter that is unknown or comes twice. */
SP_MUST_USE bool page_read(page *p, call *c, const char *const *names);
/* A statement that grows, with its values. Its texts are to be of few forms, since prepared
 * statements are kept; the values must outlive it. */
#define PAGE_VALUES 12
typedef struct {
    char text[2048];
    size_t n, n_values;
    db_value value[PAGE_VALUES];
    char after[CURSOR_ID + 1];
} page_query;
void page_add(page_query *q, const char *text);
/* Nothing when v is NULL. */
void page_add_text(page_query *q, const char *condition, const char *v);
void page_add_number(page_query *q, const char *condition, int64_t v);
/* After the cursor, in order, up to a row more than is shown. sort and id are columns; where id is
 * NULL sort alone orders the rows. */
void page_add_order(page_query *q, const page *p, const char *sort, const char *id);
/* Answers c with the rows of the query, each as item makes it, and where more follow with the
 * cursor after the last one; beside the members of `with` (taken over; NULL: none). sort and id:
 * the columns that order the rows; id -1: there is none. */
typedef json_t *(*page_item)(db *d, const db_rows *r);
void page_serve(const page *p, call *c, db *d, const page_query *q, int sort, int id,
                page_item item, json_t *with);

/* A filter that is a time, or an id of a node or task as text. False: c is answered. */
SP_MUST_USE bool page_time(call *c, int64_t *ms, const char *name);

#endif
