/* login.h - what an account of Starknet signs to log in to a relayer: typed data of SNIP-12,
 * revision 1, so that any wallet can show and sign it.
 *
 * The domain binds the network; the message binds the relayer (its id, and the address by which
 * people reach it), the account, and one challenge. Both sides make typed data and digest from the
 * same few values: neither signs or checks a digest that the other one names. */
#ifndef MARKET_LOGIN_H
#define MARKET_LOGIN_H

#include "starknet/felt.h"

#include <jansson.h>

#define LOGIN_NONCE 16
#define LOGIN_ORIGIN 256 /* bytes, with the zero byte */
#define LOGIN_PURPOSE "Log in to a sprove relayer"

typedef struct {
    felt chain_id;             /* a short string: SN_MAIN, SN_SEPOLIA, ... */
    felt relayer;              /* digest_relayer_id */
    char origin[LOGIN_ORIGIN]; /* https://relayer.example, printable ASCII; "": it names none */
    felt address;              /* of the account */
    uint8_t nonce[LOGIN_NONCE];
    uint64_t issued, expires; /* seconds since 1970 */
} login;

/* The digest that the account's is_valid_signature is asked about. */
felt login_digest(const login *m);
/* The object for wallets: types, primaryType, domain, message. NULL: out of memory. */
json_t *login_typed_data(const login *m);
/* What login_typed_data would make, and nothing else; SP_ERR_FORMAT and *out untouched otherwise:
 * such data is not signed. */
SP_MUST_USE sp_status login_read(login *out, const json_t *typed_data);

#endif
