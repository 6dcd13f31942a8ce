/* config.h - the options of sprove-node in a file: lines name = value, names as on the command line
 * without the two hyphens, yes or no for those that take no value. Blank lines and lines that begin
 * with # or ; say nothing, nor does [node]. */
#ifndef NODE_CONFIG_H
#define NODE_CONFIG_H

#include "core/sp.h"

#include <getopt.h>

#define CONFIG_WHY 320

/* The arguments that the file stands for, between argv[0] and what else is in argv, so that the
 * command line has the last word: *out has *n strings and ends with NULL, and lives until the
 * process ends. Names that `options` lacks, that come twice, or that `not_here` lists (ended by
 * NULL) are errors. SP_ERR_IO, SP_ERR_FORMAT: why says what, with the line; SP_ERR_NOMEM. */
SP_MUST_USE sp_status config_read(char ***out, int *n, const char *path, int argc, char **argv,
                                  const struct option *options, const char *const *not_here,
                                  char why[CONFIG_WHY]);

#endif
