/* record.h - what this machine knows of a task that it has submitted: the relayer, and what must be
 * proved. A file for each task, in sprove/tasks in XDG_STATE_HOME or ~/.local/state. */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli/relay.h"
#include "cli/task.h"
#include "core/params.h"

#define RECORD_PROGRAM 256

typedef struct {
    char task[UUID_TEXT];
    char relayer[RELAY_URL];
    char program[RECORD_PROGRAM]; /* a job's name, or the name of an ELF */
    bool is_job;
    const params *p;
    enum machine_io_mode mode;
    uint32_t id[7], h_in[8];
    bool on_chain; /* then the context is that of the provider, whom the demander does not choose */
} record;

/* What is to be proved of a loaded program and its input. Prints its failure. */
int record_fill(record *r, const task *t, const params *p, bool on_chain);

/* False: it could not be written; nothing is printed. */
bool record_write(const record *r);
/* False: there is none, or it is not one. */
bool record_read(record *r, const char *id);

#endif
