/* fri.c - FRI folding over vectors: all levels of one layer in registers and first-level cache. A
 * level leaves out its factor 1/2; the last step makes up for all k of them. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/twiddles.h"
#include "prover/cpu/vqm31_wide.h"

KERNELS(SP_ISA);

/* f + g + beta (f - g) w. */
SP_FN vqm31 fold(vqm31 f, vqm31 g, vm31x2 w, vqm31 beta)
{
    vqm31 d;
    for (int c = 0; c < 4; c++) d.c[c] = vm31_mul_x2(vm31_sub(f.c[c], g.c[c]), w);
    return vqm31_add(vqm31_add(f, g), vqm31_mul_wide(d, beta));
}

typedef struct {
    const uint32_t *const *in;
    unsigned log, k;
    bool first;
    vqm31 beta[FRI_MAX_FOLD];
    const uint32_t *table[FRI_MAX_FOLD]; /* of each level */
} fold_plan;

/* VEC_LANES outputs from number i on. */
static void fold_at(uint32_t *const out[4], const fold_plan *p, size_t i)
{
    vqm31 v[1 << (FRI_MAX_FOLD - 1)];
    const size_t n = (size_t)1 << (p->k - 1), at = i << (p->k - 1); /* after the first level */
    for (size_t t = 0; t < n; t++) {
        const size_t s = at + t * VEC_LANES;
        vqm31 f, g;
        if (p->first) {
            f = vqm31_load(p->in, s);
            g = vqm31_load(p->in, s + ((size_t)1 << (p->log - 1)));
            v[t] = fold(f, g, vm31x2_y_natural(p->table[0] + s / 2), p->beta[0]);
        } else {
            f = vqm31_load(p->in, 2 * s);
            g = vqm31_load(p->in, 2 * s + VEC_LANES);
            for (int c = 0; c < 4; c++) vm31_deinterleave(&f.c[c], &g.c[c]);
            v[t] = fold(f, g, vm31x2_loadu(p->table[0] + s), p->beta[0]);
        }
    }
    for (unsigned level = 1; level < p->k; level++) {
        const size_t left = n >> level, from = i << (p->k - 1 - level);
        for (size_t t = 0; t < left; t++) {
            vqm31 f = v[2 * t], g = v[2 * t + 1];
            for (int c = 0; c < 4; c++) vm31_deinterleave(&f.c[c], &g.c[c]);
            v[t] = fold(f, g, vm31x2_loadu(p->table[level] + from + t * VEC_LANES), p->beta[level]);
        }
    }
    for (int c = 0; c < 4; c++) v[0].c[c] = vm31_mul_pow2(v[0].c[c], 31 - p->k);
    vqm31_store(out, i, v[0]);
}

void ISA(fri_fold)(uint32_t *const out[4], const uint32_t *const in[4], unsigned log, unsigned k,
                   bool first, qm31 beta)
{
    fold_plan p;
    bool ready = log - k >= VEC_LOG_LANES;
    qm31 b = beta;
    p.in = in;
    p.log = log;
    p.k = k;
    p.first = first;
    /* The y level and the x level after it use one domain, every further x level the next. */
    for (unsigned level = 0; ready && level < k; level++, b = qm31_mul(b, b)) {
        p.beta[level] = vqm31_splat(b);
        p.table[level] = twiddles_inv_x(first ? log - (level ? level - 1 : 0) : log + 1 - level);
        if (!p.table[level]) ready = false;
    }
    if (!ready) {
        fri_fold_portable(out, in, log, k, first, beta);
        return;
    }
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t i = 0; i < (size_t)1 << (log - k); i += VEC_LANES) fold_at(out, &p, i);
}
