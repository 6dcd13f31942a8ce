/* stream.h - random straight programs with forward jumps, for replay and for qemu. */
#ifndef TESTS_VM_STREAM_H
#define TESTS_VM_STREAM_H

#include "tests/vm/guest.h"

/* The buffer is GUEST_DATA .. + STREAM_BUFFER_BYTES. x8 points at its middle and is never written.
 * Loads and stores stay below the dump, where the end stores the other registers. */
#define STREAM_BUFFER_BYTES 2304u
#define STREAM_BASE (GUEST_DATA + 1024u)
#define STREAM_DUMP 1152 /* offset from x8 */

struct stream {
    uint64_t n_op[VM_N_OPS]; /* instructions made */
};

/* Random registers, then about n random instructions. */
void stream_make(struct guest *g, struct stream *s, uint32_t n);
/* Registers to the dump, buffer to the output window, halt. */
void stream_end_vm(struct guest *g);
/* Registers to the dump, then the Linux calls write(1, buffer) and exit(0). */
void stream_end_linux(struct guest *g);

#endif
