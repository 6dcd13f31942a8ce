/* limbs.h - sums, differences and products of 64-bit limbs with their carries, in a time that does
 * not depend on the values.
 *
 * The portable functions say what is computed. Compilers make of their 128-bit sums two to three
 * times the instructions that x86-64 needs (gcc 12), so there the same is written out; both are
 * compared by tests/starknet/felt.c. The steps are written without loops: limbs then stay in
 * registers. */
#ifndef STARKNET_LIMBS_H
#define STARKNET_LIMBS_H

#include "starknet/ct.h"

__extension__ typedef unsigned __int128 u128;

/* low + high*2^64 = a*b + c + *carry, which is below 2^128; high becomes the carry. */
SP_FN uint64_t limbs_mac_portable(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    const u128 x = (u128)a * b + c + *carry;
    *carry = (uint64_t)(x >> 64);
    return (uint64_t)x;
}

/* sum[0..2] += a*b, which does not pass 2^192: the sum of up to 2^64 products. */
SP_FN void limbs_mad_portable(uint64_t sum[3], uint64_t a, uint64_t b)
{
    const u128 x = (u128)a * b, low = (u128)(uint64_t)x + sum[0],
               high = (low >> 64) + (x >> 64) + sum[1];
    sum[0] = (uint64_t)low;
    sum[1] = (uint64_t)high;
    sum[2] += (uint64_t)(high >> 64);
}

/* t += a modulo 2^256. */
SP_FN void limbs_add_portable(uint64_t t[4], uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    u128 x = (u128)t[0] + a0;
    t[0] = (uint64_t)x;
    x = (u128)t[1] + a1 + (uint64_t)(x >> 64);
    t[1] = (uint64_t)x;
    x = (u128)t[2] + a2 + (uint64_t)(x >> 64);
    t[2] = (uint64_t)x;
    t[3] += a3 + (uint64_t)(x >> 64);
}

/* t -= a modulo 2^256; ~0 when t was less than a, else 0. */
SP_FN uint64_t limbs_sub_portable(uint64_t t[4], uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    u128 x = (u128)t[0] - a0;
    t[0] = (uint64_t)x;
    x = (u128)t[1] - a1 - (x >> 127);
    t[1] = (uint64_t)x;
    x = (u128)t[2] - a2 - (x >> 127);
    t[2] = (uint64_t)x;
    x = (u128)t[3] - a3 - (x >> 127);
    t[3] = (uint64_t)x;
    uint64_t mask = (uint64_t)(x >> 64);
    SP_CT_HIDE(mask);
    return mask;
}

/* t = a where mask is ~0; unchanged where it is 0. */
SP_FN void limbs_select(uint64_t t[4], uint64_t mask, const uint64_t a[4])
{
    t[0] ^= (t[0] ^ a[0]) & mask;
    t[1] ^= (t[1] ^ a[1]) & mask;
    t[2] ^= (t[2] ^ a[2]) & mask;
    t[3] ^= (t[3] ^ a[3]) & mask;
}

#if defined(__x86_64__)
SP_FN uint64_t limbs_mac_x86_64(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    uint64_t high;
    __asm__("mulq %[b]\n\t"
            "addq %[c], %[low]\n\t"
            "adcq $0, %[high]\n\t"
            "addq %[carry], %[low]\n\t"
            "adcq $0, %[high]"
            : [low] "+&a"(a), [high] "=&d"(high)
            : [b] "r"(b), [c] "r"(c), [carry] "r"(*carry)
            : "cc");
    *carry = high;
    return a;
}

SP_FN void limbs_mad_x86_64(uint64_t sum[3], uint64_t a, uint64_t b)
{
    uint64_t high;
    __asm__("mulq %[b]\n\t"
            "addq %[low], %[s0]\n\t"
            "adcq %[high], %[s1]\n\t"
            "adcq $0, %[s2]"
            : [low] "+&a"(a), [high] "=&d"(high), [s0] "+&r"(sum[0]), [s1] "+&r"(sum[1]),
              [s2] "+&r"(sum[2])
            : [b] "rm"(b)
            : "cc");
}

SP_FN void limbs_add_x86_64(uint64_t t[4], uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    __asm__("addq %[a0], %[t0]\n\t"
            "adcq %[a1], %[t1]\n\t"
            "adcq %[a2], %[t2]\n\t"
            "adcq %[a3], %[t3]"
            : [t0] "+&r"(t[0]), [t1] "+&r"(t[1]), [t2] "+&r"(t[2]), [t3] "+&r"(t[3])
            : [a0] "re"(a0), [a1] "re"(a1), [a2] "re"(a2), [a3] "re"(a3)
            : "cc");
}

SP_FN uint64_t limbs_sub_x86_64(uint64_t t[4], uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    uint64_t mask;
    __asm__(
        "subq %[a0], %[t0]\n\t"
        "sbbq %[a1], %[t1]\n\t"
        "sbbq %[a2], %[t2]\n\t"
        "sbbq %[a3], %[t3]\n\t"
        "sbbq %[mask], %[mask]"
        : [t0] "+&r"(t[0]), [t1] "+&r"(t[1]), [t2] "+&r"(t[2]), [t3] "+&r"(t[3]), [mask] "=&r"(mask)
        : [a0] "re"(a0), [a1] "re"(a1), [a2] "re"(a2), [a3] "re"(a3)
        : "cc");
    return mask;
}
#define limbs_mac limbs_mac_x86_64
#define limbs_mad limbs_mad_x86_64
#define limbs_add limbs_add_x86_64
#define limbs_sub limbs_sub_x86_64
#else
#define limbs_mac limbs_mac_portable
#define limbs_mad limbs_mad_portable
#define limbs_add limbs_add_portable
#define limbs_sub limbs_sub_portable
#endif

#endif
