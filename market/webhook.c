/* webhook.c - signing and checking of callbacks. */
#include "market/webhook.h"

#include "market/base64.h"
#include "market/hex.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>

#define MAC_BYTES 32
#define MOST_SIGNATURES 16

static const char secret_prefix[] = "whsec_";
#define PREFIX_LEN (sizeof secret_prefix - 1)

sp_status webhook_secret_read(webhook_secret *out, const char *text, size_t len)
{
    webhook_secret s;
    s.n = sizeof s.key;
    if (len < PREFIX_LEN || memcmp(text, secret_prefix, PREFIX_LEN) != 0) return SP_ERR_FORMAT;
    const bool good = base64_read(s.key, &s.n, text + PREFIX_LEN, len - PREFIX_LEN) == SP_OK &&
                      s.n >= WEBHOOK_SECRET_MIN;
    if (good) {
        memset(s.key + s.n, 0, sizeof s.key - s.n);
        *out = s;
    }
    OPENSSL_cleanse(&s, sizeof s);
    return good ? SP_OK : SP_ERR_FORMAT;
}

sp_status webhook_secret_write(char out[WEBHOOK_SECRET_TEXT], const webhook_secret *s)
{
    if (s->n < WEBHOOK_SECRET_MIN || s->n > WEBHOOK_SECRET_MAX) return SP_ERR_ARG;
    memcpy(out, secret_prefix, PREFIX_LEN);
    base64_write(out + PREFIX_LEN, s->key, s->n);
    return SP_OK;
}

/* HMAC-SHA256 of id "." timestamp "." body; without id and its dot where id is NULL. */
static sp_status mac(uint8_t out[MAC_BYTES], const webhook_secret *s, const char *id,
                     const char *timestamp, const void *body, size_t body_bytes)
{
    char hash[] = "SHA256";
    OSSL_PARAM params[2];
    size_t n = 0;
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0);
    params[1] = OSSL_PARAM_construct_end();
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *c = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    const uint8_t *dot = (const uint8_t *)".";
    bool ok = c && EVP_MAC_init(c, s->key, s->n, params) == 1;
    if (ok && id)
        ok = EVP_MAC_update(c, (const uint8_t *)id, strlen(id)) == 1 &&
             EVP_MAC_update(c, dot, 1) == 1;
    ok = ok && EVP_MAC_update(c, (const uint8_t *)timestamp, strlen(timestamp)) == 1 &&
         EVP_MAC_update(c, dot, 1) == 1;
    if (ok && body_bytes) ok = EVP_MAC_update(c, body, body_bytes) == 1;
    ok = ok && EVP_MAC_final(c, out, &n, MAC_BYTES) == 1 && n == MAC_BYTES;
    EVP_MAC_CTX_free(c);
    EVP_MAC_free(hmac);
    return ok ? SP_OK : SP_ERR_NOMEM;
}

static bool secrets_allowed(const webhook_secret *s, size_t n)
{
    if (n < 1 || n > WEBHOOK_SECRETS) return false;
    for (size_t i = 0; i < n; i++)
        if (s[i].n < WEBHOOK_SECRET_MIN || s[i].n > WEBHOOK_SECRET_MAX) return false;
    return true;
}

static bool id_allowed(const char *id)
{
    const size_t n = strnlen(id, WEBHOOK_ID_MAX + 1);
    size_t digits = 0;
    if (n < 1 || n > WEBHOOK_ID_MAX) return false;
    for (size_t i = 0; i < n; i++) {
        if (id[i] <= 0x20 || id[i] > 0x7e || id[i] == '.') return false;
        digits += id[i] >= '0' && id[i] <= '9';
    }
    return digits < n;
}

#define TIMESTAMP_TEXT 21
static void timestamp_write(char out[TIMESTAMP_TEXT], uint64_t t)
{
    (void)snprintf(out, TIMESTAMP_TEXT, "%llu", (unsigned long long)t);
}

/* Digits without a leading zero, below 10^15: a time far beyond every calendar. */
static bool timestamp_read(uint64_t *out, const char *text, size_t len)
{
    uint64_t v = 0;
    if (len < 1 || len > 15 || text[0] == '0') return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = 10 * v + (uint64_t)(text[i] - '0');
    }
    *out = v;
    return true;
}

sp_status webhook_sign(char out[WEBHOOK_SIGNATURE], const webhook_message *m,
                       const webhook_secret *secrets, size_t n)
{
    char text[WEBHOOK_SIGNATURE], time[TIMESTAMP_TEXT];
    size_t at = 0;
    if (!secrets_allowed(secrets, n) || !id_allowed(m->id)) return SP_ERR_ARG;
    timestamp_write(time, m->timestamp);
    for (size_t i = 0; i < n; i++) {
        uint8_t sum[MAC_BYTES];
        SP_TRY(mac(sum, &secrets[i], m->id, time, m->body, m->body_bytes));
        if (i) text[at++] = ' ';
        memcpy(text + at, "v1,", 3);
        at += 3 + base64_write(text + at + 3, sum, MAC_BYTES);
    }
    memcpy(out, text, at + 1);
    return SP_OK;
}

sp_status webhook_sign_old(char out[WEBHOOK_OLD_FORM], const webhook_message *m,
                           const webhook_secret *secrets, size_t n)
{
    char text[WEBHOOK_OLD_FORM], time[TIMESTAMP_TEXT];
    if (!secrets_allowed(secrets, n)) return SP_ERR_ARG;
    timestamp_write(time, m->timestamp);
    size_t at = (size_t)snprintf(text, sizeof text, "t=%s", time);
    for (size_t i = 0; i < n; i++) {
        uint8_t sum[MAC_BYTES];
        SP_TRY(mac(sum, &secrets[i], NULL, time, m->body, m->body_bytes));
        memcpy(text + at, ",v1=", 4);
        hex_write(text + at + 4, sum, MAC_BYTES);
        at += 4 + 2 * MAC_BYTES;
    }
    memcpy(out, text, at + 1);
    return SP_OK;
}

/* What is right, computed once for each secret, and whether anything received was that. */
typedef struct {
    uint8_t right[WEBHOOK_SECRETS][MAC_BYTES];
    size_t n_right, n_received;
    unsigned found;
} comparison;

/* Every pair is compared, each in constant time, whatever the others gave. */
static void compare(comparison *c, const uint8_t received[MAC_BYTES])
{
    for (size_t i = 0; i < c->n_right; i++)
        c->found |= CRYPTO_memcmp(c->right[i], received, MAC_BYTES) == 0;
}

static sp_status compute(comparison *c, const char *id, const char *time, const void *body,
                         size_t body_bytes, const webhook_secret *secrets, size_t n)
{
    memset(c, 0, sizeof *c);
    c->n_right = n;
    for (size_t i = 0; i < n; i++)
        SP_TRY(mac(c->right[i], &secrets[i], id, time, body, body_bytes));
    return SP_OK;
}

/* After all signatures were compared; c is used up. */
static sp_status verdict(comparison *c)
{
    OPENSSL_cleanse(c->right, sizeof c->right);
    if (c->n_received == 0 || c->n_received > MOST_SIGNATURES) return SP_ERR_FORMAT;
    return c->found ? SP_OK : SP_ERR_REJECT;
}

static sp_status within_window(uint64_t t, uint64_t now_s)
{
    return (t > now_s ? t - now_s : now_s - t) <= WEBHOOK_WINDOW_S ? SP_OK : SP_ERR_LIMIT;
}

sp_status webhook_verify(const webhook_headers *h, const void *body, size_t body_bytes,
                         const webhook_secret *secrets, size_t n, uint64_t now_s)
{
    comparison c;
    uint64_t t;
    if (!secrets_allowed(secrets, n)) return SP_ERR_ARG;
    if (!h->id || !h->timestamp || !h->signature || !id_allowed(h->id) ||
        !timestamp_read(&t, h->timestamp, strlen(h->timestamp)))
        return SP_ERR_FORMAT;
    SP_TRY(within_window(t, now_s));
    SP_TRY(compute(&c, h->id, h->timestamp, body, body_bytes, secrets, n));
    for (const char *at = h->signature; *at;) {
        const size_t len = strcspn(at, " ");
        uint8_t received[MAC_BYTES];
        size_t bytes = sizeof received;
        if (++c.n_received > MOST_SIGNATURES) break;
        if (len > 3 && memcmp(at, "v1,", 3) == 0 &&
            base64_read(received, &bytes, at + 3, len - 3) == SP_OK && bytes == MAC_BYTES)
            compare(&c, received);
        at += len + (at[len] == ' ');
    }
    return verdict(&c);
}

sp_status webhook_verify_old(const char *header, const void *body, size_t body_bytes,
                             const webhook_secret *secrets, size_t n, uint64_t now_s)
{
    comparison c;
    uint64_t t;
    char time[TIMESTAMP_TEXT];
    if (!secrets_allowed(secrets, n)) return SP_ERR_ARG;
    if (!header || strncmp(header, "t=", 2) != 0) return SP_ERR_FORMAT;
    const size_t time_len = strcspn(header + 2, ",");
    if (!timestamp_read(&t, header + 2, time_len)) return SP_ERR_FORMAT;
    SP_TRY(within_window(t, now_s));
    timestamp_write(time, t);
    SP_TRY(compute(&c, NULL, time, body, body_bytes, secrets, n));
    for (const char *at = header + 2 + time_len; *at == ',';) {
        const size_t len = strcspn(++at, ",");
        uint8_t received[MAC_BYTES];
        if (++c.n_received > MOST_SIGNATURES) break;
        if (len > 3 && memcmp(at, "v1=", 3) == 0 &&
            hex_read_n(received, MAC_BYTES, at + 3, len - 3))
            compare(&c, received);
        at += len;
    }
    return verdict(&c);
}
