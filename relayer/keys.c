/* keys.c - see keys.h. */
#include "relayer/keys.h"

#include "market/base64.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET 32
#define PREFIX "spk_"

static const struct {
    scope scope;
    const char *name;
} scopes[] = {{SCOPE_TASKS_READ, "tasks:read"},
              {SCOPE_TASKS_WRITE, "tasks:write"},
              {SCOPE_NODES_READ, "nodes:read"},
              {SCOPE_BLOBS_READ, "blobs:read"},
              {SCOPE_BLOBS_WRITE, "blobs:write"},
              {SCOPE_PROGRAMS_WRITE, "programs:write"},
              {SCOPE_AUDITS, "audits"},
              {SCOPE_WEBHOOKS, "webhooks"},
              {SCOPE_ADMIN, "admin"}};

typedef struct {
    principal who;
    uint8_t hash[SHA256_DIGEST_LENGTH];
} entry;

struct keys {
    pthread_rwlock_t lock;
    entry *at; /* sorted by id */
    size_t n;
};

const char *scope_name(scope s)
{
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (scopes[i].scope == s) return scopes[i].name;
    return NULL;
}

bool scope_of(scope *s, const char *name)
{
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (strcmp(scopes[i].name, name) == 0) {
            *s = scopes[i].scope;
            return true;
        }
    return false;
}

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
    free(k);
}

/* Names separated by spaces; an unknown one, of a later version, gives nothing. */
static uint32_t read_scopes(const char *text)
{
    uint32_t all = 0;
    while (text != NULL && *text != 0) {
        const size_t n = strcspn(text, " ");
        for (size_t i = 0; i < SP_COUNT(scopes); i++)
            if (strlen(scopes[i].name) == n && strncmp(scopes[i].name, text, n) == 0)
                all |= scopes[i].scope;
        text += n + strspn(text + n, " ");
    }
    return all;
}

sp_status keys_load(keys *k, db *d)
{
    size_t n = 0, room = 0;
    entry *at = NULL;
    db_rows *r = db_query_values(d,
                                 "SELECT id, secret_hash, scopes, expires_at FROM api_key"
                                 " WHERE revoked_at IS NULL ORDER BY id",
                                 NULL, 0);
    while (n < KEY_MAX && db_next(r)) {
        size_t bytes;
        const char *id = db_text(r, 0);
        const uint8_t *hash = db_bytes(r, 1, &bytes);
        if (id == NULL || strlen(id) != KEY_ID - 1 || hash == NULL || bytes != SHA256_DIGEST_LENGTH)
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
        memcpy(e->hash, hash, bytes);
        e->who.scopes = read_scopes(db_text(r, 2));
        e->who.expires_at = db_int(r, 3);
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

static int by_id(const void *a, const void *b) { return strcmp(a, ((const entry *)b)->who.id); }

key_verdict keys_check(keys *k, principal *who, const char *text, int64_t now_ms)
{
    char id[KEY_ID];
    uint8_t hash[SHA256_DIGEST_LENGTH];
    memset(who, 0, sizeof *who);
    const size_t n = strlen(text);
    if (n != KEY_TEXT - 1 || strncmp(text, PREFIX, 4) != 0 || text[12] != '_') return KEY_UNKNOWN;
    memcpy(id, text + 4, KEY_ID - 1);
    id[KEY_ID - 1] = 0;
    (void)SHA256((const uint8_t *)text, n, hash);
    key_verdict verdict = KEY_UNKNOWN;
    (void)pthread_rwlock_rdlock(&k->lock);
    const entry *e = k->n == 0 ? NULL : bsearch(id, k->at, k->n, sizeof *k->at, by_id);
    if (e != NULL && CRYPTO_memcmp(e->hash, hash, sizeof hash) == 0) {
        verdict = e->who.expires_at != 0 && e->who.expires_at <= now_ms ? KEY_EXPIRED : KEY_OK;
        if (verdict == KEY_OK) *who = e->who;
    }
    (void)pthread_rwlock_unlock(&k->lock);
    return verdict;
}

sp_status keys_create(db *d, char text[KEY_TEXT], principal *made, const char *name,
                      uint32_t wanted, int64_t now_ms, int64_t expires_at)
{
    uint8_t random[4 + SECRET], hash[SHA256_DIGEST_LENGTH];
    char encoded[BASE64URL_TEXT(SECRET)], list[160];
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
    size_t at = 0;
    list[0] = 0;
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (wanted & (uint32_t)scopes[i].scope)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", at > 0 ? " " : "",
                                   scopes[i].name);
    const db_value expiry = expires_at == 0 ? (db_value)DB_NULL : (db_value)DB_I(expires_at);
    const db_value values[] = {
        DB_T(made->id), DB_B(hash, sizeof hash), DB_T(name), DB_T(list), DB_I(now_ms), expiry};
    const int64_t n =
        db_run_values(d,
                      "INSERT INTO api_key(id, secret_hash, name, scopes, created_at, expires_at)"
                      " VALUES(?, ?, ?, ?, ?, ?)",
                      values, SP_COUNT(values));
    return n == 1 ? SP_OK : SP_ERR_IO;
}
