/* codecs.h - the encoders and decoders of the built-in jobs, for the table in jobs.c. */
#ifndef GUEST_HOST_CODECS_H
#define GUEST_HOST_CODECS_H

#include "guest/host/codec.h"

#define CODEC(name)                                                                             \
    sp_status name##_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes, \
                            char *err, size_t err_size);                                        \
    sp_status name##_decode(const uint8_t *output, size_t output_bytes, char **json, char *err, \
                            size_t err_size)

CODEC(matrix_multiplication);
CODEC(hash);
CODEC(sort);
CODEC(prime);
CODEC(modexp);
CODEC(mlp_int8);
CODEC(fibonacci);
CODEC(mixed);

/* The bytes of a file, hashed once with SHA-256. */
sp_status hash_encode_raw(const uint8_t *bytes, size_t n, uint8_t **input, size_t *input_bytes,
                          char *err, size_t err_size);

#endif
