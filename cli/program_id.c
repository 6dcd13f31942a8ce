/* program_id.c - `sprove program-id`: the id that a verifier asks for. */
#include "cli/commands.h"
#include "cli/hex.h"
#include "cli/proving.h"

#include <stdio.h>
#include <string.h>

int command_program_id(const cli_args *a)
{
    task t;
    proving p;
    uint32_t id[7];
    char text[57];
    prove_error e = {""};
    memset(&t, 0, sizeof t);
    signals_at_once();
    int code = proving_init(&p, a);
    if (!code) code = task_load(&t, a->operand[0], task_mode(a));
    if (code) goto out;
    const sp_status s = prove_program_id(id, &t.program, t.mode, p.o.p, p.o.be, &e);
    if (s != SP_OK) {
        code = cli_fail(cli_code(s), "%s: %s", t.name, e.text);
        goto out;
    }
    hex_words(text, id, 28);
    if (a->value[OPT_JSON])
        code = task_print_json(
            json_pack("{s:s,s:s,s:s,s:s}", "program", t.name, "profile", p.o.p->name, "io",
                      t.mode == MACHINE_IO_WORDS ? "words" : "digest", "program_id", text));
    else if (printf("%s\n", text) < 0 || fflush(stdout) == EOF)
        code = cli_fail(EXIT_IO, "cannot write to standard output");
out:
    task_free(&t);
    return code;
}
