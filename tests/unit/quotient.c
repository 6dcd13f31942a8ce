/* quotient.c - the sample points: which are refused and why, and the quotient of one point. The file
 * under test is compiled in, so that a test chooses what is drawn. */
#include "core/channel.h"

static qm31 scripted_felt(channel *c);
#define channel_draw_felt scripted_felt
#include "core/quotient.c"
#undef channel_draw_felt

#include "tests/test.h"

static qm31 script[4];
static unsigned n_drawn;
static qm31 scripted_felt(channel *c)
{
    (void)c;
    return script[n_drawn++];
}

static m31 random_m(void) { return m31_from_reduced(test_rand() % M31_P); }
static qm31 random_q(void) { return qm31_from4(random_m(), random_m(), random_m(), random_m()); }

/* Square roots: P = 3 mod 4. */
static bool root_m(m31 *r, m31 v)
{
    *r = v;
    for (unsigned k = 0; k < M31_BITS - 2; k++) *r = m31_mul(*r, *r); /* v^((P + 1) / 4) */
    return m31_eq(m31_mul(*r, *r), v);
}
static bool root_c(cm31 *r, cm31 v)
{
    const m31 half = m31_from_reduced((M31_P + 1) / 2);
    m31 s, c;
    if (!root_m(&s, m31_add(m31_mul(v.a, v.a), m31_mul(v.b, v.b)))) return false;
    if (!root_m(&c, m31_mul(half, m31_add(v.a, s))) && !root_m(&c, m31_mul(half, m31_sub(v.a, s))))
        return false;
    if (m31_is_zero(c)) return false;
    *r = cm31_make(c, m31_mul(half, m31_mul(v.b, m31_inv(c))));
    const cm31 sq = cm31_mul(*r, *r);
    return m31_eq(sq.a, v.a) && m31_eq(sq.b, v.b);
}
/* A point of the circle whose y is in CM31 and whose x is not: x = u x_b, y^2 = 1 - (2 + i) x_b^2. */
static circle_point_q degenerate(void)
{
    for (;;) {
        const cm31 xb = cm31_make(random_m(), random_m());
        const cm31 one = cm31_make(m31_one(), m31_zero());
        cm31 y;
        circle_point_q z;
        if (!root_c(&y, cm31_sub(one, cm31_mul_r(cm31_mul(xb, xb))))) continue;
        z.x = qm31_make(cm31_zero(), xb);
        z.y = qm31_make(y, cm31_zero());
        return z;
    }
}
static qm31 parameter(circle_point_q z) /* t with z = ((1 - t^2) / (1 + t^2), 2t / (1 + t^2)) */
{
    return qm31_mul(z.y, qm31_inv(qm31_add(qm31_one(), z.x)));
}
static bool on_circle(circle_point_q z)
{
    return qm31_eq(qm31_add(qm31_mul(z.x, z.x), qm31_mul(z.y, z.y)), qm31_one());
}

/* Why such a point must never be used: any values may be claimed there. */
TEST(at_a_point_with_y_in_cm31_the_quotient_ignores_the_columns)
{
    for (unsigned k = 0; k < 20; k++) {
        quotient_point q;
        const circle_point_q z = degenerate();
        const circle_point p = circle_at(20, test_rand() & 0xfffff);
        CHECK(on_circle(z) && !quotient_point_valid(z));
        quotient_point_init(&q, z);
        for (unsigned i = 0; i < 3; i++) quotient_point_add(&q, random_q(), random_q());
        CHECK(qm31_eq(quotient_value(&q, random_q(), p), quotient_value(&q, random_q(), p)));
    }
}

TEST(points_without_a_quotient_are_redrawn)
{
    for (unsigned n = 18; n <= 24; n++) {
        circle_point_q z[2];
        const circle_point_q bad = degenerate();
        const circle_point_q step = circle_point_q_from(circle_omega(n));
        script[0] = parameter(bad);                       /* Z0 */
        script[1] = parameter(circle_mul_q(bad, step));   /* Z1 */
        script[2] = qm31_from4(m31_zero(), m31_one(), m31_zero(), m31_zero()); /* t^2 = -1 */
        script[3] = random_q();
        n_drawn = 0;
        oods_points(z, NULL, n);
        CHECK_EQ(n_drawn, 4);
        CHECK(on_circle(z[0]) && qm31_eq(parameter(z[0]), script[3]));
        const circle_point_q next = circle_mul_q(z[1], step);
        CHECK(qm31_eq(next.x, z[0].x) && qm31_eq(next.y, z[0].y));
        CHECK(quotient_point_valid(z[0]) && quotient_point_valid(z[1]));
    }
}

TEST(points_of_the_base_field_are_redrawn)
{
    circle_point_q z[2];
    script[0] = qm31_from_m31(random_m());
    script[1] = qm31_make(cm31_make(random_m(), random_m()), cm31_zero());
    script[2] = random_q();
    n_drawn = 0;
    oods_points(z, NULL, 20);
    CHECK_EQ(n_drawn, 3);
}

/* For the function F = y the sample at z is z.y: c y - a y - b vanishes at z and at its conjugate,
 * that is everywhere on the line through them. */
TEST(numerator_vanishes_where_it_must)
{
    for (unsigned k = 0; k < 50; k++) {
        circle_point_q z[2];
        quotient_point q;
        script[0] = random_q();
        n_drawn = 0;
        oods_points(z, NULL, 20);
        const qm31 s = random_q();
        quotient_point_init(&q, z[0]);
        quotient_point_add(&q, s, qm31_one());
        const qm31 at[2] = {s, qm31_conj(s)}, y[2] = {z[0].y, qm31_conj(z[0].y)};
        for (unsigned i = 0; i < 2; i++) {
            qm31 v = qm31_sub(qm31_mul(q.c, at[i]), qm31_mul(q.a, y[i]));
            CHECK(qm31_eq(v, q.b));
        }
    }
}
