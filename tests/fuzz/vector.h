/* vector.h - the proof that the fuzz targets of proofs start from: tests/vectors/words.proof. */
#ifndef TESTS_FUZZ_VECTOR_H
#define TESTS_FUZZ_VECTOR_H

#include "core/bytes.h"
#include "verifier/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads it; returns its length, 0 when it does not fit. */
static size_t vector_read(uint8_t *data, size_t cap)
{
    FILE *f = fopen(SP_VECTORS "/words.proof", "rb");
    if (!f) return 0;
    const size_t n = fread(data, 1, cap, f);
    const bool whole = fgetc(f) == EOF;
    fclose(f);
    return whole ? n : 0;
}

/* What is required of it: its own program id, its input 77, its output 400. */
static sp_status vector_verify(const uint8_t *data, size_t n, verify_reason *why)
{
    static verify_scratch s;
    static uint8_t proof[65536];
    static uint32_t id[7];
    static size_t proof_bytes;
    static const uint8_t input[4] = {77, 0, 0, 0}, output[4] = {0x90, 1, 0, 0};
    if (!proof_bytes) {
        proof_bytes = vector_read(proof, sizeof proof);
        if (proof_bytes < 100) abort();
        for (unsigned k = 0; k < 7; k++) id[k] = bytes_le32(proof + 44 + 4 * k);
    }
    verify_expect e;
    memset(&e, 0, sizeof e);
    e.profile = PROFILE_BENCH;
    e.allow_unsound = true;
    e.program_id = id;
    e.has_io = true;
    e.input = input;
    e.output = output;
    e.input_bytes = e.output_bytes = 4;
    const sp_status st = verify(data, n, &e, &s, why);
    /* A changed proof that is accepted is as bad as a crash. */
    if (st == SP_OK && (n != proof_bytes || memcmp(data, proof, n) != 0)) abort();
    return st;
}

#endif
