/* selfbench.h - how fast this machine is, measured by a few seconds of work in sandboxed children,
 * and what follows from that for work to come.
 *
 * Proving takes time by rows (padded, of all tables together: trace_rows of market/work.h) and time
 * for nonces, whose expected number is a matter of the profile alone. Both speeds are measured
 * apart, so that the luck of one search does not count. */
#ifndef NODE_SELFBENCH_H
#define NODE_SELFBENCH_H

#include "core/params.h"
#include "core/sp.h"
#include "market/work.h"

#include <jansson.h>

#define SELFBENCH_NAME 96

typedef struct {
    /* For what it holds. */
    char version[24], cpu_model[SELFBENCH_NAME];
    unsigned threads;
    int64_t date; /* seconds of the epoch */
    /* In a second; 0: not measured. */
    uint64_t exec_cycles, hashes;
    uint64_t rows;       /* of the profiles with blowup 2 */
    uint64_t chain_rows; /* of the profile chain, with blowup 16 */
} selfbench;

typedef struct {
    const char *program, *dir; /* as in work_options */
    const char *cpu_model;
    const char *backend; /* NULL: auto */
    unsigned threads;    /* at least 1 */
    uint64_t memory;     /* bytes that one child may have; 0: 4 GiB */
    bool chain;          /* measure the profile chain too: most of the time goes there */
    int64_t date;
    /* Called before each of n stages; false stops with SP_ERR_CANCEL. May be NULL. */
    bool (*on_stage)(void *user, unsigned stage, unsigned n, const char *name);
    void *user;
} selfbench_options;

#define SELFBENCH_WHY 400
/* SP_ERR_LIMIT: a child did not get what it needs; why says what. */
SP_MUST_USE sp_status selfbench_run(selfbench *b, const selfbench_options *o,
                                    char why[SELFBENCH_WHY]);

/* The results in a file, written so that it is whole or not there. Reading: SP_ERR_IO without a
 * file, SP_ERR_FORMAT for one that is not ours, or wrong in any field. */
SP_MUST_USE sp_status selfbench_write(const selfbench *b, const char *path);
SP_MUST_USE sp_status selfbench_read(selfbench *b, const char *path);
/* Whether b still holds for this software, machine and number of threads, and is not older than
 * max_age_s. */
bool selfbench_holds(const selfbench *b, const char *cpu_model, unsigned threads, bool chain,
                     int64_t now, int64_t max_age_s);

/* Rows that proving so many cycles takes at the most, as a rule: twice the cycles, for padding, and
 * the tables that each proof has. */
uint64_t selfbench_rows(uint64_t cycles);
/* Milliseconds, rounded up; UINT64_MAX when the speed was not measured. */
uint64_t selfbench_exec_ms(const selfbench *b, uint64_t cycles);
uint64_t selfbench_prove_ms(const selfbench *b, const params *p, uint64_t rows);

/* The `bench` of a register message: exec_mcycles_s, prove_krows_s (of a proof of 2^20 rows under
 * the profile, nonces included), date. NULL: out of memory. */
json_t *selfbench_json(const selfbench *b, const params *p);

#endif
