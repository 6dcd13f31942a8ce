/* help.c - the help text of a command, made from its table. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80

/* Prints text wrapped at WIDTH; the first line goes on at column `at`, the others at `indent`. */
static void print_wrapped(const char *text, unsigned at, unsigned indent)
{
    while (*text) {
        const size_t n = strcspn(text, " \n");
        printf("%.*s", (int)n, text);
        at += (unsigned)n;
        text += n;
        for (; *text == '\n'; text++) {
            printf("\n");
            if (text[1] != '\n') printf("%*s", (int)indent, "");
            at = indent;
        }
        if (*text == ' ') {
            text++;
            const size_t next = strcspn(text, " \n");
            if (at + 1 + next > WIDTH) { /* the line ends here, without a space at its end */
                printf("\n%*s", (int)indent, "");
                at = indent;
            } else {
                putchar(' ');
                at++;
            }
        }
    }
    putchar('\n');
}

static void print_option(const cli_option *o)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->metavar ? " " : "",
             o->metavar ? o->metavar : "");
    printf("  %-22s", left);
    unsigned at = 24;
    if (strlen(left) > 21) printf("\n%24s", "");
    print_wrapped(o->help, at, 24);
    if (o->choices) {
        printf("%24sone of: ", "");
        print_wrapped(o->choices, 32, 24);
    }
}

void help_command(const cli_command *c, const char *tool)
{
    printf("%s%s%s%s [options]\n\n", tool, c->name, *c->operands ? " " : "", c->operands);
    print_wrapped(c->text, 0, 0);
    printf("\noptions:\n");
    for (const uint8_t *o = c->options; *o != N_OPTIONS; o++) print_option(&cli_options[*o]);
    printf("\nexamples:\n");
    for (const char *p = c->examples; *p;) {
        const size_t n = strcspn(p, "\n");
        printf("  %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
}
