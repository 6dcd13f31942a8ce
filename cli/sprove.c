/* sprove.c - the entry of sprove: finds the command and runs it. */
#include "air/air_id.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/help.h"
#include "cli/hex.h"
#include "cli/task.h"

#include <stdio.h>
#include <string.h>

static const cli_command *find(const char *name)
{
    for (unsigned i = 0; i < n_sprove_commands; i++)
        if (strcmp(sprove_commands[i].name, name) == 0) return &sprove_commands[i];
    return NULL;
}

static int flush(void)
{
    if (fflush(stdout) == EOF || ferror(stdout))
        return cli_fail(EXIT_IO, "cannot write to standard output");
    return 0;
}

static int unknown(const char *name)
{
    const char *names[32];
    unsigned n = 0;
    for (; n < n_sprove_commands; n++) names[n] = sprove_commands[n].name;
    const char *near = cli_nearest(name, names, n);
    if (near) return cli_fail(EXIT_USAGE, "no command %s; did you mean %s?", name, near);
    return cli_fail(EXIT_USAGE, "no command %s; `sprove help` lists them", name);
}

int command_help(const cli_args *a)
{
    const char *name = a->n_operands ? a->operand[0] : NULL;
    const bool man = a->value[OPT_MAN] != NULL;
    if (man && name && strcmp(name, "sverify"))
        return cli_fail(EXIT_USAGE, "there are manual pages of sprove and of sverify");
    if (man && name)
        man_sverify();
    else if (man)
        man_sprove();
    else if (!name)
        help_sprove();
    else if (strcmp(name, "sverify") == 0)
        help_command(&sverify_command, "");
    else if (find(name))
        help_command(find(name), "sprove ");
    else
        return unknown(name);
    return flush();
}

int command_completion(const cli_args *a)
{
    if (strcmp(a->operand[0], "bash") == 0)
        completion_bash();
    else if (strcmp(a->operand[0], "zsh") == 0)
        completion_zsh();
    else if (strcmp(a->operand[0], "fish") == 0)
        completion_fish();
    else
        return cli_fail(EXIT_USAGE, "%s: must be bash, zsh or fish", a->operand[0]);
    return flush();
}

int command_version(const cli_args *a)
{
    char id[57];
    hex_words(id, AIR_ID, 28);
    if (a->value[OPT_JSON])
        return task_print_json(json_pack("{s:s,s:s}", "version", SPROVE_VERSION, "air_id", id));
    printf("sprove %s\nconstraints %s\n", SPROVE_VERSION, id);
    return flush();
}

int main(int argc, char **argv)
{
    cli_args a;
    /* Before anything of this process is set up, which the other program would inherit. */
    if (argc > 1 && strcmp(argv[1], "node") == 0 &&
        (argc == 2 || (strcmp(argv[2], "--help") && strcmp(argv[2], "-h"))))
        return command_node_exec(argv + 1);
    files_init();
    signals_init();
    if (argc < 2) {
        help_sprove();
        return flush() ? EXIT_IO : EXIT_USAGE;
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
    if (!strcmp(name, "--version")) name = "version";
    const cli_command *c = find(name);
    if (!c) return unknown(name);
    const int code = cli_parse(&a, c, argv + 2, argc - 2);
    if (code) return code;
    if (a.value[OPT_HELP]) {
        help_command(c, "sprove ");
        return flush();
    }
    files_guard(EXIT_LIMIT);
    const int result = c->main(&a);
    files_guard(0);
    return result;
}
