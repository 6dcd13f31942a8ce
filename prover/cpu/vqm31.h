/* vqm31.h - the fields CM31 and QM31 over the lanes of any vm31. Include a vec_*.h first. */
#ifndef PROVER_CPU_VQM31_H
#define PROVER_CPU_VQM31_H

#include "core/qm31.h"

typedef struct {
    vm31 a, b;
} vcm31;
/* c[0..3] are the coordinates of 1, i, u, iu. */
typedef struct {
    vm31 c[4];
} vqm31;

SP_FN vcm31 vcm31_splat(cm31 x)
{
    vcm31 r;
    r.a = vm31_splat(x.a.v);
    r.b = vm31_splat(x.b.v);
    return r;
}
SP_FN vcm31 vcm31_add(vcm31 x, vcm31 y)
{
    vcm31 r;
    r.a = vm31_add(x.a, y.a);
    r.b = vm31_add(x.b, y.b);
    return r;
}
SP_FN vcm31 vcm31_sub(vcm31 x, vcm31 y)
{
    vcm31 r;
    r.a = vm31_sub(x.a, y.a);
    r.b = vm31_sub(x.b, y.b);
    return r;
}
SP_FN vcm31 vcm31_mul(vcm31 x, vcm31 y)
{
    vcm31 r;
    r.a = vm31_sub(vm31_mul(x.a, y.a), vm31_mul(x.b, y.b));
    r.b = vm31_add(vm31_mul(x.a, y.b), vm31_mul(x.b, y.a));
    return r;
}
SP_FN vcm31 vcm31_mul_vm31(vcm31 x, vm31 y)
{
    x.a = vm31_mul(x.a, y);
    x.b = vm31_mul(x.b, y);
    return x;
}
/* r = (2 + i) x. */
SP_FN vcm31 vcm31_mul_r(vcm31 x)
{
    vcm31 r;
    r.a = vm31_sub(vm31_add(x.a, x.a), x.b);
    r.b = vm31_add(vm31_add(x.b, x.b), x.a);
    return r;
}

SP_FN vqm31 vqm31_make(vcm31 a, vcm31 b)
{
    vqm31 r;
    r.c[0] = a.a;
    r.c[1] = a.b;
    r.c[2] = b.a;
    r.c[3] = b.b;
    return r;
}
/* The CM31 coordinates of 1 (k = 0) and of u (k = 1). */
SP_FN vcm31 vqm31_part(vqm31 x, int k)
{
    vcm31 r;
    r.a = x.c[2 * k];
    r.b = x.c[2 * k + 1];
    return r;
}
SP_FN vqm31 vqm31_splat(qm31 a)
{
    vqm31 r;
    r.c[0] = vm31_splat(a.a.a.v);
    r.c[1] = vm31_splat(a.a.b.v);
    r.c[2] = vm31_splat(a.b.a.v);
    r.c[3] = vm31_splat(a.b.b.v);
    return r;
}
SP_FN vqm31 vqm31_from_vm31(vm31 a)
{
    vqm31 r;
    r.c[0] = a;
    r.c[1] = r.c[2] = r.c[3] = vm31_splat(0);
    return r;
}
/* The VEC_LANES values from word i on of a QM31 column; aligned as vm31_load and vm31_store. */
SP_FN vqm31 vqm31_load(const uint32_t *const col[4], size_t i)
{
    vqm31 r;
    for (int k = 0; k < 4; k++) r.c[k] = vm31_load(col[k] + i);
    return r;
}
SP_FN void vqm31_store(uint32_t *const col[4], size_t i, vqm31 x)
{
    for (int k = 0; k < 4; k++) vm31_store(col[k] + i, x.c[k]);
}
SP_FN vqm31 vqm31_add(vqm31 x, vqm31 y)
{
    vqm31 r;
    for (int i = 0; i < 4; i++) r.c[i] = vm31_add(x.c[i], y.c[i]);
    return r;
}
SP_FN vqm31 vqm31_sub(vqm31 x, vqm31 y)
{
    vqm31 r;
    for (int i = 0; i < 4; i++) r.c[i] = vm31_sub(x.c[i], y.c[i]);
    return r;
}
SP_FN vqm31 vqm31_neg(vqm31 x)
{
    vqm31 r;
    for (int i = 0; i < 4; i++) r.c[i] = vm31_neg(x.c[i]);
    return r;
}
SP_FN vqm31 vqm31_add_vm31(vqm31 x, vm31 y)
{
    x.c[0] = vm31_add(x.c[0], y);
    return x;
}
SP_FN vqm31 vqm31_mul_vm31(vqm31 x, vm31 y)
{
    vqm31 r;
    for (int i = 0; i < 4; i++) r.c[i] = vm31_mul(x.c[i], y);
    return r;
}
SP_FN vqm31 vqm31_mul_vcm31(vqm31 x, vcm31 y)
{
    return vqm31_make(vcm31_mul(vqm31_part(x, 0), y), vcm31_mul(vqm31_part(x, 1), y));
}
/* (a + bu)(c + du) = ac + (2 + i) bd + (ad + bc) u. */
SP_FN vqm31 vqm31_mul(vqm31 x, vqm31 y)
{
    vcm31 a = vqm31_part(x, 0), b = vqm31_part(x, 1), c = vqm31_part(y, 0), d = vqm31_part(y, 1);
    return vqm31_make(vcm31_add(vcm31_mul(a, c), vcm31_mul_r(vcm31_mul(b, d))),
                      vcm31_add(vcm31_mul(a, d), vcm31_mul(b, c)));
}
SP_FN vqm31 vqm31_reverse(vqm31 x)
{
    vqm31 r;
    for (int i = 0; i < 4; i++) r.c[i] = vm31_reverse(x.c[i]);
    return r;
}

#endif
