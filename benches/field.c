/* field.c - speed of additions and products in M31 and QM31 per element, load and store included.
 */
#include "benches/field.h"
#include "benches/bench.h"

extern const field_kernels field_kernels_portable;
#ifdef BENCH_AVX2
extern const field_kernels field_kernels_avx2;
#endif
#ifdef BENCH_AVX512
extern const field_kernels field_kernels_avx512;
#endif

enum { ROUNDS = 200 };

static const field_kernels *kernels_of(const char *name)
{
#ifdef BENCH_AVX2
    if (strcmp(name, "avx2") == 0) return &field_kernels_avx2;
#endif
#ifdef BENCH_AVX512
    if (strcmp(name, "avx512") == 0) return &field_kernels_avx512;
#endif
    (void)name;
    return &field_kernels_portable;
}

typedef struct {
    uint32_t **v;
    void (*fn)(uint32_t *const v[8]);
} job;

static void rounds(const bench *b, void *user)
{
    const job *j = (const job *)user;
    (void)b;
    for (int i = 0; i < ROUNDS; i++) j->fn(j->v);
}

int main(int argc, char **argv)
{
    bench b = bench_init(argc, argv, 10);
    const field_kernels *k = kernels_of(b.be->name);
    job j;
    j.v = bench_columns(8, 9);
    const double n = (double)FIELD_WORDS * ROUNDS;
    j.fn = k->add;
    bench_run(&b, "m31 add", 9, n, "element", rounds, &j);
    j.fn = k->mul;
    bench_run(&b, "m31 mul", 9, n, "element", rounds, &j);
    j.fn = k->qmul;
    bench_run(&b, "qm31 mul", 9, n, "element", rounds, &j);
    return bench_end(&b);
}
