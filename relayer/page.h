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
/* Answers with the items; where more follow, with the cursor after the last one. */
void page_answer(const page *p, call *c, json_t *items, const cursor *last, bool more);

/* A filter that is a time, or an id of a node or task as text. False: c is answered. */
SP_MUST_USE bool page_time(call *c, int64_t *ms, const char *name);

#endif
