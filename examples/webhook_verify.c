/* webhook_verify.c - checks that a callback came from your relayer. Copy sprove_webhook_verify into
 * your receiver; it needs OpenSSL's libcrypto alone.
 *
 * Give it the body as the bytes that arrived: JSON that was read and written again is not the same
 * bytes. After it accepts, drop the message if you have seen its webhook-id in the last day: a
 * callback is sent again until you answer with 2xx.
 *
 * From the shell, with the secrets (apart by spaces) in the environment and the body on standard
 * input; the exit code is 0 when it is genuine, 1 when it is not:
 *     cc -o webhook_verify webhook_verify.c -lcrypto
 *     SPROVE_WEBHOOK_SECRETS=whsec_... ./webhook_verify ID TIMESTAMP SIGNATURE <body */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WINDOW 300  /* seconds */
#define MAC_TEXT 47 /* "v1," and 44 characters */

/* "v1," and the base64 of what a secret makes of a message; 0 when the secret is not one. */
static int sign(char out[MAC_TEXT + 1], const char *secret, const unsigned char *message, size_t n)
{
    unsigned char key[96], mac[32];
    unsigned mac_len = 0;
    if (strncmp(secret, "whsec_", 6) == 0) secret += 6;
    const size_t len = strlen(secret);
    if (len == 0 || len > 88 || len % 4 != 0) return 0;
    int key_len = EVP_DecodeBlock(key, (const unsigned char *)secret, (int)len);
    if (key_len < 0) return 0;
    for (size_t i = len; i > len - 2 && secret[i - 1] == '='; i--) key_len--; /* padding */
    if (!HMAC(EVP_sha256(), key, key_len, message, n, mac, &mac_len) || mac_len != 32) return 0;
    memcpy(out, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)out + 3, mac, 32);
    return 1;
}

/* 1 when one of the secrets signed this, 0 when not. secrets: "whsec_..." (two while you replace
 * one). id, timestamp, signature: the headers webhook-id, webhook-timestamp and webhook-signature,
 * NULL for one that is missing. now: seconds since 1970, time(NULL). */
static int sprove_webhook_verify(const char *const *secrets, size_t n_secrets, const char *id,
                                 const char *timestamp, const char *signature, const void *body,
                                 size_t body_len, long long now)
{
    int genuine = 0;
    if (!id || !timestamp || !signature) return 0;
    const size_t digits = strlen(timestamp);
    if (digits < 1 || digits > 15 || strspn(timestamp, "0123456789") != digits) return 0;
    const long long off = now - strtoll(timestamp, NULL, 10);
    if (off > WINDOW || off < -WINDOW) return 0;

    const size_t head = strlen(id) + digits + 2;
    unsigned char *message = malloc(head + body_len + 1);
    if (!message) return 0;
    (void)snprintf((char *)message, head + 1, "%s.%s.", id, timestamp);
    if (body_len) memcpy(message + head, body, body_len);
    for (size_t i = 0; i < n_secrets; i++) {
        char right[MAC_TEXT + 1];
        if (!sign(right, secrets[i], message, head + body_len)) continue;
        for (const char *at = signature; *at;) {
            const size_t len = strcspn(at, " ");
            if (len == MAC_TEXT) genuine |= CRYPTO_memcmp(right, at, MAC_TEXT) == 0;
            at += len + (at[len] == ' ');
        }
    }
    free(message);
    return genuine;
}

/* All of standard input; NULL when it cannot be had. */
static unsigned char *read_body(size_t *n)
{
    unsigned char *b = NULL;
    size_t room = 0;
    *n = 0;
    do {
        if (*n == room) {
            unsigned char *grown = realloc(b, room += 65536);
            if (!grown) break;
            b = grown;
        }
        const size_t got = fread(b + *n, 1, room - *n, stdin);
        *n += got;
        if (got == 0 && !ferror(stdin)) return b;
    } while (!ferror(stdin));
    free(b);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *given = getenv("SPROVE_WEBHOOK_SECRETS");
    const char *secrets[4];
    size_t n = 0, body_len;
    if (argc != 4 || !given) {
        (void)fprintf(stderr, "usage: SPROVE_WEBHOOK_SECRETS=... %s ID TIMESTAMP SIGNATURE <body\n",
                      argv[0]);
        return 2;
    }
    char *list = malloc(strlen(given) + 1);
    unsigned char *body = read_body(&body_len);
    if (!list || !body) return 2;
    (void)strcpy(list, given);
    for (char *s = strtok(list, " "); s && n < 4; s = strtok(NULL, " ")) secrets[n++] = s;
    const int genuine = sprove_webhook_verify(secrets, n, argv[1], argv[2], argv[3], body, body_len,
                                              (long long)time(NULL));
    free(body);
    free(list);
    return genuine ? 0 : 1;
}
