/* intake.c - see intake.h. */
#include "relayer/intake.h"

#include "relayer/app.h"
#include "relayer/rest.h"
#include "relayer/uploader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* A key's id, "Lease ..." as it is said, or an address. */
#define UPLOADER 128
/* Nobody knows yet whether a lease is one. What the leases of one network bring at once has at most
 * this part of the room. */
#define LEASES_PART 8

typedef struct intake_hold {
    http_hold base; /* first */
    intake *of;
    struct intake_hold *next, **at;
    uint64_t bytes;
    char uploader[UPLOADER];
    size_t n_network; /* of a lease; 0: a key's */
    uint8_t network[LIMIT_ADDRESS];
} intake_hold;

static void release(http_hold *base)
{
    intake_hold *h = (intake_hold *)base;
    h->of->coming -= h->bytes;
    *h->at = h->next;
    if (h->next != NULL) h->next->at = h->at;
    free(h);
}

/* Lowers *room to what is free beyond min_free; false: less is. */
static bool look(uint64_t *room, const char *folder, uint64_t min_free)
{
    struct statvfs v;
    if (statvfs(folder, &v) != 0) return false;
    const uint64_t free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
    if (free_bytes < min_free) return false;
    if (free_bytes - min_free < *room) *room = free_bytes - min_free;
    return true;
}

static bool look_at_room(uint64_t *room, const app *a)
{
    const uint64_t least = settings_now(&a->set.min_free);
    *room = UINT64_MAX;
    return look(room, a->blobs, least) && look(room, a->spool, least);
}

bool intake_room(const app *a, uint64_t bytes)
{
    uint64_t room;
    return look_at_room(&room, a) && bytes <= room;
}

bool intake_has_room(call *c, uint64_t bytes)
{
    if (intake_room(c->a, bytes)) return true;
    http_add_header(&c->s, "Retry-After", "60");
    http_problem(&c->s, &c->q, 507, "storage_full", "the relayer has no room on its disk");
    return false;
}

static bool refuse(http_request *q, http_response *r, uint64_t retry_s, int status,
                   const char *code, const char *detail)
{
    http_add_header(r, "Retry-After", "%" PRIu64, retry_s);
    http_problem(r, q, status, code, "%s", detail);
    return false;
}

bool intake_begin(app *a, http_request *q, http_response *r, uint64_t bytes)
{
    rest *t = rest_of(a);
    principal who;
    uint64_t retry_s = 0, n = 0, of_network = bytes, free_bytes = 0;
    const char *given = q->headers[HTTP_AUTHORIZATION];
    intake_hold *h = calloc(1, sizeof *h);
    if (h == NULL) return refuse(q, r, 1, 503, "overloaded", "out of memory");
    memset(&who, 0, sizeof who);
    if (http_bearer(given) != NULL &&
        keys_check(a->keys, &who, http_bearer(given), clock_ms()) == KEY_OK)
        (void)snprintf(h->uploader, UPLOADER, "%s", who.id);
    else
        (void)snprintf(h->uploader, UPLOADER, "%s", uploader_says_lease(given) ? given : q->peer);
    if (who.id[0] == 0) {
        uint8_t address[16];
        const size_t m = quota_address(address, q->peer, q->headers[HTTP_X_FORWARDED_FOR],
                                       a->set.trusted_proxies);
        h->n_network = limit_address(h->network, address, m);
    }
    for (const intake_hold *o = t->intake.first; o != NULL; o = o->next) {
        n += strcmp(o->uploader, h->uploader) == 0;
        if (h->n_network > 0 && o->n_network == h->n_network &&
            memcmp(o->network, h->network, h->n_network) == 0)
            of_network += o->bytes;
    }
    /* It is stored twice for a while: as it comes, and under its name. */
    const bool room = bytes < UINT64_MAX / 4 && look_at_room(&free_bytes, a) &&
                      2 * (t->intake.coming + bytes) <= free_bytes;
    const bool many = n >= settings_now(&a->set.uploads) ||
                      (h->n_network > 0 && 2 * of_network > free_bytes / LEASES_PART);
    const bool much = !quota_upload(&t->quota, who.id, bytes, false, &retry_s);
    if (!room || many || much) {
        free(h);
        if (!room)
            return refuse(q, r, 60, 507, "storage_full", "the relayer has no room on its disk");
        return many ? refuse(q, r, 1, 429, "rate_limited",
                             "too many uploads of one uploader, or of one network, at once")
                    : refuse(q, r, retry_s, 429, "rate_limited",
                             "this key has uploaded as much as it may in an hour");
    }
    h->base.release = release;
    h->of = &t->intake;
    h->bytes = bytes;
    h->next = t->intake.first;
    h->at = &t->intake.first;
    if (h->next != NULL) h->next->at = &h->next;
    t->intake.first = h;
    t->intake.coming += bytes;
    q->hold = &h->base;
    return true;
}
