/* folder.c - see folder.h. */
#include "market/folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool folder_make(const char *path)
{
    char part[FOLDER_PATH];
    const size_t n = strlen(path);
    if (n >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return false;
    }
    return true;
}
