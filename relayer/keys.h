/* keys.h - API keys: spk_<8 hex digits>_<43 base64url characters>, of which only a hash is stored.
 *
 * All keys are held in memory, so that a request is authenticated without the database. The secret
 * is 256 random bits; so SHA-256 alone hides it. From any thread. */
#ifndef RELAYER_KEYS_H
#define RELAYER_KEYS_H

#include "relayer/db.h"

#include <pthread.h>

#define KEY_ID 9    /* 8 hex digits and the zero byte */
#define KEY_TEXT 57 /* the whole key and the zero byte */
#define KEY_NAME 65
#define KEY_MAX 100000u

typedef enum {
    SCOPE_TASKS_READ = 1 << 0,
    SCOPE_TASKS_WRITE = 1 << 1,
    SCOPE_NODES_READ = 1 << 2,
    SCOPE_BLOBS_READ = 1 << 3,
    SCOPE_BLOBS_WRITE = 1 << 4,
    SCOPE_PROGRAMS_WRITE = 1 << 5,
    SCOPE_AUDITS = 1 << 6,
    SCOPE_WEBHOOKS = 1 << 7,
    SCOPE_ADMIN = 1 << 8, /* all of the others as well */
    SCOPE_DEMANDER = SCOPE_TASKS_READ | SCOPE_TASKS_WRITE | SCOPE_NODES_READ | SCOPE_BLOBS_READ |
                     SCOPE_BLOBS_WRITE | SCOPE_PROGRAMS_WRITE | SCOPE_WEBHOOKS
} scope;

/* "tasks:read" and so on. */
const char *scope_name(scope s);
bool scope_of(scope *s, const char *name);

typedef struct {
    char id[KEY_ID];
    uint32_t scopes;
    int64_t expires_at; /* 0: never */
} principal;

typedef struct keys keys;

sp_status keys_new(keys **out);
void keys_delete(keys *k);
/* Reads all of them again. */
SP_MUST_USE sp_status keys_load(keys *k, db *d);

typedef enum { KEY_OK, KEY_UNKNOWN, KEY_EXPIRED } key_verdict;
/* text: what follows "Bearer ". Takes as long for every wrong key of a known id. */
key_verdict keys_check(keys *k, principal *who, const char *text, int64_t now_ms);

/* Makes a key and writes its row; text is shown once. On a writing connection; keys_load
 * afterwards. SP_ERR_IO. */
SP_MUST_USE sp_status keys_create(db *d, char text[KEY_TEXT], principal *made, const char *name,
                                  uint32_t scopes, int64_t now_ms, int64_t expires_at);

#endif
