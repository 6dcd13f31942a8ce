/* bundle.c - see bundle.h. */
#include "market/bundle.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 100
#define SIZE_AT 124
#define TIME_AT 136
#define DIGITS 11 /* of a size or a time, octal */
#define MOST_NUMBER ((uint64_t)1 << 33)

const char *const bundle_name[BUNDLE_PARTS] = {
    "task.json",   "verify.sh", "signed.json", "contradictions.json",
    "program.elf", "input",     "output",      "proof"};
/* An ELF that is registered has at most 8 MiB; input and output are those of the machine, a proof
 * that of the relayer. */
const size_t bundle_most[BUNDLE_PARTS] = {(size_t)1 << 20,  BUNDLE_QUESTION_MAX, (size_t)1 << 18,
                                          (size_t)1 << 18,  (size_t)16 << 20,    (size_t)64 << 20,
                                          (size_t)64 << 20, (size_t)64 << 20};

static size_t padded(size_t n) { return (n + BUNDLE_BLOCK - 1) / BUNDLE_BLOCK * BUNDLE_BLOCK; }

size_t bundle_most_bytes(void)
{
    size_t n = (2 + BUNDLE_PARTS) * BUNDLE_BLOCK;
    for (unsigned i = 0; i < BUNDLE_PARTS; i++) n += padded(bundle_most[i]);
    return n;
}

void bundle_question(char out[BUNDLE_QUESTION_MAX], const char *profile, const char *context)
{
    (void)snprintf(out, BUNDLE_QUESTION_MAX,
                   "sverify proof --program program.elf --input input --output output"
                   " --profile %.31s --context %.56s\n",
                   profile, context);
}

void bundle_header(char out[BUNDLE_BLOCK], const char *name, uint64_t n, int64_t time_s)
{
    char h[BUNDLE_BLOCK + 1]; /* the zero byte of the last text may fall behind its field */
    unsigned sum = 0;
    memset(h, 0, sizeof h);
    (void)snprintf(h, NAME_BYTES, "%s", name);
    (void)snprintf(h + 100, 8, "0000644");
    (void)snprintf(h + 108, 8, "0000000"); /* of nobody in particular */
    (void)snprintf(h + 116, 8, "0000000");
    (void)snprintf(h + SIZE_AT, 13, "%011llo", (unsigned long long)n & (MOST_NUMBER - 1));
    (void)snprintf(h + TIME_AT, 13, "%011llo", (unsigned long long)time_s & (MOST_NUMBER - 1));
    h[156] = '0';
    memcpy(h + 257, "ustar\00000", 8);
    memset(h + 148, ' ', 8); /* the sum is over blanks where it will stand */
    for (size_t i = 0; i < BUNDLE_BLOCK; i++) sum += (unsigned char)h[i];
    (void)snprintf(h + 148, 8, "%06o", sum & 0777777);
    memcpy(out, h, BUNDLE_BLOCK);
}

static bool read_octal(uint64_t *out, const uint8_t *text)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        if (text[i] < '0' || text[i] > '7') return false;
        v = 8 * v + (uint64_t)(text[i] - '0'); /* < 2^33 */
    }
    *out = v;
    return true;
}

static bool is_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0) return false;
    return true;
}

typedef struct {
    const uint8_t *bytes;
    size_t n, at;
    bundle_error *err;
    const char *name;
} reader;

static sp_status wrong(const reader *r, const char *text)
{
    r->err->text = text;
    r->err->name = r->name;
    r->err->offset = r->at;
    return SP_ERR_FORMAT;
}

/* Why a header is not the one that must be here. */
static sp_status wrong_header(const reader *r, enum bundle_part p)
{
    const uint8_t *h = r->bytes + r->at;
    if (is_zero(h, BUNDLE_BLOCK)) return wrong(r, "the archive ends before it");
    if (memchr(h, 0, NAME_BYTES) == NULL) return wrong(r, "the name of a file is too long");
    const char *name = (const char *)h;
    for (unsigned i = 0; i < BUNDLE_PARTS; i++)
        if (strcmp(name, bundle_name[i]) == 0 && i != (unsigned)p)
            return wrong(r, i < (unsigned)p ? "a file is in the archive twice, or in another place"
                                            : "it is missing");
    if (strcmp(name, bundle_name[p]) != 0) return wrong(r, "an unknown file stands in its place");
    if (h[156] != '0') return wrong(r, "it is a link or no file");
    return wrong(r, "its header is not as a relayer writes it");
}

static sp_status read_part(reader *r, bundle *b, enum bundle_part p)
{
    char expected[BUNDLE_BLOCK];
    uint64_t size = 0, time = 0;
    r->name = bundle_name[p];
    if (r->n - r->at < BUNDLE_BLOCK) return wrong(r, "the archive is cut");
    const uint8_t *h = r->bytes + r->at;
    if (!read_octal(&size, h + SIZE_AT) || !read_octal(&time, h + TIME_AT))
        return wrong_header(r, p);
    bundle_header(expected, bundle_name[p], size, (int64_t)time);
    if (memcmp(h, expected, BUNDLE_BLOCK) != 0) return wrong_header(r, p);
    if (p == 0)
        b->time_s = (int64_t)time;
    else if (b->time_s != (int64_t)time)
        return wrong(r, "its time is not that of the others");
    if (size > bundle_most[p]) return wrong(r, "it is too long");
    r->at += BUNDLE_BLOCK;
    const size_t n = (size_t)size, whole = padded(n);
    if (r->n - r->at < whole) return wrong(r, "the archive is cut");
    b->part[p].at = r->bytes + r->at;
    b->part[p].n = n;
    r->at += whole;
    if (!is_zero(b->part[p].at + n, whole - n)) return wrong(r, "bytes stand behind its end");
    return SP_OK;
}

sp_status bundle_read(bundle *out, const uint8_t *bytes, size_t n, bundle_error *err)
{
    reader r = {bytes, n, 0, err, "the end"};
    bundle b;
    memset(&b, 0, sizeof b);
    for (unsigned p = 0; p < BUNDLE_PARTS; p++) SP_TRY(read_part(&r, &b, (enum bundle_part)p));
    r.name = "the end";
    if (n - r.at < 2 * BUNDLE_BLOCK) return wrong(&r, "the archive is cut");
    if (!is_zero(bytes + r.at, 2 * BUNDLE_BLOCK)) return wrong(&r, "a file too many");
    r.at += 2 * BUNDLE_BLOCK;
    if (n != r.at) return wrong(&r, "bytes stand behind the end");
    *out = b;
    return SP_OK;
}
