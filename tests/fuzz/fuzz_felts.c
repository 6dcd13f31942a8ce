/* fuzz_felts.c - fuzz entry of the felt form of proofs: what is read has this one encoding, and
 * nothing but the seed is accepted. The input is felts of 32 bytes. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/vector.h"

#include "air/felts.h"

static felt252 felts[8192], again[8192];
static uint8_t proof[65536];
static proof_view v;
static proof_shape s;

static sp_status judge(const uint8_t *data, size_t size)
{
    proof_error err;
    size_t n = size / 32, bytes = sizeof proof, m = SP_COUNT(again);
    if (n > SP_COUNT(felts)) n = SP_COUNT(felts);
    for (size_t k = 0; k < 8 * n; k++) felts[k / 8].w[k % 8] = bytes_le32(data + 4 * k);
    const sp_status st = felts_to_proof(proof, &bytes, felts, n, &v, &s, &err);
    if (st != SP_OK) return st;
    if (felts_from_proof(again, &m, proof, bytes, &v, &s, &err) != SP_OK || m != n ||
        memcmp(felts, again, n * sizeof *felts) != 0)
        abort();
    return vector_verify(proof, bytes, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)judge(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    proof_error err;
    size_t n = vector_read(proof, sizeof proof), m = cap / 32;
    if (m > SP_COUNT(felts)) m = SP_COUNT(felts);
    if (!n || felts_from_proof(felts, &m, proof, n, &v, &s, &err) != SP_OK) return 0;
    for (size_t k = 0; k < 8 * m; k++) bytes_put_le32(data + 4 * k, felts[k / 8].w[k % 8]);
    return 32 * m;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return judge(data, size) == SP_OK; }
