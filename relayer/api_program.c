/* api_program.c - what can be computed: the built-in jobs, with their schemas and examples. */
#include "relayer/api.h"

#include "relayer/own_program.h"
#include "relayer/programs.h"

#include <string.h>

static json_t *job_json(const sp_job *program, bool whole)
{
    char hex[PROGRAM_SHA256_HEX];
    program_sha256(hex, program);
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:I, s:b}", "name", program->name, "summary", program->summary,
                  "elf_sha256", hex, "elf_bytes", (json_int_t)program->elf_bytes, "built_in", 1);
    if (j == NULL || !whole) return j;
    const char *const texts[] = {program->input_schema, program->output_schema, program->example};
    static const char *const names[] = {"input_schema", "output_schema", "example"};
    for (size_t i = 0; i < SP_COUNT(texts); i++) {
        json_t *v = texts[i] == NULL ? NULL : json_loads(texts[i], JSON_DECODE_ANY, NULL);
        (void)json_object_set_new(j, names[i], v != NULL ? v : json_null());
    }
    return j;
}

void api_program_list(call *c, db *d, core *k)
{
    size_t n;
    const sp_job *list = sp_job_list(&n);
    json_t *items = json_array();
    (void)k;
    for (size_t i = 0; i < n; i++) (void)json_array_append_new(items, job_json(&list[i], true));
    if (c->who.id[0] != 0) { /* a key's own */
        json_t *own = own_program_list(d, c->who.id, NULL);
        (void)json_array_extend(items, own);
        json_decref(own);
    }
    http_json(&c->s, 200,
              json_pack("{s:o, s:n, s:b}", "items", items, "next_cursor", "has_more", 0));
}

/* With the id that a proof of it is checked against, under a profile and an io mode. */
void api_program_show(call *c, db *d, core *k)
{
    char id[PROGRAM_ID_HEX];
    const char *profile = http_param(&c->q, "profile"), *io = http_param(&c->q, "io");
    (void)k;
    const sp_job *program = sp_job_find(c->variable[0]);
    if (program == NULL && c->who.id[0] != 0) {
        json_t *own = own_program_list(d, c->who.id, c->variable[0]);
        json_t *one = json_incref(json_array_get(own, 0));
        json_decref(own);
        if (one != NULL) {
            http_json(&c->s, 200, one);
            return;
        }
    }
    if (program == NULL) program = program_of_sha256(c->variable[0]);
    if (program == NULL) {
        http_problem(&c->s, &c->q, 404, "not_found", "there is no program of this name or SHA-256");
        return;
    }
    if (profile == NULL) profile = "balanced";
    if (io == NULL) io = "words";
    switch (program_id_of(id, program, profile, io)) {
    case SP_OK: break;
    case SP_ERR_ARG:
        http_problem(&c->s, &c->q, 400, "validation_failed",
                     "profile is fast, balanced, proven or chain, and io words or digest");
        return;
    default: http_problem(&c->s, &c->q, 503, "overloaded", "the id cannot be computed"); return;
    }
    json_t *j = job_json(program, true);
    if (j != NULL)
        (void)json_object_set_new(
            j, "program_id", json_pack("{s:s, s:s, s:s}", "profile", profile, "io", io, "id", id));
    http_json(&c->s, 200, j);
}
