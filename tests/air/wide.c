/* wide.c - sums of products over the lanes of a vector (vec_wide_*.h), on each vector header:
 * compiled once per header, AVX-512 over plain C restatements of its intrinsics. */
#include "prover/cpu/isa.h"
#include "prover/air_kernels.h"
#include "prover/cpu/air_vec.h"
#include "tests/test.h"

static uint32_t lane_value(void)
{
    const uint32_t r = test_rand() % 8;
    return r == 0 ? 0 : r == 1 ? M31_P : r == 2 ? M31_P - 1 : test_rand() % M31_P;
}
static vm31 random_lanes(uint32_t v[VEC_LANES])
{
    for (unsigned i = 0; i < VEC_LANES; i++) v[i] = lane_value();
#if VEC_LANES == 1
    v[0] %= M31_P; /* the portable vm31 is an m31 */
#endif
    return vm31_loadu(v);
}
static m31 lane(uint32_t v) { return m31_from_u32(v); }

/* Up to four products, or a folded sum and three more, of any lanes in [0, P]. */
static bool sums_agree(void)
{
    uint32_t a[8][VEC_LANES], b[8][VEC_LANES], out[VEC_LANES];
    for (unsigned round = 0; round < 200; round++)
        for (unsigned n = 1; n <= 7; n++) {
            vwide s = vwide_mul(vfactor_of(random_lanes(a[0])), vfactor_of(random_lanes(b[0])));
            for (unsigned j = 1; j < n; j++) {
                if (j == 4) s = vwide_fold(s);
                s = vwide_add(
                    s, vwide_mul(vfactor_of(random_lanes(a[j])), vfactor_of(random_lanes(b[j]))));
            }
            vm31_storeu(out, vwide_reduce(s));
            for (unsigned i = 0; i < VEC_LANES; i++) {
                m31 x = m31_zero();
                for (unsigned j = 0; j < n; j++)
                    x = m31_add(x, m31_mul(lane(a[j][i]), lane(b[j][i])));
                if (out[i] != x.v) return false;
            }
        }
    return true;
}
/* Four times P^2: the largest sum. */
static bool largest_sum_is_zero(void)
{
    uint32_t v[VEC_LANES], out[VEC_LANES];
    for (unsigned i = 0; i < VEC_LANES; i++) v[i] = VEC_LANES == 1 ? M31_P - 1 : M31_P;
    const vfactor f = vfactor_of(vm31_loadu(v));
    const vwide two = vwide_add(vwide_mul(f, f), vwide_mul(f, f));
    vm31_storeu(out, vwide_reduce(vwide_add(two, two)));
    for (unsigned i = 0; i < VEC_LANES; i++)
        if (out[i] != (VEC_LANES == 1 ? 4 : 0)) return false;
    return true;
}
static bool products_agree(void)
{
    uint32_t a[4][VEC_LANES], b[4][VEC_LANES], out[4][VEC_LANES];
    for (unsigned round = 0; round < 500; round++) {
        ef x, y;
        for (unsigned j = 0; j < 4; j++) {
            x.c[j] = random_lanes(a[j]);
            y.c[j] = random_lanes(b[j]);
        }
        const ef z = ef_mul(x, y);
        for (unsigned j = 0; j < 4; j++) vm31_storeu(out[j], z.c[j]);
        for (unsigned i = 0; i < VEC_LANES; i++) {
            const qm31 p = qm31_from4(lane(a[0][i]), lane(a[1][i]), lane(a[2][i]), lane(a[3][i]));
            const qm31 q = qm31_from4(lane(b[0][i]), lane(b[1][i]), lane(b[2][i]), lane(b[3][i]));
            const uint32_t w[4] = {out[0][i], out[1][i], out[2][i], out[3][i]};
            if (!qm31_eq(qm31_from_words(w), qm31_mul(p, q))) return false;
        }
    }
    return true;
}
static bool dots_agree(void)
{
    uint32_t v[11][VEC_LANES], out[4][VEC_LANES];
    for (unsigned n = 1; n <= 11; n++)
        for (unsigned round = 0; round < 50; round++) {
            qm31 k[11];
            fe f[11];
            for (unsigned j = 0; j < n; j++) {
                f[j] = random_lanes(v[j]);
                k[j] = qm31_from4(lane(lane_value()), lane(lane_value()), lane(lane_value()),
                                  lane(lane_value()));
            }
            const ef z = ef_dot_wide(k, f, n);
            for (unsigned j = 0; j < 4; j++) vm31_storeu(out[j], z.c[j]);
            for (unsigned i = 0; i < VEC_LANES; i++) {
                qm31 x = qm31_zero();
                for (unsigned j = 0; j < n; j++) x = qm31_add(x, qm31_mul_m31(k[j], lane(v[j][i])));
                const uint32_t w[4] = {out[0][i], out[1][i], out[2][i], out[3][i]};
                if (!qm31_eq(qm31_from_words(w), x)) return false;
            }
        }
    return true;
}

#define SAY_(x) #x
#define SAY(x) SAY_(x)
TEST(sums_of_products_equal_scalar_arithmetic)
{
    printf("  %s, %d lanes\n", SAY(SP_ISA), VEC_LANES);
#if defined(__AVX512F__)
    if (!__builtin_cpu_supports("avx512f")) SKIP("no AVX-512 here");
#elif defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) SKIP("no AVX2 here");
#endif
    CHECK(sums_agree());
    CHECK(largest_sum_is_zero());
    CHECK(products_agree());
    CHECK(dots_agree());
}
