/* intake.h - bodies that are stored while they come: how many at once of one uploader, how much in
 * an hour of a key, and whether the disk has room for them. On the loop's thread, but for
 * intake_room. */
#ifndef RELAYER_INTAKE_H
#define RELAYER_INTAKE_H

#include "relayer/http.h"

struct app;

typedef struct {
    struct intake_hold *first;
    uint64_t coming; /* bytes that were let in, and are not answered yet */
} intake;

/* Whether storage.min_free stays free when so many more bytes are written. From any thread. */
SP_MUST_USE bool intake_room(const struct app *a, uint64_t bytes);
/* As intake_room; false: c is answered with 507. */
struct call;
SP_MUST_USE bool intake_has_room(struct call *c, uint64_t bytes);
/* Before the first byte of a long body. True: it may come, and q->hold is what is set aside for it.
 * False: r is the answer. */
SP_MUST_USE bool intake_begin(struct app *a, http_request *q, http_response *r, uint64_t bytes);

#endif
