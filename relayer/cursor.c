/* cursor.c - see cursor.h. */
#include "relayer/cursor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#define HEAD 9 /* length of the id, sort key */
#define MOST (HEAD + CURSOR_ID + CURSOR_CODE)

static const char purpose[] = "sprove cursor";
#define PURPOSE (sizeof purpose - 1)

/* The code of n bytes. */
static sp_status code_of(uint8_t out[CURSOR_CODE], const uint8_t *bytes, size_t n,
                         const uint8_t secret[CURSOR_SECRET], const void *context,
                         size_t context_bytes)
{
    uint8_t message[PURPOSE + SHA256_DIGEST_LENGTH + MOST], mac[EVP_MAX_MD_SIZE];
    unsigned mac_bytes = 0;
    memcpy(message, purpose, PURPOSE);
    if (!SHA256(context, context_bytes, message + PURPOSE)) return SP_ERR_NOMEM;
    memcpy(message + PURPOSE + SHA256_DIGEST_LENGTH, bytes, n);
    if (!HMAC(EVP_sha256(), secret, CURSOR_SECRET, message, PURPOSE + SHA256_DIGEST_LENGTH + n, mac,
              &mac_bytes) ||
        mac_bytes < CURSOR_CODE)
        return SP_ERR_NOMEM;
    memcpy(out, mac, CURSOR_CODE);
    return SP_OK;
}

sp_status cursor_write(char out[CURSOR_TEXT], const cursor *c, const uint8_t secret[CURSOR_SECRET],
                       const void *context, size_t context_bytes)
{
    uint8_t bytes[MOST];
    if (c->id_bytes < 1 || c->id_bytes > CURSOR_ID) return SP_ERR_ARG;
    bytes[0] = (uint8_t)c->id_bytes;
    for (unsigned i = 0; i < 8; i++) bytes[1 + i] = (uint8_t)(c->sort >> (56 - 8 * i));
    memcpy(bytes + HEAD, c->id, c->id_bytes);
    const size_t n = HEAD + c->id_bytes;
    SP_TRY(code_of(bytes + n, bytes, n, secret, context, context_bytes));
    base64url_write(out, bytes, n + CURSOR_CODE);
    return SP_OK;
}

sp_status cursor_read(cursor *out, const char *text, size_t len,
                      const uint8_t secret[CURSOR_SECRET], const void *context,
                      size_t context_bytes)
{
    uint8_t bytes[MOST], code[CURSOR_CODE];
    size_t n = sizeof bytes;
    cursor c;
    if (base64url_read(bytes, &n, text, len) != SP_OK || n < HEAD + 1 + CURSOR_CODE ||
        bytes[0] != n - HEAD - CURSOR_CODE)
        return SP_ERR_FORMAT;
    n -= CURSOR_CODE;
    SP_TRY(code_of(code, bytes, n, secret, context, context_bytes));
    if (CRYPTO_memcmp(code, bytes + n, CURSOR_CODE) != 0) return SP_ERR_REJECT;
    memset(&c, 0, sizeof c);
    for (unsigned i = 0; i < 8; i++) c.sort = c.sort << 8 | bytes[1 + i];
    c.id_bytes = n - HEAD;
    memcpy(c.id, bytes + HEAD, c.id_bytes);
    *out = c;
    return SP_OK;
}
