/* file.h - reading whole files under a limit, and writing files that are whole or absent.
 *
 * Interruption: after signals_init the first SIGINT, SIGTERM or SIGHUP sets a flag; the second
 * removes the temporary files and ends the process. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "core/sp.h"

#include <sys/types.h>

/* Once at the start: writing to a closed pipe, or past a size limit, is an error and not a death;
 * standard streams that are closed stay without use. */
void files_init(void);
/* While code is not 0, a library that ends the process (the threads' runtime does when the system
 * gives it no thread) ends it with this exit code, and without temporary files. */
void files_guard(int code);
void signals_init(void);
/* For work that nobody asks to stop and that writes no files: the first signal ends the process. */
void signals_at_once(void);
bool signals_stopped(void);

typedef struct {
    uint8_t *at;
    size_t n;
} file_bytes;

/* Reads path, or standard input for "-". what names the file's part for people ("the input"). An
 * exit code: EXIT_IO, EXIT_LIMIT (longer than limit), 0. The bytes are to be freed with free(); one
 * more zero byte follows them. */
int file_read(file_bytes *b, const char *path, const char *what, size_t limit);
/* The same, but the sentence (without the path) goes to why, and a file that is too long gives the
 * exit code too_long. */
#define FILE_WHY 320
int file_read_why(file_bytes *b, const char *path, const char *what, size_t limit, int too_long,
                  char why[FILE_WHY]);

#define FILE_MAX_OUTPUTS 6

/* One output. Written to a temporary file beside its place, synced, then renamed. Devices and pipes
 * are written to directly. */
typedef struct {
    const char *path;  /* as given; NULL: not wanted; "-": standard output */
    char *real, *temp; /* path with links followed; temporary file */
    int fd;
    bool direct; /* no temporary file: written to when the others are complete */
    const void *bytes;
    size_t n_bytes; /* what file_write was given for a direct one */
} file_output;

/* Outputs that appear together. */
#define FILE_MAX_KEPT 4
typedef struct {
    file_output out[FILE_MAX_OUTPUTS];
    unsigned n;
    struct {
        dev_t device;
        ino_t inode;
    } kept[FILE_MAX_KEPT]; /* files that no output may replace */
    unsigned n_kept;
} file_outputs;

/* A file that outputs opened later may not replace. NULL, "-" and what is no regular file are
 * accepted and mean nothing. */
void file_keep(file_outputs *f, const char *path);
/* Opens an output, so that a place that cannot be written to is known before the work. *index is
 * its number; path NULL is accepted and writes nowhere. A path that leads to where standard output
 * goes counts as "-". A file that is replaced gives its permissions to the new one. */
int file_open(file_outputs *f, const char *path, unsigned *index);
/* Reserves room on the disk; what cannot be reserved in advance is not an error. */
int file_reserve(file_outputs *f, unsigned index, uint64_t bytes);
/* The bytes must stay until file_commit. */
int file_write(file_outputs *f, unsigned index, const void *bytes, size_t n);
/* Makes all outputs appear, each made durable before the next in the order of opening; on failure
 * those that have not appeared are removed. */
int file_commit(file_outputs *f);
/* Removes what has not been committed. */
void file_abandon(file_outputs *f);
/* Whether standard output belongs to one of the files. */
bool file_uses_stdout(const file_outputs *f);

#endif
