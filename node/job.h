/* job.h - one assigned task on this machine: its files checked against their hashes, run and proved
 * in a sandboxed child, and the results moved to where they outlive the node. */
#ifndef NODE_JOB_H
#define NODE_JOB_H

#include "market/work.h"

#include <jansson.h>

#define JOB_HASH 32
#define JOB_NAME 64

typedef struct {
    const char *name; /* of the result's files: task id and attempt; letters, digits, '-' and '_' */
    /* The program by its SHA-256: a file, or NULL for a built-in job (job_builtin). */
    const char *program_path;
    uint8_t program_sha256[JOB_HASH];
    const char *input_path; /* NULL: no input, whose hash is then that of nothing */
    uint8_t input_sha256[JOB_HASH];
    bool digest;         /* io mode digest */
    const char *profile; /* NULL: balanced */
    uint8_t context[28];
    uint64_t max_cycles;  /* 0: the most that can be proved */
    unsigned threads;     /* 0: all */
    uint64_t memory;      /* bytes */
    uint64_t wall_ms;     /* 0: no deadline */
    uint64_t expected_ms; /* for the time that is left before it can be measured; 0: not known */
} job_spec;

typedef struct {
    const char *worker;      /* path of sprove-worker */
    const char *work_dir;    /* private directories; of the same file system as results */
    const char *results_dir; /* where results stay: NAME.output and NAME.proof */
    uint64_t grace_ms;       /* from cancelling to killing */
} job_options;

/* How it stands. done and ppm never go back. */
typedef struct {
    enum work_phase phase;
    uint64_t cycles_done; /* executed so far */
    uint32_t ppm;         /* millionths of the work: 5 % for executing, the rest for proving */
    uint64_t eta_ms;      /* 0: not known */
} job_progress;

/* What came of it. Codes are those of market/work.h, and image_mismatch, io_mismatch (a file is not
 * what its hash says) and storage_failed, all of class infra. */
typedef struct {
    bool success;
    char code[32], class[16]; /* class is "" on success */
    char detail[320];
    uint8_t program_sha256[JOB_HASH], input_sha256[JOB_HASH];
    uint8_t output_sha256[JOB_HASH], proof_sha256[JOB_HASH]; /* zero unless it succeeded */
    uint8_t io_commitment[31], h_in[31], h_out[31], program_id[28];
    uint64_t output_bytes, proof_bytes, cycles, trace_rows, exec_ms, prove_ms, peak_bytes;
    uint32_t exit_code;
} job_result;

/* The name of the built-in job whose ELF has this hash, or NULL. */
const char *job_builtin(const uint8_t program_sha256[JOB_HASH]);

typedef struct node_job node_job;
/* What o and s point to stays the caller's and must live as long as the job, but for the files.
 * SP_OK also for files that are not what they should be: then the job has ended already. Otherwise
 * the system gives no child: why says what. */
SP_MUST_USE sp_status job_start(node_job **j, const job_spec *s, const job_options *o,
                                char why[SANDBOX_WHY]);
/* Waits up to timeout_ms. True when it has ended and results are on the disk. */
bool job_step(node_job *j, unsigned timeout_ms);
/* The descriptors that job_step waits for, as sandbox_poll; 0 of them once it has ended. */
unsigned job_poll(const node_job *j, struct pollfd fds[3], unsigned *timeout_ms);
/* late: the deadline has passed, which is then the reason; else it is "cancelled". */
void job_cancel(node_job *j, bool late);
job_progress job_now(const node_job *j);
const job_result *job_done(const node_job *j); /* NULL while it runs */
void job_delete(node_job *j);                  /* NULL is accepted */

/* Milliseconds left when `done` of `total` took `elapsed_ms`; 0 while too little is done to tell.
 */
uint64_t job_eta_ms(uint64_t elapsed_ms, uint64_t done, uint64_t total);

/* Members of a task_result message; NULL: out of memory. usage: cycles, trace_rows (decimal
 * strings), exec_ms, prove_ms, proof_bytes. error: code, class, detail. */
json_t *job_usage_json(const job_result *r);
json_t *job_error_json(const job_result *r);

#endif
