/* keystore.h - a private key in a file under a password: Web3 Secret Storage, version 3, with
 * scrypt, AES-128-CTR and a Keccak-256 check, as starkli and others of Starknet write it.
 *
 * The derived key is scrypt(password, salt, n, r, p) of 32 bytes: the first 16 are the AES key, the
 * last 16 followed by the ciphertext are hashed for the check. Every buffer of ours that held a
 * secret is zeroed; the password is the caller's to wipe. A keystore is not trusted: its size and
 * what scrypt may take are bounded. */
#ifndef STARKNET_KEYSTORE_H
#define STARKNET_KEYSTORE_H

#include "core/sp.h"

#define KEYSTORE_SECRET 32
#define KEYSTORE_MAX_BYTES 16384
#define KEYSTORE_LOG_N 18 /* scrypt with r = 8: 256 MiB, about a second */

/* The keystore of a secret as JSON text, to be freed; salt, vector and id from the system's random
 * numbers. log_n 10..20: scrypt takes 2^(log_n+10) bytes. SP_ERR_ARG, SP_ERR_NOMEM, SP_ERR_IO (no
 * random numbers); *json is then NULL. */
SP_MUST_USE sp_status keystore_seal(char **json, const uint8_t secret[KEYSTORE_SECRET],
                                    const char *password, size_t password_len, unsigned log_n);

/* SP_ERR_REJECT: the password is wrong or the text was altered. SP_ERR_FORMAT: no keystore of the
 * kind above, or a secret that is not of 32 bytes. SP_ERR_LIMIT: too long, or scrypt would take
 * more than 1 GiB. SP_ERR_NOMEM. secret is untouched on failure. */
SP_MUST_USE sp_status keystore_open(uint8_t secret[KEYSTORE_SECRET], const char *json, size_t len,
                                    const char *password, size_t password_len);

/* Creates path with mode 0600 and writes it through to the disk. Never replaces a file. SP_ERR_IO:
 * the system said no, or the file exists; nothing is then left of it. */
SP_MUST_USE sp_status keystore_file_write(const char *path, const char *json);
/* The text of a regular file, to be freed. *others: it is open to other users (private_file.h).
 * SP_ERR_IO, SP_ERR_LIMIT (longer than KEYSTORE_MAX_BYTES), SP_ERR_NOMEM; *json is then NULL. */
SP_MUST_USE sp_status keystore_file_read(char **json, size_t *len, bool *others, const char *path);

#endif
