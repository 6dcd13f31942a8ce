/* keys.c - see keys.h. */
#include "relayer/keys.h"

#include "market/base64.h"
#include "relayer/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET 32
#define PREFIX "spk_"
#define TOKEN_PREFIX "spt_"
#define PURPOSE "sprove token"
#define TIMES 16 /* expiry, generation, and 4 bytes at random */
#define MAC 16
_Static_assert(TIMES + MAC == SECRET, "a token is as long as a key");

typedef struct {
    principal who;
    uint8_t hash[SHA256_DIGEST_LENGTH]; /* of a key */
    uint32_t generation;                /* of an account */
} entry;

struct keys {
    pthread_rwlock_t lock;
    entry *at; /* sorted by id */
    size_t n;
    bool has_secret;
    uint8_t secret[KEY_SECRET];
};

sp_status keys_new(keys **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return SP_ERR_NOMEM;
    (void)pthread_rwlock_init(&(*out)->lock, NULL);
    return SP_OK;
}

void keys_delete(keys *k)
{
    if (k == NULL) return;
    (void)pthread_rwlock_destroy(&k->lock);
    free(k->at);
    OPENSSL_cleanse(k->secret, sizeof k->secret);
    free(k);
}

void keys_set_secret(keys *k, const uint8_t secret[KEY_SECRET])
{
    memcpy(k->secret, secret, KEY_SECRET);
    k->has_secret = true;
}

sp_status keys_load(keys *k, db *d)
{
    size_t n = 0, room = 0;
    entry *at = NULL;
    db_rows *r = db_query_values(d,
                                 "SELECT id, secret_hash, scopes, expires_at, address,"
                                 " generation FROM api_key"
                                 " WHERE revoked_at IS NULL ORDER BY id",
                                 NULL, 0);
    while (n < KEY_MAX && db_next(r)) {
        size_t bytes;
        const char *id = db_text(r, 0);
        const uint8_t *hash = db_bytes(r, 1, &bytes);
        const char *address = db_text(r, 4);
        if (id == NULL || strlen(id) != KEY_ID - 1 ||
            (address != NULL ? strlen(address) >= FELT_HEX
                             : hash == NULL || bytes != SHA256_DIGEST_LENGTH))
            continue;
        if (n == room) {
            entry *more = realloc(at, (2 * room + 16) * sizeof *at);
            if (more == NULL) {
                db_end(r);
                free(at);
                return SP_ERR_NOMEM; /* some keys only would be worse than the old ones */
            }
            at = more;
            room = 2 * room + 16;
        }
        entry *e = &at[n++];
        memset(e, 0, sizeof *e);
        memcpy(e->who.id, id, KEY_ID);
        if (address != NULL)
            (void)snprintf(e->who.address, sizeof e->who.address, "%s", address);
        else
            memcpy(e->hash, hash, bytes);
        e->who.scopes = scopes_read(db_text(r, 2), NULL);
        e->who.expires_at = db_int(r, 3);
        e->generation = (uint32_t)db_int(r, 5);
    }
    db_end(r);
    if (!db_ok(d)) {
        free(at);
        return SP_ERR_IO;
    }
    (void)pthread_rwlock_wrlock(&k->lock);
    entry *old = k->at;
    k->at = at;
    k->n = n;
    (void)pthread_rwlock_unlock(&k->lock);
    free(old);
    return SP_OK;
}

/* Of times and id; false: no memory. */
static bool token_mac(const keys *k, uint8_t out[MAC], const uint8_t times[TIMES], const char *id)
{
    uint8_t message[sizeof PURPOSE + KEY_ID - 1 + TIMES], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    memcpy(message, PURPOSE, sizeof PURPOSE); /* with its zero byte */
    memcpy(message + sizeof PURPOSE, id, KEY_ID - 1);
    memcpy(message + sizeof PURPOSE + KEY_ID - 1, times, TIMES);
    if (!HMAC(EVP_sha256(), k->secret, KEY_SECRET, message, sizeof message, mac, &n) || n < MAC)
        return false;
    memcpy(out, mac, MAC);
    OPENSSL_cleanse(mac, sizeof mac);
    return true;
}

sp_status keys_token(const keys *k, char text[KEY_TEXT], const char id[KEY_ID], uint32_t generation,
                     int64_t expires_at)
{
    uint8_t token[SECRET];
    char encoded[BASE64URL_TEXT(SECRET)];
    bytes_put(token, (uint64_t)expires_at, 8);
    bytes_put(token + 8, generation, 4);
    if (!k->has_secret || RAND_bytes(token + 12, 4) != 1 || !token_mac(k, token + TIMES, token, id))
        return SP_ERR_IO;
    (void)base64url_write(encoded, token, SECRET);
    (void)snprintf(text, KEY_TEXT, TOKEN_PREFIX "%.8s_%s", id, encoded);
    OPENSSL_cleanse(token, sizeof token);
    OPENSSL_cleanse(encoded, sizeof encoded);
    return SP_OK;
}

static int by_id(const void *a, const void *b) { return strcmp(a, ((const entry *)b)->who.id); }

/* Under the lock. */
static const entry *find(const keys *k, const char *id)
{
    return k->n == 0 ? NULL : bsearch(id, k->at, k->n, sizeof *k->at, by_id);
}

static key_verdict check_key(keys *k, principal *who, const char *id, const char *text,
                             int64_t now_ms)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    key_verdict verdict = KEY_UNKNOWN;
    (void)SHA256((const uint8_t *)text, KEY_TEXT - 1, hash);
    (void)pthread_rwlock_rdlock(&k->lock);
    const entry *e = find(k, id);
    if (e != NULL && e->who.address[0] == 0 && CRYPTO_memcmp(e->hash, hash, sizeof hash) == 0) {
        verdict = e->who.expires_at != 0 && e->who.expires_at <= now_ms ? KEY_EXPIRED : KEY_OK;
        if (verdict == KEY_OK) *who = e->who;
    }
    (void)pthread_rwlock_unlock(&k->lock);
    return verdict;
}

static key_verdict check_token(keys *k, principal *who, const char *id, const char *secret,
                               int64_t now_ms)
{
    uint8_t token[SECRET], mac[MAC];
    size_t n = sizeof token;
    key_verdict verdict = KEY_UNKNOWN;
    if (!k->has_secret || base64url_read(token, &n, secret, strlen(secret)) != SP_OK ||
        n != SECRET || !token_mac(k, mac, token, id) || CRYPTO_memcmp(mac, token + TIMES, MAC) != 0)
        return KEY_UNKNOWN;
    int64_t expires_at = (int64_t)bytes_take(token, 8);
    verdict = KEY_ENDED;
    (void)pthread_rwlock_rdlock(&k->lock);
    const entry *e = find(k, id);
    if (e != NULL && e->who.address[0] != 0 && e->generation == bytes_take(token + 8, 4)) {
        if (e->who.expires_at != 0 && e->who.expires_at < expires_at)
            expires_at = e->who.expires_at;
        verdict = expires_at <= now_ms ? KEY_EXPIRED : KEY_OK;
        if (verdict == KEY_OK) {
            *who = e->who;
            who->expires_at = expires_at;
        }
    }
    (void)pthread_rwlock_unlock(&k->lock);
    return verdict;
}

key_verdict keys_check(keys *k, principal *who, const char *text, int64_t now_ms)
{
    char id[KEY_ID];
    memset(who, 0, sizeof *who);
    if (strlen(text) != KEY_TEXT - 1 || text[12] != '_') return KEY_UNKNOWN;
    memcpy(id, text + 4, KEY_ID - 1);
    id[KEY_ID - 1] = 0;
    if (strncmp(text, PREFIX, 4) == 0) return check_key(k, who, id, text, now_ms);
    if (strncmp(text, TOKEN_PREFIX, 4) == 0) return check_token(k, who, id, text + 13, now_ms);
    return KEY_UNKNOWN;
}

sp_status keys_create(db *d, char text[KEY_TEXT], principal *made, const char *name,
                      uint32_t wanted, int64_t now_ms, int64_t expires_at)
{
    uint8_t random[4 + SECRET], hash[SHA256_DIGEST_LENGTH];
    char encoded[BASE64URL_TEXT(SECRET)], list[SCOPES_TEXT];
    memset(made, 0, sizeof *made);
    if (RAND_bytes(random, sizeof random) != 1) return SP_ERR_IO;
    for (size_t i = 0; i < 4; i++) (void)snprintf(made->id + 2 * i, 3, "%02x", random[i]);
    (void)base64url_write(encoded, random + 4, SECRET);
    (void)snprintf(text, KEY_TEXT, PREFIX "%s_%s", made->id, encoded);
    (void)SHA256((const uint8_t *)text, KEY_TEXT - 1, hash);
    OPENSSL_cleanse(random, sizeof random);
    OPENSSL_cleanse(encoded, sizeof encoded);
    made->scopes = wanted;
    made->expires_at = expires_at;
    scopes_write(list, wanted);
    const db_value expiry = expires_at == 0 ? (db_value)DB_NULL : (db_value)DB_I(expires_at);
    const db_value values[] = {
        DB_T(made->id), DB_B(hash, sizeof hash), DB_T(name), DB_T(list), DB_I(now_ms), expiry};
    const int64_t n =
        db_run_values(d,
                      "INSERT INTO api_key(id, secret_hash, name, scopes, created_at, expires_at,"
                      " generation) VALUES(?, ?, ?, ?, ?, ?, 0)",
                      values, SP_COUNT(values));
    return n == 1 ? SP_OK : SP_ERR_IO;
}
