/* bundle.c - the archive of a result: what is written is read, and nothing else is. SHA-256 against
 * OpenSSL. */
#include "market/bundle.h"
#include "market/sha256.h"
#include "tests/test.h"

#include <openssl/sha.h>
#include <stdlib.h>

#define ROOM 65536u

typedef struct {
    uint8_t at[ROOM];
    size_t n;
    bool content[ROOM]; /* of a file, which may be anything */
} archive;

static void add(archive *a, const char *name, const void *bytes, size_t n, int64_t time_s)
{
    bundle_header((char *)a->at + a->n, name, n, time_s);
    a->n += BUNDLE_BLOCK;
    if (n) memcpy(a->at + a->n, bytes, n);
    for (size_t i = 0; i < n; i++) a->content[a->n + i] = true;
    a->n += (n + BUNDLE_BLOCK - 1) / BUNDLE_BLOCK * BUNDLE_BLOCK;
}

static const size_t lengths[BUNDLE_PARTS] = {511, 77, 512, 21, 513, 0, 1, 1025};

/* Parts first to end of a whole archive, without what ends it. */
static void add_parts(archive *a, unsigned first, unsigned end)
{
    static uint8_t bytes[2048];
    for (unsigned p = first; p < end; p++) {
        memset(bytes, (int)(p + 'a'), sizeof bytes);
        add(a, bundle_name[p], bytes, lengths[p], 1700000000);
    }
}

static archive *whole(void)
{
    archive *a = calloc(1, sizeof *a);
    add_parts(a, 0, BUNDLE_PARTS);
    a->n += 2 * BUNDLE_BLOCK;
    return a;
}

static bool is_read(const uint8_t *bytes, size_t n)
{
    bundle b;
    bundle_error err = {NULL, NULL, 0};
    /* A block of exactly this size, so that a sanitizer sees reads beyond it. */
    uint8_t *copy = malloc(n ? n : 1);
    if (n) memcpy(copy, bytes, n);
    const sp_status s = bundle_read(&b, copy, n, &err);
    free(copy);
    if (s != SP_OK && (!err.text || !err.name || err.offset > n)) abort();
    return s == SP_OK;
}

TEST(a_bundle_is_read_as_it_was_written)
{
    archive *a = whole();
    bundle b;
    bundle_error err;
    CHECK(bundle_read(&b, a->at, a->n, &err) == SP_OK);
    CHECK_EQ(b.time_s, 1700000000);
    for (unsigned p = 0; p < BUNDLE_PARTS; p++) {
        CHECK_EQ(b.part[p].n, lengths[p]);
        for (size_t i = 0; i < b.part[p].n; i++) CHECK_EQ(b.part[p].at[i], p + 'a');
    }
    free(a);
}

TEST(every_byte_that_is_no_content_is_fixed)
{
    archive *a = whole();
    for (size_t i = 0; i < a->n; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            a->at[i] ^= (uint8_t)(1u << bit);
            CHECK(is_read(a->at, a->n) == a->content[i]);
            a->at[i] ^= (uint8_t)(1u << bit);
        }
    free(a);
}

TEST(a_bundle_that_is_cut_or_longer_is_refused)
{
    archive *a = whole();
    for (size_t n = 0; n < a->n; n++) CHECK(!is_read(a->at, n));
    CHECK(is_read(a->at, a->n));
    CHECK(!is_read(a->at, a->n + 1));
    CHECK(!is_read(a->at, a->n + BUNDLE_BLOCK));
    free(a);
}

TEST(parts_are_all_there_once_and_in_order)
{
    for (unsigned p = 0; p < BUNDLE_PARTS; p++)
        for (unsigned q = 0; q < BUNDLE_PARTS; q++) {
            archive *a = calloc(1, sizeof *a);
            add_parts(a, 0, p); /* p is missing, or stands where q was; q is there twice */
            if (p != q) add_parts(a, q, q + 1);
            add_parts(a, p + 1, BUNDLE_PARTS);
            CHECK(!is_read(a->at, a->n + 2 * BUNDLE_BLOCK));
            memset(a, 0, sizeof *a);
            add_parts(a, 0, p + 1); /* q comes again, behind p */
            add_parts(a, q, q + 1);
            add_parts(a, p + 1, BUNDLE_PARTS);
            CHECK(!is_read(a->at, a->n + 2 * BUNDLE_BLOCK));
            free(a);
        }
}

TEST(names_that_are_no_parts_are_refused)
{
    static const char *const names[] = {"",           "task.jsom",    "./task.json",
                                        "/task.json", "../task.json", "task.json/",
                                        "TASK.JSON",  "task.json "};
    for (unsigned i = 0; i < SP_COUNT(names); i++) {
        archive *a = calloc(1, sizeof *a);
        add(a, names[i], "{}", 2, 1700000000);
        add_parts(a, 1, BUNDLE_PARTS);
        CHECK(!is_read(a->at, a->n + 2 * BUNDLE_BLOCK));
        free(a);
    }
}

/* The sum is right: only what the header says is wrong. */
static void set_sum(uint8_t *h)
{
    unsigned sum = 0;
    memset(h + 148, ' ', 8);
    for (size_t i = 0; i < BUNDLE_BLOCK; i++) sum += h[i];
    (void)snprintf((char *)h + 148, 8, "%06o", sum);
}

TEST(links_owners_and_other_forms_are_refused)
{
    static const struct {
        size_t at;
        const char *text;
        size_t n;
    } changes[] = {{156, "1", 1},
                   {156, "2", 1},
                   {156, "\0", 1},
                   {156, "5", 1},
                   {156, "L", 1},
                   {156, "x", 1},
                   {157, "/etc/passwd", 11},
                   {100, "0000777", 7},
                   {108, "0001750", 7},
                   {116, "0001750", 7},
                   {257, "ustar  ", 7},
                   {265, "root", 4},
                   {297, "root", 4},
                   {329, "0000001", 7},
                   {345, "prefix", 6},
                   {500, "x", 1},
                   {124, "           ", 11},
                   {124, "7", 1},
                   {124, "\200", 1},
                   {136, "14524520001", 11},
                   {124, "00000000776", 11},
                   {10, "x", 1},
                   {99, "x", 1}};
    for (unsigned i = 0; i < SP_COUNT(changes); i++) {
        archive *a = whole();
        memcpy(a->at + changes[i].at, changes[i].text, changes[i].n);
        set_sum(a->at);
        CHECK(!is_read(a->at, a->n));
        free(a);
    }
}

TEST(a_part_that_is_too_long_is_refused)
{
    for (unsigned p = 0; p < 2; p++) { /* those that are small */
        const size_t n = bundle_most[BUNDLE_QUESTION] + p;
        archive *a = calloc(1, sizeof *a);
        static uint8_t bytes[BUNDLE_QUESTION_MAX + 1];
        add_parts(a, 0, BUNDLE_QUESTION);
        add(a, bundle_name[BUNDLE_QUESTION], bytes, n, 1700000000);
        add_parts(a, BUNDLE_QUESTION + 1, BUNDLE_PARTS);
        CHECK(is_read(a->at, a->n + 2 * BUNDLE_BLOCK) == (p == 0));
        free(a);
    }
    /* A size that no memory has is only a number. */
    archive *a = whole();
    bundle_header((char *)a->at, bundle_name[0], (UINT64_C(1) << 33) - 1, 1700000000);
    CHECK(!is_read(a->at, a->n));
    free(a);
}

TEST(sha256_is_that_of_openssl)
{
    static uint8_t bytes[1000];
    uint8_t ours[SHA256_BYTES], theirs[SHA256_BYTES];
    for (size_t n = 0; n < sizeof bytes; n++) {
        bytes[n] = (uint8_t)(n * 7 + 3);
        sha256_hash(ours, bytes, n);
        (void)SHA256(bytes, n, theirs);
        CHECK(memcmp(ours, theirs, sizeof ours) == 0);
    }
}
