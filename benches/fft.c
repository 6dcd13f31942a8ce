/* fft.c - speed of the transforms, one column: per butterfly, and of the extension to twice the
 * size per input word. */
#include "benches/bench.h"

typedef struct {
    uint32_t **in, **out;
    unsigned log;
} job;

static void interpolate(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->interpolate(j->in, 1, j->log);
}
static void evaluate(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->evaluate(j->in, bench_ro(j->in), 1, j->log, j->log);
}
static void extend(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->extend(j->out, bench_ro(j->in), 1, j->log, j->log + 1);
}

int main(int argc, char **argv)
{
    bench b = bench_init(argc, argv, 20);
    job j;
    j.in = bench_columns(1, b.log);
    j.out = bench_columns(1, b.log + 1);
    for (j.log = 12; j.log <= b.log; j.log++) {
        const double words = (double)((size_t)1 << j.log), butterflies = words / 2 * j.log;
        bench_run(&b, "interpolate", j.log, butterflies, "butterfly", interpolate, &j);
        bench_run(&b, "evaluate", j.log, butterflies, "butterfly", evaluate, &j);
        bench_run(&b, "extend x2", j.log, words, "input word", extend, &j);
    }
    return bench_end(&b);
}
