/* challenge.h - what an account is asked to sign: a text that the relayer makes, keeps nowhere, and
 * knows again.
 *
 * base64url of: issued and expires (seconds, 8 bytes each, big endian), 16 random bytes, and the
 * first 16 bytes of HMAC-SHA256(secret, "sprove challenge" + relayer's id + address + all that).
 * So any number may be asked for without a trace, at any of several relayers, and each is good for
 * one account, one relayer and a few minutes. That it is used once is seen to by a row for each
 * that was (wallet.h). */
#ifndef RELAYER_CHALLENGE_H
#define RELAYER_CHALLENGE_H

#include "market/base64.h"
#include "market/login.h"
#include "relayer/keys.h"

#define CHALLENGE_MAC 16
#define CHALLENGE_BYTES (8 + 8 + LOGIN_NONCE + CHALLENGE_MAC)
#define CHALLENGE_TEXT BASE64URL_TEXT(CHALLENGE_BYTES)

/* Fills in m's nonce; its relayer, address and times are given. SP_ERR_IO: no randomness. */
SP_MUST_USE sp_status challenge_make(char out[CHALLENGE_TEXT], login *m,
                                     const uint8_t secret[KEY_SECRET]);
/* Fills in m's nonce and times; its relayer and address are given. SP_ERR_REJECT: it is not one
 * that was made for them. Whether it is over is the caller's to look at. */
SP_MUST_USE sp_status challenge_read(login *m, const char *text, const uint8_t secret[KEY_SECRET]);

#endif
