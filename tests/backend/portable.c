/* portable.c - the portable backend against the definitions of docs/protocol.md. */
#include "core/channel.h"
#include "core/fri.h"
#include "core/merkle.h"
#include "core/quotient.h"
#include "tests/backend/util.h"

static const backend *const b = &backend_portable;

static circle_point_q point_at(unsigned m, size_t s)
{
    return circle_point_q_from(circle_at(m, (uint32_t)s));
}

TEST(portable_fft_is_the_basis_for_all_small_sizes)
{
    for (unsigned log = 1; log <= 7; log++)
        for (unsigned more = 0; more <= 3; more++) {
            uint32_t **c = columns_new(3, log), **v = columns_new(3, log + more);
            columns_fill(c, 3, log, RANDOM);
            b->evaluate(v, ro(c), 3, log, log + more);
            CHECK(columns_canonical(v, 3, log + more));
            for (size_t i = 0; i < 3; i++)
                for (size_t s = 0; s < (size_t)1 << (log + more); s++)
                    CHECK(qm31_eq(eval_basis(c[i], log, point_at(log + more, s)),
                                  qm31_from_m31(m31_from_reduced(v[i][s]))));
            columns_free(c, 3);
            columns_free(v, 3);
        }
}

TEST(portable_parts_are_the_whole)
{
    for (unsigned log = 1; log <= 8; log++)
        for (unsigned more = 0; more <= 4; more++) {
            const size_t h = (size_t)1 << (log - 1), half = h << more;
            uint32_t **c = columns_new(2, log), **v = columns_new(2, log + more);
            uint32_t **part = columns_new(2, log);
            columns_fill(c, 2, log, RANDOM);
            b->evaluate(v, ro(c), 2, log, log + more);
            for (size_t k = 0; k < (size_t)1 << more; k++) {
                b->evaluate_part(part, ro(c), 2, log, log + more, k);
                for (size_t i = 0; i < 2; i++) {
                    CHECK(!memcmp(part[i], v[i] + k * h, h * sizeof **v));
                    CHECK(!memcmp(part[i] + h, v[i] + half + k * h, h * sizeof **v));
                }
            }
            columns_free(c, 2);
            columns_free(v, 2);
            columns_free(part, 2);
        }
}

TEST(portable_fft_inverts_for_all_sizes)
{
    for (unsigned log = 1; log <= 15; log++)
        for (enum pattern p = 0; p < N_PATTERNS; p++) {
            uint32_t **c = columns_new(2, log), **v = columns_new(2, log);
            columns_fill(c, 2, log, p);
            b->evaluate(v, ro(c), 2, log, log);
            b->interpolate(v, 2, log);
            CHECK(columns_equal(v, c, 2, (size_t)1 << log));
            columns_free(c, 2);
            columns_free(v, 2);
        }
}

TEST(portable_extend_is_interpolate_then_evaluate_also_in_place)
{
    for (unsigned log = 1; log <= 9; log++)
        for (unsigned more = 0; more <= 4; more++) {
            size_t words = (size_t)1 << log;
            uint32_t **in = columns_new(1, log), **c = columns_new(1, log + more);
            uint32_t **out = columns_new(1, log + more);
            columns_fill(in, 1, log, RANDOM);
            b->extend(out, ro(in), 1, log, log + more);
            memcpy(c[0], in[0], words * 4);
            b->interpolate(c, 1, log);
            b->evaluate(c, ro(c), 1, log, log + more);
            CHECK(columns_equal(c, out, 1, words << more));
            columns_free(in, 1);
            columns_free(c, 1);
            columns_free(out, 1);
        }
}

TEST(portable_merkle_levels_follow_core)
{
    for (unsigned log = 0; log <= 4; log++)
        for (size_t n = 0; n <= 40; n += n < 3 ? 1 : 13) {
            uint32_t **cols = columns_new(n, log), **below = columns_new(7, log + 1);
            uint32_t **out = columns_new(7, log);
            columns_fill(cols, n, log, RANDOM);
            for (unsigned w = 0; w < 7; w++)
                for (size_t i = 0; i < (size_t)2 << log; i++) below[w][i] = test_rand();
            for (int leaves = n ? 1 : 0; leaves >= 0; leaves--) {
                b->merkle_level(out, leaves ? NULL : ro(below), ro(cols), n, log);
                for (size_t i = 0; i < (size_t)1 << log; i++) {
                    uint32_t v[64], l[7], r[7], want[7];
                    for (size_t c = 0; c < n; c++) v[c] = cols[c][i];
                    for (unsigned w = 0; w < 7; w++) {
                        l[w] = below[w][2 * i];
                        r[w] = below[w][2 * i + 1];
                    }
                    if (leaves)
                        merkle_leaf(want, v, n);
                    else
                        merkle_node(want, l, r, v, n);
                    for (unsigned w = 0; w < 7; w++) CHECK_EQ(out[w][i], want[w]);
                }
            }
            columns_free(cols, n);
            columns_free(below, 7);
            columns_free(out, 7);
        }
}

TEST(portable_fri_leaves_and_fold_follow_core)
{
    for (unsigned log = 1; log <= 8; log++)
        for (unsigned k = 1; k <= FRI_MAX_FOLD && k <= log; k++)
            for (int first = 0; first < 2; first++) {
                uint32_t **in = columns_new(4, log), **dig = columns_new(7, log - k);
                uint32_t **out = columns_new(4, log - k);
                columns_fill(in, 4, log, RANDOM);
                qm31 beta = random_qm31();
                b->fri_leaves(dig, ro(in), log, k, first);
                b->fri_fold(out, ro(in), log, k, first, beta);
                for (size_t leaf = 0; leaf < (size_t)1 << (log - k); leaf++) {
                    qm31 v[1 << FRI_MAX_FOLD];
                    uint32_t words[4 << FRI_MAX_FOLD], want[7];
                    size_t seen = 0;
                    for (size_t s = 0; s < (size_t)1 << log; s++) {
                        uint32_t inside;
                        if (fri_leaf_of(log, k, first, (uint32_t)s, &inside) != leaf) continue;
                        seen++;
                        v[inside] = get_q(in, s);
                        qm31_to_words(words + 4 * inside, v[inside]);
                    }
                    CHECK_EQ(seen, (size_t)1 << k);
                    merkle_leaf(want, words, (size_t)4 << k);
                    for (unsigned w = 0; w < 7; w++) CHECK_EQ(dig[w][leaf], want[w]);
                    qm31 f =
                        fri_fold_leaf(v, k, first, first ? log : log + 1, (uint32_t)leaf, beta);
                    CHECK(qm31_eq(get_q(out, leaf), f));
                }
                columns_free(in, 4);
                columns_free(dig, 7);
                columns_free(out, 4);
            }
}

/* Folding k times joins the coefficients of 2^k basis functions: the y fold takes bit b with beta,
 * the x-folds take the low bits of the index with beta^2, beta^4, ... */
TEST(portable_fold_of_low_degree_stays_low_degree)
{
    enum { LOG = 9, LOW = 5, K = 4 };
    uint32_t **c = columns_new(4, LOG), **v = columns_new(4, LOG), **out = columns_new(4, LOG - K);
    for (unsigned i = 0; i < 4; i++) memset(c[i], 0, sizeof(uint32_t) << LOG);
    /* degree bound: coefficients of index k < 2^LOW in each half */
    for (unsigned i = 0; i < 4; i++)
        for (size_t k = 0; k < 1u << LOW; k++) {
            c[i][k] = random_m31().v;
            c[i][k + (1u << (LOG - 1))] = random_m31().v;
        }
    b->evaluate(v, ro(c), 4, LOG, LOG);
    qm31 beta = random_qm31();
    b->fri_fold(out, ro(v), LOG, K, true, beta);
    /* what is left: f(x) of log size LOG - K on x of D_(LOG-K+1), with 2^(LOW-K+1) coefficients */
    qm31 left[1 << (LOW - K + 1)];
    for (size_t j = 0; j < SP_COUNT(left); j++) {
        left[j] = qm31_zero();
        for (size_t low = 0; low < 1u << (K - 1); low++)
            for (size_t y = 0; y < 2; y++) {
                size_t i = y << (LOG - 1) | j << (K - 1) | low;
                left[j] = qm31_add(left[j], qm31_mul(get_q(c, i), qm31_pow(beta, low << 1 | y)));
            }
    }
    for (size_t s = 0; s < 1u << (LOG - K); s++)
        CHECK(qm31_eq(get_q(out, s),
                      fri_eval_last(left, LOW - K + 1, circle_at(LOG - K + 1, (uint32_t)s).x)));
    columns_free(c, 4);
    columns_free(v, 4);
    columns_free(out, 4);
}

TEST(portable_weights_evaluate)
{
    for (unsigned log = 1; log <= 9; log++) {
        uint32_t **w = columns_new(4, log), **v = columns_new(3, log);
        columns_fill(v, 3, log, RANDOM);
        circle_point_q z = random_point();
        qm31 got[3];
        b->weights_at(w, log, z);
        b->dot(got, ro(v), 3, log, ro(w));
        b->interpolate(v, 3, log);
        for (size_t i = 0; i < 3; i++) CHECK(qm31_eq(got[i], eval_basis(v[i], log, z)));
        columns_free(w, 4);
        columns_free(v, 3);
    }
}

TEST(first_row_indicator_is_the_weight_of_row_0)
{
    for (unsigned log = 1; log <= 9; log++) {
        uint32_t **w = columns_new(4, log);
        circle_point_q z = random_point();
        b->weights_at(w, log, z);
        CHECK(qm31_eq(circle_is_first_q(log, z), get_q(w, circle_position_of_row(log, 0))));
        columns_free(w, 4);
    }
}

TEST(portable_combine_and_lift)
{
    enum { LOG = 6, N = 5 };
    uint32_t **cols = columns_new(N, LOG), **out = columns_new(4, LOG), **was = columns_new(4, LOG);
    qm31 coeff[N];
    columns_fill(cols, N, LOG, RANDOM);
    columns_fill(out, 4, LOG, RANDOM);
    for (size_t i = 0; i < 4; i++) memcpy(was[i], out[i], 4u << LOG);
    for (size_t i = 0; i < N; i++) coeff[i] = random_qm31();
    b->combine(out, ro(cols), coeff, N, LOG);
    for (size_t s = 0; s < 1u << LOG; s++) {
        qm31 want = get_q(was, s);
        for (size_t i = 0; i < N; i++)
            want = qm31_add(want, qm31_mul_m31(coeff[i], m31_from_reduced(cols[i][s])));
        CHECK(qm31_eq(want, get_q(out, s)));
    }
    for (unsigned log_in = 0; log_in <= LOG; log_in++) {
        for (size_t i = 0; i < 4; i++) memcpy(out[i], was[i], 4u << LOG);
        b->lift_add(out, LOG, ro(cols), log_in);
        for (size_t s = 0; s < 1u << LOG; s++)
            CHECK(
                qm31_eq(get_q(out, s), qm31_add(get_q(was, s), get_q(cols, s >> (LOG - log_in)))));
    }
    columns_free(cols, N);
    columns_free(out, 4);
    columns_free(was, 4);
}

TEST(portable_quotient_follows_core)
{
    for (unsigned log = 1; log <= 7; log++)
        for (int add = 0; add < 2; add++) {
            uint32_t **num = columns_new(4, log), **out = columns_new(4, log);
            columns_fill(num, 4, log, RANDOM);
            columns_fill(out, 4, log, RANDOM);
            uint32_t **was = columns_new(4, log);
            for (size_t i = 0; i < 4; i++) memcpy(was[i], out[i], 4u << log);
            quotient_point q;
            quotient_point_init(&q, random_point());
            quotient_point_add(&q, random_qm31(), random_qm31());
            b->quotient(out, add, ro(num), log, q.z, q.a, q.b);
            for (size_t s = 0; s < (size_t)1 << log; s++) {
                qm31 want = quotient_value(&q, get_q(num, s), circle_at(log, (uint32_t)s));
                if (add) want = qm31_add(want, get_q(was, s));
                CHECK(qm31_eq(want, get_q(out, s)));
            }
            columns_free(num, 4);
            columns_free(out, 4);
            columns_free(was, 4);
        }
}

/* A column of degree N/2 (in x, y) over a denominator of degree 1: with the true sample nothing is
 * left above index N/2 of either half; with a false one the quotient has a pole and fills all. */
TEST(portable_quotient_of_a_true_sample_has_low_degree)
{
    enum { LOG = 6 };
    uint32_t **c = columns_new(1, LOG), **v = columns_new(1, LOG + 1),
             **num = columns_new(4, LOG + 1);
    uint32_t **out = columns_new(4, LOG + 1);
    columns_fill(c, 1, LOG, RANDOM);
    b->evaluate(v, ro(c), 1, LOG, LOG + 1);
    for (int honest = 1; honest >= 0; honest--) {
        circle_point_q z = random_point();
        qm31 s = eval_basis(c[0], LOG, z), one = qm31_one();
        if (!honest) s = qm31_add(s, one);
        for (size_t i = 0; i < 4; i++) memset(num[i], 0, 8u << LOG);
        b->combine(num, ro(v), &one, 1, LOG + 1);
        quotient_point q;
        quotient_point_init(&q, z);
        quotient_point_add(&q, s, one);
        b->quotient(out, false, ro(num), LOG + 1, q.z, q.a, q.b);
        b->interpolate(out, 4, LOG + 1);
        size_t high = 0, half = (size_t)1 << LOG;
        for (size_t i = 0; i < 4; i++)
            for (size_t k = 0; k < 2 * half; k++)
                if ((k & (half - 1)) > half / 2 && out[i][k] != 0) high++;
        CHECK((high == 0) == (honest == 1));
    }
    columns_free(c, 1);
    columns_free(v, 1);
    columns_free(num, 4);
    columns_free(out, 4);
}

TEST(portable_divide_vanishing)
{
    for (unsigned n = 1; n <= 8; n++) {
        uint32_t **v = columns_new(4, n + 1), **was = columns_new(4, n + 1);
        columns_fill(v, 4, n + 1, RANDOM);
        for (size_t i = 0; i < 4; i++) memcpy(was[i], v[i], 8u << n);
        b->divide_vanishing(v, n);
        for (size_t s = 0; s < (size_t)2 << n; s++) {
            qm31 d = circle_vanishing_q(n, point_at(n + 1, s).x);
            CHECK(qm31_eq(qm31_mul(get_q(v, s), d), get_q(was, s)));
        }
        columns_free(v, 4);
        columns_free(was, 4);
    }
}

TEST(portable_scans_run_in_row_order)
{
    for (unsigned log = 1; log <= 7; log++) {
        uint32_t **v = columns_new(4, log), **p = columns_new(4, log);
        columns_fill(v, 4, log, RANDOM);
        for (size_t i = 0; i < 4; i++) memcpy(p[i], v[i], 4u << log);
        qm31 prod = qm31_one(), sum = qm31_zero();
        uint32_t **q = columns_new(4, log);
        for (size_t i = 0; i < 4; i++) memcpy(q[i], v[i], 4u << log);
        b->scan_product(p, log);
        b->scan_sum(q, log);
        circle_point g = circle_omega(log + 1), step = circle_omega(log), pt = g;
        for (size_t row = 0; row < (size_t)1 << log; row++, pt = circle_mul(pt, step)) {
            size_t s = 0; /* found by its point, not by the formula of core */
            while (circle_at(log, (uint32_t)s).x.v != pt.x.v ||
                   circle_at(log, (uint32_t)s).y.v != pt.y.v)
                s++;
            prod = qm31_mul(prod, get_q(v, s));
            sum = qm31_add(sum, get_q(v, s));
            CHECK(qm31_eq(prod, get_q(p, s)));
            CHECK(qm31_eq(sum, get_q(q, s)));
        }
        columns_free(v, 4);
        columns_free(p, 4);
        columns_free(q, 4);
    }
}

TEST(portable_inverses)
{
    uint32_t **v = columns_new(4, 6), **was = columns_new(4, 6);
    columns_fill(v, 4, 6, RANDOM);
    put_q(v, 5, qm31_zero());
    put_q(v, 6, qm31_one());
    for (size_t i = 0; i < 4; i++) memcpy(was[i], v[i], 4u << 6);
    b->batch_inverse(v, 48);
    for (size_t s = 0; s < 64; s++) {
        qm31 x = get_q(was, s), y = get_q(v, s);
        if (s >= 48)
            CHECK(qm31_eq(x, y));
        else if (qm31_is_zero(x))
            CHECK(qm31_is_zero(y));
        else
            CHECK(qm31_eq(qm31_mul(x, y), qm31_one()));
    }
    columns_free(v, 4);
    columns_free(was, 4);
}

TEST(portable_grind_finds_the_smallest_nonce)
{
    for (unsigned bits = 1; bits <= 12; bits++) {
        channel c;
        channel_init(&c);
        uint32_t seed = test_rand();
        channel_mix_u32s(&c, &seed, 1);
        uint64_t nonce = b->grind(c.state, bits);
        for (uint64_t i = 0; i < nonce; i++) CHECK(!channel_grind_check(&c, i, bits));
        CHECK(channel_grind_check(&c, nonce, bits));
    }
}
