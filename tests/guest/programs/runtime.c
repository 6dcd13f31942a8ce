/* runtime.c - one guest for the tests of the guest library: the first byte of the input names what
 * to do with the rest. */
#include "sprove_guest.h"

static const uint8_t *data;
static uint32_t size;

static void put(uint32_t v) { sp_write_u32(v); }

/* Byte by byte, which no compiler may turn into a call. */
static void slow_copy(volatile uint8_t *to, const volatile uint8_t *from, uint32_t n)
{
    while (n--) *to++ = *from++;
}

static bool same(const volatile uint8_t *a, const volatile uint8_t *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (a[i] != b[i]) return false;
    return true;
}

#define ROOM 160
static uint8_t before[ROOM], work[ROOM], expected[ROOM], temp[ROOM];

static void reset(void)
{
    for (uint32_t i = 0; i < ROOM; i++) before[i] = (uint8_t)(i * 7 + 1);
    slow_copy(work, before, ROOM);
    slow_copy(expected, before, ROOM);
}

/* Each function against bytes moved one by one, all alignments, nothing beside the range touched.
 * Writes how many comparisons were made, then how many failed. */
static void memory(void)
{
    uint32_t made = 0, failed = 0;
    for (uint32_t n = 0; n <= 67; n++) {
        for (uint32_t to = 0; to < 4; to++) {
            for (uint32_t from = 0; from < 4; from++, made++) {
                reset();
                slow_copy(expected + 4 + to, before + 76 + from, n);
                void *r = memcpy(work + 4 + to, before + 76 + from, n);
                failed += r != work + 4 + to || !same(work, expected, ROOM);
            }
            reset();
            for (uint32_t i = 0; i < n; i++) ((volatile uint8_t *)expected)[40 + to + i] = 0xa5;
            void *r = memset(work + 40 + to, 0x1a5, n);
            failed += r != work + 40 + to || !same(work, expected, ROOM);
            made++;
        }
    }
    for (uint32_t n = 0; n <= 40; n++) {
        for (uint32_t from = 30; from < 34; from++) {
            for (uint32_t to = from - 20; to <= from + 20; to++, made++) {
                reset();
                slow_copy(temp, before + from, n);
                slow_copy(expected + to, temp, n);
                void *r = memmove(work + to, work + from, n);
                failed += r != work + to || !same(work, expected, ROOM);
            }
        }
    }
    for (uint32_t n = 1; n <= 20; n++) {
        for (uint32_t a = 0; a < 4; a++) {
            for (uint32_t at = 0; at < n; at++, made++) {
                reset();
                slow_copy(work + 64, work + a, n);
                failed += memcmp(work + a, work + 64, n) != 0;
                work[64 + at] = 0xff; /* never in before at these places: compared unsigned */
                failed +=
                    memcmp(work + a, work + 64, n) >= 0 || memcmp(work + 64, work + a, n) <= 0;
                failed += memcmp(work + a, work + 64, at) != 0;
            }
        }
    }
    for (uint32_t n = 0; n < 20; n++, made++) {
        reset();
        work[3 + n] = 0;
        failed += strlen((const char *)work + 3) != n;
    }
    put(made);
    put(failed);
}

static void heap(void)
{
    uint32_t failed = 0;
    uint8_t *a = malloc(1), *b = malloc(100), *c = malloc(0);
    failed += !a || !b || !c || (uintptr_t)a % 16 || (uintptr_t)b % 16 || (uintptr_t)c % 16;
    failed += b < a + 1 || c < b + 100;
    memset(b, 0xee, 100);
    free(c);
    uint8_t *d = malloc(50);
    failed += d != c; /* the last block is given out again */
    memset(d, 0xdd, 50);
    free(d);
    uint8_t *e = calloc(10, 5);
    failed += e != d;
    for (uint32_t i = 0; i < 50; i++) failed += e[i] != 0;
    uint8_t *f = realloc(e, 1000); /* grows in place */
    failed += f != e;
    uint8_t *g = realloc(b, 200); /* moves */
    failed += g == b || g < f + 1000;
    for (uint32_t i = 0; i < 100; i++) failed += g[i] != 0xee;
    failed += realloc(g, 10) != g;
    failed += malloc(0x20000000) != NULL || malloc(0xfffffff8) != NULL;
    failed += calloc(0x10000, 0x10000) != NULL || realloc(g, 0x20000000) != NULL;
    uint8_t *last = NULL;
    uint32_t blocks = 0;
    for (uint8_t *p; (p = malloc(0x1000000)) != NULL; blocks++) last = p;
    failed += (uintptr_t)last + 0x1000000 > 0x20000000;
    last[0xffffff] = 1;
    free(NULL);
    put(blocks);
    put(failed);
}

static void hashes(void)
{
    sp_hash_state s, b;
    uint8_t digest[32];
    sp_sha256(digest, data, size);
    sp_write(digest, 32);
    sp_blake2s(digest, data, size);
    sp_write(digest, 32);
    sp_sha256_init(&s);
    sp_blake2s_init(&b);
    for (uint32_t at = 0, n = 1; at < size; at += n, n = n * 3 % 101) {
        if (n > size - at) n = size - at;
        sp_sha256_update(&s, data + at, n);
        sp_blake2s_update(&b, data + at, n);
    }
    sp_sha256_final(&s, digest);
    sp_write(digest, 32);
    sp_blake2s_final(&b, digest);
    sp_write(digest, 32);
}

static void hints(void)
{
    put(sp_hint_left());
    put(sp_hint_u32());
    uint8_t bytes[16];
    for (uint32_t n = 0; n <= 9; n++) {
        sp_hint_bytes(bytes + n % 4, n);
        sp_write(bytes + n % 4, n);
    }
    uint32_t v = sp_hint_u32(); /* now at byte 4 + 45: across words */
    sp_write(&v, 4);
    put(sp_hint_left());
    while (sp_hint_left()) {
        sp_hint_bytes(bytes, 1);
        sp_write(bytes, 1);
    }
}

static void long_arithmetic(void)
{
    uint64_t a, b;
    memcpy(&a, data, 8);
    memcpy(&b, data + 8, 8);
    uint64_t r[] = {a / b,
                    a % b,
                    (uint64_t)((int64_t)a / (int64_t)b),
                    (uint64_t)((int64_t)a % (int64_t)b),
                    a * b,
                    a << (b & 63),
                    a >> (b & 63),
                    (uint64_t)((int64_t)a >> (b & 63))};
    sp_write(r, sizeof r);
}

static uint32_t __attribute__((noinline)) depth(uint32_t n)
{
    volatile uint32_t keep = n;
    return n ? depth(n - 1) + keep - n + 1 : 0;
}

int main(void)
{
    static uint32_t uninitialised[64];
    sp_input(&data, &size);
    if (size == 0) return 7; /* no output at all */
    uint8_t what = *data++;
    size--;
    switch (what) {
    case 'e': sp_write(data, size); return 0;
    case 'r': {
        uint8_t part[64];
        sp_read(part, 1);
        for (uint32_t n = 1; sp_read_left(); n = n % 13 + 1) {
            if (n > sp_read_left()) n = sp_read_left();
            sp_read(part + n % 5, n);
            sp_write(part + n % 5, n);
        }
        sp_read(part, 0);
        return 0;
    }
    case 'R': sp_read(work, size + 2); return 0;
    case 'p':
        for (uint32_t i = 0; i < 25; i++) put(0xffffffff);
        sp_panic("25 characters of message.");
    case 'P': put(0xffffffff); sp_panic("");
    case 'x': sp_write("abc", 3); sp_exit(-2);
    case 'm': memory(); return 0;
    case 'a': heap(); return 0;
    case 'h': hashes(); return 0;
    case 't': hints(); return 0;
    case 'T':
        sp_hint_u32();
        sp_hint_bytes(work, sp_hint_left() + 1);
        return 0;
    case 'l': long_arithmetic(); return 0;
    case 'o':
        sp_write("x", 1);
        put(0x04030201);
        *sp_output(2) = 9;
        return 0;
    case 'O': sp_output((64u << 20) + 1); return 0;
    case 'f': sp_output(64u << 20); return 0;
    case 'd': put(depth(100000)); return 0;
    case 'z': sp_write(uninitialised, sizeof uninitialised); return 0;
    default: return 1;
    }
}
