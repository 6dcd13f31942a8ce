/* machine.h - the fixed numbers of the virtual machine, shared by vm/, air/, prover and verifier.
 *
 * Addresses are byte addresses below 2^30; a RAM word w = address / 4 < 2^28 is the tuple address
 * MACHINE_RAM + w of the memory argument. Time: cycle c >= 1 has the slots 4c (rs1), 4c + 1 (rs2),
 * 4c + 2 (register write), 4c + 3 (RAM). Initial values have time 0, public input words time 1. */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include <stdint.h>

#define MACHINE_SINK 32u                /* register that stands for "no write"; x0 is never written */
#define MACHINE_N_REGS 33u              /* x0..x31 and the sink */
#define MACHINE_RAM (1u << 15)          /* tuple address of RAM word 0 */
#define MACHINE_RAM_WORDS (1u << 28)    /* 1 GiB */
#define MACHINE_HALT_PC 0x100u          /* jumping here halts; no code may be mapped here */
#define MACHINE_BASE_MIN 0x1000u        /* lowest byte address of a program image */
#define MACHINE_IMAGE_LIMIT 0x10000000u /* the (extended) image ends at or below this */
#define MACHINE_INPUT_ADDR 0x20000000u  /* word 0: input length in bytes; then its bytes */
#define MACHINE_INPUT_CAP 0x4000000u    /* 64 MiB of input bytes */
#define MACHINE_OUTPUT_ADDR 0x28000000u /* word 0: output length in bytes; then its bytes */
#define MACHINE_OUTPUT_CAP 0x4000000u   /* 64 MiB of output bytes */
#define MACHINE_STACK_TOP 0x3ffffff0u   /* initial stack pointer, set by the guest's start code */
#define MACHINE_EXIT_REG 9u             /* s1 holds the exit code at halt */
#define MACHINE_DIGEST_REG 10u          /* x10..x17: io digest at halt in digest mode */
#define MACHINE_EXIT_PANIC 101u         /* exit code of a panic; its message is the output */
#define MACHINE_MAX_CYCLES ((1u << 27) - 2) /* n cycles: T_end + 1 = 4 (n + 1) + 1 < 2^29 */

enum machine_io_mode { MACHINE_IO_WORDS = 0, MACHINE_IO_DIGEST = 1 };

#endif
