/* threads.c - the number of threads changes nothing. */
#include "prover/cpu/openmp.h"
#include "tests/backend/util.h"

#ifdef _OPENMP
static void set_threads(int n) { omp_set_num_threads(n); }
#else
static void set_threads(int n) { (void)n; }
#endif

enum { COLS = 3 };

/* Many operations in a row on the same columns; all results are in v in the end. */
static void run(const backend *b, uint32_t *const *v, unsigned log)
{
    uint32_t **w = columns_new(4, log), **dig = columns_new(7, log),
             **big = columns_new(7, log + 1);
    circle_point_q z = random_point();
    qm31 coeff[4], dots[4];
    uint32_t state[8];
    columns_fill(big, 7, log + 1, RANDOM);
    for (int i = 0; i < 4; i++) coeff[i] = random_qm31();
    for (int i = 0; i < 8; i++) state[i] = test_rand();
    b->interpolate(v, COLS, log);
    b->extend(big, ro(v), COLS, log, log + 1);
    b->interpolate(big, 1, log + 1);
    b->weights_at(w, log, z);
    b->dot(dots, ro(v), COLS, log, ro(w));
    b->scan_product(w, log);
    b->batch_inverse(w, (size_t)1 << log);
    b->scan_sum(w, log);
    b->combine(w, ro(v), coeff, COLS, log);
    b->lift_add(w, log, ro(big), log - 1);
    b->quotient(w, true, ro(big), log, z, dots[0], dots[2]);
    b->divide_vanishing(w, log - 1);
    b->merkle_level(dig, NULL, ro(big), 3, log);
    b->merkle_level(dig, ro(big), ro(v), 0, log - 1); /* any words do */
    b->fri_leaves(dig, ro(w), log, 3, true);
    b->fri_fold(big, ro(w), log, 3, false, coeff[1]);
    for (size_t s = 0; s < (size_t)1 << log; s++)
        for (int i = 0; i < COLS; i++) v[i][s] = m31_from_u32(w[i][s] ^ dig[i][s] ^ big[i][s]).v;
    v[0][0] = (uint32_t)b->grind(state, 9);
    columns_free(w, 4);
    columns_free(dig, 7);
    columns_free(big, 7);
}

TEST(thread_counts_give_the_same_words)
{
    static const int counts[] = {1, 2, 5};
    size_t n;
    const backend *const *list = backend_list(&n);
    for (size_t i = 0; i < n; i++) {
        if (!list[i]->usable()) continue;
        for (unsigned log = 8; log <= 16; log += 4) {
            uint32_t **v = columns_new(COLS, log), **first = columns_new(COLS, log);
            const uint64_t seed = test_state;
            for (size_t t = 0; t < SP_COUNT(counts); t++) {
                test_state = seed;
                set_threads(counts[t]);
                columns_fill(v, COLS, log, RANDOM);
                run(list[i], v, log);
                if (t == 0)
                    for (size_t c = 0; c < COLS; c++)
                        memcpy(first[c], v[c], sizeof(uint32_t) << log);
                set_threads(2);
                CHECK(columns_equal(v, first, COLS, (size_t)1 << log));
            }
            columns_free(v, COLS);
            columns_free(first, COLS);
        }
    }
}
