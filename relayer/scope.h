/* scope.h - what a key, or the token of a wallet, may do. */
#ifndef RELAYER_SCOPE_H
#define RELAYER_SCOPE_H

#include "core/sp.h"

typedef enum {
    SCOPE_TASKS_READ = 1 << 0,
    SCOPE_TASKS_WRITE = 1 << 1,
    SCOPE_NODES_READ = 1 << 2,
    SCOPE_BLOBS_READ = 1 << 3,
    SCOPE_BLOBS_WRITE = 1 << 4,
    SCOPE_PROGRAMS_WRITE = 1 << 5,
    SCOPE_AUDITS = 1 << 6,
    SCOPE_WEBHOOKS = 1 << 7,
    SCOPE_ADMIN = 1 << 8, /* all of the others as well */
    SCOPE_DEMANDER = SCOPE_TASKS_READ | SCOPE_TASKS_WRITE | SCOPE_NODES_READ | SCOPE_BLOBS_READ |
                     SCOPE_BLOBS_WRITE | SCOPE_PROGRAMS_WRITE | SCOPE_WEBHOOKS
} scope;

/* "tasks:read" and so on. */
const char *scope_name(scope s);
bool scope_of(scope *s, const char *name);

/* Names separated by blanks or commas, "demander" for SCOPE_DEMANDER; one that is not known gives
 * nothing, and *all is false then (NULL allowed). */
uint32_t scopes_read(const char *text, bool *all);
#define SCOPES_TEXT 160
/* Separated by blanks, in the order above. */
void scopes_write(char out[SCOPES_TEXT], uint32_t scopes);

#endif
