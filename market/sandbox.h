/* sandbox.h - a function or a program in a child process that can do little, and not for long.
 *
 * The child has a process group, an empty environment and a private directory (0700, removed with
 * the sandbox) of its own, and three standard descriptors: 0 the caller's input or nothing, 1 its
 * result (bounded), 2 its progress, line by line. Every other descriptor is closed. It cannot gain
 * privileges, leaves no core file, and is killed when the thread that started it ends: start it
 * from one that lives as long as the sandbox.
 *
 * How much the system gives differs; sandbox_applied says what was in force. docs/sandbox.md lists
 * what each layer stops. */
#ifndef MARKET_SANDBOX_H
#define MARKET_SANDBOX_H

#include "core/sp.h"

#include <poll.h>

enum sandbox_level {
    SANDBOX_LIMITS,  /* time, memory, sizes; for programs of the system that need their devices */
    SANDBOX_EXEC,    /* also: no network, files only to read, and those of the private directory */
    SANDBOX_COMPUTE, /* also: opens nothing, starts nothing; threads, memory, and what is open */
};

/* What was in force, as bits. */
enum {
    SANDBOX_HAS_SECCOMP = 1,    /* system calls by a list; socket() is not in it */
    SANDBOX_HAS_LANDLOCK = 2,   /* files by a list */
    SANDBOX_HAS_NETWORK_NS = 4, /* a network of its own, with nothing in it */
    SANDBOX_HAS_USER_NS = 8, /* no privilege over anything of the system; its own process count */
    SANDBOX_HAS_USER = 16,   /* was root, is nobody */
};

/* How it ended. X(ID, name, words) */
#define SANDBOX_ENDS(X)                                                            \
    X(RUNNING, "running", "has not ended")                                         \
    X(DONE, "done", "ended with exit code 0")                                      \
    X(NONZERO, "nonzero", "ended with another exit code")                          \
    X(SIGNAL, "signal",                                                            \
      "was ended by a signal (9 not sent by us: often the kernel, out of memory)") \
    X(DEADLINE, "deadline", "was stopped: out of time")                            \
    X(MEMORY, "memory", "ended for want of memory")                                \
    X(REFUSED, "refused", "asked for a system call that it must not make")         \
    X(DISK, "disk", "wrote more than a file may have")                             \
    X(OVERFLOW, "overflow", "was stopped: a longer result than it may have")       \
    X(CANCELLED, "cancelled", "was stopped on request")

enum sandbox_end {
#define SANDBOX_X(id, name, words) SANDBOX_##id,
    SANDBOX_ENDS(SANDBOX_X)
#undef SANDBOX_X
        N_SANDBOX_ENDS
};
extern const char *const sandbox_end_name[N_SANDBOX_ENDS];
extern const char *const sandbox_end_words[N_SANDBOX_ENDS];

/* By these exit codes a child says what it met. The second is used after sandbox_lock. */
#define SANDBOX_EXIT_MEMORY 80
#define SANDBOX_EXIT_REFUSED 81

#define SANDBOX_WHY 192
#define SANDBOX_MAX_FILES 4 /* files made for the child */

typedef struct {
    enum sandbox_level level;
    /* One of the two. A program is started at SANDBOX_EXEC at the most, and goes on to
     * SANDBOX_COMPUTE by sandbox_lock. A function runs in a copy of the calling process, with all
     * that is in its memory; if that process has threads, the function must not take a lock that
     * one of them may have held (allocation is safe). Its return value is the exit code. */
    const char *const *argv; /* argv[0] is the path of the program; ends with NULL */
    int (*fn)(void *user);
    void *user;

    const char *dir; /* where the private directory is made; the name begins with "sandbox-" */
    int input;       /* becomes descriptor 0; -1: there is nothing to read. Stays the caller's */
    const char *const *files; /* empty files of these names in it, open as descriptors 3, 4, ... */
    unsigned n_files;

    /* 0: not limited. */
    uint64_t memory;     /* bytes: written private memory, stacks of threads included */
    uint64_t address;    /* bytes of address space; 0: as memory */
    uint64_t file_bytes; /* of each file that it writes */
    uint64_t cpu_s, wall_ms;
    unsigned open_files,
        processes;       /* threads count as processes; with SANDBOX_HAS_USER_NS and not root */
    uint64_t grace_ms;   /* between SIGTERM and SIGKILL */
    size_t result_bytes; /* the most it may write to descriptor 1; 0: nothing */

    /* A line from descriptor 2, without its end, cut to SANDBOX_LINE bytes, other than printable
     * ASCII replaced by '?'. May be NULL. */
    void (*on_line)(void *user, const char *line);
    void *line_user;
} sandbox_spec;
#define SANDBOX_LINE 240

typedef struct sandbox sandbox;

/* Starts the child. On failure why says what the system refused, and nothing is left behind. */
SP_MUST_USE sp_status sandbox_start(sandbox **s, const sandbox_spec *spec, char why[SANDBOX_WHY]);
/* Waits up to timeout_ms for something to happen, and deals with it: reads, ends what is out of
 * time. True when the child has ended and been waited for. */
bool sandbox_step(sandbox *s, unsigned timeout_ms);
/* The descriptors that sandbox_step waits for; returns their number. For loops that poll more; the
 * next step is due after *timeout_ms at the latest. */
unsigned sandbox_poll(const sandbox *s, struct pollfd fds[3], unsigned *timeout_ms);
/* SIGTERM now, SIGKILL after the grace. */
void sandbox_cancel(sandbox *s);

enum sandbox_end sandbox_ended(const sandbox *s);
/* Exit code (NONZERO), signal (SIGNAL), SIGXCPU when its processor time was used up (DEADLINE),
 * refused system call or -1 when not known (REFUSED), else 0. */
int sandbox_code(const sandbox *s);
unsigned sandbox_applied(const sandbox *s);
const uint8_t *sandbox_output(const sandbox *s, size_t *n); /* descriptor 1, as far as it came */
uint64_t sandbox_wall_ms(const sandbox *s);
uint64_t sandbox_peak_bytes(const sandbox *s); /* resident, once it has ended */
int sandbox_pid(const sandbox *s);
const char *sandbox_path(const sandbox *s);     /* of the private directory */
int sandbox_file(const sandbox *s, unsigned i); /* our own descriptor of spec.files[i] */
/* Moves a file to `path` (the same file system), and waits until the disk knows. */
SP_MUST_USE sp_status sandbox_keep(sandbox *s, unsigned i, const char *path);
/* Kills what is left of it and removes its directory. NULL is accepted. */
void sandbox_delete(sandbox *s);

/* Removes private directories in `dir` whose owners are gone; returns how many. */
unsigned sandbox_sweep(const char *dir);

/* For the child: gives up everything but computing, for good; handles refused calls by saying so
 * and ending. Only with one thread. False: the system did not take it, and the child must not go
 * on. */
bool sandbox_lock(void);

#endif
