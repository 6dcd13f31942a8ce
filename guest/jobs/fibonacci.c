/* fibonacci.c - F(n) modulo m by doubling: about two multiplications a bit of n.
 *
 * Input: n (two words), m (one word, 0 stands for 2^32). Output: one word. */
#include "job.h"

static uint32_t reduce(uint64_t v, uint32_t m) { return m ? (uint32_t)(v % m) : (uint32_t)v; }
static uint32_t mul(uint32_t a, uint32_t b, uint32_t m) { return reduce((uint64_t)a * b, m); }

int main(void)
{
    uint32_t n_words;
    const uint32_t *in = input_words(&n_words, 3);
    require(n_words == 3, "malformed input: wrong size");
    uint64_t n = (uint64_t)in[1] << 32 | in[0];
    uint32_t m = in[2];
    uint32_t f = 0, g = reduce(1, m); /* F(k), F(k + 1) for the bits of n read so far */
    for (int i = n ? 63 - __builtin_clzll(n) : -1; i >= 0; i--) {
        /* F(2k) = F(k) (2 F(k+1) - F(k)), F(2k+1) = F(k)^2 + F(k+1)^2 */
        uint32_t t = reduce((uint64_t)2 * g + (m ? m - f : 0 - f), m);
        uint32_t f2 = mul(f, t, m);
        uint32_t g2 = reduce((uint64_t)mul(f, f, m) + mul(g, g, m), m);
        if (n >> i & 1) {
            f = g2;
            g = reduce((uint64_t)f2 + g2, m);
        } else {
            f = f2;
            g = g2;
        }
    }
    sp_write_u32(f);
    return 0;
}
