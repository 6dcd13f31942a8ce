/* args.h - command lines: commands as tables, a strict parser, typed values. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/options.h"
#include "core/sp.h"

/* Exit codes of sprove (docs/cli.md). */
enum exit_code {
    EXIT_OK = 0,
    EXIT_GUEST = 1, /* the guest trapped or ended with a nonzero exit code */
    EXIT_USAGE = 2,
    EXIT_FORMAT = 3, /* malformed ELF, payload or proof */
    EXIT_LIMIT = 4,  /* a limit of the system, or memory */
    EXIT_IO = 5,
    EXIT_UNSAT = 6, /* a constraint does not hold, or an error of ours */
    EXIT_CHAIN = 7, /* the network or the contract refused */
    EXIT_OVER = 8,  /* a claim: the task has ended on the chain, and pays nobody any more */
    EXIT_INTERRUPTED = 130
};

typedef struct {
    const char *name, *metavar, *choices, *help;
} cli_option;
extern const cli_option cli_options[N_OPTIONS];

#define ARGS_MAX_OPERANDS 4

typedef struct cli_command cli_command;

typedef struct {
    const cli_command *command;
    const char *operand[ARGS_MAX_OPERANDS];
    unsigned n_operands;
    const char *value[N_OPTIONS]; /* NULL: not given; flags: "" */
    const char
        *repeated[CLI_MAX_REPEATED]; /* all of CLI_REPEATED, the first of which is its value */
    unsigned n_repeated;
} cli_args;

struct cli_command {
    const char *name;
    const char *operands; /* as printed, "" when there are none */
    unsigned min_operands, max_operands;
    const char *summary;    /* one line, without a full stop */
    const char *text;       /* paragraphs for the help */
    const uint8_t *options; /* ended by N_OPTIONS */
    const char *examples;   /* lines */
    int (*main)(const cli_args *a);
};

/* The name that messages start with. */
void cli_set_name(const char *name);
const char *cli_name(void);
/* Prints "NAME: sentence" to standard error and returns code. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The exit code of a library's status; cancelled is interrupted. */
int cli_code(sp_status s);

/* Parses argv[0..n) (options and operands in any order) for c. Returns 0, or prints a sentence and
 * returns EXIT_USAGE. With --help among them the rest is not checked. */
int cli_parse(cli_args *a, const cli_command *c, char *const *argv, int n);

/* The nearest of n names to a wrong one, or NULL when none is near. */
const char *cli_nearest(const char *wrong, const char *const *names, size_t n);

/* Typed values. Absent options leave *out alone. Each prints a sentence and returns EXIT_USAGE on a
 * bad value. */
int cli_u64(const cli_args *a, enum cli_option_id o, uint64_t min, uint64_t max, uint64_t *out);
int cli_gib(const cli_args *a, enum cli_option_id o, uint64_t *bytes);
/* n bytes as hex digits, an optional 0x first. */
int cli_hex(const cli_args *a, enum cli_option_id o, uint8_t *out, size_t n);

#endif
