/* task.h - a program named on the command line, with its input: a built-in job or an ELF. */
#ifndef CLI_TASK_H
#define CLI_TASK_H

#include "cli/args.h"
#include "cli/file.h"
#include "cli/progress.h"
#include "guest/host/jobs.h"
#include "vm/run.h"

#include <jansson.h>

#define TASK_MAX_ELF ((size_t)512 << 20)
#define TASK_MAX_INPUT MACHINE_INPUT_CAP
#define TASK_MAX_PAYLOAD ((size_t)1 << 30) /* JSON text is longer than what it encodes */
#define TASK_MAX_HINT ((size_t)1 << 30)

typedef struct {
    const char *name;
    const sp_job *job; /* NULL: an ELF file */
    vm_program program;
    enum machine_io_mode mode;
    uint8_t *input;
    size_t input_bytes;
    file_bytes hint, elf;
} task;

/* A name with a slash or that ends in .elf is a file; else a job when there is one of that name,
 * else a file. Each function prints its failure and returns the exit code. */
int task_load(task *t, const char *name, enum machine_io_mode mode);
/* The same, and t->elf has the bytes of a file. */
int task_load_elf(task *t, const char *name, enum machine_io_mode mode);
/* --input or --data, encoded by the job, and --hint. */
int task_read_input(task *t, const cli_args *a);
/* Notes the files that program and input came from, so that no output replaces them. */
void task_keep_files(const task *t, file_outputs *f, const cli_args *a);
/* The public input of a job from a payload, or of an ELF from bytes; as task_read_input does it. */
int task_encode(task *t, const file_bytes *b, bool data, const char *path);
/* Runs the program. 0 also when the guest ends with a nonzero exit code. */
int task_run(task *t, vm_result *r, uint64_t max_cycles, bool record, vm_profile *profile,
             progress *p);
/* After a run with a nonzero exit code: says so (with the message of a panic); EXIT_GUEST. */
int task_guest_failed(const vm_result *r);
/* What --output gets: the job's JSON and a newline, or the bytes. *text is to be freed. */
int task_decode(const task *t, const uint8_t *output, size_t output_bytes, char **text, size_t *n);
void task_free(task *t);

enum machine_io_mode task_mode(const cli_args *a); /* --io */
/* Prints a JSON value on one line and frees it. EXIT_IO when standard output does not take it. */
int task_print_json(json_t *j);

#endif
