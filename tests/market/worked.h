/* worked.h - what the tests of work in children share: guests, requests, running to the end. */
#ifndef TESTS_MARKET_WORKED_H
#define TESTS_MARKET_WORKED_H

#include "market/work.h"
#include "tests/vm/guest.h"

#define MIB ((uint64_t)1 << 20)

/* Path of sprove-worker, by the tests' build. */
const char *worker_path(void);
/* A request for a built-in job with the public input of `json`; *input is to be freed. */
work_request job_request(enum work_kind kind, const char *job, const char *json, uint8_t **input);
/* For the ELF of a guest; *elf is to be freed. */
work_request guest_request(enum work_kind kind, const struct guest *g, uint8_t **elf);
/* To the end, with a deadline of wall_ms; the caller deletes. NULL: it did not start. */
work_job *work_to_end(const work_request *r, uint64_t wall_ms);
/* Whether the code is this; else prints what it was. */
bool came_to(const work_result *r, enum work_code code);
/* The whole file, to be freed. */
uint8_t *file_bytes_of(int fd, size_t *n);

#endif
