/* folder.h - a folder and those above it, and files in it that are whole or not there. */
#ifndef MARKET_FOLDER_H
#define MARKET_FOLDER_H

#include "core/sp.h"

/* Makes what is not there yet, for its owner alone. False: the system refused (errno), or the path
 * is longer than FOLDER_PATH. */
bool folder_make(const char *path);
#define FOLDER_PATH 1024

/* A file in it for its owner alone: whole and on the disk, name and all, when this is true; else as
 * it was before. A file of that name is replaced; a link is replaced, not followed. */
SP_MUST_USE bool folder_put(const char *folder, const char *name, const void *bytes, size_t n);

#endif
