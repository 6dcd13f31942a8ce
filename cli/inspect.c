/* inspect.c - `sprove inspect`: what a proof says of itself. */
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/prooffile.h"
#include "cli/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sp_status add_section(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                             unsigned j, size_t count)
{
    size_t *bytes = user;
    (void)i;
    (void)j;
    bytes[f] += proof_kind_bytes(kind, count);
    return SP_OK;
}

static json_t *instances_json(const proof_shape *s)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->n_instances; i++)
        json_array_append_new(list, json_pack("{s:s,s:i}", "component",
                                              air_components[s->instance[i].id].name, "log_size",
                                              (int)s->instance[i].log));
    return list;
}

static int print_json(const proof_view *v, const proof_shape *s, const security_bits *bits,
                      const size_t bytes[N_FIELDS], size_t felts, bool was_felts)
{
    static const char *const tree[N_TREES] = {"program", "main", "interaction", "composition"};
    json_t *j = describe_statement_json(&v->st), *sections = json_object(),
           *columns = json_object();
    for (unsigned f = 0; f < N_FIELDS; f++)
        if (bytes[f])
            json_object_set_new(sections, proof_field_name[f], json_integer((json_int_t)bytes[f]));
    for (unsigned t = 0; t < N_TREES; t++)
        json_object_set_new(columns, tree[t], json_integer(s->tree[t].n_columns));
    json_object_set_new(j, "verified", json_false());
    json_object_set_new(j, "sound", json_boolean(s->p->sound));
    json_object_set_new(j, "bits", describe_security_json(bits));
    json_object_set_new(j, "encoding", json_string(was_felts ? "felts" : "bytes"));
    json_object_set_new(j, "proof_bytes", json_integer((json_int_t)v->n_bytes));
    json_object_set_new(j, "proof_felts", json_integer((json_int_t)felts));
    json_object_set_new(j, "instances", instances_json(s));
    json_object_set_new(j, "columns", columns);
    json_object_set_new(j, "constraints", json_integer(s->n_constraints));
    json_object_set_new(j, "sections", sections);
    return task_print_json(j);
}

static int print_text(const proof_view *v, const proof_shape *s, const security_bits *bits,
                      const size_t bytes[N_FIELDS], size_t felts)
{
    describe_statement(&v->st, bits);
    if (!s->p->sound) printf("this profile is UNSOUND: the proof proves nothing\n");
    printf("%-14s %zu bytes, %zu felts\n", "proof", v->n_bytes, felts);
    printf("%-14s program %u, main %u, interaction %u, composition %u\n", "columns",
           s->tree[TREE_PROGRAM].n_columns, s->tree[TREE_MAIN].n_columns,
           s->tree[TREE_INTERACTION].n_columns, s->tree[TREE_COMPOSITION].n_columns);
    printf("\ntables (rows)\n");
    for (unsigned i = 0; i < s->n_instances; i++)
        printf("  %-20s 2^%u\n", air_components[s->instance[i].id].name, s->instance[i].log);
    printf("\nsections (bytes)\n");
    for (unsigned f = 0; f < N_FIELDS; f++)
        if (bytes[f]) printf("  %-20s %zu\n", proof_field_name[f], bytes[f]);
    printf("\nNothing was verified; sverify does that.\n");
    return fflush(stdout) == EOF ? cli_fail(EXIT_IO, "cannot write to standard output") : 0;
}

int command_inspect(const cli_args *a)
{
    file_bytes b;
    bool was_felts;
    proof_error err = {NULL, 0, NULL};
    size_t bytes[N_FIELDS] = {0};
    security_bits bits;
    const char *path = a->operand[0];
    char why[FILE_WHY];
    int code = prooffile_read(&b, path, &was_felts, why);
    if (code) return cli_fail(code, "%s: %s", strcmp(path, "-") ? path : "standard input", why);
    proof_view *v = malloc(sizeof *v);
    proof_shape *s = malloc(sizeof *s);
    if (!v || !s) {
        code = cli_fail(EXIT_LIMIT, "not enough memory");
        goto out;
    }
    if (proof_read(v, s, b.at, b.n, &err) != SP_OK) {
        code = cli_fail(EXIT_FORMAT, "%s: not a proof: %s (%s, byte %zu)", path, err.text,
                        err.field, err.offset);
        goto out;
    }
    const sp_status walked =
        proof_walk(s, v->st.io_mode, v->input_bytes, v->output_bytes, add_section, bytes);
    SP_ASSERT(walked == SP_OK);
    (void)walked;
    sizes_security(&bits, s, v);
    const size_t felts = proof_felts(s, v->st.io_mode, v->input_bytes, v->output_bytes);
    code = a->value[OPT_JSON] ? print_json(v, s, &bits, bytes, felts, was_felts)
                              : print_text(v, s, &bits, bytes, felts);
out:
    free(b.at);
    free(v);
    free(s);
    return code;
}
