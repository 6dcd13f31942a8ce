/* digest.h - what node, relayer and auditor sign: a message as one felt, and its signature.
 *
 * A digest is Poseidon over a list of felts that begins with "SPROVE_V1" and the kind, both short
 * strings; then the members below in the order in which they stand. Every kind has one length, so
 * that no two messages have the same list. As felts: numbers and felts are themselves; a task is
 * the two halves of its id (uuid.h), the first before the last; a hash of 32 bytes and an amount
 * are two halves of 128 bits, big endian, the high one first; a lease token is 128 bits, big
 * endian. A contract on Starknet can compute the same digest, so that a signature is evidence
 * there.
 *
 * Signatures are those of starknet/ecdsa.h, for which a digest must be below 2^251; one in 2^54.9
 * is not (P - 2^251 of P values). Then SP_ERR_LIMIT: a message with a time is made again a
 * millisecond later, any other cannot be signed, and a verifier refuses it. */
#ifndef MARKET_DIGEST_H
#define MARKET_DIGEST_H

#include "market/uuid.h"
#include "starknet/calldata.h"
#include "starknet/ecdsa.h"

#define DIGEST_HASH 32
#define DIGEST_TOKEN 16

/* Poseidon("SPROVE_NODE", public key): the name of the node that has this key. */
felt digest_node_id(felt pubkey);

/* Poseidon("SPROVE_RELAYER", public key): the name of the relayer that has this key. */
felt digest_relayer_id(felt pubkey);

/* A node opens or resumes a session. Kind "REGISTER". */
typedef struct {
    felt chain_id, relayer_id, node_id, session_nonce;
    uint64_t ts_ms;
} digest_register;

/* A node takes or declines what it was offered. Kind "ACK"; accept counts 1 or 0. */
typedef struct {
    felt chain_id;
    uuid task;
    uint32_t attempt;
    bool accept;
    uint8_t lease_token[DIGEST_TOKEN];
    uint64_t ts_ms;
} digest_ack;

enum digest_status { DIGEST_FAILURE = 0, DIGEST_SUCCESS = 1 };

/* What a node says came out; hashes are SHA-256 of the bytes, zeros where there are none. Kind
 * "RESULT". */
typedef struct {
    felt chain_id;
    uuid task;
    uint32_t attempt;
    uint8_t program[DIGEST_HASH], input[DIGEST_HASH], output[DIGEST_HASH];
    felt io_commitment;
    uint8_t proof[DIGEST_HASH];
    uint64_t proof_bytes, cycles;
    enum digest_status status;
} digest_result;

/* What is to be done: the job_commitment of a ticket. program: the program's id and zeros after it;
 * input: the SHA-256 of the public input; profile and io: the names of docs/protocol.md, at most 31
 * characters. Kind "JOB". */
typedef struct {
    felt chain_id;
    uint8_t program[DIGEST_HASH], input[DIGEST_HASH];
    uint64_t max_cycles;
    const char *profile, *io;
} digest_job;

/* The relayer gives a task to a node until a time, at a price. Kind "TICKET". */
typedef struct {
    felt chain_id, contract; /* contract 0: the task is not on a chain */
    uuid task;
    uint32_t attempt;
    felt node_id;
    uint64_t lease_until_ms;
    u256 price;
    felt job_commitment;
} digest_ticket;

enum digest_verdict { DIGEST_DIFFERS = 0, DIGEST_AGREES = 1 };

/* An auditor ran the task again. Kind "AUDIT". */
typedef struct {
    felt chain_id;
    uuid task;
    uint32_t attempt;
    enum digest_verdict verdict;
    uint8_t proof[DIGEST_HASH];
    uint64_t ts_ms;
} digest_audit;

/* A callback is the relayer's. body: the SHA-256 of its body. Kind "CALLBACK". */
typedef struct {
    felt chain_id;
    uint8_t body[DIGEST_HASH];
} digest_callback;

/* *z untouched on SP_ERR_LIMIT, which see above; no other failure. */
SP_MUST_USE sp_status digest_of_register(felt *z, const digest_register *m);
SP_MUST_USE sp_status digest_of_ack(felt *z, const digest_ack *m);
SP_MUST_USE sp_status digest_of_result(felt *z, const digest_result *m);
SP_MUST_USE sp_status digest_of_ticket(felt *z, const digest_ticket *m);
SP_MUST_USE sp_status digest_of_audit(felt *z, const digest_audit *m);
SP_MUST_USE sp_status digest_of_callback(felt *z, const digest_callback *m);
/* Not signed by itself, so any felt. SP_ERR_ARG: a name is no short string. */
SP_MUST_USE sp_status digest_of_job(felt *z, const digest_job *m);
/* Whether a felt can be signed: below 2^251. */
bool digest_fits(felt z);

typedef struct {
    felt r, s;
} digest_signature;

/* The same signature every time. SP_ERR_LIMIT: z does not fit. SP_ERR_NOMEM. */
SP_MUST_USE sp_status digest_sign(digest_signature *out, const ecdsa_key *key, felt z);
/* SP_OK: by the key whose public half is pubkey. SP_ERR_REJECT: anything else, whatever it is. */
SP_MUST_USE sp_status digest_verify(felt pubkey, felt z, const digest_signature *sig);

/* A public half whose signatures are checked again and again: with {pubkey} and zeros first; the
 * first that holds tells the point that it is, and the next ones take half the time. */
typedef struct {
    felt pubkey, y;
    bool known;
} digest_key;
SP_MUST_USE sp_status digest_verify_again(digest_key *key, felt z, const digest_signature *sig);

#endif
