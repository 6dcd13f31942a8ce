/* quote.h - what a relayer says that a task would cost. */
#ifndef CLI_QUOTE_H
#define CLI_QUOTE_H

#include "cli/task.h"

/* --price or --relayer is given. */
bool quote_wanted(const cli_args *a);
/* Asks for a task of so many cycles under the profile, and prints the five lines of the price, or
 * adds them to *report. A program that is no job (t has its ELF) is registered with the
 * relayer, and a long input is uploaded, as `sprove submit` does it. Prints its failure. */
int quote(const cli_args *a, const task *t, const char *profile, uint64_t cycles, json_t *report);

#endif
