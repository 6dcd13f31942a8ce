/* signed.h - results as nodes sign them, as JSON: of `sverify --bundle`. What was read of it is
 * nobody's word yet: digest_verify says whose. */
#ifndef CLI_SIGNED_H
#define CLI_SIGNED_H

#include "market/digest.h"

#include <jansson.h>

/* A text member; in: of a member of that name, or NULL. NULL when it is not there. */
const char *signed_text(const json_t *j, const char *in, const char *name);
bool signed_felt(felt *out, const char *text);
bool signed_number(uint64_t *out, const json_t *j);
/* A number, or decimal text. */
bool signed_decimal(uint64_t *out, const json_t *j);

/* Status (success), output, proof, usage, io_commitment and signature of an object, into these
 * members of *d. False: one is missing or not what it must be, and *d is in parts. */
SP_MUST_USE bool signed_result(digest_result *d, digest_signature *sig, const json_t *j);

typedef enum { SIGNED_HOLDS, SIGNED_MALFORMED, SIGNED_FALSE } signed_verdict;
/* The list of contradictions.json: of each attempt two results that its node's key has signed and
 * that cannot both be true, of the task, chain, program and input of *of. found: [{"node_id",
 * "attempt"}], when all hold; to be released. */
SP_MUST_USE signed_verdict signed_contradictions(json_t **found, const json_t *j,
                                                 const digest_result *of);

#endif
