/* circle.c - points, orders and positions of the circle domains. */
#include "core/circle.h"
#include "tests/test.h"

static bool same(circle_point p, circle_point q) { return p.x.v == q.x.v && p.y.v == q.y.v; }
static bool is_one(circle_point p) { return same(p, circle_identity()); }
static bool on_circle(circle_point p)
{
    return m31_add(m31_mul(p.x, p.x), m31_mul(p.y, p.y)).v == 1;
}

TEST(circle_generator_has_full_order)
{
    circle_point g = circle_omega(CIRCLE_LOG_ORDER), half;
    CHECK_EQ(g.x.v, CIRCLE_GEN_X);
    CHECK_EQ(g.y.v, CIRCLE_GEN_Y);
    CHECK(on_circle(g));
    half = circle_pow(g, UINT64_C(1) << (CIRCLE_LOG_ORDER - 1));
    CHECK_EQ(half.x.v, M31_P - 1); /* (-1, 0), so the order is no smaller */
    CHECK_EQ(half.y.v, 0);
    CHECK(is_one(circle_double(half)));
}

TEST(circle_omegas_are_powers_of_each_other)
{
    CHECK(is_one(circle_omega(0)));
    for (unsigned k = 1; k <= CIRCLE_LOG_ORDER; k++) {
        CHECK(on_circle(circle_omega(k)));
        CHECK(!is_one(circle_omega(k)));
        CHECK(same(circle_double(circle_omega(k)), circle_omega(k - 1)));
        CHECK_EQ(circle_double_x(circle_omega(k).x).v, circle_omega(k - 1).x.v);
    }
    CHECK_EQ(circle_omega(2).x.v, 0); /* (0, -1): prover/cpu/vec_*.h relies on the sign */
    CHECK_EQ(circle_omega(2).y.v, M31_P - 1);
}

TEST(circle_group_laws)
{
    circle_point p = circle_omega(17), q = circle_pow(circle_omega(31), 12345), r = circle_omega(9);
    CHECK(same(circle_mul(p, q), circle_mul(q, p)));
    CHECK(same(circle_mul(circle_mul(p, q), r), circle_mul(p, circle_mul(q, r))));
    CHECK(is_one(circle_mul(p, circle_conj(p))));
    CHECK(is_one(circle_pow(p, 0)));
    CHECK(same(circle_pow(q, 5), circle_mul(circle_double(circle_double(q)), q)));
    circle_point_q d = circle_double_n_q(circle_point_q_from(q), 3);
    CHECK(qm31_eq(d.x, qm31_from_m31(circle_pow(q, 8).x)));
    CHECK(qm31_eq(d.y, qm31_from_m31(circle_pow(q, 8).y)));
    CHECK(qm31_eq(circle_double_x_q(qm31_from_m31(q.x)), qm31_from_m31(circle_double(q).x)));
}

TEST(bit_reverse_reverses)
{
    CHECK_EQ(bit_reverse(0, 0), 0);
    CHECK_EQ(bit_reverse(1, 1), 1);
    CHECK_EQ(bit_reverse(1, 32), UINT32_C(1) << 31);
    CHECK_EQ(bit_reverse(0x13, 6), 0x32);
    for (uint32_t v = 0; v < 1024; v++) CHECK_EQ(bit_reverse(bit_reverse(v, 10), 10), v);
}

TEST(circle_rows_and_positions_are_a_bijection_onto_the_domain)
{
    for (unsigned m = 1; m <= 12; m++) {
        circle_point p = circle_omega(m + 1), step = circle_omega(m);
        static bool seen[1 << 12];
        memset(seen, 0, sizeof seen);
        for (uint32_t row = 0; row < UINT32_C(1) << m; row++, p = circle_mul(p, step)) {
            uint32_t s = circle_position_of_row(m, row);
            CHECK(s < UINT32_C(1) << m && !seen[s]);
            seen[s] = true;
            CHECK_EQ(circle_row_of_position(m, s), row);
            CHECK(same(circle_at(m, s), p));
        }
    }
    for (unsigned m = 20; m <= CIRCLE_MAX_LOG; m++)
        for (int i = 0; i < 20; i++) {
            uint32_t row = test_rand() & ((UINT32_C(1) << m) - 1);
            uint32_t s = circle_position_of_row(m, row);
            CHECK_EQ(circle_row_of_position(m, s), row);
            CHECK(same(circle_at(m, s), circle_pow(circle_omega(m + 1), 1 + 2 * (uint64_t)row)));
        }
}

TEST(circle_positions_shift_as_points_double)
{
    for (unsigned m = 2; m <= 9; m++)
        for (uint32_t s = 0; s < UINT32_C(1) << m; s++) {
            circle_point p = circle_at(m, s);
            for (unsigned k = 1; k < m; k++) {
                p = circle_double(p);
                CHECK(same(circle_at(m - k, s >> k), p));
            }
        }
}

TEST(circle_neighbours_in_position_order)
{
    for (unsigned m = 2; m <= 9; m++)
        for (uint32_t s = 0; s < UINT32_C(1) << m; s += 2) {
            circle_point p = circle_at(m, s), minus = circle_at(m, s + 1);
            CHECK(m31_add(p.x, minus.x).v == 0 && m31_add(p.y, minus.y).v == 0);
            CHECK(same(circle_at(m, s ^ UINT32_C(1) << (m - 1)), circle_conj(p)));
        }
}

TEST(circle_position_before_is_the_point_a_step_back)
{
    for (unsigned n = 1; n <= 6; n++)
        for (unsigned m = n; m <= n + 3; m++)
            for (uint32_t s = 0; s < UINT32_C(1) << m; s++) {
                circle_point want = circle_mul(circle_at(m, s), circle_conj(circle_omega(n)));
                CHECK(same(circle_at(m, circle_position_before(m, n, s)), want));
            }
}

TEST(circle_vanishing_is_zero_on_its_domain_only)
{
    for (unsigned n = 1; n <= 6; n++) {
        for (uint32_t s = 0; s < UINT32_C(1) << n; s++)
            CHECK(qm31_is_zero(circle_vanishing_q(n, circle_point_q_from(circle_at(n, s)).x)));
        for (uint32_t s = 0; s < UINT32_C(1) << (n + 2); s++)
            CHECK(!qm31_is_zero(circle_vanishing_q(n, circle_point_q_from(circle_at(n + 2, s)).x)));
    }
}
