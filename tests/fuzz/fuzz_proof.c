/* fuzz_proof.c - fuzz entry of the proof reader and the verifier: nothing but the seed is accepted,
 * and a rejection has a name. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/vector.h"

#include "air/felts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static felt252 felts[16384];
    static proof_view v;
    static proof_shape s;
    proof_error err;
    verify_reason why;
    size_t n = SP_COUNT(felts);
    const sp_status st = vector_verify(data, size, &why);
    if (st != SP_OK && st != SP_ERR_FORMAT && st != SP_ERR_REJECT) abort();
    if (st != SP_OK && (!why.name || !why.text)) abort();
    (void)!felts_from_proof(felts, &n, data, size, &v, &s, &err);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap) { return vector_read(data, cap); }

bool fuzz_seed_is_good(const uint8_t *data, size_t size)
{
    return vector_verify(data, size, NULL) == SP_OK;
}
