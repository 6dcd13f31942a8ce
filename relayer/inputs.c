/* inputs.c - see inputs.h. */
#include "relayer/inputs.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define KNOWN 256u

static struct {
    char sha256[PROGRAM_SHA256_HEX], commitment[PROGRAM_DIGEST_HEX];
    uint64_t used;
} known[KNOWN];
static uint64_t uses;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool inputs_find(char commitment[PROGRAM_DIGEST_HEX], const char *sha256)
{
    bool found = false;
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < KNOWN && !found; i++) {
        found = known[i].used > 0 && strcmp(known[i].sha256, sha256) == 0;
        if (!found) continue;
        memcpy(commitment, known[i].commitment, PROGRAM_DIGEST_HEX);
        known[i].used = ++uses;
    }
    (void)pthread_mutex_unlock(&lock);
    return found;
}

void inputs_note(const char *sha256, const char *commitment)
{
    size_t at = 0;
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].used < known[at].used) at = i;
        if (known[i].used == 0 || strcmp(known[i].sha256, sha256) != 0) continue;
        at = i;
        break;
    }
    (void)snprintf(known[at].sha256, sizeof known[at].sha256, "%s", sha256);
    (void)snprintf(known[at].commitment, sizeof known[at].commitment, "%s", commitment);
    known[at].used = ++uses;
    (void)pthread_mutex_unlock(&lock);
}
