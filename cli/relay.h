/* relay.h - requests to a relayer: where it is, the key, trying again, and its refusals in words.
 *
 * A relayer is not trusted: what it says is bounded in length, read strictly, and printed without
 * what a terminal would act on. */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include "cli/settings.h"
#include "market/transfer.h"
#include "market/uuid.h"

#include <jansson.h>

#define RELAY_URL 400
#define RELAY_DEFAULT "http://127.0.0.1:8000"

typedef struct {
    settings set;
    char url[RELAY_URL];
    char authorization[320]; /* "" without a key */
    uint64_t patience_ms;    /* without a usable answer, until it is given up */
    uint64_t good_ms;        /* when the last one came */
    uint64_t seed;           /* of the pauses */
    unsigned failures;       /* in a row */
    bool told;               /* that answers do not come */
    bool quiet;              /* nothing is printed while it is tried again */
} relay;

/* url: the relayer that a task is known to be at, used where neither option, environment nor file
 * names one; or NULL. patience_s: where --patience is not given. Prints its failure and returns the
 * exit code; to be freed in any case. needs_key: without one it fails. */
int relay_init(relay *r, const cli_args *a, const char *url, unsigned patience_s, bool needs_key);
void relay_free(relay *r);

typedef struct {
    const char *method, *path; /* from /api/v1 on */
    const char *body;          /* JSON, or NULL */
    const char *idempotency_key, *if_none_match;
    size_t max;      /* of the answer; 0: 1 MiB */
    unsigned wait_s; /* that the relayer may take longer than usual */
    bool bytes;      /* the answer is bytes, not JSON */
} relay_request;

typedef struct {
    long status; /* 2xx or 304 */
    json_t *json;
    uint8_t *bytes;
    size_t n;
} relay_answer;

/* Tries again, with pauses that double and are each random, while no usable answer comes: none at
 * all, 408, 429, 5xx, no JSON where it must be. 0: it has answered. Else a sentence is printed:
 * EXIT_CHAIN it refuses, EXIT_IO the patience is over, EXIT_INTERRUPTED (prints nothing),
 * EXIT_LIMIT. */
int relay_call(relay *r, relay_answer *out, const relay_request *q);
void relay_answer_free(relay_answer *a);

/* The operand as the id of a task, lower case. */
int relay_task_id(char out[UUID_TEXT], const char *text);

/* A text member for people: printable ASCII, cut to the room; "" when it is absent or no text. */
void relay_text(char *out, size_t room, const json_t *j, const char *name);
/* A member that is an integer, or a text of decimal digits; false when it is neither. */
bool relay_number(uint64_t *out, const json_t *j, const char *name);

/* ms milliseconds, or until an interruption. */
void relay_pause(uint64_t ms);

#endif
