/* wallet.h - accounts of Starknet among the keys: one row for each address, made at its first login
 * or by an administrator, whose id owns what the account makes. On the core's thread. */
#ifndef RELAYER_WALLET_H
#define RELAYER_WALLET_H

#include "relayer/core.h"
#include "relayer/keys.h"
#include "relayer/settings.h"

typedef struct {
    char id[KEY_ID];
    char address[FELT_HEX];
    uint32_t scopes, generation;
    int64_t expires_at; /* of the row; 0: never */
    bool revoked;
    bool changed; /* what is in memory must follow: api_keys_changed */
} wallet;

/* Notes that a challenge was used; false: it was used before. until_ms: when it is over. */
SP_MUST_USE bool wallet_use_challenge(core *k, const uint8_t *nonce, size_t n, int64_t until_ms);

typedef enum {
    WALLET_OK,
    WALLET_REVOKED,  /* by an administrator */
    WALLET_EXPIRED,  /* the row, not a token */
    WALLET_UNLISTED, /* not known, and others are not let in (auth.unlisted) */
    WALLET_TOO_MANY, /* auth.most */
    WALLET_FAILED    /* of the database */
} wallet_verdict;

/* The row of an address that has just shown that it is who it says. What an administrator gave it
 * stays; any other has what auth.scopes says now. */
wallet_verdict wallet_login(core *k, wallet *w, const char *address, const settings *s);

/* By an administrator: this address may log in, with these scopes, also where it might not before.
 * SP_ERR_IO. */
SP_MUST_USE sp_status wallet_list(core *k, wallet *w, const char *address, const char *name,
                                  uint32_t scopes, int64_t expires_at);

/* Ends all tokens of a row. */
void wallet_new_generation(core *k, const char *id);

/* Challenges that are over are forgotten, and, once an hour, rows that own nothing and whose
 * account has not logged in for 30 days: no token of theirs can still be good. */
void wallet_tick(core *k, int64_t now_ms);

#endif
