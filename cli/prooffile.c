/* prooffile.c - see prooffile.h. */
#include "cli/prooffile.h"

#include "cli/args.h"
#include "core/bytes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/* One word at p, at most 64 digits; the text after it, or NULL. */
static const char *read_word(felt252 *f, const char *p)
{
    memset(f, 0, sizeof *f);
    if (p[0] != '0' || p[1] != 'x') return NULL;
    unsigned digits = 0;
    for (p += 2; isxdigit((unsigned char)*p); p++, digits++) {
        const char c = *p;
        const uint32_t d = (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        for (unsigned i = 7; i > 0; i--) f->w[i] = f->w[i] << 4 | f->w[i - 1] >> 28;
        f->w[0] = f->w[0] << 4 | d;
    }
    return digits >= 1 && digits <= 64 ? p : NULL;
}

/* Felts of a text: [0x1, "0x2"] or 0x1 0x2. Zero when it is neither; *bad is then where. */
static size_t read_words(felt252 *out, size_t room, const char *text, size_t *bad)
{
    const char *p = text;
    size_t n = 0;
    while (is_space(*p)) p++;
    const bool array = *p == '[';
    if (array) p++;
    for (bool first = true;; first = false) {
        while (is_space(*p)) p++;
        if (array && *p == ']') {
            p++;
            while (is_space(*p)) p++;
            break;
        }
        if (!array && *p == 0) break;
        if (array && !first) {
            if (*p++ != ',') goto wrong;
            while (is_space(*p)) p++;
        }
        const bool quoted = array && *p == '"';
        if (quoted) p++;
        const char *next = n < room ? read_word(&out[n], p) : NULL;
        if (!next) goto wrong;
        n++;
        p = next;
        if (quoted && *p++ != '"') goto wrong;
        if (!array && *p && !is_space(*p)) goto wrong;
    }
    if (*p == 0 && n) return n;
wrong:
    *bad = (size_t)(p - text);
    return 0;
}

static int from_felts(file_bytes *b, const char *path)
{
    /* A word takes at least "0x0" and a separator. */
    const size_t room = b->n / 4 + 1;
    felt252 *felts = malloc(room * sizeof *felts);
    /* A felt holds at most 31 bytes of words and rounding, below 36. */
    size_t bad = 0, bytes = room * 36;
    uint8_t *proof = malloc(bytes);
    proof_view *view = malloc(sizeof *view);
    proof_shape *shape = malloc(sizeof *shape);
    proof_error err = {NULL, 0, NULL};
    int code = 0;
    if (!felts || !proof || !view || !shape) {
        code = cli_fail(EXIT_LIMIT, "%s: not enough memory for the proof", path);
        goto out;
    }
    const size_t n = read_words(felts, room, (const char *)b->at, &bad);
    if (n == 0 || strlen((const char *)b->at) != b->n) {
        code = cli_fail(EXIT_FORMAT, "%s: not a list of hex words: character %zu", path, bad + 1);
        goto out;
    }
    if (felts_to_proof(proof, &bytes, felts, n, view, shape, &err) != SP_OK) {
        code = cli_fail(EXIT_FORMAT, "%s: not a proof: %s%s%s", path, err.field ? err.field : "",
                        err.field ? ": " : "", err.text ? err.text : "the felts are not canonical");
        goto out;
    }
    free(b->at);
    b->at = proof;
    b->n = bytes;
    proof = NULL;
out:
    free(felts);
    free(proof);
    free(view);
    free(shape);
    return code;
}

int prooffile_read(file_bytes *b, const char *path, bool *was_felts)
{
    size_t i = 0;
    int code = file_read(b, path, "the proof", PROOFFILE_MAX);
    if (was_felts) *was_felts = false;
    if (code) return code;
    while (i < b->n && is_space((char)b->at[i])) i++;
    if (i < b->n && (b->at[i] == '[' || b->at[i] == '0')) {
        if (was_felts) *was_felts = true;
        code = from_felts(b, path);
        if (code) {
            free(b->at);
            b->at = NULL;
            b->n = 0;
        }
    }
    return code;
}

int prooffile_felts(char **text, size_t *n, const uint8_t *proof, size_t bytes)
{
    /* Four bytes of proof at the least in a felt. */
    size_t count = bytes / 4 + 1;
    felt252 *felts = malloc(count * sizeof *felts);
    proof_view *view = malloc(sizeof *view);
    proof_shape *shape = malloc(sizeof *shape);
    proof_error err;
    int code = 0;
    *text = NULL;
    *n = 0;
    if (!felts || !view || !shape) {
        code = cli_fail(EXIT_LIMIT, "not enough memory for the felts");
        goto out;
    }
    if (felts_from_proof(felts, &count, proof, bytes, view, shape, &err) != SP_OK) {
        code = cli_fail(EXIT_UNSAT, "the proof cannot be written as felts");
        goto out;
    }
    *text = malloc(count * 67 + 1); /* 0x, 64 digits, end of line */
    if (!*text) {
        code = cli_fail(EXIT_LIMIT, "not enough memory for the felts");
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        char digits[65];
        for (unsigned k = 0; k < 8; k++) snprintf(digits + 8 * k, 9, "%08x", felts[i].w[7 - k]);
        const char *d = digits;
        while (*d == '0' && d[1]) d++;
        *n += (size_t)sprintf(*text + *n, "0x%s\n", d);
    }
out:
    free(felts);
    free(view);
    free(shape);
    return code;
}
