/* synthetic.h - well-formed proofs of given sizes with random content: for tests of the formats. */
#ifndef TESTS_UNIT_SYNTHETIC_H
#define TESTS_UNIT_SYNTHETIC_H

#include "air/proof.h"

/* log sizes of every slot: all components once at `log`, the tables at theirs. */
void synthetic_logs(uint8_t log_size[AIR_N_SLOTS], unsigned log);
/* Bytes of a proof of these sizes; extreme: elements and words at their largest. NULL: the sizes are
 * refused. The caller frees them. */
uint8_t *synthetic_proof(size_t *n, const params *p, const uint8_t log_size[AIR_N_SLOTS],
                         enum machine_io_mode mode, uint32_t input_bytes, uint32_t output_bytes,
                         bool extreme);

#endif
