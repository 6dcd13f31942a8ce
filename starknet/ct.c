/* ct.c - wiping. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "starknet/ct.h"

#include <string.h>

void ct_wipe(void *p, size_t n) { explicit_bzero(p, n); }
