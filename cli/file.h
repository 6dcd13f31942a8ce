/* file.h - reading whole files under a limit, and writing files that are whole or absent.
 *
 * Interruption: after signals_init the first SIGINT, SIGTERM or SIGHUP sets a flag; the second
 * removes the temporary files and ends the process. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "core/sp.h"

void signals_init(void);
bool signals_stopped(void);

typedef struct {
    uint8_t *at;
    size_t n;
} file_bytes;

/* Reads path, or standard input for "-". what names the file's part for people ("the input"). An
 * exit code: EXIT_IO, EXIT_LIMIT (longer than limit), 0. The bytes are to be freed with free(); one
 * more zero byte follows them. */
int file_read(file_bytes *b, const char *path, const char *what, size_t limit);

#define FILE_MAX_OUTPUTS 6

/* One output. Written to a temporary file beside its place, synced, then renamed. Devices and pipes
 * are written to directly. */
typedef struct {
    const char *path;  /* as given; NULL: not wanted; "-": standard output */
    char *real, *temp; /* path with links followed; temporary file */
    int fd;
    bool direct; /* no temporary file */
} file_output;

/* Outputs that appear together. */
typedef struct {
    file_output out[FILE_MAX_OUTPUTS];
    unsigned n;
} file_outputs;

/* Opens an output, so that a place that cannot be written to is known before the work. *index is
 * its number; path NULL is accepted and writes nowhere. */
int file_open(file_outputs *f, const char *path, unsigned *index);
/* Reserves room on the disk; what cannot be reserved in advance is not an error. */
int file_reserve(file_outputs *f, unsigned index, uint64_t bytes);
int file_write(file_outputs *f, unsigned index, const void *bytes, size_t n);
/* Makes all outputs appear; on failure those that have not appeared are removed. */
int file_commit(file_outputs *f);
/* Removes what has not been committed. */
void file_abandon(file_outputs *f);
/* Whether standard output belongs to one of the files. */
bool file_uses_stdout(const file_outputs *f);

#endif
