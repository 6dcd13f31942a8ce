/* scope.c - see scope.h. */
#include "relayer/scope.h"

#include <stdio.h>
#include <string.h>

#define DEMANDER "demander"

static const struct {
    scope scope;
    const char *name;
} scopes[] = {{SCOPE_TASKS_READ, "tasks:read"},
              {SCOPE_TASKS_WRITE, "tasks:write"},
              {SCOPE_NODES_READ, "nodes:read"},
              {SCOPE_BLOBS_READ, "blobs:read"},
              {SCOPE_BLOBS_WRITE, "blobs:write"},
              {SCOPE_PROGRAMS_WRITE, "programs:write"},
              {SCOPE_AUDITS, "audits"},
              {SCOPE_WEBHOOKS, "webhooks"},
              {SCOPE_ADMIN, "admin"}};

const char *scope_name(scope s)
{
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (scopes[i].scope == s) return scopes[i].name;
    return NULL;
}

static uint32_t find(const char *name, size_t n)
{
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (strlen(scopes[i].name) == n && strncmp(scopes[i].name, name, n) == 0)
            return (uint32_t)scopes[i].scope;
    return 0;
}

bool scope_of(scope *s, const char *name)
{
    const uint32_t one = find(name, strlen(name));
    if (one != 0) *s = (scope)one;
    return one != 0;
}

uint32_t scopes_read(const char *text, bool *all)
{
    uint32_t sum = 0;
    bool known = true;
    for (text = text != NULL ? text : ""; *(text += strspn(text, " ,")) != 0;) {
        const size_t n = strcspn(text, " ,");
        const bool set = n == strlen(DEMANDER) && strncmp(text, DEMANDER, n) == 0;
        const uint32_t one = set ? (uint32_t)SCOPE_DEMANDER : find(text, n);
        known &= one != 0;
        sum |= one;
        text += n;
    }
    if (all != NULL) *all = known;
    return sum;
}

void scopes_write(char out[SCOPES_TEXT], uint32_t wanted)
{
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < SP_COUNT(scopes); i++)
        if (wanted & (uint32_t)scopes[i].scope)
            at += (size_t)snprintf(out + at, SCOPES_TEXT - at, "%s%s", at > 0 ? " " : "",
                                   scopes[i].name);
}
