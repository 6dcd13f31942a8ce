/* qm31.h - the secure field QM31 = CM31[u] / (u^2 - 2 - i), CM31 = M31[i] / (i^2 + 1).
 * An element is a.a + a.b i + (b.a + b.b i) u; its coordinates in that order are words 0..3. */
#ifndef CORE_QM31_H
#define CORE_QM31_H

#include "core/m31.h"

typedef struct {
    m31 a, b;
} cm31;
typedef struct {
    cm31 a, b;
} qm31;

SP_FN cm31 cm31_make(m31 a, m31 b)
{
    cm31 r;
    r.a = a;
    r.b = b;
    return r;
}
SP_FN cm31 cm31_zero(void) { return cm31_make(m31_zero(), m31_zero()); }
SP_FN cm31 cm31_add(cm31 x, cm31 y) { return cm31_make(m31_add(x.a, y.a), m31_add(x.b, y.b)); }
SP_FN cm31 cm31_sub(cm31 x, cm31 y) { return cm31_make(m31_sub(x.a, y.a), m31_sub(x.b, y.b)); }
SP_FN cm31 cm31_neg(cm31 x) { return cm31_make(m31_neg(x.a), m31_neg(x.b)); }
SP_FN cm31 cm31_mul(cm31 x, cm31 y)
{
    return cm31_make(m31_sub(m31_mul(x.a, y.a), m31_mul(x.b, y.b)),
                     m31_add(m31_mul(x.a, y.b), m31_mul(x.b, y.a)));
}
SP_FN cm31 cm31_mul_m31(cm31 x, m31 y) { return cm31_make(m31_mul(x.a, y), m31_mul(x.b, y)); }
/* r = (2 + i) x. */
SP_FN cm31 cm31_mul_r(cm31 x)
{
    return cm31_make(m31_sub(m31_add(x.a, x.a), x.b), m31_add(m31_add(x.b, x.b), x.a));
}
SP_FN cm31 cm31_inv(cm31 x)
{
    m31 n = m31_inv(m31_add(m31_mul(x.a, x.a), m31_mul(x.b, x.b)));
    return cm31_make(m31_mul(x.a, n), m31_neg(m31_mul(x.b, n)));
}
SP_FN bool cm31_is_zero(cm31 x) { return m31_is_zero(x.a) && m31_is_zero(x.b); }

SP_FN qm31 qm31_make(cm31 a, cm31 b)
{
    qm31 r;
    r.a = a;
    r.b = b;
    return r;
}
SP_FN qm31 qm31_from4(m31 a, m31 b, m31 c, m31 d)
{
    return qm31_make(cm31_make(a, b), cm31_make(c, d));
}
SP_FN qm31 qm31_from_m31(m31 a) { return qm31_from4(a, m31_zero(), m31_zero(), m31_zero()); }
SP_FN qm31 qm31_zero(void) { return qm31_from_m31(m31_zero()); }
SP_FN qm31 qm31_one(void) { return qm31_from_m31(m31_one()); }
/* Four canonical words. */
SP_FN qm31 qm31_from_words(const uint32_t w[4])
{
    return qm31_from4(m31_from_reduced(w[0]), m31_from_reduced(w[1]), m31_from_reduced(w[2]),
                      m31_from_reduced(w[3]));
}
SP_FN void qm31_to_words(uint32_t w[4], qm31 x)
{
    w[0] = x.a.a.v;
    w[1] = x.a.b.v;
    w[2] = x.b.a.v;
    w[3] = x.b.b.v;
}
SP_FN qm31 qm31_add(qm31 x, qm31 y) { return qm31_make(cm31_add(x.a, y.a), cm31_add(x.b, y.b)); }
SP_FN qm31 qm31_sub(qm31 x, qm31 y) { return qm31_make(cm31_sub(x.a, y.a), cm31_sub(x.b, y.b)); }
SP_FN qm31 qm31_neg(qm31 x) { return qm31_make(cm31_neg(x.a), cm31_neg(x.b)); }
SP_FN qm31 qm31_mul(qm31 x, qm31 y)
{
    return qm31_make(cm31_add(cm31_mul(x.a, y.a), cm31_mul_r(cm31_mul(x.b, y.b))),
                     cm31_add(cm31_mul(x.a, y.b), cm31_mul(x.b, y.a)));
}
SP_FN qm31 qm31_mul_m31(qm31 x, m31 y)
{
    return qm31_make(cm31_mul_m31(x.a, y), cm31_mul_m31(x.b, y));
}
SP_FN qm31 qm31_mul_cm31(qm31 x, cm31 y) { return qm31_make(cm31_mul(x.a, y), cm31_mul(x.b, y)); }
/* f[0] + i f[1] + u f[2] + iu f[3]: a QM31 column at a point from its coordinate columns there. */
SP_FN qm31 qm31_from_coordinates(const qm31 f[4])
{
    const m31 o = m31_zero(), l = m31_one();
    qm31 r = qm31_add(f[0], qm31_mul(f[1], qm31_from4(o, l, o, o)));
    r = qm31_add(r, qm31_mul(f[2], qm31_from4(o, o, l, o)));
    return qm31_add(r, qm31_mul(f[3], qm31_from4(o, o, o, l)));
}
/* The conjugate over CM31: u -> -u. For f with M31 coefficients, f(conj z) = conj f(z). */
SP_FN qm31 qm31_conj(qm31 x) { return qm31_make(x.a, cm31_neg(x.b)); }
/* r = 1 / x, and 0 for x = 0. 1 / (a + bu) = (a - bu) / (a^2 - (2 + i) b^2). */
SP_FN qm31 qm31_inv(qm31 x)
{
    cm31 n = cm31_inv(cm31_sub(cm31_mul(x.a, x.a), cm31_mul_r(cm31_mul(x.b, x.b))));
    return qm31_make(cm31_mul(x.a, n), cm31_mul(cm31_neg(x.b), n));
}
SP_FN bool qm31_eq(qm31 x, qm31 y)
{
    return x.a.a.v == y.a.a.v && x.a.b.v == y.a.b.v && x.b.a.v == y.b.a.v && x.b.b.v == y.b.b.v;
}
SP_FN bool qm31_is_zero(qm31 x) { return cm31_is_zero(x.a) && cm31_is_zero(x.b); }
SP_FN qm31 qm31_pow(qm31 x, uint64_t e)
{
    qm31 r = qm31_one();
    for (; e; e >>= 1, x = qm31_mul(x, x))
        if (e & 1) r = qm31_mul(r, x);
    return r;
}

#endif
