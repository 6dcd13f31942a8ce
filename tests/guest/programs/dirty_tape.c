/* dirty_tape.c - the library's start code in digest mode with a tape that the test writes word by
 * word, as a dishonest prover may: the machine sees a program in words mode whose hint is that
 * tape. Linked in place of lib/start.c. */
#include "guest/lib/machine_io.h"

/* The hint, without the length that comes before it. */
static uint32_t tape(void)
{
    static bool begun;
    if (!begun) advice();
    begun = true;
    return advice();
}
#define advice tape
#define sprove_io_mode dirty_tape_mode
#define MACHINE_IO_WORDS MACHINE_IO_DIGEST /* the initial mode, which no loader patches */
#include "guest/lib/start.c"

int main(void)
{
    const uint8_t *data;
    uint32_t size;
    sp_input(&data, &size);
    sp_write(data, 8);
    return 0;
}
