/* machine_io.h - what the files of the guest library share: the windows and the advice instruction.
 */
#ifndef GUEST_LIB_MACHINE_IO_H
#define GUEST_LIB_MACHINE_IO_H

#include "core/machine.h"
#include "sprove_guest.h"

/* Any memory read or written by words. */
typedef uint32_t __attribute__((may_alias)) word_alias;

#define INPUT_WINDOW ((word_alias *)MACHINE_INPUT_ADDR)
#define OUTPUT_WINDOW ((word_alias *)MACHINE_OUTPUT_ADDR)
/* The next word of the private tape; past its end the machine traps. */
static inline uint32_t advice(void)
{
    uint32_t r;
    __asm__ volatile(".insn r 0x0b, 0, 0, %0, x0, x0" : "=r"(r));
    return r;
}

/* Stops the machine with a trap: no proof of such a run exists. */
static inline SP_NORETURN void unprovable(void)
{
    __asm__ volatile(".word 0");
    __builtin_unreachable();
}

/* crt0.S */
SP_NORETURN void sp_halt_(int code, const uint32_t *digest);
/* start.c: called by crt0.S before main. */
void sp_start_(void);

#endif
