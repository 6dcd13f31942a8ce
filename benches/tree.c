/* tree.c - speed of hashing: leaves, nodes, FRI leaves, grinding. */
#include "benches/bench.h"

enum { COLS = 100, GRIND_BITS = 20 };

typedef struct {
    uint32_t **cols, **out, **below;
    unsigned log;
    uint64_t tried;
} job;

static void leaves(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->merkle_level(j->out, NULL, bench_ro(j->cols), COLS, j->log);
}
static void nodes(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->merkle_level(j->out, bench_ro(j->below), NULL, 0, j->log);
}
static void fri_leaves(const bench *b, void *user)
{
    job *j = (job *)user;
    b->be->fri_leaves(j->out, bench_ro(j->cols), j->log, 4, false);
}
static void grind(const bench *b, void *user)
{
    static const uint32_t state[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    ((job *)user)->tried = b->be->grind(state, GRIND_BITS) + 1;
}

int main(int argc, char **argv)
{
    bench b = bench_init(argc, argv, 16);
    job j;
    j.cols = bench_columns(COLS, b.log);
    j.out = bench_columns(DIGEST_WORDS, b.log);
    j.below = bench_columns(DIGEST_WORDS, b.log + 1);
    for (j.log = 12; j.log <= b.log; j.log += 2) {
        const double n = (double)((size_t)1 << j.log);
        bench_run(&b, "leaves of 100 columns", j.log, 4 * COLS * n, "byte", leaves, &j);
        bench_run(&b, "leaves, compressions", j.log, 7 * n, "compression", leaves, &j);
        bench_run(&b, "nodes", j.log, n, "node", nodes, &j);
        bench_run(&b, "fri leaves of 16", j.log, n / 4, "compression", fri_leaves, &j);
    }
    grind(&b, &j);
    bench_run(&b, "grind (20 bits)", 0, (double)j.tried, "nonce up to the found", grind, &j);
    return bench_end(&b);
}
