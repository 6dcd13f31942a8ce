/* task.h - tasks in the database: taking one down, showing it, moving it from state to state.
 *
 * Every change of a task raises its version by one and leaves one row in task_event with that
 * number: the history is complete by construction. */
#ifndef RELAYER_TASK_H
#define RELAYER_TASK_H

#include "market/uuid.h"
#include "relayer/core.h"
#include "relayer/http.h"
#include "relayer/keys.h"
#include "relayer/programs.h"
#include "relayer/state.h"
#include "starknet/felt.h"

#include <jansson.h>

#define TASK_AMOUNT 79
#define TASK_SHA256 65

/* A task as it is asked for; everything checked and in the form that is stored. */
typedef struct {
    char id[UUID_TEXT];
    char key_id[KEY_ID];
    char program[65]; /* name of a job, or the SHA-256 of an ELF */
    char program_id[PROGRAM_ID_HEX], input_commitment[PROGRAM_DIGEST_HEX],
        input_sha256[TASK_SHA256];
    uint8_t *input;  /* NULL: kept as a blob (task_keep_input) */
    bool too_late;   /* it says strict_deadline, and no node could make it (possible.h) */
    bool named_blob; /* the input was named by its hash: its blob is there already */
    size_t input_bytes;
    int64_t max_cycles, deadline, priority, max_attempts, redundancy;
    int64_t work_cycles, work_rows; /* as an estimate said; rows 0: it took the demander's word */
    char profile[12], io_mode[8];
    char amount[TASK_AMOUNT];
    char *requirements, *description, *metadata; /* JSON; text; JSON or NULL */
    char visibility[8];
    char quote_id[160]; /* "": none; then amount may be "", too (quote.h) */
    char *callback_url, *callback_events, *webhook_id; /* or NULL */
    char chain_contract[FELT_HEX], chain_task_id[TASK_AMOUNT],
        chain_create_tx[FELT_HEX]; /* "" without a chain */
    char creator[FELT_HEX];
} task_new;

void task_new_free(task_new *t);

/* Reads the body of POST /api/v1/tasks. False: errors are in *errors (as check.h makes them) with
 * the code of the problem. now_ms: deadlines are after it. */
typedef struct {
    json_t *errors;
    const char *code;
    int status;
    char detail[256];
} task_refusal;
/* Whose programs are meant: of a key ("": nobody's), in this database. */
typedef struct {
    db *d;
    const char *key_id;
    const char *blobs; /* the folder of those that may be named as input; NULL: none may */
    bool reads_inputs; /* wants the bytes of each, not only its hashes */
    size_t read_bytes; /* out: of blobs, to know what they commit to */
} task_asker;
SP_MUST_USE bool task_parse(task_new *t, const json_t *body, task_asker *who, int64_t now_ms,
                            int64_t max_attempts, task_refusal *why);

/* The members of "callback" (url or webhook_id, events) at this pointer. */
struct check;
void task_parse_callback(struct check *c, task_new *t, const json_t *callback, const char *at);

/* An input too long for its row goes to the disk as a blob, before task_insert says that it is
 * there, and out of memory; from any thread. As blob_put. */
SP_MUST_USE sp_status task_keep_input(task_new *t, const char *blobs);

/* Whether its escrow is another task's: one that the chain has said it of and that lives, or one of
 * the same key that waits for it, too. What other keys only say does not count. */
SP_MUST_USE bool task_has_twin(db *d, const task_new *t);
/* Whether its key has fewer than so many tasks whose escrow was not seen yet, which cost questions
 * to the chain. */
SP_MUST_USE bool task_may_wait(db *d, const task_new *t, uint64_t most);
/* Writes the task and its first events: created, and without a chain funded and queued at once. */
void task_insert(core *c, const task_new *t);

/* Until the end of the transaction no other relayer changes this task or its attempts, and what is
 * read of them is as the last commit has it. First of all that is done with them. */
void task_hold(core *c, const char *id);
/* The same where nobody else has it now and it still has this version (it may have been read before
 * it was given to somebody, in the same round); else false, at once. */
SP_MUST_USE bool task_hold_if(core *c, const char *id, int64_t version);

/* From one state to another, if it still has this version: then *version is the new one. False: it
 * has not, or the state table forbids it (a defect of ours: the unit fails). detail: text or NULL.
 */
SP_MUST_USE bool task_move(core *c, const char *id, int64_t *version, task_state from,
                           task_state to, const char *actor, const char *detail);
/* The failure that a task ends with; before the move. */
void task_set_failure(core *c, const char *id, failure_code code, const char *detail);

/* Deadlines are at most this far away. */
#define TASK_MAX_PAUSE_MS INT64_C(64000) /* between two attempts */
#define TASK_MAX_DEADLINE_MS (INT64_C(366) * 24 * 3600000)

/* What moving needs to know. */
typedef struct {
    char id[UUID_TEXT], key_id[KEY_ID];
    int64_t version, attempts, max_attempts, redundancy, deadline;
    task_state state;
    bool on_chain, forgotten;
} task_brief;
/* False: there is none. */
SP_MUST_USE bool task_find(db *d, task_brief *t, const char *id);
/* A task without a chain that may be tried again (task_may_retry) is queued, with a new deadline
 * and as many attempts as a task has by the settings. False: it has changed. */
SP_MUST_USE bool task_again(core *c, task_brief *t, int64_t deadline, const char *actor);

/* The columns of a task as the API shows them. NULL: out of memory. */
#define TASK_SELECT                                                                                \
    "SELECT t.id, t.version, t.state, t.attempts, t.created_at, t.updated_at, t.deadline, "        \
    "t.creator,"                                                                                   \
    " t.description, t.requirements, t.program, t.program_id, t.input_commitment, t.input_sha256," \
    " t.input_bytes, t.max_cycles, t.profile, t.io_mode, t.amount, t.metadata, t.visibility,"      \
    " t.chain_contract, t.chain_task_id, t.chain_create_tx, t.output_sha256, t.output_bytes,"      \
    " t.io_commitment, t.proof_sha256, t.proof_bytes, t.cycles, t.exec_ms, t.prove_ms, "           \
    "t.verified_at,"                                                                               \
    " t.failure_code, t.failure_detail, t.priority, t.redundancy, t.max_attempts, t.key_id,"       \
    " t.trace_rows, t.verifier_version FROM task t "
json_t *task_json(db *d, const db_rows *r, bool whole);

#endif
