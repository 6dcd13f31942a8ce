/* runtime_test.c - the guest library: input, hints, output, exit, panic, memory, hashes, layout. */
#include "tests/guest/guest.h"
#include "tests/guest/reference.h"
#include "tests/test.h"

#include <elf.h>

#include "core/blake2s.h"

static const enum machine_io_mode modes[] = {MACHINE_IO_WORDS, MACHINE_IO_DIGEST};

/* Runs a guest in both io modes and with both compilers; check sees each run. */
typedef bool (*check_fn)(const vm_result *r, const uint8_t *input, size_t input_bytes,
                         const uint8_t *hint, size_t hint_bytes);
static bool each_run(char what, const uint8_t *rest, size_t n, const uint8_t *hint,
                     size_t hint_bytes, check_fn check)
{
    const guest_elf *const elfs[] = {&guest_runtime, &guest_runtime_clang};
    uint8_t *input = malloc(n + 1);
    bool ok = input != NULL;
    if (!ok) return false;
    input[0] = (uint8_t)what;
    if (n) memcpy(input + 1, rest, n);
    for (size_t i = 0; i < 4 && ok; i++) {
        const guest_elf *e = elfs[i / 2];
        vm_result r;
        if (e->elf_bytes == 0) continue;
        ok = guest_run(&r, e->elf, e->elf_bytes, modes[i % 2], input, n + 1, hint, hint_bytes);
        if (ok && i % 2) ok = guest_digest_is_right(&r, input, n + 1);
        if (!ok) printf("compiler %zu, mode %zu: no run, or a wrong digest\n", i / 2, i % 2);
        if (ok && !check(&r, input, n + 1, hint, hint_bytes)) {
            printf("compiler %zu, mode %zu: exit code %u, %u bytes: %.*s\n", i / 2, i % 2,
                   (unsigned)r.exit_code, (unsigned)r.output_bytes, (int)r.output_bytes,
                   (const char *)r.output);
            ok = false;
        }
        vm_result_free(&r);
    }
    free(input);
    return ok;
}

static bool output_is(const vm_result *r, uint32_t exit_code, const void *bytes, size_t n)
{
    return r->exit_code == exit_code && r->output_bytes == n &&
           (n == 0 || memcmp(r->output, bytes, n) == 0);
}
static uint32_t word(const vm_result *r, size_t i)
{
    const uint8_t *p = r->output + 4 * i;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The output is the input after its first byte. */
static bool echoes(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)h, (void)hn;
    return output_is(r, 0, in + 1, n - 1);
}

TEST(input_comes_out_again_for_all_lengths)
{
    uint8_t b[300];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)test_rand();
    for (size_t n = 0; n < 70; n++) CHECK(each_run('e', b, n, NULL, 0, echoes));
    CHECK(each_run('e', b, sizeof b, NULL, 0, echoes));
}

TEST(sp_read_gives_the_input_in_pieces)
{
    uint8_t b[300];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)test_rand();
    CHECK(each_run('r', b, sizeof b, NULL, 0, echoes));
    CHECK(each_run('r', b, 0, NULL, 0, echoes));
}

#define PANICS(name, message)                                                                      \
    static bool name(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn) \
    {                                                                                              \
        (void)in, (void)n, (void)h, (void)hn;                                                      \
        return output_is(r, MACHINE_EXIT_PANIC, message, strlen(message));                         \
    }
PANICS(input_too_short, "the input ends too early")
PANICS(hint_too_short, "the hint ends too early")
PANICS(output_too_long, "the output exceeds 64 MiB")
PANICS(message_of_25, "25 characters of message.")
PANICS(message_of_0, "")

TEST(reading_past_the_input_panics) { CHECK(each_run('R', NULL, 0, NULL, 0, input_too_short)); }
TEST(reading_past_the_hint_panics)
{
    uint8_t h[9] = {0};
    CHECK(each_run('T', NULL, 0, h, sizeof h, hint_too_short));
    CHECK(each_run('T', NULL, 0, h, 3, hint_too_short));
    CHECK(each_run('t', NULL, 0, NULL, 0, hint_too_short));
}
TEST(too_long_an_output_panics) { CHECK(each_run('O', NULL, 0, NULL, 0, output_too_long)); }

/* The digest check of each_run covers the length word; this the bytes behind the message, which
 * words mode makes public, too. */
TEST(panic_replaces_the_output_and_clears_its_padding)
{
    CHECK(each_run('p', NULL, 0, NULL, 0, message_of_25));
    CHECK(each_run('P', NULL, 0, NULL, 0, message_of_0));
    vm_program p;
    vm_error err;
    vm_options o = {0};
    vm_result r;
    o.input = (const uint8_t *)"p";
    o.input_bytes = 1;
    o.record = true;
    CHECK_EQ(
        vm_program_init(&p, guest_runtime.elf, guest_runtime.elf_bytes, MACHINE_IO_WORDS, &err),
        SP_OK);
    CHECK_EQ(vm_run(&r, &p, &o, &err), SP_OK);
    uint32_t last = MACHINE_OUTPUT_ADDR / 4 + 1 + 24 / 4, seen = 0;
    for (size_t i = 0; i < r.n_touched; i++) {
        if (r.touched[i].word != last) continue;
        CHECK_EQ(r.touched[i].value, '.'); /* and three zero bytes */
        seen++;
    }
    CHECK_EQ(seen, 1);
    vm_result_free(&r);
    vm_program_free(&p);
}

static bool full(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return r->exit_code == 0 && r->output_bytes == MACHINE_OUTPUT_CAP;
}
TEST(output_may_fill_the_window)
{
    vm_result r;
    CHECK(guest_run(&r, guest_runtime.elf, guest_runtime.elf_bytes, MACHINE_IO_WORDS,
                    (const uint8_t *)"f", 1, NULL, 0));
    CHECK(full(&r, NULL, 0, NULL, 0));
    vm_result_free(&r);
}

static bool exits(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return output_is(r, 0xfffffffe, "abc", 3);
}
static bool unknown(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return output_is(r, 1, NULL, 0);
}
TEST(exit_code_is_the_argument_or_what_main_returns)
{
    CHECK(each_run('x', NULL, 0, NULL, 0, exits));
    CHECK(each_run('?', NULL, 0, NULL, 0, unknown));
}

TEST(no_input_and_no_output)
{
    for (size_t i = 0; i < 2; i++) {
        vm_result r;
        CHECK(
            guest_run(&r, guest_runtime.elf, guest_runtime.elf_bytes, modes[i], NULL, 0, NULL, 0));
        CHECK(output_is(&r, 7, NULL, 0));
        if (i) CHECK(guest_digest_is_right(&r, NULL, 0));
        vm_result_free(&r);
    }
}

static bool hints_in_order(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h,
                           size_t hn)
{
    (void)in, (void)n;
    /* left, u32, pieces of 0..9 bytes, u32, left, the rest: the hint with two counts between */
    size_t at = 4 + 45 + 4;
    return r->exit_code == 0 && r->output_bytes == hn + 8 && word(r, 0) == hn &&
           memcmp(r->output + 4, h, at) == 0 && r->output[4 + at] == hn - at &&
           memcmp(r->output + 8 + at, h + at, hn - at) == 0;
}
TEST(hints_come_in_order_at_any_alignment)
{
    uint8_t h[64];
    for (size_t i = 0; i < sizeof h; i++) h[i] = (uint8_t)test_rand();
    for (size_t n = 53; n <= sizeof h; n++) CHECK(each_run('t', NULL, 0, h, n, hints_in_order));
}

static bool memory_right(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h,
                         size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return r->exit_code == 0 && r->output_bytes == 8 && word(r, 0) > 8000 && word(r, 1) == 0;
}
TEST(memory_functions_are_right_at_all_alignments)
{
    CHECK(each_run('m', NULL, 0, NULL, 0, memory_right));
}

static bool heap_right(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    /* 0x20000000 less the program is 31 blocks of 16 MiB */
    return r->exit_code == 0 && r->output_bytes == 8 && word(r, 0) == 31 && word(r, 1) == 0;
}
TEST(heap_reaches_up_to_the_input_window) { CHECK(each_run('a', NULL, 0, NULL, 0, heap_right)); }

static bool hashes_right(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h,
                         size_t hn)
{
    uint8_t d[64];
    uint32_t words[8];
    (void)h, (void)hn;
    reference_sha256(d, in + 1, n - 1);
    blake2s_hash(words, NULL, in + 1, n - 1);
    blake2s_to_bytes(d + 32, words);
    return r->exit_code == 0 && r->output_bytes == 128 && memcmp(r->output, d, 64) == 0 &&
           memcmp(r->output + 64, d, 64) == 0;
}
TEST(guest_hashes_equal_the_host)
{
    uint8_t b[700];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)test_rand();
    static const size_t sizes[] = {0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 700};
    for (size_t i = 0; i < SP_COUNT(sizes); i++)
        CHECK(each_run('h', b, sizes[i], NULL, 0, hashes_right));
}
TEST(reference_sha256_gives_the_published_digests)
{
    static const uint8_t abc[8] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea};
    static const uint8_t none[8] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14};
    uint8_t d[32];
    reference_sha256(d, (const uint8_t *)"abc", 3);
    CHECK_BYTES(d, abc, 8);
    reference_sha256(d, NULL, 0);
    CHECK_BYTES(d, none, 8);
}

static bool arithmetic_right(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h,
                             size_t hn)
{
    uint64_t a, b;
    (void)n, (void)h, (void)hn;
    memcpy(&a, in + 1, 8);
    memcpy(&b, in + 9, 8);
    uint64_t e[] = {a / b,
                    a % b,
                    (uint64_t)((int64_t)a / (int64_t)b),
                    (uint64_t)((int64_t)a % (int64_t)b),
                    a * b,
                    a << (b & 63),
                    a >> (b & 63),
                    (uint64_t)((int64_t)a >> (b & 63))};
    return output_is(r, 0, e, sizeof e);
}
TEST(arithmetic_on_64_bits_works)
{
    static const uint64_t edge[] = {1, 2, UINT32_MAX, UINT64_C(1) << 32, INT64_MAX, UINT64_MAX - 1};
    for (size_t i = 0; i < 50; i++) {
        uint64_t v[2];
        for (size_t k = 0; k < 2; k++) {
            v[k] = (uint64_t)test_rand() << 32 | test_rand();
            v[k] >>= test_rand() % 64;
            if (i < 36) v[k] = edge[k ? i / 6 : i % 6];
        }
        if (v[1] == 0) v[1] = 3;
        CHECK(each_run('l', (const uint8_t *)v, sizeof v, NULL, 0, arithmetic_right));
    }
}

static bool pieces(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return output_is(r, 0, "x\1\2\3\4\11\0", 7);
}
TEST(output_grows_at_any_alignment) { CHECK(each_run('o', NULL, 0, NULL, 0, pieces)); }

static bool depth_right(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h,
                        size_t hn)
{
    (void)in, (void)n, (void)h, (void)hn;
    return r->exit_code == 0 && r->output_bytes == 4 && word(r, 0) == 100000;
}
TEST(stack_holds_100000_calls) { CHECK(each_run('d', NULL, 0, NULL, 0, depth_right)); }

static bool all_zero(const vm_result *r, const uint8_t *in, size_t n, const uint8_t *h, size_t hn)
{
    static const uint8_t zero[256];
    (void)in, (void)n, (void)h, (void)hn;
    return output_is(r, 0, zero, sizeof zero);
}
TEST(uninitialised_data_is_zero) { CHECK(each_run('z', NULL, 0, NULL, 0, all_zero)); }

/* Only the length counts: what pads the last word of the tape's input is the prover's to choose. */
TEST(digest_mode_ignores_the_padding_of_the_tape)
{
    static const uint8_t tape[12] = "\5\0\0\0helloXXX";
    vm_result r;
    CHECK(guest_run(&r, guest_dirty_tape.elf, guest_dirty_tape.elf_bytes, MACHINE_IO_WORDS, NULL, 0,
                    tape, sizeof tape));
    CHECK(output_is(&r, 0, "hello\0\0\0", 8));
    CHECK(guest_digest_is_right(&r, (const uint8_t *)"hello", 5));
    vm_result_free(&r);
}

/* Nothing is proved of a tape whose length would overwrite other memory. */
TEST(digest_mode_traps_on_a_length_beyond_the_window)
{
    static const uint32_t lengths[] = {MACHINE_INPUT_CAP, MACHINE_INPUT_CAP + 1, 0xfffffffe,
                                       UINT32_MAX};
    vm_program p;
    vm_error err;
    vm_options o = {0};
    vm_result r;
    CHECK_EQ(vm_program_init(&p, guest_dirty_tape.elf, guest_dirty_tape.elf_bytes, MACHINE_IO_WORDS,
                             &err),
             SP_OK);
    for (size_t i = 0; i < SP_COUNT(lengths); i++) {
        o.hint = (const uint8_t *)&lengths[i];
        o.hint_bytes = 4;
        CHECK_EQ(vm_run(&r, &p, &o, &err), SP_ERR_TRAP);
        CHECK(strstr(err.text, i ? "illegal instruction" : "hint exhausted"));
    }
    vm_program_free(&p);
}

TEST(examples_do_what_their_comments_say)
{
    vm_result r;
    CHECK(guest_run(&r, guest_hello.elf, guest_hello.elf_bytes, MACHINE_IO_WORDS,
                    (const uint8_t *)"world", 5, NULL, 0));
    CHECK(output_is(&r, 0, "hello, world\n", 13));
    vm_result_free(&r);
    CHECK(
        guest_run(&r, guest_hello.elf, guest_hello.elf_bytes, MACHINE_IO_WORDS, NULL, 0, NULL, 0));
    CHECK_EQ(r.exit_code, MACHINE_EXIT_PANIC);
    vm_result_free(&r);
    static const uint8_t n[8] = {35}, good[16] = {5, [8] = 7}, bad[16] = {1, [8] = 35};
    CHECK(
        guest_run(&r, guest_factor.elf, guest_factor.elf_bytes, MACHINE_IO_DIGEST, n, 8, good, 16));
    CHECK(output_is(&r, 0, "composite", 9));
    vm_result_free(&r);
    CHECK(
        guest_run(&r, guest_factor.elf, guest_factor.elf_bytes, MACHINE_IO_DIGEST, n, 8, bad, 16));
    CHECK_EQ(r.exit_code, MACHINE_EXIT_PANIC);
    vm_result_free(&r);
}

static uint32_t symbol(const vm_program *p, const uint8_t *elf, const char *name)
{
    (void)p;
    const Elf32_Ehdr *h = (const Elf32_Ehdr *)(const void *)elf;
    const Elf32_Shdr *s = (const Elf32_Shdr *)(const void *)(elf + h->e_shoff);
    for (unsigned i = 0; i < h->e_shnum; i++) {
        if (s[i].sh_type != SHT_SYMTAB) continue;
        const Elf32_Sym *y = (const Elf32_Sym *)(const void *)(elf + s[i].sh_offset);
        const char *names = (const char *)elf + s[s[i].sh_link].sh_offset;
        for (size_t k = 0; k < s[i].sh_size / sizeof *y; k++)
            if (strcmp(names + y[k].st_name, name) == 0) return y[k].st_value;
    }
    return 0;
}

/* sprove.ld and crt0.S cannot include machine.h. */
TEST(linker_script_agrees_with_the_machine)
{
    const guest_elf *const elfs[] = {&guest_runtime, &guest_runtime_clang};
    for (size_t i = 0; i < 2; i++) {
        if (elfs[i]->elf_bytes == 0) continue;
        uint8_t *elf = malloc(elfs[i]->elf_bytes); /* aligned */
        CHECK(elf != NULL);
        memcpy(elf, elfs[i]->elf, elfs[i]->elf_bytes);
        vm_program p;
        vm_error err;
        CHECK_EQ(vm_program_init(&p, elf, elfs[i]->elf_bytes, MACHINE_IO_DIGEST, &err), SP_OK);
        CHECK_EQ(symbol(&p, elf, "__sprove_halt_pc"), MACHINE_HALT_PC);
        CHECK_EQ(symbol(&p, elf, "__sprove_stack_top"), MACHINE_STACK_TOP);
        CHECK_EQ(symbol(&p, elf, "__sprove_heap_end"), MACHINE_INPUT_ADDR);
        CHECK(p.io_mode_addr != 0);
        CHECK_EQ(symbol(&p, elf, "sprove_io_mode"), p.io_mode_addr);
        CHECK_EQ(p.image[(p.io_mode_addr - p.base) / 4], MACHINE_IO_DIGEST);
        CHECK_EQ(p.base, 0x10000);
        /* No gaps: code, constants and data, each rounded up to words, make up the image. */
        const Elf32_Ehdr *h = (const Elf32_Ehdr *)(const void *)elf;
        const Elf32_Phdr *ph = (const Elf32_Phdr *)(const void *)(elf + h->e_phoff);
        uint32_t words = 0, code = 0;
        for (unsigned k = 0; k < h->e_phnum; k++) {
            if (ph[k].p_type != PT_LOAD) continue;
            CHECK((ph[k].p_flags & (PF_W | PF_X)) != (PF_W | PF_X));
            words += (ph[k].p_filesz + 3) / 4;
            if (ph[k].p_flags & PF_X) code += (ph[k].p_filesz + 3) / 4;
        }
        CHECK_EQ(p.n_image, words);
        CHECK_EQ(p.n_code, code);
        vm_program_free(&p);
        free(elf);
    }
}
