/* folder.h - a folder and those above it. */
#ifndef MARKET_FOLDER_H
#define MARKET_FOLDER_H

#include "core/sp.h"

/* Makes what is not there yet, for its owner alone. False: the system refused (errno), or the path
 * is longer than FOLDER_PATH. */
bool folder_make(const char *path);
#define FOLDER_PATH 1024

#endif
