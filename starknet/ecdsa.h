/* ecdsa.h - signatures of Starknet transactions: ECDSA on the Stark curve.
 *
 * The signed message z is a hash of at most 251 bits; it is not hashed again. The nonce k is that
 * of RFC 6979 with HMAC-SHA-256 over key and z as 32 bytes each, candidates being the upper 252
 * bits; r = x(k*G), s = (z + r*key)/k mod n; r, s and 1/s must be in 1..2^251-1, else the next
 * nonce is drawn, with extra entropy 1, 2, ... (shortest big-endian form). s and n - s both remain:
 * there is no low-s rule.
 *
 * What leaks: public and sign take a time and touch addresses that do not depend on the key or the
 * nonce (no branch, no index, no division; checked by tests/starknet/constant_time). Three facts
 * are visible: that a key or a nonce candidate was out of range, that a nonce had to be drawn
 * again, and the results. Not claimed: resistance against power, emission or fault measurement, and
 * protection of copies that the compiler keeps in registers or spills to the stack; every buffer of
 * ours that held a secret is zeroed. verify is for public values and takes varying time. */
#ifndef STARKNET_ECDSA_H
#define STARKNET_ECDSA_H

#include "starknet/scalar.h"

/* 1 <= d < n. Wipe it when done. */
typedef struct {
    scalar d;
} ecdsa_key;

/* Big endian. SP_ERR_FORMAT and *key untouched when the number is 0, or n or more. */
SP_MUST_USE sp_status ecdsa_key_read(ecdsa_key *key, const uint8_t be[32]);
void ecdsa_key_write(uint8_t be[32], const ecdsa_key *key);
/* Uniform in 1..n-1, from the system's random numbers, by rejection. SP_ERR_IO: there are none. */
SP_MUST_USE sp_status ecdsa_key_new(ecdsa_key *key);
void ecdsa_key_wipe(ecdsa_key *key);

/* x coordinate of key*G, which is what Starknet accounts store. */
void ecdsa_public(felt *pub, const ecdsa_key *key);

/* seed: first extra entropy of the nonce; 0 = none (as starknet.js and starknet-rs sign;
 * starknet.py begins with 32). SP_ERR_ARG: z >= 2^251. SP_ERR_NOMEM: HMAC could not allocate.
 * Outputs untouched on failure. */
SP_MUST_USE sp_status ecdsa_sign(felt *r, felt *s, const ecdsa_key *key, felt z, uint64_t seed);

/* SP_OK: (r, s) is a signature of z by one of the two points with this x. SP_ERR_FORMAT: no point
 * has this x. SP_ERR_REJECT: anything else. */
SP_MUST_USE sp_status ecdsa_verify(felt pub, felt z, felt r, felt s);

/* The same, and *y of the one of these points that it was (on SP_OK). */
SP_MUST_USE sp_status ecdsa_verify_lift(felt *y, felt pub, felt z, felt r, felt s);
/* SP_OK: (r, s) is a signature of z by the point (x, y), which must be one of the curve, as
 * ecdsa_verify_lift tells it. In about half the time of ecdsa_verify. SP_ERR_REJECT. */
SP_MUST_USE sp_status ecdsa_verify_point(felt x, felt y, felt z, felt r, felt s);

/* The nonce alone; extra_bytes at most 32. Secret. For sign and its tests. */
SP_MUST_USE sp_status ecdsa_nonce(scalar *k, const ecdsa_key *key, felt z, const uint8_t *extra,
                                  size_t extra_bytes);

#endif
