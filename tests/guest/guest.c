/* guest.c - see guest.h. */
#include "tests/guest/guest.h"

#include <stdio.h>
#include <string.h>

#include "core/blake2s.h"

#include "elf/dirty_tape.h"
#include "elf/factor.h"
#include "elf/hello.h"
#include "elf/runtime.h"
#ifdef HAVE_CLANG
#include "elf/clang_fibonacci.h"
#include "elf/clang_hash.h"
#include "elf/clang_matrix_multiplication.h"
#include "elf/clang_mixed.h"
#include "elf/clang_mlp_int8.h"
#include "elf/clang_modexp.h"
#include "elf/clang_prime.h"
#include "elf/clang_runtime.h"
#include "elf/clang_sort.h"
#define ELF(name)                                        \
    {                                                    \
#name, elf_clang_##name, sizeof elf_clang_##name \
    }
static const guest_elf clang_jobs[] = {ELF(matrix_multiplication),
                                       ELF(hash),
                                       ELF(sort),
                                       ELF(prime),
                                       ELF(modexp),
                                       ELF(mlp_int8),
                                       ELF(fibonacci),
                                       ELF(mixed)};
const guest_elf guest_runtime_clang = ELF(runtime);
#else
static const guest_elf clang_jobs[1];
const guest_elf guest_runtime_clang = {"runtime", NULL, 0};
#endif

const guest_elf guest_runtime = {"runtime", elf_runtime, sizeof elf_runtime};
const guest_elf guest_dirty_tape = {"dirty_tape", elf_dirty_tape, sizeof elf_dirty_tape};
const guest_elf guest_factor = {"factor", elf_factor, sizeof elf_factor};
const guest_elf guest_hello = {"hello", elf_hello, sizeof elf_hello};

const guest_elf *guest_clang_job(const char *name)
{
    for (size_t i = 0; i < SP_COUNT(clang_jobs); i++)
        if (clang_jobs[i].name && strcmp(clang_jobs[i].name, name) == 0) return &clang_jobs[i];
    return NULL;
}

bool guest_run(vm_result *r, const uint8_t *elf, size_t elf_bytes, enum machine_io_mode mode,
               const uint8_t *input, size_t input_bytes, const uint8_t *hint, size_t hint_bytes)
{
    vm_program p;
    vm_error err = {""};
    vm_options o = {0};
    o.input = input;
    o.input_bytes = (uint32_t)input_bytes;
    o.hint = hint;
    o.hint_bytes = (uint32_t)hint_bytes;
    o.mode = mode;
    memset(r, 0, sizeof *r);
    sp_status s = vm_program_init(&p, elf, elf_bytes, mode, &err);
    if (s == SP_OK) {
        s = vm_run(r, &p, &o, &err);
        vm_program_free(&p);
    }
    if (s != SP_OK) printf("guest_run: status %d: %s\n", s, err.text);
    return s == SP_OK;
}

static void hash_cut(uint8_t out[32], const uint8_t *bytes, size_t n)
{
    uint8_t len[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    blake2s_ctx s;
    uint32_t h[8];
    blake2s_init(&s, NULL);
    blake2s_update(&s, len, 4);
    blake2s_update(&s, bytes, n);
    blake2s_final(&s, h);
    blake2s_to_bytes(out, h);
}

void guest_io_digest(uint32_t d[8], const uint8_t *input, size_t input_bytes, const uint8_t *output,
                     size_t output_bytes)
{
    uint8_t in[32], out[32];
    blake2s_ctx s;
    hash_cut(in, input, input_bytes);
    hash_cut(out, output, output_bytes);
    blake2s_init(&s, NULL);
    blake2s_update(&s, "sprove io", 9);
    blake2s_update(&s, in, 31);
    blake2s_update(&s, out, 31);
    blake2s_final(&s, d);
}

bool guest_digest_is_right(const vm_result *r, const uint8_t *input, size_t input_bytes)
{
    uint32_t d[8];
    guest_io_digest(d, input, input_bytes, r->output, r->output_bytes);
    return memcmp(d, r->reg + MACHINE_DIGEST_REG, sizeof d) == 0;
}
