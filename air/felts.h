/* felts.h - a proof as felt252 words for Starknet calldata (docs/proof-format.md). */
#ifndef AIR_FELTS_H
#define AIR_FELTS_H

#include "air/proof.h"

/* A felt as eight little-endian 32-bit words; always < 2^251. */
typedef struct {
    uint32_t w[8];
} felt252;

/* Proof bytes -> felts. *n on entry: room, on exit: felts written. The proof must be well-formed. */
SP_MUST_USE sp_status felts_from_proof(felt252 *out, size_t *n, const uint8_t *proof, size_t bytes,
                                       proof_view *view, proof_shape *shape, proof_error *err);
/* Felts -> proof bytes; every unused bit must be zero and nothing may follow: one proof object has
 * one encoding. *bytes on entry: room, on exit: length. */
SP_MUST_USE sp_status felts_to_proof(uint8_t *out, size_t *bytes, const felt252 *felts, size_t n,
                                     proof_view *view, proof_shape *shape, proof_error *err);

#endif
