/* check.h - members of a request's JSON, each error noted with its JSON pointer (RFC 6901). */
#ifndef RELAYER_CHECK_H
#define RELAYER_CHECK_H

#include "starknet/escrow.h"

#include <jansson.h>

#define CHECK_MAX_ERRORS 16
#define CHECK_POINTER 160

typedef struct check {
    json_t *errors;   /* array of {pointer, code, detail} */
    const char *code; /* of the first: validation_failed or unknown_field */
} check;

void check_init(check *c);
void check_free(check *c);
/* False as well when there was no memory for an error. */
bool check_ok(const check *c);
void check_error(check *c, const char *pointer, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* An array of this one error; NULL without memory. */
json_t *check_one(const char *pointer, const char *code, const char *detail);
/* As JSON; what a cut left of a character of UTF-8 at the end goes, too. */
json_t *check_cut(const char *s);

/* Members beside those named (ended by NULL) are errors. at: the pointer of the object ("" for the
 * whole). */
void check_known(check *c, const json_t *object, const char *at, const char *const *names);
/* NULL: absent (an error when required), or not of the form (an error). At most max bytes of UTF-8,
 * without control characters. */
const char *check_text(check *c, const json_t *object, const char *at, const char *name, size_t max,
                       bool required);
/* An integer, or a decimal string of one; the default when absent. */
int64_t check_int(check *c, const json_t *object, const char *at, const char *name, int64_t low,
                  int64_t high, int64_t absent);
bool check_bool(check *c, const json_t *object, const char *at, const char *name, bool absent);
/* A decimal string, or an integer of 63 bits. False: absent, or wrong. */
bool check_amount(check *c, u256 *out, const json_t *object, const char *at, const char *name,
                  bool required);
/* The same of what is no amount, such as the number of an escrow. */
bool check_u256(check *c, u256 *out, const json_t *object, const char *at, const char *name,
                bool required);
/* RFC 3339 in UTC, to the millisecond: ...Z. 0: absent or wrong. */
int64_t check_time(check *c, const json_t *object, const char *at, const char *name);
const json_t *check_object(check *c, const json_t *object, const char *at, const char *name,
                           bool required);
/* n lower-case hex digits; NULL: absent or wrong. */
const char *check_hex(check *c, const json_t *object, const char *at, const char *name, size_t n,
                      bool required);
/* A felt as 0x and up to 64 hex digits, below the prime; written back in its one form. */
bool check_felt(check *c, char out[FELT_HEX], const json_t *object, const char *at,
                const char *name, bool required);

/* Times as text: 2026-11-21T12:00:00.000Z. */
#define CHECK_TIME 25
void time_write(char out[CHECK_TIME], int64_t ms);
SP_MUST_USE bool time_read(int64_t *ms, const char *text);

#endif
