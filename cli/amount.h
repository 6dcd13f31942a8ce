/* amount.h - sums of money and times as people write them. */
#ifndef CLI_AMOUNT_H
#define CLI_AMOUNT_H

#include "cli/args.h"
#include "starknet/calldata.h"

/* A whole number of the smallest unit (decimal, or 0x and hex digits), with the ending fri or
 * without; or, where strk is allowed, a number with up to 18 decimals and the ending strk: exact,
 * never rounded. Prints a sentence and returns EXIT_USAGE for anything else, or 2^256 and more. */
int amount_read(const char *what, const char *text, bool strk, u256 *out);
/* The number as such a sum for people: "1.5 STRK" where that is shorter, else "123 FRI". */
#define AMOUNT_TEXT 96
void amount_write(char out[AMOUNT_TEXT], u256 a);

/* YYYY-MM-DDTHH:MM[:SS]Z as seconds since 1970. */
bool amount_date(uint64_t *out, const char *t);
/* --duration from now on, or --deadline: seconds since 1970, at least least and at most a year
 * ahead. standard: the duration where neither is given. */
int amount_deadline(const cli_args *a, uint64_t standard, uint64_t least, uint64_t *out);

#endif
