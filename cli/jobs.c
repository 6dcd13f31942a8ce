/* jobs.c - `sprove jobs`: the built-in jobs and the schemas of their payloads. */
#include "cli/commands.h"
#include "cli/task.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *job_json(const sp_job *job)
{
    json_t *j = json_object();
    json_object_set_new(j, "name", json_string(job->name));
    json_object_set_new(j, "summary", json_string(job->summary));
    json_object_set_new(j, "input_schema", json_loads(job->input_schema, 0, NULL));
    json_object_set_new(j, "output_schema", json_loads(job->output_schema, 0, NULL));
    json_object_set_new(j, "example", json_loads(job->example, 0, NULL));
    json_object_set_new(j, "takes_data", json_boolean(job->encode_raw != NULL));
    return j;
}

static void print_schema(const char *title, const char *schema)
{
    json_t *j = json_loads(schema, 0, NULL);
    char *text = j ? json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    printf("\n%s:\n%s\n", title, text ? text : schema);
    free(text);
    json_decref(j);
}

static void print_job(const sp_job *job)
{
    printf("%s - %s\n\nexample payload:\n%s\n", job->name, job->summary, job->example);
    if (job->encode_raw) printf("\nIt also takes a file as it is: --data F.\n");
    print_schema("input schema", job->input_schema);
    print_schema("output schema", job->output_schema);
}

int command_jobs(const cli_args *a)
{
    size_t n;
    const sp_job *jobs = sp_job_list(&n), *one = NULL;
    const bool json = a->value[OPT_JSON] != NULL, example = a->value[OPT_EXAMPLE] != NULL;
    if (a->n_operands) {
        one = sp_job_find(a->operand[0]);
        if (!one)
            return cli_fail(EXIT_USAGE, "%s: no such job; `sprove jobs` lists them", a->operand[0]);
    }
    if (example && (json || !one))
        return cli_fail(EXIT_USAGE, json ? "--example and --json exclude each other"
                                         : "--example needs the name of a job");
    if (json) {
        if (one) return task_print_json(job_json(one));
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++) json_array_append_new(list, job_json(&jobs[i]));
        return task_print_json(list);
    }
    if (example)
        printf("%s\n", one->example);
    else if (one)
        print_job(one);
    else {
        for (size_t i = 0; i < n; i++) printf("%-22s %s\n", jobs[i].name, jobs[i].summary);
        printf("\n`sprove jobs NAME` prints the schema and an example of one.\n");
    }
    if (fflush(stdout) == EOF) return cli_fail(EXIT_IO, "cannot write to standard output");
    return 0;
}
