/* account_key.h - the relayer's signing key from its keystore and the file of its password. */
#ifndef RELAYER_ACCOUNT_KEY_H
#define RELAYER_ACCOUNT_KEY_H

#include "starknet/ecdsa.h"

/* Both files must be closed to other users, as what they hold is spent without asking. why[room]
 * says what is wrong. Takes about a second. SP_ERR_IO, SP_ERR_FORMAT, SP_ERR_REJECT (the password
 * is wrong), SP_ERR_NOMEM. */
SP_MUST_USE sp_status account_key_read(ecdsa_key *key, const char *keystore, const char *password,
                                       char *why, size_t room);

#endif
