/* scene.c - guest to trace. */
#include "tests/soundness/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scene_run(scene *s, const guest *g, const scene_options *o)
{
    memset(s, 0, sizeof *s);
    if (o) s->o = *o;
    if (!s->o.min_log) s->o.min_log = 5;
    if (!s->o.max_instances) s->o.max_instances = 1;
    vm_error err;
    if (!guest_load(&s->vm, g, s->o.mode)) return false;
    const vm_options run = {.input = s->o.input,
                            .input_bytes = s->o.input_bytes,
                            .hint = s->o.hint,
                            .hint_bytes = s->o.hint_bytes,
                            .mode = s->o.mode,
                            .record = true};
    if (vm_run(&s->run, &s->vm, &run, &err) != SP_OK ||
        program_setup(&s->p, &s->vm, s->o.mode, &err) != SP_OK) {
        printf("  %s\n", err.text);
        return false;
    }
    return true;
}

bool scene_fill(scene *s, bool keep_public)
{
    vm_error err;
    if (witness_sizes(&s->l, &s->p, &s->run, s->o.min_log, s->o.max_instances, &err) != SP_OK) {
        printf("  %s\n", err.text);
        return false;
    }
    free(s->columns);
    free(s->words);
    s->columns = malloc(s->l.n_columns * sizeof *s->columns);
    s->words = aligned_alloc(64, s->l.n_words * sizeof *s->words);
    if (!s->columns || !s->words) return false;
    memset(s->words, 0xff, s->l.n_words * sizeof *s->words); /* nothing may be left unset */
    if (!keep_public) witness_public(&s->pub, &s->p, &s->run, s->o.input, s->o.input_bytes);
    witness_bind(&s->t, &s->l, &s->p, &s->pub, s->columns, s->words);
    return witness_fill(&s->t, &s->p, &s->run) == SP_OK;
}

void scene_free(scene *s)
{
    free(s->columns);
    free(s->words);
    vm_result_free(&s->run);
    program_free(&s->p);
    vm_program_free(&s->vm);
    memset(s, 0, sizeof *s);
}

air_instance *scene_instance(scene *s, enum air_component_id id, unsigned k)
{
    for (unsigned i = 0; i < s->t.n_inst; i++)
        if (s->t.inst[i].id == id && k-- == 0) return &s->t.inst[i];
    return NULL;
}
