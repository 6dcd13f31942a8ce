/* sverify.h - the parts of sverify: a question, and its answer. */
#ifndef CLI_SVERIFY_H
#define CLI_SVERIFY_H

#include "cli/task.h"
#include "verifier/verify.h"

/* Exit codes of sverify; everything that is not an answer about the proof is 2. */
enum { VERIFY_ACCEPTED = 0, VERIFY_REJECTED = 1, VERIFY_USAGE = 2, VERIFY_MALFORMED = 3 };

typedef struct {
    const cli_args *a;
    const char *path;
    file_bytes bundle, proof, input, output;
    task t;
    verify_expect e;
    uint32_t id[7], context[7], io[8];
    verify_scratch *scratch;
    verify_reason why;
    bool known; /* the proof could be read: statement and sizes are there */
    uint64_t us;
    char *by;            /* of a bundle: lines that say whose result it is; or NULL */
    json_t *bundle_json; /* the same; or NULL */
} sverify;

/* Prints the answer and returns the exit code, VERIFY_USAGE when it cannot be printed. */
int sverify_answer(const sverify *s, int code);
/* The same, of a check that is not the verifier's. */
int sverify_refuse(sverify *s, int code, const char *name, const char *text);
/* Makes the scratch and reads s->proof into it; 0, or it has answered. */
int sverify_form(sverify *s);
/* Whether s->proof proves s->e: VERIFY_ACCEPTED, or it has answered. */
int sverify_proof(sverify *s);

/* --bundle: reads s->path, answers, and returns the exit code. */
#ifdef SP_CLI_BUNDLE
int sverify_bundle(sverify *s);
#else
static inline int sverify_bundle(sverify *s)
{
    (void)s;
    return cli_fail(VERIFY_USAGE, "--bundle: this sverify was built without the Starknet client");
}
#endif

#endif
