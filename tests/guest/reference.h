/* reference.h - what the jobs compute, by the plainest means on the host. */
#ifndef TESTS_GUEST_REFERENCE_H
#define TESTS_GUEST_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entry of a product of integers; false when it does not fit an int64. */
bool reference_dot(int64_t *r, const int64_t *a, const int64_t *b, size_t n, size_t b_stride);
void reference_sha256(uint8_t digest[32], const uint8_t *data, size_t n);
void reference_sort(int64_t *v, size_t n);
bool reference_is_prime(uint64_t n);
/* r = b^e mod m of n 32-bit words each, lowest first, by doubling and adding; b < m; m > 0. */
void reference_modexp(uint32_t *r, const uint32_t *b, const uint32_t *e, const uint32_t *m,
                      size_t n);
uint32_t reference_fibonacci(uint64_t n, uint64_t modulus);
void reference_mixed(char result[128], uint32_t rounds);

#endif
