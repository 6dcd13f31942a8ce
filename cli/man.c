/* man.c - the list of commands and the manual pages, made from the tables. */
#include "cli/commands.h"
#include "cli/help.h"

#include <stdio.h>

void help_sprove(void)
{
    printf("sprove runs RISC-V programs and proves that they ran.\n\ncommands:\n");
    for (unsigned i = 0; i < n_sprove_commands; i++)
        printf("  %-12s %s\n", sprove_commands[i].name, sprove_commands[i].summary);
    printf("\n`sprove help COMMAND` explains one; `sverify --help` the verifier.\n"
           "\nexit codes: 0 done; 1 the guest failed; 2 usage; 3 malformed ELF, payload or proof;\n"
           "4 a limit, or memory; 5 files, or no answer; 6 a constraint does not hold;\n"
           "7 the network, the contract or the relayer refused; 8 the task claimed has ended;\n"
           "130 interrupted\n");
}

/* roff: a dash is \-, a backslash \e, and a line must not start with a dot or a quote. */
static void roff(const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) printf("\\&");
        start = false;
        if (*text == '-')
            printf("\\-");
        else if (*text == '\\')
            printf("\\e");
        else if (*text == '\n' && text[1] == '\n') {
            printf("\n.PP\n");
            text++;
            start = true;
        } else {
            putchar(*text);
            start = *text == '\n';
        }
    }
    putchar('\n');
}

static void man_options(const cli_command *c)
{
    for (const uint8_t *id = c->options; *id != N_OPTIONS; id++) {
        const cli_option *o = &cli_options[*id];
        printf(".TP\n.B \\-\\-");
        for (const char *p = o->name; *p; p++) printf(*p == '-' ? "\\-" : "%c", *p);
        if (o->metavar) printf(" \\fI%s\\fR", o->metavar);
        putchar('\n');
        roff(o->help);
        if (o->choices) {
            printf(".br\nOne of: ");
            roff(o->choices);
        }
    }
}

static void man_examples(const cli_command *c)
{
    printf(".nf\n");
    roff(c->examples);
    printf(".fi\n");
}

void man_sprove(void)
{
    printf(".TH SPROVE 1 \"\" sprove \"User Commands\"\n.SH NAME\n"
           "sprove \\- run RISC\\-V programs and prove that they ran\n.SH SYNOPSIS\n"
           ".B sprove\n.I command\n.RI [ options ]\n.SH COMMANDS\n");
    for (unsigned i = 0; i < n_sprove_commands; i++) {
        const cli_command *c = &sprove_commands[i];
        printf(".SS \"");
        for (const char *p = c->name; *p; p++) printf(*p == '-' ? "\\-" : "%c", *p);
        printf(" %s\"\n", c->operands);
        roff(c->text);
        man_options(c);
        printf(".PP\nExamples:\n");
        man_examples(c);
    }
    printf(
        ".SH EXIT STATUS\n"
        ".TP\n0\nDone.\n"
        ".TP\n1\nThe guest trapped, or ended with a nonzero exit code.\n"
        ".TP\n2\nUsage.\n"
        ".TP\n3\nMalformed ELF, payload or proof; a proof that does not prove the task.\n"
        ".TP\n4\nA limit of the system is exceeded, or memory does not suffice.\n"
        ".TP\n5\nA file cannot be read or written, or a node or relayer gives no usable answer.\n"
        ".TP\n6\nA constraint does not hold, or an error of ours.\n"
        ".TP\n7\nThe network, the contract or the relayer refused, or a task ended without a "
        "result.\n"
        ".TP\n8\nThe task that is claimed has ended on the chain: paid, cancelled or refunded.\n"
        ".TP\n130\nInterrupted.\n"
        ".SH SEE ALSO\n.BR sverify (1),\n.BR sprove\\-node (1),\n.BR sprove\\-relayer (1)\n");
}

void man_sverify(void)
{
    const cli_command *c = &sverify_command;
    printf(".TH SVERIFY 1 \"\" sprove \"User Commands\"\n.SH NAME\n"
           "sverify \\- check a proof without running the program\n.SH SYNOPSIS\n"
           ".B sverify\n.I PROOF\n.RI [ options ]\n.SH DESCRIPTION\n");
    roff(c->text);
    printf(".SH OPTIONS\n");
    man_options(c);
    printf(".SH EXAMPLES\n");
    man_examples(c);
    printf(".SH SEE ALSO\n.BR sprove (1)\n");
}
