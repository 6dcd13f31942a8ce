/* start.c - begin and end of a run: the input of digest mode, the io digest, exit and panic. */
#include "machine_io.h"

/* Patched by the loader (enum machine_io_mode); volatile, so that no compiler believes the zero. */
extern volatile uint32_t sprove_io_mode;
volatile uint32_t sprove_io_mode __attribute__((used, section(".data.sprove_io_mode"))) =
    MACHINE_IO_WORDS;

#define CUT 31 /* H_in and H_out are cut to 248 bits */

static struct {
    uint32_t in[8];
} start_digest;

/* Digest mode: the tape begins with the input. It becomes ordinary memory in the input window and
 * is bound by its hash alone, so what the hash does not cover must not depend on the tape: the
 * length is bounded, and the bytes that pad the last word become zero. */
void sp_start_(void)
{
    if (sprove_io_mode != MACHINE_IO_DIGEST) return;
    uint32_t size = advice();
    if (size > MACHINE_INPUT_CAP) unprovable();
    word_alias *to = INPUT_WINDOW;
    *to++ = size;
    uint32_t n = size / 4;
    for (; n >= 4; n -= 4, to += 4) {
        to[0] = advice();
        to[1] = advice();
        to[2] = advice();
        to[3] = advice();
    }
    for (; n; n--) *to++ = advice();
    if (size % 4) *to = advice() & ((1u << 8 * (size % 4)) - 1);
    sp_blake2s((uint8_t *)start_digest.in, INPUT_WINDOW, size + 4);
}

SP_NORETURN void sp_exit(int code)
{
    uint32_t size = OUTPUT_WINDOW[0];
    if (sprove_io_mode != MACHINE_IO_DIGEST) {
        *(volatile word_alias *)OUTPUT_WINDOW = size; /* an empty output is an access, too */
        sp_halt_(code, NULL);
    }
    uint32_t out[8], d[8];
    sp_blake2s((uint8_t *)out, OUTPUT_WINDOW, size + 4);
    sp_hash_state s;
    sp_blake2s_init(&s);
    sp_blake2s_update(&s, "sprove io", 9);
    sp_blake2s_update(&s, start_digest.in, CUT);
    sp_blake2s_update(&s, out, CUT);
    sp_blake2s_final(&s, (uint8_t *)d);
    sp_halt_(code, d);
}

SP_NORETURN void sp_panic(const char *message)
{
    uint32_t n = (uint32_t)strlen(message);
    if (n > MACHINE_OUTPUT_CAP) n = MACHINE_OUTPUT_CAP;
    /* The last word first: its padding must not keep what was written before. */
    if (n % 4) OUTPUT_WINDOW[1 + n / 4] = 0;
    memcpy(OUTPUT_WINDOW + 1, message, n);
    OUTPUT_WINDOW[0] = n;
    sp_exit(MACHINE_EXIT_PANIC);
}
