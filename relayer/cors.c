/* cors.c - see cors.h. */
#include "relayer/cors.h"

#include <string.h>

#define MAX_AGE_S "600"

/* What a page sends and reads beside what every page may. */
static const char sent[] =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range,"
    " Content-Range, Content-Digest, Last-Event-ID, X-Request-Id";
static const char read[] =
    "ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Repr-Digest,"
    " Content-Digest, Content-Range, Upload-Offset, Idempotency-Replayed,"
    " Content-Disposition";

/* Byte by byte: a browser writes an origin in one form only. */
static bool is_listed(const char *list, const char *origin)
{
    const size_t n = strlen(origin);
    while (*list != 0) {
        list += strspn(list, ", ");
        const size_t len = strcspn(list, ", ");
        if (n > 0 && len == n && memcmp(list, origin, n) == 0) return true;
        list += len;
    }
    return false;
}

void cors_answer(http_response *r, const char *list, const char *origin)
{
    if (list == NULL || list[0] == 0) return;
    const bool any = strcmp(list, "*") == 0;
    if (!any) http_add_header(r, "Vary", "Origin"); /* no cache gives one page another's answer */
    if (origin == NULL || (!any && !is_listed(list, origin))) return;
    http_add_header(r, "Access-Control-Allow-Origin", "%s", any ? "*" : origin);
    http_add_header(r, "Access-Control-Expose-Headers", "%s", read);
}

void cors_preflight(http_response *r, const char *methods)
{
    http_add_header(r, "Access-Control-Allow-Methods", "%s", methods);
    http_add_header(r, "Access-Control-Allow-Headers", "%s", sent);
    http_add_header(r, "Access-Control-Max-Age", MAX_AGE_S);
    r->status = 204;
}
