/* agree.c - every backend gives the words of the portable one: log sizes 1..12 and a large one,
 * columns random, all 0, all P - 1, and with one spike. */
#include "tests/backend/util.h"

enum { SMALL = 12 };

/* Calls one check for every backend, pattern and log size. */
typedef bool (*check_fn)(const backend *b, unsigned log, enum pattern p);

static bool sweep(check_fn check, unsigned large)
{
    size_t n;
    const backend *const *list = other_backends(&n);
    for (size_t i = 0; i < n; i++)
        for (unsigned log = 1; log <= SMALL + 1; log++)
            for (enum pattern p = 0; p < N_PATTERNS; p++) {
                if (log == SMALL + 1 && p != RANDOM) continue;
                unsigned size = log <= SMALL ? log : large;
                if (!check(list[i], size, p)) {
                    printf("%s differs from portable: log %u, pattern %d\n", list[i]->name, size,
                           (int)p);
                    return false;
                }
            }
    return true;
}

static uint32_t **copy_of(uint32_t *const *cols, size_t n, unsigned log)
{
    uint32_t **r = columns_new(n, log);
    for (size_t i = 0; i < n; i++) memcpy(r[i], cols[i], sizeof(uint32_t) << log);
    return r;
}

static bool check_interpolate(const backend *b, unsigned log, enum pattern p)
{
    uint32_t **v = columns_new(3, log);
    columns_fill(v, 3, log, p);
    uint32_t **w = copy_of(v, 3, log);
    backend_portable.interpolate(v, 3, log);
    b->interpolate(w, 3, log);
    bool same = columns_equal(v, w, 3, (size_t)1 << log) && columns_canonical(w, 3, log);
    columns_free(v, 3);
    columns_free(w, 3);
    return same;
}
TEST(interpolate_agrees) { CHECK(sweep(check_interpolate, 17)); }
TEST(interpolate_of_one_column_agrees_for_all_sizes)
{
    size_t n;
    const backend *const *list = other_backends(&n);
    for (size_t i = 0; i < n; i++)
        for (unsigned log = 1; log <= 20; log++) {
            uint32_t **v = columns_new(1, log);
            columns_fill(v, 1, log, RANDOM);
            uint32_t **w = copy_of(v, 1, log);
            backend_portable.interpolate(v, 1, log);
            list[i]->interpolate(w, 1, log);
            CHECK(columns_equal(v, w, 1, (size_t)1 << log));
            columns_free(v, 1);
            columns_free(w, 1);
        }
}

static bool check_evaluate_more(const backend *b, unsigned log, unsigned more, enum pattern p)
{
    uint32_t **c = columns_new(2, log), **v = columns_new(2, log + more);
    uint32_t **w = columns_new(2, log + more), **in_place = columns_new(2, log + more);
    columns_fill(c, 2, log, p);
    for (size_t i = 0; i < 2; i++) memcpy(in_place[i], c[i], sizeof(uint32_t) << log);
    backend_portable.evaluate(v, ro(c), 2, log, log + more);
    b->evaluate(w, ro(c), 2, log, log + more);
    b->evaluate(in_place, ro(in_place), 2, log, log + more);
    const size_t words = (size_t)1 << (log + more);
    bool same = columns_equal(v, w, 2, words) && columns_equal(v, in_place, 2, words);
    backend_portable.extend(v, ro(c), 2, log, log + more);
    b->extend(w, ro(c), 2, log, log + more);
    same = same && columns_equal(v, w, 2, words) && columns_canonical(w, 2, log + more);
    for (size_t part = 0; part < (size_t)1 << more; part++) {
        backend_portable.evaluate_part(v, ro(c), 2, log, log + more, part);
        b->evaluate_part(w, ro(c), 2, log, log + more, part);
        for (size_t i = 0; i < 2; i++) memcpy(in_place[i], c[i], sizeof(uint32_t) << log);
        b->evaluate_part(in_place, ro(in_place), 2, log, log + more, part);
        same = same && columns_equal(v, w, 2, (size_t)1 << log) &&
               columns_equal(v, in_place, 2, (size_t)1 << log);
    }
    columns_free(c, 2);
    columns_free(v, 2);
    columns_free(w, 2);
    columns_free(in_place, 2);
    return same;
}
static bool check_evaluate(const backend *b, unsigned log, enum pattern p)
{
    for (unsigned more = 0; more <= (p == RANDOM && log <= SMALL ? 4 : 1); more++)
        if (!check_evaluate_more(b, log, more, p)) return false;
    return true;
}
TEST(evaluate_and_extend_agree) { CHECK(sweep(check_evaluate, 17)); }
/* Every split of a half into chunks, blowups 2 and 16. */
TEST(extend_agrees_for_all_sizes)
{
    size_t n;
    const backend *const *list = other_backends(&n);
    for (size_t i = 0; i < n; i++)
        for (unsigned log = 13; log <= 16; log++) {
            CHECK(check_evaluate_more(list[i], log, 1, RANDOM));
            CHECK(check_evaluate_more(list[i], log, log < 15 ? 4 : 2, RANDOM));
        }
}

static bool check_merkle(const backend *b, unsigned log, enum pattern p)
{
    static const size_t counts[] = {0, 1, 2, 3, 15, 16, 17, 18, 19, 34, 100};
    for (size_t k = 0; k < SP_COUNT(counts); k++) {
        const size_t n = log > SMALL ? 20 : counts[k];
        uint32_t **cols = columns_new(n, log), **below = columns_new(7, log + 1);
        uint32_t **x = columns_new(7, log), **y = columns_new(7, log);
        columns_fill(cols, n, log, p);
        columns_fill(below, 7, log + 1, p);
        bool same = true;
        for (int leaves = n ? 1 : 0; leaves >= 0 && same; leaves--) {
            backend_portable.merkle_level(x, leaves ? NULL : ro(below), ro(cols), n, log);
            b->merkle_level(y, leaves ? NULL : ro(below), ro(cols), n, log);
            same = columns_equal(x, y, 7, (size_t)1 << log);
        }
        columns_free(cols, n);
        columns_free(below, 7);
        columns_free(x, 7);
        columns_free(y, 7);
        if (!same) return false;
        if (log > SMALL || (log > 8 && k > 7)) break;
    }
    return true;
}
TEST(merkle_levels_agree) { CHECK(sweep(check_merkle, 15)); }
TEST(merkle_root_level_agrees)
{
    size_t n;
    const backend *const *list = other_backends(&n);
    for (size_t i = 0; i < n; i++) CHECK(check_merkle(list[i], 0, RANDOM));
}

static bool check_fri(const backend *b, unsigned log, enum pattern p)
{
    bool same = true;
    uint32_t **in = columns_new(4, log);
    columns_fill(in, 4, log, p);
    for (unsigned k = 1; k <= FRI_MAX_FOLD && k <= log && same; k++)
        for (int first = 0; first < 2 && same; first++) {
            uint32_t **x = columns_new(7, log - k), **y = columns_new(7, log - k);
            qm31 beta = random_qm31();
            backend_portable.fri_leaves(x, ro(in), log, k, first);
            b->fri_leaves(y, ro(in), log, k, first);
            same = columns_equal(x, y, 7, (size_t)1 << (log - k));
            backend_portable.fri_fold(x, ro(in), log, k, first, beta);
            b->fri_fold(y, ro(in), log, k, first, beta);
            same = same && columns_equal(x, y, 4, (size_t)1 << (log - k));
            columns_free(x, 7);
            columns_free(y, 7);
        }
    columns_free(in, 4);
    return same;
}
TEST(fri_leaves_and_folds_agree) { CHECK(sweep(check_fri, 15)); }

static bool check_weights(const backend *b, unsigned log, enum pattern p)
{
    uint32_t **x = columns_new(4, log), **y = columns_new(4, log);
    circle_point_q z = random_point();
    if (p == ALL_ZERO) z.x = qm31_from_m31(m31_neg(m31_one())), z.y = qm31_zero();
    if (p == ALL_MAX) z = circle_point_q_from(circle_at(log + 1, 1));
    backend_portable.weights_at(x, log, z);
    b->weights_at(y, log, z);
    bool same = columns_equal(x, y, 4, (size_t)1 << log);
    columns_free(x, 4);
    columns_free(y, 4);
    return same;
}
TEST(weights_agree) { CHECK(sweep(check_weights, 14)); }

static bool check_dot(const backend *b, unsigned log, enum pattern p)
{
    enum { N = 21 };
    uint32_t **cols = columns_new(N, log), **w = columns_new(4, log);
    bool same = true;
    columns_fill(cols, N, log, p);
    columns_fill(w, 4, log, p);
    for (size_t n = 0; n <= N && same; n += n < 4 ? 1 : 17) {
        qm31 x[N], y[N];
        memset(x, 0, sizeof x);
        memset(y, 0, sizeof y);
        backend_portable.dot(x, ro(cols), n, log, ro(w));
        b->dot(y, ro(cols), n, log, ro(w));
        same = memcmp(x, y, sizeof x) == 0;
    }
    columns_free(cols, N);
    columns_free(w, 4);
    return same;
}
TEST(dots_agree) { CHECK(sweep(check_dot, 16)); }

static bool check_combine(const backend *b, unsigned log, enum pattern p)
{
    enum { N = 37 };
    uint32_t **cols = columns_new(N, log), **x = columns_new(4, log);
    qm31 coeff[N];
    bool same = true;
    columns_fill(cols, N, log, p);
    columns_fill(x, 4, log, p);
    uint32_t **y = copy_of(x, 4, log);
    const m31 max = m31_from_reduced(M31_P - 1);
    for (size_t i = 0; i < N; i++)
        coeff[i] = p == ALL_MAX ? qm31_from4(max, max, max, max) : random_qm31();
    for (size_t n = 0; n <= N && same; n += n < 6 ? 1 : n < 15 ? 10 : 21) {
        backend_portable.combine(x, ro(cols), coeff, n, log);
        b->combine(y, ro(cols), coeff, n, log);
        same = columns_equal(x, y, 4, (size_t)1 << log) && columns_canonical(y, 4, log);
    }
    for (unsigned log_in = 0; log_in <= log && same; log_in++) {
        backend_portable.lift_add(x, log, ro(cols), log_in);
        b->lift_add(y, log, ro(cols), log_in);
        same = columns_equal(x, y, 4, (size_t)1 << log);
    }
    columns_free(cols, N);
    columns_free(x, 4);
    columns_free(y, 4);
    return same;
}
TEST(combine_and_lift_agree) { CHECK(sweep(check_combine, 15)); }

static bool check_quotient(const backend *b, unsigned log, enum pattern p)
{
    uint32_t **num = columns_new(4, log), **x = columns_new(4, log);
    columns_fill(num, 4, log, p);
    columns_fill(x, 4, log, p);
    uint32_t **y = copy_of(x, 4, log);
    circle_point_q z = random_point();
    qm31 a = random_qm31(), c = random_qm31();
    bool same = true;
    for (int add = 1; add >= 0 && same; add--) {
        backend_portable.quotient(x, add, ro(num), log, z, a, c);
        b->quotient(y, add, ro(num), log, z, a, c);
        same = columns_equal(x, y, 4, (size_t)1 << log) && columns_canonical(y, 4, log);
    }
    if (log > 1) {
        backend_portable.divide_vanishing(x, log - 1);
        b->divide_vanishing(y, log - 1);
        same = same && columns_equal(x, y, 4, (size_t)1 << log);
    }
    columns_free(num, 4);
    columns_free(x, 4);
    columns_free(y, 4);
    return same;
}
TEST(quotients_agree) { CHECK(sweep(check_quotient, 14)); }

static bool check_scan(const backend *b, unsigned log, enum pattern p)
{
    uint32_t **x = columns_new(4, log);
    columns_fill(x, 4, log, p);
    uint32_t **y = copy_of(x, 4, log);
    const size_t words = (size_t)1 << log;
    backend_portable.scan_sum(x, log);
    b->scan_sum(y, log);
    bool same = columns_equal(x, y, 4, words) && columns_canonical(y, 4, log);
    backend_portable.scan_product(x, log);
    b->scan_product(y, log);
    same = same && columns_equal(x, y, 4, words) && columns_canonical(y, 4, log);
    columns_free(x, 4);
    columns_free(y, 4);
    return same;
}
TEST(scans_agree) { CHECK(sweep(check_scan, 16)); }

static bool check_inverse(const backend *b, unsigned log, enum pattern p)
{
    if (log < 4) return true;
    uint32_t **x = columns_new(4, log);
    columns_fill(x, 4, log, p);
    put_q(x, 3, qm31_zero());
    uint32_t **y = copy_of(x, 4, log);
    const size_t words = (size_t)1 << log, n = words - (log > 5 ? 16 : 0);
    backend_portable.batch_inverse(x, n);
    b->batch_inverse(y, n);
    bool same = columns_equal(x, y, 4, words) && columns_canonical(y, 4, log);
    columns_free(x, 4);
    columns_free(y, 4);
    return same;
}
TEST(inverses_agree) { CHECK(sweep(check_inverse, 14)); }

TEST(grinds_agree)
{
    size_t n;
    const backend *const *list = other_backends(&n);
    for (size_t i = 0; i < n; i++)
        for (unsigned bits = 1; bits <= 14; bits++) {
            uint32_t state[8];
            for (unsigned w = 0; w < 8; w++) state[w] = test_rand();
            CHECK_EQ(list[i]->grind(state, bits), backend_portable.grind(state, bits));
        }
}

TEST(backends_are_found_by_name)
{
    size_t n;
    const backend *const *list = backend_list(&n);
    CHECK(n >= 1 && list[0] == &backend_portable);
    for (size_t i = 0; i < n; i++)
        CHECK(backend_find(list[i]->name) == (list[i]->usable() ? list[i] : NULL));
    CHECK(backend_find("auto") && backend_find("auto")->usable());
    CHECK(!backend_find("none such"));
}
