/* jobs.h - built-in jobs in a test: payloads as text that grows, and what running one must give. */
#ifndef TESTS_GUEST_JOBS_H
#define TESTS_GUEST_JOBS_H

#include "guest/host/jobs.h"
#include "tests/guest/guest.h"
#include "tests/test.h"

/* Text that grows; zeroed at first. */
typedef struct {
    char *p;
    size_t n, cap;
} text;
/* Appends, at most 2199 characters at once. */
__attribute__((format(printf, 2, 3))) void text_add(text *t, const char *format, ...);

/* The encoded input gives the expected JSON in this ELF of the job, and in digest mode the io
 * digest is right. False, with the reason printed. */
bool job_run_gives(const sp_job *job, const uint8_t *elf, size_t elf_bytes, bool digest,
                   const uint8_t *input, size_t n, const char *expected);
/* The payload gives the expected JSON, in both modes, by gcc and by clang. */
bool job_gives(const char *name, const char *payload, const char *expected);
/* The same; frees and zeroes both texts. */
bool job_gives_text(const char *name, text *payload, text *expected);

uint64_t job_random64(void);
/* -2^bits .. 2^bits - 1 */
int64_t job_random_bits(unsigned bits);

#endif
