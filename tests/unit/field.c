/* field.c - M31, CM31 and QM31 over the real prime: edge values, inverses, the laws. The tests of
 * tests/twin do the same over small primes for every element. */
#include "core/qm31.h"
#include "tests/test.h"

static const uint32_t edges[] = {0, 1, 2, 3, M31_P / 2, M31_P / 2 + 1, M31_P - 2, M31_P - 1};

static uint64_t mod(uint64_t v) { return v % M31_P; }
static m31 random_m31(void)
{
    uint32_t r = test_rand();
    return r % 8 == 0 ? m31_from_reduced(edges[r / 8 % SP_COUNT(edges)]) : m31_from_u32(r);
}
static qm31 random_qm31(void)
{
    return qm31_from4(random_m31(), random_m31(), random_m31(), random_m31());
}

TEST(m31_operations_on_edges_and_random_values)
{
    for (size_t i = 0; i < 20000; i++) {
        m31 a = i < 64 ? m31_from_reduced(edges[i / 8]) : random_m31();
        m31 b = i < 64 ? m31_from_reduced(edges[i % 8]) : random_m31();
        CHECK_EQ(m31_add(a, b).v, mod((uint64_t)a.v + b.v));
        CHECK_EQ(m31_sub(a, b).v, mod((uint64_t)a.v + M31_P - b.v));
        CHECK_EQ(m31_mul(a, b).v, mod((uint64_t)a.v * b.v));
        CHECK_EQ(m31_neg(a).v, mod(M31_P - (uint64_t)a.v));
        if (a.v)
            CHECK_EQ(m31_mul(a, m31_inv(a)).v, 1);
        else
            CHECK_EQ(m31_inv(a).v, 0);
    }
}

TEST(m31_reductions_at_the_ends_of_their_ranges)
{
    const uint64_t p = M31_P, top = p * p + p;
    const uint64_t values[] = {0,     1,         p - 1, p,       p + 1, 2 * p - 1,
                               2 * p, p * p - 1, p * p, top - 1, top};
    for (size_t i = 0; i < SP_COUNT(values); i++) CHECK_EQ(m31_reduce(values[i]).v, mod(values[i]));
    for (uint64_t v = 0; v < 2 * p; v += p / 3) CHECK_EQ(m31_reduce1((uint32_t)v).v, mod(v));
    CHECK_EQ(m31_reduce1((uint32_t)(2 * p - 1)).v, p - 1);
    CHECK_EQ(m31_from_u32(UINT32_MAX).v, mod(UINT32_MAX));
    CHECK_EQ(m31_from_u64(UINT64_MAX).v, mod(UINT64_MAX));
    CHECK_EQ(m31_from_i64(-1).v, p - 1);
    CHECK_EQ(m31_from_i64(-(int64_t)p).v, 0);
    CHECK_EQ(m31_from_i64(INT64_MAX).v, mod(INT64_MAX));
    CHECK_EQ(m31_from_i64(INT64_MIN).v, mod(p - mod(UINT64_C(1) << 63)));
}

TEST(m31_read_takes_canonical_words_only)
{
    m31 r = m31_from_reduced(5);
    CHECK_EQ(m31_read(&r, M31_P), SP_ERR_FORMAT);
    CHECK_EQ(m31_read(&r, UINT32_MAX), SP_ERR_FORMAT);
    CHECK_EQ(r.v, 5);
    CHECK_EQ(m31_read(&r, M31_P - 1), SP_OK);
    CHECK_EQ(r.v, M31_P - 1);
}

TEST(m31_pow_is_repeated_multiplication)
{
    m31 a = m31_from_reduced(3), r = m31_one();
    for (uint32_t e = 0; e < 200; e++, r = m31_mul(r, a)) CHECK_EQ(m31_pow(a, e).v, r.v);
    CHECK_EQ(m31_pow(a, M31_P - 1).v, 1);
}

TEST(qm31_is_the_polynomial_ring_modulo_its_two_equations)
{
    const m31 o = m31_zero(), l = m31_one();
    const qm31 i = qm31_from4(o, l, o, o), u = qm31_from4(o, o, l, o), iu = qm31_from4(o, o, o, l);
    CHECK(qm31_eq(qm31_mul(i, i), qm31_neg(qm31_one())));
    CHECK(qm31_eq(qm31_mul(i, u), iu));
    CHECK(qm31_eq(qm31_mul(u, u), qm31_from4(m31_from_reduced(2), l, o, o)));
    for (int n = 0; n < 2000; n++) {
        qm31 x = random_qm31(), y = random_qm31(), z = random_qm31();
        CHECK(qm31_eq(qm31_mul(x, y), qm31_mul(y, x)));
        CHECK(qm31_eq(qm31_mul(qm31_mul(x, y), z), qm31_mul(x, qm31_mul(y, z))));
        CHECK(qm31_eq(qm31_mul(x, qm31_add(y, z)), qm31_add(qm31_mul(x, y), qm31_mul(x, z))));
        CHECK(qm31_eq(qm31_sub(qm31_add(x, y), y), x));
        CHECK(qm31_eq(qm31_mul_m31(x, y.a.a), qm31_mul(x, qm31_from_m31(y.a.a))));
        CHECK(qm31_eq(qm31_mul_cm31(x, y.b), qm31_mul(x, qm31_make(y.b, cm31_zero()))));
        if (!qm31_is_zero(x)) CHECK(qm31_eq(qm31_mul(x, qm31_inv(x)), qm31_one()));
    }
    CHECK(qm31_is_zero(qm31_inv(qm31_zero())));
}

TEST(qm31_conj_is_an_automorphism_and_the_power_p_squared)
{
    const uint64_t p = M31_P;
    for (int n = 0; n < 50; n++) {
        qm31 x = random_qm31(), y = random_qm31();
        CHECK(qm31_eq(qm31_conj(qm31_mul(x, y)), qm31_mul(qm31_conj(x), qm31_conj(y))));
        CHECK(qm31_eq(qm31_conj(x), qm31_pow(x, p * p)));
        CHECK(qm31_eq(qm31_conj(qm31_conj(x)), x));
    }
}

TEST(qm31_words_there_and_back)
{
    uint32_t w[4];
    qm31 x = qm31_from4(m31_from_reduced(1), m31_from_reduced(2), m31_from_reduced(3),
                        m31_from_reduced(4));
    qm31_to_words(w, x);
    for (uint32_t k = 0; k < 4; k++) CHECK_EQ(w[k], k + 1);
    CHECK(qm31_eq(qm31_from_words(w), x));
}
