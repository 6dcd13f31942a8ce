/* work.h - executing, proving and verifying in a sandboxed child (market/sandbox.h), for relayer
 * and node alike: what is asked, what comes back, one child for one request, and a child that
 * serves many.
 *
 * The child is the program sprove-worker, of the same version. It is given the request on
 * descriptor 0 and has no other access to anything. What it answers is checked for form; hashes and
 * sizes of files are the parent's own. docs/work.md. */
#ifndef MARKET_WORK_H
#define MARKET_WORK_H

#include "market/sandbox.h"

/* What became of it. X(ID, code, class): codes as in task failures, classes say whose fault it is.
 */
#define WORK_CODES(X)                                       \
    X(SUCCESS, "success", NONE)                             \
    X(NONZERO_EXIT, "nonzero_exit", TASK)                   \
    X(INVALID_MEMORY_ACCESS, "invalid_memory_access", TASK) \
    X(UNSUPPORTED_SYSCALL, "unsupported_syscall", TASK)     \
    X(BREAKPOINT, "breakpoint", TASK)                       \
    X(ILLEGAL_INSTRUCTION, "illegal_instruction", TASK)     \
    X(INVALID_JUMP, "invalid_jump", TASK)                   \
    X(HINT_EXHAUSTED, "hint_exhausted", TASK)               \
    X(CYCLE_LIMIT_EXCEEDED, "cycle_limit_exceeded", TASK)   \
    X(INVALID_OUTPUT, "invalid_output", TASK)               \
    X(INVALID_PROGRAM, "invalid_program", TASK)             \
    X(INVALID_INPUT, "invalid_input", TASK)                 \
    X(PROOF_LIMIT, "proof_limit_exceeded", TASK)            \
    X(PROOF_INVALID, "proof_invalid", NODE)                 \
    X(PROVER_FAILED, "prover_failed", NODE)                 \
    X(MEMORY_LIMIT, "memory_limit_exceeded", INFRA)         \
    X(DISK_LIMIT, "disk_limit_exceeded", INFRA)             \
    X(WORKER_CRASHED, "worker_crashed", INFRA)              \
    X(WORKER_REFUSED, "worker_refused", INFRA)              \
    X(WORKER_VERSION, "worker_version", INFRA)              \
    X(BAD_REQUEST, "bad_request", INFRA)                    \
    X(TIME_LIMIT, "time_limit_exceeded", EXPIRED)           \
    X(CANCELLED, "cancelled", CANCELLED)

enum work_code {
#define WORK_X(id, code, class) WORK_##id,
    WORK_CODES(WORK_X)
#undef WORK_X
        N_WORK_CODES
};
extern const char *const work_code_name[N_WORK_CODES];
/* "task_fault", "node_fault", "infra", "expired", "cancelled"; "" for success. */
const char *work_code_class(enum work_code code);

/* X(ID, name): the phases of a task's progress that the child goes through. */
#define WORK_PHASES(X)      \
    X(EXECUTE, "execute")   \
    X(TRACE, "trace")       \
    X(COMMIT, "commit")     \
    X(QUOTIENT, "quotient") \
    X(FRI, "fri")           \
    X(WRITE, "write")
enum work_phase {
#define WORK_X(id, name) WORK_PHASE_##id,
    WORK_PHASES(WORK_X)
#undef WORK_X
        N_WORK_PHASES
};
extern const char *const work_phase_name[N_WORK_PHASES];

enum work_kind {
    WORK_EXECUTE, /* run; output */
    WORK_PROVE,   /* run, prove, verify the own proof; output and proof */
    WORK_VERIFY,  /* a proof against an expectation */
    WORK_GRIND,   /* hashes as the search for a nonce does, with threads and backend: cycles of the
                     result are the nonces tried, prove_us the time. A measurement. */
    WORK_IDENTIFY /* program_id of a program under a profile and an io mode; nothing is run */
};

typedef struct {
    enum work_kind kind;
    /* EXECUTE, PROVE, IDENTIFY: a built-in job by name, or the bytes of an ELF. */
    const char *job;
    const uint8_t *elf, *input, *hint;
    size_t elf_bytes, input_bytes, hint_bytes;
    bool digest;         /* io mode digest instead of words */
    uint64_t max_cycles; /* 0: the most that can be proved */
    /* EXECUTE: what a proof under the profile would commit to is counted, too, by a second run that
     * is recorded, where that fits into memory and takes no time to speak of. */
    bool count_rows;
    /* PROVE */
    const char *backend; /* NULL: auto */
    unsigned threads;    /* 0: all */
    bool prove_failure;  /* prove a run with a nonzero exit code too */
    /* PROVE, VERIFY, IDENTIFY, EXECUTE with count_rows */
    const char *profile; /* NULL: balanced */
    uint8_t context[28];
    /* VERIFY: the io commitment, or input above and output, or all of them */
    const uint8_t *proof, *output;
    size_t proof_bytes, output_bytes;
    uint8_t program_id[28], io_commitment[31];
    bool has_io_commitment, has_io, allow_unsound;
    uint32_t exit_code;
    /* Bytes that the child may have in all. Needed. */
    uint64_t memory;
} work_request;

typedef struct {
    enum work_code code;
    char detail[320]; /* one sentence of printable ASCII when code is not SUCCESS */
    uint32_t exit_code;
    uint64_t cycles;
    /* Of all tables together, padding included; 0: not counted. Of IDENTIFY those of the three
     * tables that the program alone decides. */
    uint64_t trace_rows, trace_cells;
    uint64_t exec_us, prove_us, verify_us, peak_bytes;
    uint64_t grind_us; /* the part of prove_us that looked for nonces: a matter of luck */
    uint8_t program_id[28], h_in[31], h_out[31], io_commitment[31];
    uint64_t output_bytes, proof_bytes;
    /* By the parent, over what is in the files. A server has none: of what it executed, its word
     * for the output's; the proof's is zero. */
    uint8_t output_sha256[32], proof_sha256[32];
} work_result;

#define WORK_MAX_INPUT ((size_t)64 << 20) /* of the machine */
#define WORK_MAX_FRAME ((size_t)1 << 30)

/* ---- one child for one request ---- */

typedef struct {
    const char *program;        /* path of sprove-worker */
    const char *dir;            /* where the private directory is made */
    uint64_t wall_ms, grace_ms; /* 0: no deadline; from cancelling to killing */
    void (*on_progress)(void *user, enum work_phase phase, uint64_t done, uint64_t total);
    void *user;
} work_options;

/* Finds a program that is none for users beside the running one or in ../libexec/sprove of it; the
 * second: sprove-worker. */
SP_MUST_USE sp_status work_find_helper(char *path, size_t path_bytes, const char *name);
SP_MUST_USE sp_status work_find_program(char *path, size_t path_bytes);

typedef struct work_job work_job;
/* The request is not needed any more when this returns. */
SP_MUST_USE sp_status work_start(work_job **w, const work_request *r, const work_options *o,
                                 char why[SANDBOX_WHY]);
/* As sandbox_step. */
bool work_step(work_job *w, unsigned timeout_ms);
void work_cancel(work_job *w);
const work_result *work_done(const work_job *w); /* NULL while it runs */
const sandbox *work_sandbox(const work_job *w);
/* Open files with what a successful EXECUTE or PROVE wrote; -1 otherwise. */
int work_output(const work_job *w);
int work_proof(const work_job *w);
/* Moves them to `path` of the same file system, durably. */
SP_MUST_USE sp_status work_keep_output(work_job *w, const char *path);
SP_MUST_USE sp_status work_keep_proof(work_job *w, const char *path);
void work_delete(work_job *w); /* NULL is accepted */

/* ---- a child for many requests ---- */

/* Where the start of a child no longer counts (measured: docs/work.md). */
#define WORK_SERVER_REQUESTS 50u

typedef struct {
    const char *program, *dir;
    uint64_t memory;       /* bytes that the child may have in all */
    unsigned threads;      /* that a request may ask for; 0: 1 */
    unsigned max_requests; /* served by one child: at least 1 */
    /* Once true, a request ends as CANCELLED and its child is killed. May be NULL. */
    const _Atomic bool *cancelled;
} work_server_options;

/* A server is used by one thread, which must live as long as it. The strings stay the caller's. */
typedef struct work_server work_server;
SP_MUST_USE sp_status work_server_new(work_server **s, const work_server_options *o);
/* Starts the child now, if there is none: it is started otherwise by the first request. */
SP_MUST_USE sp_status work_server_start(work_server *s, char why[SANDBOX_WHY]);
/* Answers in result, whatever happens: a child that crashes or takes longer than wall_ms is
 * replaced for the next request. PROVE is not served. */
void work_call(work_server *s, const work_request *r, uint64_t wall_ms, work_result *result);
/* Children started so far. */
unsigned work_server_started(const work_server *s);
void work_server_delete(work_server *s); /* NULL is accepted */

#endif
