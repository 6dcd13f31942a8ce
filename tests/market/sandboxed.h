/* sandboxed.h - what the tests of the sandbox share. */
#ifndef TESTS_MARKET_SANDBOXED_H
#define TESTS_MARKET_SANDBOXED_H

#include "market/sandbox.h"
#include "tests/test.h"

#define MIB ((uint64_t)1 << 20)

extern char why[SANDBOX_WHY]; /* of the last start */

void say(const char *text); /* to descriptor 1 */
/* Twenty seconds, 4096 bytes of result, 64 descriptors; private directory in /tmp. */
sandbox_spec spec_of(enum sandbox_level level, int (*fn)(void *));
/* Runs to the end; NULL when it did not start. */
sandbox *run(const sandbox_spec *spec);
/* Whether it said this, or ended so; else it prints what it did. */
bool says(const sandbox *s, const char *text);
bool ends(const sandbox *s, enum sandbox_end end, int code);
/* Whether a process other than a zombie, which nobody has waited for yet, is in the group. */
bool group_lives(int pgid);

#endif
