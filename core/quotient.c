/* quotient.c - the out-of-domain points and the DEEP quotient of one sample point. */
#include "core/quotient.h"

bool quotient_point_valid(circle_point_q z) { return !cm31_is_zero(z.y.b); }

void oods_points(circle_point_q z[2], channel *c, unsigned n)
{
    for (;;) {
        const qm31 t = channel_draw_felt(c), t2 = qm31_mul(t, t);
        const qm31 den = qm31_add(qm31_one(), t2);
        if (qm31_is_zero(den)) continue;
        const qm31 inv = qm31_inv(den);
        z[0].x = qm31_mul(qm31_sub(qm31_one(), t2), inv);
        z[0].y = qm31_mul(qm31_add(t, t), inv);
        z[1] = circle_mul_q(z[0], circle_point_q_from(circle_conj(circle_omega(n))));
        if (quotient_point_valid(z[0]) && quotient_point_valid(z[1])) return;
    }
}

void quotient_point_init(quotient_point *q, circle_point_q z)
{
    q->z = z;
    q->c = qm31_sub(qm31_conj(z.y), z.y);
    q->a = q->b = qm31_zero();
}

void quotient_point_add(quotient_point *q, qm31 s, qm31 w)
{
    const qm31 a = qm31_sub(qm31_conj(s), s);
    q->a = qm31_add(q->a, qm31_mul(w, a));
    q->b = qm31_add(q->b, qm31_mul(w, qm31_sub(qm31_mul(s, q->c), qm31_mul(a, q->z.y))));
}

qm31 quotient_value(const quotient_point *q, qm31 num, circle_point p)
{
    const cm31 px = cm31_make(p.x, m31_zero()), py = cm31_make(p.y, m31_zero());
    const cm31 den = cm31_sub(cm31_mul(cm31_sub(q->z.x.a, px), q->z.y.b),
                              cm31_mul(cm31_sub(q->z.y.a, py), q->z.x.b));
    qm31 v = qm31_sub(qm31_mul(q->c, num), qm31_mul_m31(q->a, p.y));
    v = qm31_sub(v, q->b);
    return qm31_mul_cm31(v, cm31_inv(den));
}
