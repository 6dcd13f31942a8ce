/* bundle.h - the archive that an auditor checks a result with: GET /tasks/ID/bundle writes it,
 * `sverify --bundle` reads it (docs/relayer.md).
 *
 * It is a tar (POSIX.1-1988 ustar) in one form only: these parts in this order, each a regular file
 * of mode 0644 and owner 0 under its bare name, all of one time, zero bytes up to the next block of
 * 512, and at the end two blocks of zeros. Any tar reads it; what reads it here takes nothing else,
 * so that no link, path, second file of a name or trailing byte can say something other to it than
 * to people. */
#ifndef MARKET_BUNDLE_H
#define MARKET_BUNDLE_H

#include "core/sp.h"

#define BUNDLE_BLOCK 512u

enum bundle_part {
    BUNDLE_TASK,           /* what the relayer says of the task, JSON */
    BUNDLE_QUESTION,       /* the command that checks the proof */
    BUNDLE_SIGNED,         /* what the node signed, JSON */
    BUNDLE_CONTRADICTIONS, /* what nodes signed twice, and differently, JSON */
    BUNDLE_PROGRAM,
    BUNDLE_INPUT,
    BUNDLE_OUTPUT,
    BUNDLE_PROOF,
    BUNDLE_PARTS
};
extern const char *const bundle_name[BUNDLE_PARTS];
extern const size_t bundle_most[BUNDLE_PARTS]; /* bytes of each */
/* No bundle is longer: about 220 MiB. */
size_t bundle_most_bytes(void);

/* The text of BUNDLE_QUESTION: its profile, and its context as 56 hex digits. */
#define BUNDLE_QUESTION_MAX 512
void bundle_question(char out[BUNDLE_QUESTION_MAX], const char *profile, const char *context);

/* The header of a file. name: 1 to 99 characters; n and time_s are below 2^33. */
void bundle_header(char out[BUNDLE_BLOCK], const char *name, uint64_t n, int64_t time_s);

typedef struct {
    struct {
        const uint8_t *at;
        size_t n;
    } part[BUNDLE_PARTS]; /* views into what was read */
    int64_t time_s;
} bundle;

typedef struct {
    const char *text; /* what is wrong, a sentence */
    const char *name; /* of the part it was looked for in */
    size_t offset;    /* of the byte */
} bundle_error;

/* SP_ERR_FORMAT and *out untouched: it is no bundle, and *err says why. */
SP_MUST_USE sp_status bundle_read(bundle *out, const uint8_t *bytes, size_t n, bundle_error *err);

#endif
