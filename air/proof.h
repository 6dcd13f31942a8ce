/* proof.h - the fields of a proof, stated once for reader, writer and felts (docs/proof-format.md).
 *
 * proof_head is fixed in size and gives the shape; proof_walk then names every field in order. */
#ifndef AIR_PROOF_H
#define AIR_PROOF_H

#include "air/shape.h"

#define PROOF_MAGIC 0x56525053u /* "SPRV" */

enum proof_kind {
    KIND_WORDS,  /* u32 */
    KIND_DIGEST, /* 7 words */
    KIND_HASH31, /* 8 words, the last byte zero */
    KIND_NONCE,  /* 2 words, low first */
    KIND_M31,    /* canonical words */
    KIND_QM31,   /* 4 canonical words */
    KIND_BYTES   /* bytes, zero padded to words */
};

enum proof_field {
    FIELD_HEADER,     /* magic, version, profile, bytes of the proof */
    FIELD_AIR_ID,
    FIELD_PROGRAM_ID,
    FIELD_CONTEXT,
    FIELD_IO,         /* io_commitment */
    FIELD_NUMBERS,    /* exit code, cycles low, high, io mode, input bytes, output bytes */
    FIELD_H_IN,
    FIELD_H_OUT,
    FIELD_LOGS,       /* four log sizes a word, low byte first */
    FIELD_PROGRAM,    /* entry, image_end */
    FIELD_PROGRAM_CAP,
    FIELD_INPUT,      /* words mode */
    FIELD_OUTPUT,     /* words mode */
    FIELD_MAIN_CAP,
    FIELD_LOOKUP_NONCE,
    FIELD_PROD_CLAIMS,
    FIELD_SUM_CLAIMS,
    FIELD_INTERACTION_CAP,
    FIELD_COMPOSITION_CAP,
    FIELD_OODS_NONCE,
    FIELD_SAMPLES,
    FIELD_DEEP_NONCE,
    FIELD_LAYER_CAP,    /* i = layer */
    FIELD_COMMIT_NONCE, /* i = layer */
    FIELD_LAST_LAYER,
    FIELD_QUERY_NONCE,
    FIELD_VALUES,       /* i = query, j = tree */
    FIELD_PATH,         /* i = query, j = tree */
    FIELD_SIBLINGS,     /* i = query, j = layer */
    FIELD_LAYER_PATH,   /* i = query, j = layer */
    N_FIELDS
};

extern const char *const proof_field_name[N_FIELDS];

#define PROOF_LOG_WORDS ((AIR_N_SLOTS + 3) / 4)
#define PROOF_HEAD_WORDS (4 + 7 + 7 + 7 + 8 + 6 + 8 + 8 + PROOF_LOG_WORDS)

/* Called for each field in order; count in units of the kind. A status other than SP_OK stops. */
typedef sp_status (*proof_field_fn)(void *user, enum proof_field f, enum proof_kind kind,
                                    unsigned i, unsigned j, size_t count);
SP_MUST_USE sp_status proof_walk(const proof_shape *s, uint32_t io_mode, uint32_t input_bytes,
                                 uint32_t output_bytes, proof_field_fn fn, void *user);
/* Bytes of `count` elements of a kind. */
size_t proof_kind_bytes(enum proof_kind kind, size_t count);
/* Total bytes and felts of a proof of this shape. */
size_t proof_bytes(const proof_shape *s, uint32_t io_mode, uint32_t input_bytes,
                   uint32_t output_bytes);
size_t proof_felts(const proof_shape *s, uint32_t io_mode, uint32_t input_bytes,
                   uint32_t output_bytes);
/* Felts of `count` elements of a kind: 7 words, 28 bytes, 8 M31 or 2 QM31 a felt; else 1. */
size_t proof_kind_felts(enum proof_kind kind, size_t count);

/* Views into the caller's bytes. */
typedef struct {
    const uint8_t *at[N_FIELDS];             /* fields without indices */
    const uint8_t *layer_cap[FRI_MAX_LAYERS], *commit_nonce[FRI_MAX_LAYERS];
    const uint8_t *queries;                  /* the first query; all have query_bytes */
    size_t query_bytes;
    const uint8_t *bytes;
    size_t n_bytes;
    uint32_t input_bytes, output_bytes;      /* words mode; else 0 */
    statement st;
    program_header ph;
} proof_view;

/* Offsets, within one query, of its fields. */
typedef struct {
    size_t values[N_TREES], path[N_TREES], siblings[FRI_MAX_LAYERS], layer_path[FRI_MAX_LAYERS];
} proof_query_layout;
void proof_query_layout_init(proof_query_layout *l, const proof_shape *s);

/* Where and why reading failed. */
typedef struct {
    const char *field; /* name of the field */
    size_t offset;     /* bytes from the start */
    const char *text;  /* static */
} proof_error;

/* Reads and checks the form: exact length, canonical elements, padding, statement words. The shape
 * follows from the profile in the proof's header, which the caller compares with the one required.
 * SP_ERR_FORMAT: not a proof of this version; SP_ERR_REJECT: sizes out of bounds. */
/* The head alone, of which at least PROOF_HEAD_WORDS words are given; the length in the header is not
 * compared. */
SP_MUST_USE sp_status proof_read_head(proof_view *v, proof_shape *s, const uint8_t *bytes, size_t n,
                                      proof_error *err);
SP_MUST_USE sp_status proof_read(proof_view *v, proof_shape *s, const uint8_t *bytes, size_t n,
                                 proof_error *err);

#endif
