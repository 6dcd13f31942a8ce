/* fri.c - speed of the operations over QM31 columns: folds, weights, dots, combinations, quotients,
 * scans, inverses. */
#include "benches/bench.h"

enum { COLS = 32 };

typedef struct {
    uint32_t **cols, **w, **out;
    unsigned log, k;
    bool first;
} job;

static void fold(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->fri_fold(j->out, bench_ro(j->w), j->log, j->k, j->first, bench_felt(5));
}
static void weights(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->weights_at(j->out, j->log, bench_point());
}
static void dot(const bench *b, void *user)
{
    job *j = (job *)user;
    qm31 r[COLS];
    b->be->dot(r, bench_ro(j->cols), COLS, j->log, bench_ro(j->w));
}
static void combine(const bench *b, void *user)
{
    job *j = (job *)user;
    qm31 c[COLS];
    for (uint32_t i = 0; i < COLS; i++) c[i] = bench_felt(i);
    b->be->combine(j->out, bench_ro(j->cols), c, COLS, j->log);
}
static void quotient(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->quotient(j->out, true, bench_ro(j->w), j->log, bench_point(), bench_felt(1),
                    bench_felt(2));
}
static void scan(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->scan_product(j->out, j->log);
}
static void inverse(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->batch_inverse(j->out, (size_t)1 << j->log);
}

int main(int argc, char **argv)
{
    bench b = bench_init(argc, argv, 18);
    job j;
    j.cols = bench_columns(COLS, b.log);
    j.w = bench_columns(4, b.log);
    j.out = bench_columns(4, b.log);
    for (j.log = 14; j.log <= b.log; j.log += 2) {
        const double n = (double)((size_t)1 << j.log);
        j.first = true;
        j.k = 1;
        bench_run(&b, "fold circle by 2", j.log, n, "input value", fold, &j);
        j.first = false;
        bench_run(&b, "fold line by 2", j.log, n, "input value", fold, &j);
        j.k = 4;
        bench_run(&b, "fold line by 16", j.log, n, "input value", fold, &j);
        bench_run(&b, "weights at a point", j.log, n, "weight", weights, &j);
        bench_run(&b, "dot, 32 columns", j.log, COLS * n, "column word", dot, &j);
        bench_run(&b, "combine, 32 columns", j.log, COLS * n, "column word", combine, &j);
        bench_run(&b, "quotient", j.log, n, "value", quotient, &j);
        bench_run(&b, "scan product", j.log, n, "value", scan, &j);
        bench_run(&b, "batch inverse", j.log, n, "value", inverse, &j);
    }
    return bench_end(&b);
}
