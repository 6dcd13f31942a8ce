/* challenge.c - see challenge.h. */
#include "relayer/challenge.h"

#include "relayer/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#define PURPOSE "sprove challenge"
#define OPEN (CHALLENGE_BYTES - CHALLENGE_MAC)

static bool code(uint8_t out[CHALLENGE_MAC], const uint8_t bytes[OPEN], const login *m,
                 const uint8_t secret[KEY_SECRET])
{
    uint8_t message[sizeof PURPOSE + 2 * FELT_BYTES + OPEN], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    memcpy(message, PURPOSE, sizeof PURPOSE);
    felt_write(message + sizeof PURPOSE, m->relayer);
    felt_write(message + sizeof PURPOSE + FELT_BYTES, m->address);
    memcpy(message + sizeof PURPOSE + 2 * FELT_BYTES, bytes, OPEN);
    if (!HMAC(EVP_sha256(), secret, KEY_SECRET, message, sizeof message, mac, &n) ||
        n < CHALLENGE_MAC)
        return false;
    memcpy(out, mac, CHALLENGE_MAC);
    return true;
}

sp_status challenge_make(char out[CHALLENGE_TEXT], login *m, const uint8_t secret[KEY_SECRET])
{
    uint8_t bytes[CHALLENGE_BYTES];
    if (RAND_bytes(m->nonce, LOGIN_NONCE) != 1) return SP_ERR_IO;
    bytes_put(bytes, m->issued, 8);
    bytes_put(bytes + 8, m->expires, 8);
    memcpy(bytes + 16, m->nonce, LOGIN_NONCE);
    if (!code(bytes + OPEN, bytes, m, secret)) return SP_ERR_IO;
    (void)base64url_write(out, bytes, sizeof bytes);
    return SP_OK;
}

sp_status challenge_read(login *m, const char *text, const uint8_t secret[KEY_SECRET])
{
    uint8_t bytes[CHALLENGE_BYTES], mac[CHALLENGE_MAC];
    size_t n = sizeof bytes;
    if (strlen(text) != CHALLENGE_TEXT - 1 ||
        base64url_read(bytes, &n, text, CHALLENGE_TEXT - 1) != SP_OK || n != sizeof bytes ||
        !code(mac, bytes, m, secret) || CRYPTO_memcmp(mac, bytes + OPEN, CHALLENGE_MAC) != 0)
        return SP_ERR_REJECT;
    m->issued = bytes_take(bytes, 8);
    m->expires = bytes_take(bytes + 8, 8);
    memcpy(m->nonce, bytes + 16, LOGIN_NONCE);
    return SP_OK;
}
