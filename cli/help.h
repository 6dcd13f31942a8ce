/* help.h - help texts, manual pages and completions, made from the tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/args.h"

/* tool is what stands before the command's name: "sprove " or "". */
void help_command(const cli_command *c, const char *tool);
void help_sprove(void);
void man_sprove(void);
void man_sverify(void);
void completion_bash(void);
void completion_zsh(void);
void completion_fish(void);

#endif
