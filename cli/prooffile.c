/* prooffile.c - see prooffile.h. */
#include "cli/prooffile.h"

#include "cli/args.h"
#include "cli/felttext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(char why[FILE_WHY])
{
    snprintf(why, FILE_WHY, "not enough memory for the proof");
    return EXIT_LIMIT;
}

static int from_felts(file_bytes *b, char why[FILE_WHY])
{
    if (b->n > PROOFFILE_MAX_FELTS) {
        snprintf(why, FILE_WHY, "as felts, a proof may take %zu bytes at most",
                 PROOFFILE_MAX_FELTS);
        return EXIT_FORMAT;
    }
    size_t room =
        1; /* words: each has an x, and four characters with what parts it from the next */
    for (size_t i = 0; i < b->n; i++) room += b->at[i] == 'x';
    if (room > b->n / 4 + 1) room = b->n / 4 + 1;
    felt252 *felts = malloc(room * sizeof *felts);
    /* A felt holds at most 31 bytes of words and rounding, below 36. */
    size_t bad = 0, bytes = room * 36;
    uint8_t *proof = malloc(bytes);
    proof_view *view = malloc(sizeof *view);
    proof_shape *shape = malloc(sizeof *shape);
    proof_error err = {NULL, 0, NULL};
    int code = 0;
    if (!felts || !proof || !view || !shape) {
        code = no_memory(why);
        goto out;
    }
    const size_t n = felttext_read(felts, room, (const char *)b->at, &bad);
    if (n == 0 || strlen((const char *)b->at) != b->n) {
        code = EXIT_FORMAT;
        snprintf(why, FILE_WHY, "not a list of hex words: character %zu", bad + 1);
        goto out;
    }
    if (felts_to_proof(proof, &bytes, felts, n, view, shape, &err) != SP_OK) {
        code = EXIT_FORMAT;
        snprintf(why, FILE_WHY, "not a proof: %s%s%s", err.field ? err.field : "",
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

int prooffile_read(file_bytes *b, const char *path, bool *was_felts, char why[FILE_WHY])
{
    size_t i = 0;
    int code = file_read_why(b, path, "the proof", PROOFFILE_MAX, EXIT_FORMAT, why);
    if (was_felts) *was_felts = false;
    if (code) return code;
    while (i < b->n && felttext_space((char)b->at[i])) i++;
    if (i < b->n && (b->at[i] == '[' || b->at[i] == '0')) {
        if (was_felts) *was_felts = true;
        code = from_felts(b, why);
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
