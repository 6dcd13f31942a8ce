/* util.c - columns, patterns and the list of backends for the tests of this folder. */
#include "tests/backend/util.h"

uint32_t **columns_new(size_t n, unsigned log)
{
    size_t words = (size_t)1 << log, bytes = words < 16 ? 64 : words * sizeof(uint32_t);
    uint32_t **cols = (uint32_t **)malloc((n ? n : 1) * sizeof *cols);
    if (!cols) abort();
    for (size_t i = 0; i < n; i++) {
        cols[i] = (uint32_t *)aligned_alloc(64, bytes);
        if (!cols[i]) abort();
        memset(cols[i], 0xcd, bytes);
    }
    return cols;
}
void columns_free(uint32_t **cols, size_t n)
{
    for (size_t i = 0; i < n; i++) free(cols[i]);
    free(cols);
}

m31 random_m31(void)
{
    uint32_t kind = test_rand() & 63;
    if (kind == 0) return m31_zero();
    if (kind == 1) return m31_from_reduced(M31_P - 1);
    return m31_from_u32(test_rand());
}
qm31 random_qm31(void)
{
    return qm31_from4(random_m31(), random_m31(), random_m31(), random_m31());
}
circle_point_q random_point(void)
{
    qm31 t = qm31_from4(m31_from_u32(test_rand()), m31_from_u32(test_rand()),
                        m31_from_u32(test_rand()), m31_from_u32(test_rand()));
    qm31 t2 = qm31_mul(t, t), inv = qm31_inv(qm31_add(qm31_one(), t2));
    circle_point_q p;
    p.x = qm31_mul(qm31_sub(qm31_one(), t2), inv);
    p.y = qm31_mul(qm31_add(t, t), inv);
    return p;
}

void columns_fill(uint32_t *const *cols, size_t n, unsigned log, enum pattern pattern)
{
    size_t words = (size_t)1 << log;
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < words; s++)
            cols[i][s] = pattern == RANDOM ? random_m31().v : pattern == ALL_MAX ? M31_P - 1 : 0;
        if (pattern == SPIKE) cols[i][test_rand() & (words - 1)] = M31_P - 1 - (uint32_t)i;
    }
}
bool columns_equal(uint32_t *const *a, uint32_t *const *b, size_t n, size_t words)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(a[i], b[i], words * sizeof(uint32_t)) != 0) return false;
    return true;
}
bool columns_canonical(uint32_t *const *a, size_t n, unsigned log)
{
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < (size_t)1 << log; s++)
            if (a[i][s] >= M31_P) return false;
    return true;
}

qm31 get_q(uint32_t *const v[4], size_t i)
{
    uint32_t w[4] = {v[0][i], v[1][i], v[2][i], v[3][i]};
    return qm31_from_words(w);
}
void put_q(uint32_t *const v[4], size_t i, qm31 x)
{
    uint32_t w[4];
    qm31_to_words(w, x);
    for (unsigned c = 0; c < 4; c++) v[c][i] = w[c];
}

qm31 eval_basis(const uint32_t *coeffs, unsigned m, circle_point_q p)
{
    qm31 sum = qm31_zero();
    for (size_t i = 0; i < (size_t)1 << m; i++) {
        qm31 term = qm31_from_m31(m31_from_reduced(coeffs[i])), x = p.x;
        for (unsigned l = 0; l + 1 < m; l++, x = circle_double_x_q(x))
            if (i >> l & 1) term = qm31_mul(term, x);
        if (i >> (m - 1)) term = qm31_mul(term, p.y);
        sum = qm31_add(sum, term);
    }
    return sum;
}

extern const backend backend_avx512_emulated; /* built from this folder's CMakeLists.txt */

const backend *const *other_backends(size_t *n)
{
    static const backend *found[8];
    size_t n_list;
    const backend *const *list = backend_list(&n_list);
    *n = 0;
    found[(*n)++] = &backend_avx512_emulated;
    for (size_t i = 1; i < n_list; i++)
        if (list[i]->usable()) found[(*n)++] = list[i];
    return found;
}
