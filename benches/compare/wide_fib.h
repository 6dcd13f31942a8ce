/* wide_fib.h - the wide-Fibonacci AIR of benches/compare: 100 columns and, in every row, the 98
 * constraints c[i+2] - c[i]^2 - c[i+1]^2 = 0. One instance, no preprocessed and no interaction
 * columns. */
#ifndef BENCHES_COMPARE_WIDE_FIB_H
#define BENCHES_COMPARE_WIDE_FIB_H

#include "air/proof.h"
#include "prover/air_kernels.h"

#define WIDE_FIB_COLUMNS 100u
#define WIDE_FIB_CONSTRAINTS (WIDE_FIB_COLUMNS - 2)
/* The component id that the instance goes by: its evaluator stands there in the backend's table. */
#define WIDE_FIB_ID AIR_ALU

extern const air_component wide_fib_component;

/* The evaluator for a backend's table; NULL when there is none of that name. */
void (*wide_fib_kernel(const char *backend_name))(uint32_t *const acc[4], const air_domain *d);

/* The form of a proof of 2^log rows. SP_ERR_LIMIT: too small for p, or too large. */
SP_MUST_USE sp_status wide_fib_shape(proof_shape *s, const params *p, unsigned log);

/* What both sides mix first: the sizes, by way of a statement. */
void wide_fib_statement(statement *st, const params *p, unsigned log);

/* Checks a proof of 2^log rows with parameters p: the steps of verifier/verify.c that this AIR has.
 * what (may be NULL) gets the name of the failed check. */
SP_MUST_USE sp_status wide_fib_verify(const uint8_t *proof, size_t n_bytes, const params *p,
                                      unsigned log, const char **what);

#endif
