/* node.c - `sprove node`: the provider daemon is a program of its own, sprove-node, with libraries
 * that this one does without; here it is found and run in this process's place. */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "sprove-node"

int command_node_exec(char **argv)
{
    static const char *const places[] = {"", "../node/"}; /* installed; in a build folder */
    char self[4096], path[4200];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char name[] = NAME;
    argv[0] = name;
    char *slash = NULL;
    if (n > 0) {
        self[n] = 0;
        slash = strrchr(self, '/');
    }
    for (size_t i = 0; slash && i < SP_COUNT(places); i++) {
        snprintf(path, sizeof path, "%.*s%s" NAME, (int)(slash + 1 - self), self, places[i]);
        if (access(path, X_OK) == 0) execv(path, argv);
    }
    execvp(NAME, argv);
    if (errno == ENOENT)
        return cli_fail(EXIT_IO, "there is no " NAME " beside this program or in PATH: it is built "
                                 "where libwebsockets, libuv, SQLite and libcurl are");
    return cli_fail(EXIT_IO, NAME ": cannot be run: %s", strerror(errno));
}
