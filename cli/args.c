/* args.c - the command line parser; see args.h. */
#include "cli/args.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const cli_option cli_options[N_OPTIONS] = {
#define CLI_X(id, name, metavar, choices, help) {name, metavar, choices, help},
    CLI_OPTIONS(CLI_X)
#undef CLI_X
};

static const char *program_name = "sprove";

void cli_set_name(const char *name) { program_name = name; }
const char *cli_name(void) { return program_name; }

int cli_fail(int code, const char *format, ...)
{
    /* Names come from arguments, files and programs: on a terminal they must not act. */
    char text[8192];
    va_list v;
    va_start(v, format);
    vsnprintf(text, sizeof text, format, v);
    va_end(v);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 32 || *p == 127) *p = '?';
    fprintf(stderr, "%s: %s\n", program_name, text);
    return code;
}

int cli_code(sp_status s)
{
    switch (s) {
    case SP_OK: return EXIT_OK;
    case SP_ERR_TRAP: return EXIT_GUEST;
    case SP_ERR_ARG: return EXIT_USAGE;
    case SP_ERR_FORMAT:
    case SP_ERR_REJECT: return EXIT_FORMAT;
    case SP_ERR_NOMEM:
    case SP_ERR_LIMIT: return EXIT_LIMIT;
    case SP_ERR_IO: return EXIT_IO;
    case SP_ERR_CANCEL: return EXIT_INTERRUPTED;
    case SP_ERR_UNSAT:
    case SP_ERR_DEVICE: break;
    }
    return EXIT_UNSAT;
}

/* Edit distance with swaps of neighbours, for names below 32 characters. */
static unsigned distance(const char *a, const char *b)
{
    enum { MAX = 32 };
    unsigned d[MAX + 1][MAX + 1];
    const size_t n = strlen(a), m = strlen(b);
    if (n > MAX || m > MAX) return MAX;
    for (unsigned i = 0; i <= n; i++) d[i][0] = i;
    for (unsigned j = 0; j <= m; j++) d[0][j] = j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            unsigned v = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < v) v = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < v) v = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < v)
                v = d[i - 2][j - 2] + 1;
            d[i][j] = v;
        }
    return d[n][m];
}

const char *cli_nearest(const char *wrong, const char *const *names, size_t n)
{
    const char *best = NULL;
    unsigned least = 3; /* further away than two edits is another word */
    for (size_t i = 0; i < n; i++) {
        const unsigned d = distance(wrong, names[i]);
        /* A beginning is near whatever follows. */
        const bool prefix = strlen(wrong) >= 3 && strncmp(wrong, names[i], strlen(wrong)) == 0;
        if (d < least || (prefix && !best)) best = names[i], least = d < least ? d : least;
    }
    return best;
}

static int unknown_option(const cli_command *c, const char *name, size_t len)
{
    char wrong[64];
    const char *names[N_OPTIONS];
    size_t n = 0;
    snprintf(wrong, sizeof wrong, "%.*s", (int)(len < 63 ? len : 63), name);
    for (const uint8_t *o = c->options; *o != N_OPTIONS; o++) names[n++] = cli_options[*o].name;
    const char *near = cli_nearest(wrong, names, n);
    if (near) return cli_fail(EXIT_USAGE, "unknown option --%s; did you mean --%s?", wrong, near);
    for (unsigned i = 0; i < N_OPTIONS; i++)
        if (strcmp(cli_options[i].name, wrong) == 0)
            return cli_fail(EXIT_USAGE, "%s takes no option --%s; see --help", c->name, wrong);
    return cli_fail(EXIT_USAGE, "unknown option --%s; see --help", wrong);
}

static bool is_choice(const char *choices, const char *value)
{
    const size_t n = strlen(value);
    for (const char *p = choices; *p;) {
        const size_t m = strcspn(p, " ");
        if (m == n && memcmp(p, value, n) == 0) return true;
        p += m + (p[m] == ' ');
    }
    return false;
}

static int parse_option(cli_args *a, const char *arg, char *const *argv, int n, int *i)
{
    const cli_command *c = a->command;
    const char *name = arg + 2, *equals = strchr(name, '=');
    const size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const uint8_t *o = c->options;
    while (*o != N_OPTIONS &&
           !(strlen(cli_options[*o].name) == len && memcmp(cli_options[*o].name, name, len) == 0))
        o++;
    if (*o == N_OPTIONS) return unknown_option(c, name, len);
    const cli_option *opt = &cli_options[*o];
    const char *value = "";
    if (opt->metavar) {
        if (equals)
            value = equals + 1;
        else if (*i + 1 < n)
            value = argv[++*i];
        else
            return cli_fail(EXIT_USAGE, "--%s needs a value (%s)", opt->name, opt->metavar);
        if (*value == 0) return cli_fail(EXIT_USAGE, "--%s is empty", opt->name);
        if (opt->choices && !is_choice(opt->choices, value))
            return cli_fail(EXIT_USAGE, "--%s %s: must be one of %s", opt->name, value,
                            opt->choices);
    } else if (equals) {
        return cli_fail(EXIT_USAGE, "--%s takes no value", opt->name);
    }
    if (*o == CLI_REPEATED) {
        if (a->n_repeated == CLI_MAX_REPEATED)
            return cli_fail(EXIT_USAGE, "--%s is given more than %u times", opt->name,
                            CLI_MAX_REPEATED);
        a->repeated[a->n_repeated++] = value;
        a->value[*o] = a->repeated[0];
        return 0;
    }
    if (a->value[*o]) return cli_fail(EXIT_USAGE, "--%s is given twice", opt->name);
    a->value[*o] = value;
    return 0;
}

int cli_parse(cli_args *a, const cli_command *c, char *const *argv, int n)
{
    memset(a, 0, sizeof *a);
    a->command = c;
    for (int i = 0; i < n && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            a->value[OPT_HELP] = "";
            return 0;
        }
    bool only_operands = false;
    for (int i = 0; i < n; i++) {
        const char *arg = argv[i];
        if (!only_operands && strcmp(arg, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && strncmp(arg, "--", 2) == 0) {
            const int code = parse_option(a, arg, argv, n, &i);
            if (code) return code;
        } else if (!only_operands && arg[0] == '-' && arg[1]) {
            return cli_fail(EXIT_USAGE,
                            "unknown option %s; options start with two dashes, see --help", arg);
        } else if (a->n_operands == c->max_operands) {
            return cli_fail(EXIT_USAGE, "%s: one argument too many; %s takes %s", arg, c->name,
                            c->max_operands ? c->operands : "none");
        } else {
            a->operand[a->n_operands++] = arg;
        }
    }
    if (a->n_operands < c->min_operands)
        return cli_fail(EXIT_USAGE, "%s needs %s; see --help", c->name, c->operands);
    return 0;
}

int cli_u64(const cli_args *a, enum cli_option_id o, uint64_t min, uint64_t max, uint64_t *out)
{
    const char *text = a->value[o];
    uint64_t v = 0;
    if (!text) return 0;
    bool good = *text != 0;
    for (const char *p = text; *p && good; p++) {
        const unsigned digit = (unsigned)(*p - '0');
        good = digit <= 9 && v <= (UINT64_MAX - digit) / 10;
        if (good) v = 10 * v + digit;
    }
    if (!good || v < min || v > max)
        return cli_fail(EXIT_USAGE, "--%s %s: must be a whole number from %" PRIu64 " to %" PRIu64,
                        cli_options[o].name, text, min, max);
    *out = v;
    return 0;
}

int cli_gib(const cli_args *a, enum cli_option_id o, uint64_t *bytes)
{
    const char *text = a->value[o], *p = text;
    uint64_t millionths = 0;
    unsigned decimals = 0;
    bool digits = false;
    if (!text) return 0;
    for (; *p >= '0' && *p <= '9' && millionths < UINT64_C(1000000); p++, digits = true)
        millionths = 10 * millionths + (uint64_t)(*p - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9' && decimals < 6; p++, decimals++, digits = true)
            millionths = 10 * millionths + (uint64_t)(*p - '0');
    for (; decimals < 6; decimals++) millionths *= 10;
    if (*p || !digits || millionths == 0)
        return cli_fail(EXIT_USAGE, "--%s %s: must be a number of GiB above 0, as 4 or 1.5",
                        cli_options[o].name, text);
    *bytes = (millionths / 1000000 << 30) + ((millionths % 1000000) << 30) / 1000000;
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int cli_hex(const cli_args *a, enum cli_option_id o, uint8_t *out, size_t n)
{
    const char *text = a->value[o];
    if (!text) return 0;
    const char *p = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2 : text;
    const size_t len = strlen(p);
    for (size_t i = 0; i < len; i++)
        if (hex_digit(p[i]) < 0)
            return cli_fail(EXIT_USAGE, "--%s: character %zu is not a hex digit",
                            cli_options[o].name, (size_t)(p - text) + i + 1);
    if (len != 2 * n)
        return cli_fail(EXIT_USAGE, "--%s: has %zu hex digits, must have %zu", cli_options[o].name,
                        len, 2 * n);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_digit(p[2 * i]) << 4 | hex_digit(p[2 * i + 1]));
    return 0;
}
