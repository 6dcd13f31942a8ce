/* guest.h - running a guest in a test, and what its io digest must be. */
#ifndef TESTS_GUEST_GUEST_H
#define TESTS_GUEST_GUEST_H

#include "vm/run.h"

/* Guests of the tests; clang's are empty (0 bytes) where there is no clang for riscv32. */
typedef struct {
    const char *name;
    const uint8_t *elf;
    size_t elf_bytes;
} guest_elf;
extern const guest_elf guest_runtime, guest_runtime_clang, guest_dirty_tape, guest_hello,
    guest_factor;
/* The jobs as clang builds them, by name; NULL without clang. */
const guest_elf *guest_clang_job(const char *name);

/* Runs to the end; the caller frees the result. False, with the reason printed, when it traps. */
bool guest_run(vm_result *r, const uint8_t *elf, size_t elf_bytes, enum machine_io_mode mode,
               const uint8_t *input, size_t input_bytes, const uint8_t *hint, size_t hint_bytes);

/* The io digest by its definition, from the hash of core. */
void guest_io_digest(uint32_t d[8], const uint8_t *input, size_t input_bytes, const uint8_t *output,
                     size_t output_bytes);
/* x10..x17 of a run in digest mode are the io digest of its input and output. */
bool guest_digest_is_right(const vm_result *r, const uint8_t *input, size_t input_bytes);

#endif
