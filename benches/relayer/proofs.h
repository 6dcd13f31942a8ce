/* proofs.h - results made beforehand: NUMBER.json (the payload of a task), .in, .out and .proof as
 * `sprove run` writes them (--raw-input, --raw-output, --proof), in a folder, numbered from 1. */
#ifndef BENCHES_RELAYER_PROOFS_H
#define BENCHES_RELAYER_PROOFS_H

#include "core/sp.h"

#define PROOFS_MOST 256u

typedef struct {
    char *payload, *output_b64;
    uint8_t *proof;
    size_t proof_bytes;
    uint64_t cycles;
    uint8_t output_hash[32], proof_hash[32], io_commitment[31];
    char input_sha256[65], output_sha256[65], proof_sha256[65];
} made;

typedef struct {
    made v[PROOFS_MOST];
    size_t n;
} proofs;

/* False: there is none, or a file is missing or no proof. */
SP_MUST_USE bool proofs_read(proofs *p, const char *folder);
/* NULL: none has this input. */
const made *proofs_find(const proofs *p, const char *input_sha256);
void proofs_free(proofs *p);

#endif
