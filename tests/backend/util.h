/* util.h - columns, patterns and the list of backends for the tests of this folder. */
#ifndef TESTS_BACKEND_UTIL_H
#define TESTS_BACKEND_UTIL_H

#include "prover/backend.h"
#include "tests/test.h"

/* What a column may hold; random words include 0 and P - 1 now and then. */
enum pattern { RANDOM, ALL_ZERO, ALL_MAX, SPIKE, N_PATTERNS };

/* n columns of 2^log words each, 64-byte aligned, freed by columns_free. */
uint32_t **columns_new(size_t n, unsigned log);
void columns_free(uint32_t **cols, size_t n);
void columns_fill(uint32_t *const *cols, size_t n, unsigned log, enum pattern pattern);
bool columns_equal(uint32_t *const *a, uint32_t *const *b, size_t n, size_t words);
/* Every word below P. */
bool columns_canonical(uint32_t *const *a, size_t n, unsigned log);

m31 random_m31(void);
qm31 random_qm31(void);
/* A point of the circle over QM31 that lies in no domain. */
circle_point_q random_point(void);

qm31 get_q(uint32_t *const v[4], size_t i);
void put_q(uint32_t *const v[4], size_t i, qm31 x);
/* The member of the FFT space of log size m with these coefficients, at p, by the basis. */
qm31 eval_basis(const uint32_t *coeffs, unsigned m, circle_point_q p);

SP_FN const uint32_t *const *ro(uint32_t *const *cols) { return (const uint32_t *const *)cols; }

/* Backends other than portable that run here; the emulated one is always among them. */
const backend *const *other_backends(size_t *n);

#endif
