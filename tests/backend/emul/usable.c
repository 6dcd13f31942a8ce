/* usable.c - the emulated backend runs everywhere. */
#include <stdbool.h>

bool cpu_usable_avx512_emulated(void);
bool cpu_usable_avx512_emulated(void) { return true; }
