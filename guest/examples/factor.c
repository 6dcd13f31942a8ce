/* factor.c - a guest with a hint: finding two factors of a public number is the prover's work, and
 * the program only checks them. (A proof does not hide its hint; see docs/guest.md.)
 *
 * Public input: n, eight bytes, little-endian. Hint: two factors p and q, eight bytes each. Output:
 * "composite". The hint is whatever the prover says it is, so the program checks all of it. */
#include "sprove_guest.h"

int main(void)
{
    uint64_t n, p, q, product;
    sp_read(&n, sizeof n);
    sp_hint_bytes(&p, sizeof p);
    sp_hint_bytes(&q, sizeof q);
    if (p < 2 || q < 2 || __builtin_mul_overflow(p, q, &product) || product != n)
        sp_panic("the hint holds no factors of the number");
    sp_write("composite", 9);
    return 0;
}
