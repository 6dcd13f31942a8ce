/* sprove_guest.h - what a guest program may ask of the machine. C11 and C++17.
 *
 * A guest is an ordinary freestanding program: int main(void), linked with crt0.S, sprove.ld and
 * lib/. What main returns is the exit code. Public input and public output are part of what a proof
 * states. Hints are not: whoever proves chooses them, so a guest checks what it takes from them.
 * docs/guest.md describes how to build and what it costs. */
#ifndef SPROVE_GUEST_H
#define SPROVE_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SP_NORETURN __attribute__((noreturn))

#ifdef __cplusplus
extern "C" {
#endif

/* The whole public input; *data is a multiple of 4. It must not be written to. */
void sp_input(const uint8_t **data, uint32_t *size);
/* The next n bytes of the public input; panics when fewer are left. */
void sp_read(void *to, uint32_t n);
/* How many bytes sp_read has left. */
uint32_t sp_read_left(void);

/* Private bytes, in order. Both panic when fewer bytes are left than asked for. */
uint32_t sp_hint_u32(void); /* four bytes, little-endian */
void sp_hint_bytes(void *to, uint32_t n);
uint32_t sp_hint_left(void);

/* Appends n bytes to the public output; panics when it would exceed the window (64 MiB). */
void sp_write(const void *from, uint32_t n);
void sp_write_u32(uint32_t v); /* four bytes, little-endian */
/* Appends n zero bytes and returns where they lie, to be filled in place. Aligned to 4 when the
 * output's length was a multiple of 4. */
uint8_t *sp_output(uint32_t n);

/* Ends the run; main's return does the same. */
SP_NORETURN void sp_exit(int code);
/* Ends the run with exit code 101; the message replaces the output. */
SP_NORETURN void sp_panic(const char *message);

typedef struct {
    uint32_t h[8];
    uint64_t size;      /* bytes taken so far */
    uint32_t block[16]; /* the size % 64 bytes (BLAKE2s: up to 64) not yet compressed */
    uint32_t block_size;
} sp_hash_state;

void sp_sha256_init(sp_hash_state *s);
void sp_sha256_update(sp_hash_state *s, const void *data, uint32_t n);
void sp_sha256_final(sp_hash_state *s, uint8_t digest[32]);
void sp_sha256(uint8_t digest[32], const void *data, uint32_t n);

/* BLAKE2s-256 without a key (RFC 7693). */
void sp_blake2s_init(sp_hash_state *s);
void sp_blake2s_update(sp_hash_state *s, const void *data, uint32_t n);
void sp_blake2s_final(sp_hash_state *s, uint8_t digest[32]);
void sp_blake2s(uint8_t digest[32], const void *data, uint32_t n);

/* Memory from the end of the program up to the input window, aligned to 16. A null pointer when it
 * is used up. free gives memory back only when it was the last block handed out. calloc costs
 * nothing where memory was never used before. */
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
void free(void *p);

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

#ifdef __cplusplus
}
#endif
#endif
