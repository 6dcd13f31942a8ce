/* circle.c - points and orders of the circle domains. See circle.h for the conventions. */
#include "core/circle.h"

circle_point circle_omega(unsigned k)
{
    circle_point p;
    SP_ASSERT(k <= CIRCLE_LOG_ORDER);
#if M31_BITS == 31
    p.x = m31_from_reduced(CIRCLE_GEN_X);
    p.y = m31_from_reduced(CIRCLE_GEN_Y);
#elif M31_BITS == 7
    p.x = m31_from_reduced(2); /* P = 127: order 2^7 */
    p.y = m31_from_reduced(39);
#else
    p.x = m31_from_reduced(2); /* P = 7: order 2^3 */
    p.y = m31_from_reduced(2);
#endif
    for (; k < CIRCLE_LOG_ORDER; k++) p = circle_double(p);
    return p;
}

circle_point circle_at(unsigned m, uint32_t position)
{
    uint32_t half = UINT32_C(1) << (m - 1);
    uint32_t j = bit_reverse(position & (half - 1), m - 1);
    circle_point p = circle_pow(circle_omega(m + 1), 1 + 4 * (uint64_t)j);
    return position & half ? circle_conj(p) : p;
}

uint32_t circle_position_of_row(unsigned m, uint32_t row)
{
    uint32_t half = UINT32_C(1) << (m - 1), j = row >> 1;
    if (row & 1) return half | bit_reverse(half - 1 - j, m - 1);
    return bit_reverse(j, m - 1);
}

uint32_t circle_row_of_position(unsigned m, uint32_t position)
{
    uint32_t half = UINT32_C(1) << (m - 1), j = bit_reverse(position & (half - 1), m - 1);
    return position & half ? 2 * (half - 1 - j) + 1 : 2 * j;
}

uint32_t circle_position_before(unsigned m, unsigned n, uint32_t position)
{
    uint32_t size = UINT32_C(1) << m, row = circle_row_of_position(m, position);
    return circle_position_of_row(m, (row - (UINT32_C(1) << (m - n))) & (size - 1));
}

qm31 circle_vanishing_q(unsigned n, qm31 x)
{
    for (; n > 1; n--) x = circle_double_x_q(x);
    return x;
}

/* is_first(z) = -(s / N) v_n(z) (1 + x_u) / y_u with u = z p0^-1, p0 = omega_(n+1) the point of
 * row 0 and s = y(p0^(N/2)) = +-1 (docs/protocol.md, "First-row indicator"). */
qm31 circle_is_first_q(unsigned n, circle_point_q z)
{
    circle_point p0 = circle_omega(n + 1), h = p0;
    for (unsigned i = 0; i + 1 < n; i++) h = circle_double(h);
    circle_point_q u = circle_mul_q(z, circle_point_q_from(circle_conj(p0)));
    m31 scale = m31_neg(m31_mul(h.y, m31_inv(m31_from_reduced(UINT32_C(1) << n))));
    qm31 num = qm31_mul(circle_vanishing_q(n, z.x), qm31_add(qm31_one(), u.x));
    return qm31_mul_m31(qm31_mul(num, qm31_inv(u.y)), scale);
}
