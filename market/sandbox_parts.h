/* sandbox_parts.h - between the files of the sandbox. */
#ifndef MARKET_SANDBOX_PARTS_H
#define MARKET_SANDBOX_PARTS_H

#include "market/sandbox.h"

#include <sys/types.h>

/* A system call filter in the kernel's form. */
typedef struct {
    void *at; /* malloc'ed */
    unsigned short n;
} sandbox_filter;

/* For SANDBOX_EXEC or SANDBOX_COMPUTE. */
SP_MUST_USE sp_status sandbox_filter_make(sandbox_filter *f, enum sandbox_level level);
/* For the calling thread and what it starts. Safe after fork. */
bool sandbox_filter_load(const sandbox_filter *f);

/* What the child does between fork and its work. But for a function at SANDBOX_COMPUTE, everything
 * in it is safe after fork of a process with threads: no allocation, no library that locks. */
typedef struct {
    const sandbox_spec *spec;
    const sandbox_filter *filter;           /* NULL at SANDBOX_LIMITS, and for functions */
    int in, out, err, status, dir, program; /* program -1: a function */
    int files[SANDBOX_MAX_FILES];
    pid_t parent;
    bool drop; /* root: become nobody */
} sandbox_plan;

/* Written to the status descriptor: the bits once all is set, or the step that failed. */
typedef struct {
    int step;  /* 0: nothing failed */
    int error; /* errno */
    unsigned applied;
} sandbox_report;
enum {
    SANDBOX_STEP_DESCRIPTORS = 1,
    SANDBOX_STEP_DIRECTORY,
    SANDBOX_STEP_LIMITS,
    SANDBOX_STEP_PARENT,
    SANDBOX_STEP_PRIVILEGES,
    SANDBOX_STEP_FILTER,
    SANDBOX_STEP_PROGRAM
};

/* Returns for a function only, with everything but its call done; else executes. */
void sandbox_child_enter(const sandbox_plan *p);

/* Landlock: no file at all (dir -1), or what a program needs to start: system folders and the
 * program itself (unless -1) to read and execute, the files of dir to read and write, none to be
 * made. */
bool sandbox_landlock(int program, int dir);

/* Private directories. `path` gets the name; returns the descriptor, locked, or -1. */
int sandbox_dir_make(char *path, size_t path_bytes, const char *base);
void sandbox_dir_remove(const char *path, int fd);

#define SANDBOX_NOBODY 65534

#endif
