/* record.c - see record.h. */
#include "cli/record.h"

#include "air/statement.h"
#include "cli/hex.h"
#include "core/bytes.h"
#include "market/folder.h"
#include "market/hex.h"
#include "prover/prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RECORD 8192

int record_fill(record *r, const task *t, const params *p, bool on_chain)
{
    prove_error err = {""};
    memset(r, 0, sizeof *r);
    if (prove_program_id(r->id, &t->program, t->mode, p, backend_find("auto"), &err) != SP_OK)
        return cli_fail(EXIT_UNSAT, "%s: %s", t->name, err.text);
    statement_hash_io(r->h_in, t->input, (uint32_t)t->input_bytes); /* <= TASK_MAX_INPUT */
    snprintf(r->program, sizeof r->program, "%.255s", t->job ? t->job->name : t->name);
    r->is_job = t->job != NULL;
    r->p = p;
    r->mode = t->mode;
    r->on_chain = on_chain;
    return 0;
}

/* False: there is no home. */
static bool place(char *out, size_t room, const char *id)
{
    const char *state = getenv("XDG_STATE_HOME"), *rest = "";
    if (!state || *state != '/') {
        state = getenv("HOME");
        rest = "/.local/state";
    }
    if (!state || *state != '/') return false;
    const int n = snprintf(out, room, "%s%s/sprove/tasks%s%s%s", state, rest, id ? "/" : "",
                           id ? id : "", id ? ".json" : "");
    return n > 0 && (size_t)n < room;
}

bool record_write(const record *r)
{
    char dir[FOLDER_PATH], name[UUID_TEXT + 8], id[57], h_in[63];
    if (!place(dir, sizeof dir, NULL) || !folder_make(dir)) return false;
    snprintf(name, sizeof name, "%s.json", r->task);
    hex_words(id, r->id, 28);
    hex_words(h_in, r->h_in, 31);
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:b}", "task_id", r->task, "relayer",
                  r->relayer, "program", r->program, "is_job", r->is_job, "profile", r->p->name,
                  "io", r->mode == MACHINE_IO_DIGEST ? "digest" : "words", "program_id", id,
                  "input_commitment", h_in, "on_chain", r->on_chain);
    char *text = j ? json_dumps(j, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
    json_decref(j);
    if (!text) return false;
    const bool ok = folder_put(dir, name, text, strlen(text));
    free(text);
    return ok;
}

static bool words(uint32_t *out, size_t n_words, const json_t *j, const char *name, size_t bytes)
{
    uint8_t b[32] = {0};
    const char *text = json_string_value(json_object_get(j, name));
    if (!text || !hex_read(b, bytes, text)) return false;
    bytes_read_words(out, b, n_words);
    return true;
}

bool record_read(record *r, const char *id)
{
    char path[FOLDER_PATH], why[FILE_WHY];
    file_bytes b = {NULL, 0};
    memset(r, 0, sizeof *r);
    if (!place(path, sizeof path, id) || access(path, F_OK) ||
        file_read_why(&b, path, "the record", MAX_RECORD, EXIT_LIMIT, why))
        return false;
    json_t *j = json_loadb((const char *)b.at, b.n, JSON_REJECT_DUPLICATES, NULL);
    const char *profile = json_string_value(json_object_get(j, "profile")),
               *io = json_string_value(json_object_get(j, "io")),
               *relayer = json_string_value(json_object_get(j, "relayer")),
               *program = json_string_value(json_object_get(j, "program"));
    bool ok = profile && io && relayer && program && strlen(relayer) < sizeof r->relayer &&
              strlen(program) < sizeof r->program && words(r->id, 7, j, "program_id", 28) &&
              words(r->h_in, 8, j, "input_commitment", 31);
    if (ok) {
        snprintf(r->task, sizeof r->task, "%s", id);
        snprintf(r->relayer, sizeof r->relayer, "%s", relayer);
        snprintf(r->program, sizeof r->program, "%s", program);
        r->p = params_by_name(profile);
        r->mode = strcmp(io, "digest") == 0 ? MACHINE_IO_DIGEST : MACHINE_IO_WORDS;
        r->is_job = json_is_true(json_object_get(j, "is_job"));
        r->on_chain = json_is_true(json_object_get(j, "on_chain"));
        ok = r->p && r->p->sound;
    }
    json_decref(j);
    free(b.at);
    return ok;
}
