/* webhook.h - callbacks that their receiver can trust: signatures as in Standard Webhooks 1.0.0.
 *
 * Three headers go with a body: webhook-id (the same at every try, so that a receiver can drop
 * repetitions), webhook-timestamp (seconds since 1970 of this try) and webhook-signature: one
 * "v1," + base64 of HMAC-SHA256(secret, id "." timestamp "." body) for each secret in force, apart
 * by a space. While a secret is replaced there are two. A secret as text is "whsec_" + base64 of 24
 * to 64 bytes; ours have 32.
 *
 * The older header form, where a receiver asks for it, is "t=" + timestamp and one ",v1=" + hex of
 * HMAC-SHA256(secret, timestamp "." body) for each secret. Ids never look like a timestamp, so that
 * neither signature can pass for the other. */
#ifndef MARKET_WEBHOOK_H
#define MARKET_WEBHOOK_H

#include "core/sp.h"

#define WEBHOOK_SECRET_MIN 24
#define WEBHOOK_SECRET_MAX 64
#define WEBHOOK_SECRET_OURS 32
#define WEBHOOK_SECRET_TEXT 95 /* "whsec_", 88 characters, the zero byte */
#define WEBHOOK_SECRETS 4      /* at most in force at a time */
#define WEBHOOK_ID_MAX 64      /* characters */
#define WEBHOOK_WINDOW_S 300

#define WEBHOOK_SIGNATURE (WEBHOOK_SECRETS * 48) /* "v1," and 44 characters, one apart */
#define WEBHOOK_OLD_FORM (2 + 20 + WEBHOOK_SECRETS * 68 + 1) /* ",v1=" and 64 digits each */

typedef struct {
    uint8_t key[WEBHOOK_SECRET_MAX];
    size_t n;
} webhook_secret;

/* len characters. SP_ERR_FORMAT and *out untouched: not a secret's text. */
SP_MUST_USE sp_status webhook_secret_read(webhook_secret *out, const char *text, size_t len);
/* SP_ERR_ARG: no length of a secret. */
SP_MUST_USE sp_status webhook_secret_write(char out[WEBHOOK_SECRET_TEXT], const webhook_secret *s);

typedef struct {
    const char *id; /* 1 to WEBHOOK_ID_MAX visible ASCII characters without '.', not digits alone */
    uint64_t timestamp;
    const void *body;
    size_t body_bytes;
} webhook_message;

/* The value of webhook-signature, and of the older form, by 1 to WEBHOOK_SECRETS secrets.
 * SP_ERR_ARG: an id or a number of secrets that is not allowed. SP_ERR_NOMEM. */
SP_MUST_USE sp_status webhook_sign(char out[WEBHOOK_SIGNATURE], const webhook_message *m,
                                   const webhook_secret *secrets, size_t n);
SP_MUST_USE sp_status webhook_sign_old(char out[WEBHOOK_OLD_FORM], const webhook_message *m,
                                       const webhook_secret *secrets, size_t n);

/* The headers as they were received, zero-terminated; NULL is a header that is missing. */
typedef struct {
    const char *id, *timestamp, *signature;
} webhook_headers;

/* SP_OK: one of the signatures is by one of the secrets, and the time is at most WEBHOOK_WINDOW_S
 * from now_s. SP_ERR_FORMAT: a header is missing or is not of its form; more than 16 signatures.
 * SP_ERR_LIMIT: the time is too far off. SP_ERR_REJECT: no signature holds. SP_ERR_ARG: as above.
 * How long it takes says nothing of a secret or of a right signature. Signatures of other versions
 * than v1 are passed over. Whether the id was seen before is the caller's to check. */
SP_MUST_USE sp_status webhook_verify(const webhook_headers *h, const void *body, size_t body_bytes,
                                     const webhook_secret *secrets, size_t n, uint64_t now_s);
/* The same for the older form, whose header is the whole of it. */
SP_MUST_USE sp_status webhook_verify_old(const char *header, const void *body, size_t body_bytes,
                                         const webhook_secret *secrets, size_t n, uint64_t now_s);

#endif
