/* reference_mixed.c - the job mixed on the host: the guest's source with the library replaced. It
 * has no meaning beyond its code, so this compares compilers and machines. */
#include "tests/guest/reference.h"

#include <stdio.h>
#include <string.h>

#include "sprove_guest.h"

static uint32_t word;
static char *to;

void sp_input(const uint8_t **data, uint32_t *size)
{
    *data = (const uint8_t *)&word;
    *size = 4;
}

uint8_t *sp_output(uint32_t n)
{
    (void)n;
    return NULL;
}

void sp_write(const void *from, uint32_t n)
{
    const uint32_t *w = (const uint32_t *)from;
    to += sprintf(to, "{\"checksum\":\"");
    for (uint32_t i = 0; i < n / 4; i++) to += sprintf(to, "%08x", w[i]);
    sprintf(to, "\"}");
}

void sp_panic(const char *message)
{
    printf("panic: %s\n", message);
    __builtin_trap();
}

#define main mixed_main
int mixed_main(void);
#include "guest/jobs/mixed.c"
#undef main

void reference_mixed(char result[128], uint32_t rounds)
{
    memset(digest, 0, sizeof digest);
    word = rounds;
    to = result;
    mixed_main();
}
