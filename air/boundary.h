/* boundary.h - what the public statement contributes to the memory and state argument, stated once
 * for the verifier (a product) and for the exact balance check of the prover (a list).
 *
 * Each boundary pair (R, W) is read and written by the verifier itself (docs/protocol.md 6):
 * - state: R = (4 (cycles + 1), halt), W = (4, entry);
 * - every word of the input window in words mode: R = (a, 0, 0, 0), W = (a, 1, word);
 * - every word of the output window in words mode, x9 with the exit code, and in digest mode
 *   x10..x17 with the digest: R = (a, T, word), W = (a, T + 1, word), T = 4 (cycles + 1).
 * A window is its length word followed by its bytes, the last word filled up with zero bytes. */
#ifndef AIR_BOUNDARY_H
#define AIR_BOUNDARY_H

#include "air/components.h"
#include "core/machine.h"

#define AIR_DIGEST_WORDS 8

/* The public facts of a run. Words mode ignores digest; digest mode ignores input and output. */
typedef struct {
    uint32_t entry; /* byte address */
    uint64_t cycles;
    uint32_t exit_code;
    enum machine_io_mode mode;
    const uint8_t *input, *output;
    uint32_t input_bytes, output_bytes;
    uint32_t digest[AIR_DIGEST_WORDS]; /* x10..x17 at halt */
} air_public;

/* A tuple of the product argument: an access (addr, ts, lo, hi), or the state (ts, pc) with
 * addr = pc, lo = hi = 0. */
typedef struct {
    bool state;
    uint32_t addr, ts, lo, hi;
} air_tuple;

/* SP_ERR_LIMIT unless entry is a word address below 2^30, 1 <= cycles <= MACHINE_MAX_CYCLES, and in
 * words mode the lengths are within the capacities. */
SP_MUST_USE sp_status air_public_check(const air_public *pub);

/* Walks the pairs; pub must have passed air_public_check and outlive the walk. */
typedef struct {
    const air_public *pub;
    uint32_t part, at;
} air_boundary;
void air_boundary_start(air_boundary *it, const air_public *pub);
/* The next pair; false after the last. */
bool air_boundary_next(air_boundary *it, air_tuple *r, air_tuple *w);

/* The fingerprint F or F_state of docs/protocol.md 6. */
qm31 air_tuple_value(const air_tuple *t, const air_challenges *ch);
/* r = product of the R, w = product of the W of all pairs. */
void air_boundary_product(qm31 *r, qm31 *w, const air_public *pub, const air_challenges *ch);

/* Number of words of a window of n bytes, length word included. */
SP_FN uint32_t air_window_words(uint32_t n) { return 1 + n / 4 + (n % 4 != 0); }
/* Word i of the window that holds n bytes. */
SP_FN uint32_t air_window_word(const uint8_t *bytes, uint32_t n, uint32_t i)
{
    uint32_t v = 0;
    if (i == 0) return n;
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t at = 4 * (i - 1) + k;
        if (at < n) v |= (uint32_t)bytes[at] << (8 * k);
    }
    return v;
}

#endif
