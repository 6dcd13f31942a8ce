/* vinverse.h - inverses of many vectors by one. Include isa.h first. */
#ifndef PROVER_CPU_VINVERSE_H
#define PROVER_CPU_VINVERSE_H

SP_FN vm31 vm31_square_n(vm31 a, unsigned n)
{
    for (; n; n--) a = vm31_mul(a, a);
    return a;
}
/* a^(P-2); e_k stands for a^(2^k - 1), and P - 2 = 4 (2^29 - 1) + 1. */
static inline vm31 vm31_inv(vm31 a)
{
    vm31 e2 = vm31_mul(vm31_square_n(a, 1), a);
    vm31 e4 = vm31_mul(vm31_square_n(e2, 2), e2);
    vm31 e8 = vm31_mul(vm31_square_n(e4, 4), e4);
    vm31 e16 = vm31_mul(vm31_square_n(e8, 8), e8);
    vm31 e24 = vm31_mul(vm31_square_n(e16, 8), e8);
    vm31 e28 = vm31_mul(vm31_square_n(e24, 4), e4);
    vm31 e29 = vm31_mul(vm31_square_n(e28, 1), a);
    return vm31_mul(vm31_square_n(e29, 2), a);
}

/* v[i] = 1 / v[i] in every lane, v[i] free of zeros; before has room for n. */
SP_FN void vm31_inv_all(vm31 *v, vm31 *before, size_t n)
{
    vm31 all = vm31_splat(1);
    for (size_t i = 0; i < n; i++) {
        before[i] = all;
        all = vm31_mul(all, v[i]);
    }
    all = vm31_inv(all);
    for (size_t i = n; i-- > 0;) {
        vm31 r = vm31_mul(all, before[i]);
        all = vm31_mul(all, v[i]);
        v[i] = r;
    }
}

#endif
