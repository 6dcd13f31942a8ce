/* completion.c - completion scripts for three shells, made from the tables. */
#include "cli/commands.h"
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

static void option_words(const cli_command *c)
{
    for (const uint8_t *o = c->options; *o != N_OPTIONS; o++)
        printf("%s--%s", o == c->options ? "" : " ", cli_options[*o].name);
}

static void command_words(void)
{
    for (unsigned i = 0; i < n_sprove_commands; i++)
        printf("%s%s", i ? " " : "", sprove_commands[i].name);
}

static bool takes_program(const cli_command *c) { return strncmp(c->operands, "JOB", 3) == 0; }

void completion_bash(void)
{
    printf("# bash completion for sprove and sverify\n"
           "_sprove_value() {\n    case \"$1\" in\n");
    for (unsigned i = 0; i < N_OPTIONS; i++) {
        const cli_option *o = &cli_options[i];
        if (!o->metavar) continue;
        if (o->choices)
            printf("    --%s) COMPREPLY=($(compgen -W \"%s\" -- \"$2\")) ;;\n", o->name,
                   o->choices);
        else if (i == OPT_PROGRAM || i == OPT_JOB)
            printf("    --%s) COMPREPLY=($(compgen -W \"$(_sprove_jobs)\" -f -- \"$2\")) ;;\n",
                   o->name);
        else if (strcmp(o->metavar, "F") == 0)
            printf("    --%s) COMPREPLY=($(compgen -f -- \"$2\")) ;;\n", o->name);
        else if (strcmp(o->metavar, "DIR") == 0)
            printf("    --%s) COMPREPLY=($(compgen -d -- \"$2\")) ;;\n", o->name);
        else
            printf("    --%s) COMPREPLY=() ;;\n", o->name);
    }
    printf(
        "    *) return 1 ;;\n    esac\n}\n"
        "_sprove_jobs() { sprove jobs 2>/dev/null | sed -n 's/^\\([a-z][a-z0-9_]*\\) .*/\\1/p'; }\n"
        "_sprove() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"");
    command_words();
    printf("\" -- \"$cur\"))\n        return\n    fi\n"
           "    _sprove_value \"$prev\" \"$cur\" && return\n"
           "    case \"${COMP_WORDS[1]}:$cur\" in\n");
    for (unsigned i = 0; i < n_sprove_commands; i++) {
        const cli_command *c = &sprove_commands[i];
        printf("    %s:-*) COMPREPLY=($(compgen -W \"", c->name);
        option_words(c);
        printf("\" -- \"$cur\")) ;;\n");
        if (takes_program(c) || strcmp(c->name, "jobs") == 0)
            printf("    %s:*) COMPREPLY=($(compgen -W \"$(_sprove_jobs)\" -f -- \"$cur\")) ;;\n",
                   c->name);
    }
    printf("    completion:*) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$cur\")) ;;\n"
           "    help:*) COMPREPLY=($(compgen -W \"");
    command_words();
    printf(" sverify\" -- \"$cur\")) ;;\n"
           "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\n"
           "_sverify() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    _sprove_value \"$prev\" \"$cur\" && return\n"
           "    case \"$cur\" in\n    -*) COMPREPLY=($(compgen -W \"");
    option_words(&sverify_command);
    printf("\" -- \"$cur\")) ;;\n"
           "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\n"
           "complete -o filenames -F _sprove sprove\ncomplete -o filenames -F _sverify sverify\n");
}

/* Inside single quotes, and inside zsh's brackets. */
static void quoted(const char *text, const char *escape)
{
    for (; *text; text++) {
        if (*text == '\'') {
            printf("'\\''");
            continue;
        }
        if (strchr(escape, *text)) putchar('\\');
        putchar(*text);
    }
}

static void zsh_options(const cli_command *c)
{
    for (const uint8_t *id = c->options; *id != N_OPTIONS; id++) {
        const cli_option *o = &cli_options[*id];
        printf(" \\\n        '--%s[", o->name);
        quoted(o->help, "[]:\\");
        printf("]");
        if (o->metavar) {
            printf(":%s:", o->metavar);
            if (o->choices)
                printf("(%s)", o->choices);
            else if (strcmp(o->metavar, "F") == 0 || *id == OPT_PROGRAM || *id == OPT_JOB)
                printf("_files");
            else if (strcmp(o->metavar, "DIR") == 0)
                printf("_files -/");
        }
        printf("'");
    }
}

void completion_zsh(void)
{
    printf(
        "#compdef sprove sverify\n"
        "_sprove_program() {\n"
        "    compadd -- $(sprove jobs 2>/dev/null | sed -n 's/^\\([a-z][a-z0-9_]*\\) .*/\\1/p')\n"
        "    _files\n}\n"
        "_sprove() {\n"
        "    if [[ $service == sverify ]]; then\n        _arguments");
    zsh_options(&sverify_command);
    printf(" \\\n        '*:proof:_files'\n        return\n    fi\n"
           "    if (( CURRENT == 2 )); then\n        local -a commands=(\n");
    for (unsigned i = 0; i < n_sprove_commands; i++) {
        printf("            '%s:", sprove_commands[i].name);
        quoted(sprove_commands[i].summary, ":\\");
        printf("'\n");
    }
    printf("        )\n        _describe command commands\n        return\n    fi\n"
           "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
           "    case $command in\n");
    for (unsigned i = 0; i < n_sprove_commands; i++) {
        const cli_command *c = &sprove_commands[i];
        printf("    %s)\n        _arguments", c->name);
        zsh_options(c);
        if (takes_program(c) || strcmp(c->name, "jobs") == 0)
            printf(" \\\n        '*:program:_sprove_program'");
        else if (strcmp(c->name, "completion") == 0)
            printf(" \\\n        '*:shell:(bash zsh fish)'");
        else if (strcmp(c->name, "inspect") == 0)
            printf(" \\\n        '*:proof:_files'");
        printf("\n        ;;\n");
    }
    printf("    esac\n}\n_sprove \"$@\"\n");
}

static void fish_options(const cli_command *c, const char *tool, const char *condition)
{
    for (const uint8_t *id = c->options; *id != N_OPTIONS; id++) {
        const cli_option *o = &cli_options[*id];
        printf("complete -c %s%s -l %s", tool, condition, o->name);
        if (o->metavar) printf(" -r");
        if (o->choices) printf(" -f -a '%s'", o->choices);
        printf(" -d '");
        for (const char *p = o->help; *p; p++)
            if (*p == '\'' || *p == '\\')
                printf("\\%c", *p);
            else
                putchar(*p);
        printf("'\n");
    }
}

void completion_fish(void)
{
    printf("# fish completion for sprove and sverify\n");
    for (unsigned i = 0; i < n_sprove_commands; i++) {
        const cli_command *c = &sprove_commands[i];
        char condition[96];
        printf("complete -c sprove -n __fish_use_subcommand -f -a %s -d '%s'\n", c->name,
               c->summary);
        snprintf(condition, sizeof condition, " -n '__fish_seen_subcommand_from %s'", c->name);
        if (takes_program(c) || strcmp(c->name, "jobs") == 0)
            printf("complete -c sprove%s -a \"(sprove jobs 2>/dev/null | string match -r "
                   "'^[a-z][a-z0-9_]*(?= )')\"\n",
                   condition);
        fish_options(c, "sprove", condition);
    }
    printf(
        "complete -c sprove -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n");
    fish_options(&sverify_command, "sverify", "");
}
