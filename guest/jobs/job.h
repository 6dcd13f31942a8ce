/* job.h - what the built-in jobs share: their input as words, and the refusal of malformed input.
 *
 * The host codec (guest/host) refuses bad payloads with a sentence. A job checks its bytes again,
 * since whoever calls it may have used another encoder. */
#ifndef GUEST_JOBS_JOB_H
#define GUEST_JOBS_JOB_H

#include "sprove_guest.h"

/* Before a loop that runs long: pays its own overhead once in four times. */
#define UNROLL _Pragma("GCC unroll 4")

static inline void require(bool ok, const char *message)
{
    if (!ok) sp_panic(message);
}

/* The input as words; its size must be a multiple of 4 and at least min_words words. */
static inline const uint32_t *input_words(uint32_t *n_words, uint32_t min_words)
{
    const uint8_t *p;
    uint32_t n;
    sp_input(&p, &n);
    require(n % 4 == 0 && n / 4 >= min_words, "malformed input: wrong size");
    *n_words = n / 4;
    return (const uint32_t *)(const void *)p;
}

/* n words of the output; the output so far must be whole words. */
static inline uint32_t *output_words(uint32_t n) { return (uint32_t *)(void *)sp_output(4 * n); }

static inline void *allocate(size_t n)
{
    void *p = malloc(n);
    require(p != NULL, "out of memory");
    return p;
}

#endif
