/* node_specs.c - see node_specs.h. */
#include "relayer/node_specs.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_FEATURES 64
#define FEATURE 32

static void keep_text(check *k, json_t *out, const json_t *in, const char *at, const char *name)
{
    const char *s = check_text(k, in, at, name, NODE_SPECS_TEXT, false);
    if (s != NULL) (void)json_object_set_new(out, name, json_string(s));
}

static void keep_number(check *k, json_t *out, const json_t *in, const char *at, const char *name,
                        int64_t low, int64_t high, int64_t absent)
{
    (void)json_object_set_new(out, name,
                              json_integer(check_int(k, in, at, name, low, high, absent)));
}

/* NULL: it is not there, or is no array of at most so many (an error). */
static const json_t *list_of(check *k, const json_t *in, const char *at, const char *name,
                             size_t most)
{
    char pointer[CHECK_POINTER];
    const json_t *list = json_object_get(in, name);
    if (list == NULL || (json_is_array(list) && json_array_size(list) <= most)) return list;
    (void)snprintf(pointer, sizeof pointer, "%s/%s", at, name);
    check_error(k, pointer, "wrong_type", "%s must be an array of at most %zu", pointer + 1, most);
    return NULL;
}

static json_t *gpus_of(check *k, const json_t *specs)
{
    json_t *out = json_array();
    const json_t *list = list_of(k, specs, "/specs", "gpus", NODE_SPECS_GPUS);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *gpu = json_array_get(list, i);
        json_t *one = json_object();
        char at[40];
        (void)snprintf(at, sizeof at, "/specs/gpus/%zu", i);
        if (!json_is_object(gpu)) check_error(k, at, "wrong_type", "%s must be an object", at + 1);
        keep_text(k, one, gpu, at, "name");
        keep_number(k, one, gpu, at, "vram_gb", 0, 1 << 20, 0);
        keep_text(k, one, gpu, at, "cc");
        (void)json_array_append_new(out, one);
    }
    return out;
}

static json_t *features_of(check *k, const json_t *specs)
{
    json_t *out = json_array();
    const json_t *list = list_of(k, specs, "/specs", "cpu_features", MOST_FEATURES);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *v = json_array_get(list, i);
        if (json_is_string(v) && json_string_length(v) <= FEATURE)
            (void)json_array_append(out, v);
        else
            check_error(k, "/specs/cpu_features", "wrong_type",
                        "specs/cpu_features must have texts of at most %d characters", FEATURE);
    }
    return out;
}

/* Takes j. */
static char *text_of(json_t *j)
{
    char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT);
    json_decref(j);
    return text;
}

char *node_specs_text(check *k, const json_t *m)
{
    static const char at[] = "/specs";
    const json_t *specs = check_object(k, m, "", "specs", true);
    json_t *out = json_object();
    keep_text(k, out, specs, at, "cpu_model");
    keep_number(k, out, specs, at, "cpu_threads", 1, 65536, 1);
    (void)json_object_set_new(out, "cpu_features", features_of(k, specs));
    keep_number(k, out, specs, at, "ram_gb", 0, 1 << 20, 0);
    keep_number(k, out, specs, at, "disk_gb", 0, 1 << 30, 0);
    (void)json_object_set_new(out, "gpus", gpus_of(k, specs));
    return text_of(out);
}

char *node_bench_text(check *k, const json_t *m)
{
    const json_t *bench = check_object(k, m, "", "bench", false);
    json_t *out = json_object();
    keep_number(k, out, bench, "/bench", "exec_mcycles_s", 0, 1000000, 0);
    keep_number(k, out, bench, "/bench", "prove_krows_s", 0, 10000000, 0);
    keep_text(k, out, bench, "/bench", "date");
    return text_of(out);
}

char *node_software_text(check *k, const json_t *m)
{
    static const char *const names[] = {"sprove", "vm", "prover", "git"};
    const json_t *software = check_object(k, m, "", "software", false);
    json_t *out = json_object();
    for (size_t i = 0; i < SP_COUNT(names); i++) keep_text(k, out, software, "/software", names[i]);
    return text_of(out);
}
