/* account_key.h - an account's signing key from its keystore and the file of its password, as
 * programs open them that ask nobody. */
#ifndef MARKET_ACCOUNT_KEY_H
#define MARKET_ACCOUNT_KEY_H

#include "starknet/ecdsa.h"

#define ACCOUNT_KEY_WHY 320

/* Two paths ("": none is given) and the names of the settings that say them. */
typedef struct {
    const char *keystore, *keystore_setting;
    const char *password, *password_setting;
} account_key_files;

/* Both are regular files, closed to other users (private_file.h), as what they hold is spent
 * without asking. The first line of the password's is the password: up to 1023 bytes, without a
 * zero byte, not empty; a carriage return before its end is not of it. why says which setting and
 * which file is wrong, and is untouched with SP_OK. SP_ERR_IO: a file cannot be read.
 * SP_ERR_FORMAT: it is not as above, or no keystore. SP_ERR_REJECT: the password is wrong.
 * SP_ERR_NOMEM. Nothing but *key holds a secret afterwards; the caller wipes it. */
SP_MUST_USE sp_status account_key_read(ecdsa_key *key, const account_key_files *f,
                                       char why[ACCOUNT_KEY_WHY]);
/* The same but for opening the keystore, which takes a second and 256 MiB. */
SP_MUST_USE sp_status account_key_check(const account_key_files *f, char why[ACCOUNT_KEY_WHY]);

#endif
