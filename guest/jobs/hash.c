/* hash.c - a chain of hashes: H(data), H(H(data)), ...
 *
 * Input: two words, algorithm (1 SHA-256, 2 BLAKE2s-256) and the chain's length (at least 1), then
 * the data. Output: one word, algorithm, then the 32 bytes of the last digest. */
#include "job.h"

int main(void)
{
    const uint8_t *in;
    uint32_t size;
    sp_input(&in, &size);
    require(size >= 8, "malformed input: wrong size");
    const uint32_t *head = (const uint32_t *)(const void *)in;
    uint32_t algorithm = head[0], iterations = head[1];
    require(algorithm == 1 || algorithm == 2, "malformed input: unknown hash algorithm");
    require(iterations != 0, "malformed input: a chain of no hashes");
    void (*hash)(uint8_t *, const void *, uint32_t) = algorithm == 1 ? sp_sha256 : sp_blake2s;
    uint32_t digest[8];
    hash((uint8_t *)digest, in + 8, size - 8);
    while (--iterations) hash((uint8_t *)digest, digest, sizeof digest);
    sp_write_u32(algorithm);
    sp_write(digest, sizeof digest);
    return 0;
}
