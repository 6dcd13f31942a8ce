/* cairo_vectors.c - writes the test vectors of the Cairo fields and circle, computed by core/.
 *
 *   cairo_vectors > contracts/cairo/src/vectors.cairo */
#include "core/circle.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t state = 1;
static uint32_t word(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33);
}
/* Every third value is an edge of the range. */
static m31 random_m31(void)
{
    static const uint32_t edge[4] = {0, 1, M31_P - 1, M31_P - 2};
    const uint32_t w = word();
    return m31_from_u32(w % 3 == 0 ? edge[w / 3 % 4] : word());
}
static qm31 random_qm31(void)
{
    const m31 a = random_m31(), b = random_m31(), c = random_m31(), d = random_m31();
    return qm31_from4(a, b, c, d);
}
static void put(qm31 x)
{
    uint32_t w[4];
    qm31_to_words(w, x);
    printf("        %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ",\n", w[0], w[1], w[2], w[3]);
}

int main(void)
{
    printf(
        "//! Values computed by the C code; printed by tools/cairo_vectors. Do not edit.\n"
        "use crate::fields::qm31::QM31;\n\n"
        "/// The first n elements of values, which it takes off.\n"
        "pub fn qm31s(ref values: Span<felt252>, n: u32) -> Array<QM31> {\n"
        "    let mut r = array![];\n"
        "    for _ in 0..n {\n"
        "        let v = values.multi_pop_front::<4>().unwrap().unbox().span();\n"
        "        let (a, b) = ((*v[0]).try_into().unwrap(), (*v[1]).try_into().unwrap());\n"
        "        let (c, d) = ((*v[2]).try_into().unwrap(), (*v[3]).try_into().unwrap());\n"
        "        r.append(QM31 { a, b, c, d });\n"
        "    }\n"
        "    r\n}\n\n"
        "/// x, y, z, w, x + y, x - y, x y, 1 / x, conj x, x times the first coordinate of y,\n"
        "/// x times the first two, x + i y + u z + iu w.\n"
        "pub fn elements() -> Span<felt252> {\n    [\n");
    for (int i = 0; i < 40; i++) {
        const qm31 x = i ? random_qm31() : qm31_zero();
        const qm31 y = random_qm31(), z = random_qm31(), w = random_qm31(), f[4] = {x, y, z, w};
        put(x), put(y), put(z), put(w);
        put(qm31_add(x, y)), put(qm31_sub(x, y)), put(qm31_mul(x, y)), put(qm31_inv(x));
        put(qm31_conj(x)), put(qm31_mul_m31(x, y.a.a)), put(qm31_mul_cm31(x, y.a));
        put(qm31_from_coordinates(f));
    }
    printf("    ].span()\n}\n\n"
           "/// n, then p, 2 p, p omega_9 (x, y of each), v_n(p), is_first_n(p).\n"
           "pub fn points() -> Span<felt252> {\n    [\n");
    for (unsigned n = 1; n <= 24; n++) {
        const qm31 t = random_qm31(), s = qm31_mul(t, t);
        const qm31 d = qm31_inv(qm31_add(qm31_one(), s));
        circle_point_q p;
        p.x = qm31_mul(qm31_sub(qm31_one(), s), d);
        p.y = qm31_mul(qm31_add(t, t), d);
        const circle_point_q e = circle_mul_q(p, p);
        const circle_point_q o = circle_mul_q(p, circle_point_q_from(circle_omega(9)));
        printf("        %u,\n", n);
        put(p.x), put(p.y), put(e.x), put(e.y), put(o.x), put(o.y);
        put(circle_vanishing_q(n, p.x)), put(circle_is_first_q(n, p));
    }
    printf("    ].span()\n}\n");
    return fflush(stdout) == 0 ? 0 : 1;
}
