/* keys.h - API keys: spk_<8 hex digits>_<43 base64url characters>, of which only a hash is stored;
 * and tokens of accounts that have logged in, spt_..., of which nothing is stored.
 *
 * All keys are held in memory, so that a request is authenticated without the database. The secret
 * is 256 random bits; so SHA-256 alone hides it. From any thread.
 *
 * An account of Starknet that logs in (wallet.h) has a row among the keys: its id owns what the
 * account makes, whichever token it comes with. A token is the row's id, a time, the row's
 * generation and the first 16 bytes of HMAC-SHA256(the relayer's secret, "sprove token" + all
 * that): relayers that share a database take each other's tokens at once, logins leave nothing
 * behind, and a new generation ends all tokens of an account. */
#ifndef RELAYER_KEYS_H
#define RELAYER_KEYS_H

#include "relayer/db.h"
#include "relayer/scope.h"
#include "starknet/felt.h"

#include <pthread.h>

#define KEY_ID 9    /* 8 hex digits and the zero byte */
#define KEY_TEXT 57 /* the whole key and the zero byte */
#define KEY_NAME 65
#define KEY_MAX 100000u
#define KEY_SECRET 32 /* that tokens are made with */

typedef struct {
    char id[KEY_ID];
    uint32_t scopes;
    int64_t expires_at;     /* 0: never */
    char address[FELT_HEX]; /* of an account that has logged in; "": an API key */
} principal;

typedef struct keys keys;

sp_status keys_new(keys **out);
void keys_delete(keys *k);
/* Reads all of them again. */
SP_MUST_USE sp_status keys_load(keys *k, db *d);

/* Until then no token is known. */
void keys_set_secret(keys *k, const uint8_t secret[KEY_SECRET]);
/* A token for the row of an account. SP_ERR_IO: no randomness. */
SP_MUST_USE sp_status keys_token(const keys *k, char text[KEY_TEXT], const char id[KEY_ID],
                                 uint32_t generation, int64_t expires_at);

/* KEY_ENDED: a token that was made here, of an account that is gone, has ended its tokens, or is
 * not known here yet. Whoever has it has not guessed. */
typedef enum { KEY_OK, KEY_UNKNOWN, KEY_EXPIRED, KEY_ENDED } key_verdict;
/* text: what follows "Bearer ". who->expires_at of a token is the token's. Takes as long for every
 * wrong key of a known id. */
key_verdict keys_check(keys *k, principal *who, const char *text, int64_t now_ms);

/* Makes a key and writes its row; text is shown once. On a writing connection; keys_load
 * afterwards. SP_ERR_IO. */
SP_MUST_USE sp_status keys_create(db *d, char text[KEY_TEXT], principal *made, const char *name,
                                  uint32_t scopes, int64_t now_ms, int64_t expires_at);

#endif
