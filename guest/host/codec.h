/* codec.h - what the job codecs share: strict JSON with places in its errors, and growing buffers.
 */
#ifndef GUEST_HOST_CODEC_H
#define GUEST_HOST_CODEC_H

#include <jansson.h>

#include "core/machine.h"
#include "guest/host/jobs.h"

/* Where a codec writes its one sentence. */
typedef struct {
    char *text;
    size_t size;
} codec_err;

__attribute__((format(printf, 3, 4))) sp_status codec_fail(codec_err e, sp_status s,
                                                           const char *format, ...);

/* Bytes that grow; failed is set when memory or MACHINE_INPUT_CAP does not suffice, and stays. */
typedef struct {
    uint8_t *p;
    size_t n, cap;
    sp_status failed;
} codec_buf;

void codec_put(codec_buf *b, const void *bytes, size_t n);
void codec_put_u8(codec_buf *b, uint8_t v);
void codec_put_u32(codec_buf *b, uint32_t v);
void codec_put_u64(codec_buf *b, uint64_t v);
/* Zero bytes up to a multiple of 4. */
void codec_pad(codec_buf *b);
__attribute__((format(printf, 2, 3))) void codec_print(codec_buf *b, const char *format, ...);
/* v as a JSON number when it is at most INT64_MAX, else as a string of digits. */
void codec_print_u64(codec_buf *b, uint64_t v);
/* Hands the bytes over, or reports why there are none; b is empty afterwards. */
sp_status codec_finish(codec_buf *b, uint8_t **p, size_t *n, codec_err e);
/* As codec_finish, for text: adds the terminating zero. */
sp_status codec_finish_text(codec_buf *b, char **text, codec_err e);

/* The frame of an encoder: parses the payload, lets put write its encoding, hands the bytes over.
 */
sp_status codec_encode(sp_status (*put)(codec_buf *b, const json_t *root, codec_err e),
                       const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                       codec_err e);

/* Little-endian words of untrusted bytes. */
uint32_t codec_u32(const uint8_t *p);
uint64_t codec_u64(const uint8_t *p);

/* A key of an object, and whether it must be there. */
typedef struct {
    const char *name;
    bool required;
} codec_key;

/* What v is, in words, as "an array". */
const char *codec_type(const json_t *v);
/* Parses one JSON object without duplicate keys; the caller calls json_decref(*root). */
sp_status codec_parse(json_t **root, const char *json, size_t len, codec_err e);
/* Exactly these keys, those required all there. where names the object, "" for the payload. */
sp_status codec_keys(const json_t *object, const char *where, const codec_key *keys, size_t n,
                     codec_err e);
/* The key "algorithm" is this name. */
sp_status codec_algorithm(const json_t *root, const char *name, codec_err e);
/* v is an integer in [min, max]. */
sp_status codec_int(const json_t *v, const char *where, int64_t min, int64_t max, int64_t *r,
                    codec_err e);
/* v is an integer, or a string of decimal digits, below 2^64. */
sp_status codec_uint64(const json_t *v, const char *where, uint64_t *r, codec_err e);
/* v is an array of min to max elements. */
sp_status codec_array(const json_t *v, const char *where, size_t min, size_t max, size_t *n,
                      codec_err e);
/* v is a string of hexadecimal digits; *digits has *n of them (owned by v). */
sp_status codec_hex(const json_t *v, const char *where, const char **digits, size_t *n,
                    codec_err e);
/* The value of a hexadecimal digit; 16 for any other character. */
unsigned codec_hex_digit(char c);

/* The place of an element, as "where[i]" or "where[i][j]", or of a member, as "where.key". */
typedef struct {
    char text[96];
} codec_place;
codec_place codec_at(const char *where, size_t i);
codec_place codec_member(const char *where, const char *key);
codec_place codec_at2(const char *where, size_t i, size_t j);

#endif
