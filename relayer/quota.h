/* quota.h - how often a key, or an address without one, may ask (relayer/limit.h). On the loop's
 * thread. */
#ifndef RELAYER_QUOTA_H
#define RELAYER_QUOTA_H

#include "relayer/limit.h"
#include "relayer/settings.h"

struct call;

typedef struct {
    limiter of_keys, of_addresses;
    limit_policy read, post, estimate, login, failures, upload; /* upload: of KiB */
} quota;

#define QUOTA_FAILURES 10 /* wrong keys of an address in a minute */
#define QUOTA_BLOCK_S 300 /* after that */

/* SP_ERR_NOMEM, SP_ERR_IO: no randomness. */
SP_MUST_USE sp_status quota_init(quota *q, const settings *s);
void quota_free(quota *q);
/* The rates as they are set; what was taken before stays taken. */
void quota_set(quota *q, const settings *s);

/* Each false: c is answered with 429. Whether the address may show a key; after a wrong one;
 * whether this request is within its rate. */
SP_MUST_USE bool quota_may_try(quota *q, struct call *c);
void quota_wrong_key(quota *q, const struct call *c);
SP_MUST_USE bool quota_take(quota *q, struct call *c);

/* Whether a key may send so many bytes of blobs now, by what it may in an hour; take: they are
 * counted. False: *retry_s. Without a key ("") it may: what a lease may store bounds it. */
SP_MUST_USE bool quota_upload(quota *q, const char *key_id, uint64_t bytes, bool take,
                              uint64_t *retry_s);

/* A request that was let through stands for so many more: what comes next waits for them. */
void quota_owe(quota *q, const struct call *c, unsigned more);

/* The address that a request is from, as 4 or 16 bytes: the peer's, or where the peer is one of the
 * proxies (a list with commas), the last one of X-Forwarded-For. 0: none that can be read. */
size_t quota_address(uint8_t out[16], const char *peer, const char *forwarded, const char *proxies);
/* Whether the list of addresses, with commas, has this one. */
bool quota_is_listed(const char *list, const uint8_t *address, size_t n);

#endif
