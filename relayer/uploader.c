/* uploader.c - see uploader.h. */
#include "relayer/uploader.h"

#include "relayer/app.h"
#include "relayer/usage.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#define LEASE "Lease "
#define TOKEN 32

typedef struct {
    char task[UUID_TEXT], token[TOKEN + 1];
    unsigned long attempt;
} lease;

/* "Lease TASK ATTEMPT TOKEN" */
static bool lease_read(lease *l, const char *given)
{
    int end = 0;
    return given != NULL && strncmp(given, LEASE, strlen(LEASE)) == 0 &&
           sscanf(given + strlen(LEASE), "%36[0-9a-f-] %9lu %32[0-9a-f]%n", l->task, &l->attempt,
                  l->token, &end) == 3 &&
           strlen(l->token) == TOKEN && given[strlen(LEASE) + (size_t)end] == 0;
}

bool uploader_says_lease(const char *given)
{
    lease l;
    return lease_read(&l, given);
}

/* Of an attempt that is under way; offered is enough, since the upload may overtake the
 * acknowledgement. */
static bool has_lease(const call *c, db *d, bool reads, uploader *u)
{
    lease l;
    if (!lease_read(&l, c->q.headers[HTTP_AUTHORIZATION])) return false;
    memcpy(u->task, l.task, sizeof u->task);
    u->attempt = (int64_t)l.attempt;
    db_rows *r =
        db_query(d,
                 "SELECT a.lease_token, t.input_sha256, t.program, t.key_id FROM attempt a JOIN"
                 " task t ON t.id = a.task_id WHERE a.task_id = ? AND a.n = ? AND a.outcome IS"
                 " NULL",
                 DB_T(u->task), DB_I(u->attempt));
    const bool ok = db_next(r) && strlen(db_text(r, 0)) == TOKEN &&
                    CRYPTO_memcmp(db_text(r, 0), l.token, TOKEN) == 0 &&
                    (!reads || strcmp(db_text(r, 1), c->variable[0]) == 0 ||
                     strcmp(db_text(r, 2), c->variable[0]) == 0);
    if (ok) (void)snprintf(u->key_id, sizeof u->key_id, "%s", db_text(r, 3));
    db_end(r);
    (void)snprintf(u->owner, sizeof u->owner, "%s.%lu", u->task, l.attempt);
    return ok;
}

bool uploader_of(call *c, db *d, uint32_t scope_wanted, uploader *u)
{
    memset(u, 0, sizeof *u);
    if ((c->who.scopes & (scope_wanted | SCOPE_ADMIN)) != 0) {
        memcpy(u->key_id, c->who.id, sizeof u->key_id);
        (void)snprintf(u->owner, sizeof u->owner, "%s", c->who.id);
        return true;
    }
    if (has_lease(c, d, scope_wanted == SCOPE_BLOBS_READ, u)) return true;
    http_add_header(&c->s, "WWW-Authenticate", "Bearer");
    http_problem(&c->s, &c->q, 401, "missing_credentials",
                 "send an API key with the scope %s, or the lease of an attempt",
                 scope_name((scope)scope_wanted));
    return false;
}

static bool refuse(call *c, const char *why)
{
    http_add_header(&c->s, "Retry-After", "60");
    http_problem(&c->s, &c->q, 429, "quota_exceeded", "%s", why);
    return false;
}

static bool lease_may(call *c, db *d, const uploader *u, uint64_t bytes, uint64_t held)
{
    uint64_t n = 0, all = 0;
    if (bytes > UPLOADER_LEASE_BLOB) {
        http_problem(&c->s, &c->q, 413, "body_too_large",
                     "a lease stores blobs of at most %" PRIu64 " bytes", UPLOADER_LEASE_BLOB);
        return false;
    }
    db_rows *r = db_query(d, "SELECT size FROM blob WHERE task_id = ? AND attempt = ?",
                          DB_T(u->task), DB_I(u->attempt));
    for (; db_next(r); n++) all += (uint64_t)db_int(r, 0);
    db_end(r);
    return (n < UPLOADER_LEASE_BLOBS && all + held + bytes <= UPLOADER_LEASE_BYTES) ||
           refuse(c, "this lease has stored as much as a result needs");
}

bool uploader_may_store(call *c, db *d, const uploader *u, const char *name, uint64_t bytes,
                        uint64_t held)
{
    usage_now v;
    uint64_t size;
    const bool there = keep_size(d, &size, name);
    if (there && size != bytes) {
        http_problem(&c->s, &c->q, 409, "conflict_state",
                     "the blob of this name is here, and has another length");
        return false;
    }
    /* It takes no more room than it does. Parts do until they are whole: one such upload is free,
     * those beside it count as any. */
    if (there && held == 0) return true;
    /* What a node delivers counts for the demander, but is not refused because of it. */
    if (u->task[0] != 0) return lease_may(c, d, u, bytes, held);
    usage_look(&v, d, c->a, u->key_id, clock_ms());
    return (v.stored_bytes <= v.most.stored_bytes &&
            held + bytes <= v.most.stored_bytes - v.stored_bytes) ||
           refuse(c, "this key would have more stored than it may");
}
