/* diary.h - the node's log: one JSON object per line on standard error and in a file, which begins
 * anew, keeping the one before it as NAME.1, when it has grown too long. The last failures are kept
 * in memory for who asks. */
#ifndef NODE_DIARY_H
#define NODE_DIARY_H

#include "core/sp.h"

#include <jansson.h>
#include <stdarg.h>

#define DIARY_PATH 600
#define DIARY_MOST ((uint64_t)16 << 20) /* bytes of one file */

typedef struct {
    bool quiet; /* nothing on standard error */
    int fd;     /* -1: no file */
    uint64_t bytes;
    char path[DIARY_PATH];
    json_t *last_failure; /* NULL: none since the start */
} diary;

/* path "": no file. False: it cannot be written to. */
bool diary_open(diary *d, const char *path, bool quiet);
void diary_close(diary *d);

/* Names and values in pairs, ended by NULL; a pair without a value is left out. ts and level are
 * added; the level is that of the event's name. */
void diary_say(diary *d, const char *event, va_list pairs);

#endif
