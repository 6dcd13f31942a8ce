/* scan.c - prefix products and sums in row order, and batch inverses.
 *
 * Rows 2j and 2j + 1 are positions s and N - 1 - s, s = bitrev(j). Write s = UNIT blk + lane: then
 * j = bitrev(lane) 2^h + bitrev(blk), h = log - 1 - LOG_UNIT. So lane by lane, the blocks
 * bitrev(0), bitrev(1), ... walk through UNIT runs of neighbouring rows at once, taking in turn a
 * block of flag 0 and, lanes reversed, its mirror of flag 1. Each lane's walk is cut into segments
 * for the threads; then every segment of a lane is multiplied by (added to) what comes before. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/vinverse.h"
#include "prover/cpu/vqm31_wide.h"

KERNELS(SP_ISA);

enum { LOG_UNIT = 4, UNIT = 1 << LOG_UNIT, VECS = UNIT / VEC_LANES, LOG_MAX_SEGMENTS = 6 };

typedef struct {
    _Alignas(64) uint32_t c[4][UNIT];
} unit;

SP_FN void unit_load(vqm31 x[VECS], const unit *u)
{
    for (int i = 0; i < VECS; i++)
        for (int c = 0; c < 4; c++) x[i].c[c] = vm31_load(u->c[c] + i * VEC_LANES);
}
SP_FN void unit_store(unit *u, const vqm31 x[VECS])
{
    for (int i = 0; i < VECS; i++)
        for (int c = 0; c < 4; c++) vm31_store(u->c[c] + i * VEC_LANES, x[i].c[c]);
}
SP_FN vqm31 join(bool product, vqm31 x, vqm31 y)
{
    return product ? vqm31_mul_wide(x, y) : vqm31_add(x, y);
}

/* Vector i of the block at `at`, or of its mirror, whose vectors and lanes run backwards. */
SP_FN size_t vec_at(size_t at, int i, size_t n, bool mirror)
{
    size_t s = at + (size_t)(i * VEC_LANES);
    return mirror ? n - VEC_LANES - s : s;
}

/* Running results within one segment; total = those of its last rows. */
SP_FN void segment_scan(uint32_t *const v[4], unsigned log, bool product, size_t from, size_t to,
                        unit *total)
{
    const size_t n = (size_t)1 << log;
    const unsigned h = log - 1 - LOG_UNIT;
    vqm31 all[VECS];
    for (int i = 0; i < VECS; i++) all[i] = vqm31_splat(product ? qm31_one() : qm31_zero());
    for (size_t q = from; q < to; q++) {
        const size_t at = (size_t)bit_reverse((uint32_t)q, h) << LOG_UNIT;
        for (int mirror = 0; mirror < 2; mirror++)
            for (int i = 0; i < VECS; i++) {
                const size_t s = vec_at(at, i, n, mirror);
                vqm31 x = vqm31_load((const uint32_t *const *)v, s);
                if (mirror) x = vqm31_reverse(x);
                all[i] = join(product, all[i], x);
                vqm31_store(v, s, mirror ? vqm31_reverse(all[i]) : all[i]);
            }
    }
    unit_store(total, all);
}
/* The segment joined with what comes before it, lane by lane. */
SP_FN void segment_shift(uint32_t *const v[4], unsigned log, bool product, size_t from, size_t to,
                         const unit *before)
{
    const size_t n = (size_t)1 << log;
    const unsigned h = log - 1 - LOG_UNIT;
    vqm31 b[VECS], r[VECS];
    unit_load(b, before);
    for (int i = 0; i < VECS; i++) r[i] = vqm31_reverse(b[i]);
    for (size_t q = from; q < to; q++) {
        const size_t at = (size_t)bit_reverse((uint32_t)q, h) << LOG_UNIT;
        for (int mirror = 0; mirror < 2; mirror++)
            for (int i = 0; i < VECS; i++) {
                const size_t s = vec_at(at, i, n, mirror);
                vqm31 x = vqm31_load((const uint32_t *const *)v, s);
                vqm31_store(v, s, join(product, x, mirror ? r[i] : b[i]));
            }
    }
}

static qm31 unit_get(const unit *u, unsigned lane)
{
    uint32_t w[4] = {u->c[0][lane], u->c[1][lane], u->c[2][lane], u->c[3][lane]};
    return qm31_from_words(w);
}
static void unit_put(unit *u, unsigned lane, qm31 x)
{
    uint32_t w[4];
    qm31_to_words(w, x);
    for (unsigned c = 0; c < 4; c++) u->c[c][lane] = w[c];
}

SP_FN void scan(uint32_t *const v[4], unsigned log, bool product)
{
    const unsigned h = log - 1 - LOG_UNIT,
                   log_segments = h < LOG_MAX_SEGMENTS ? h : LOG_MAX_SEGMENTS;
    const size_t n_segments = (size_t)1 << log_segments, len = (size_t)1 << (h - log_segments);
    unit total[1 << LOG_MAX_SEGMENTS];
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t g = 0; g < n_segments; g++)
        segment_scan(v, log, product, g * len, (g + 1) * len, &total[g]);
    qm31 all = product ? qm31_one() : qm31_zero();
    for (unsigned chunk = 0; chunk < UNIT; chunk++) {
        const unsigned lane = bit_reverse(chunk, LOG_UNIT);
        for (size_t g = 0; g < n_segments; g++) {
            qm31 t = unit_get(&total[g], lane);
            unit_put(&total[g], lane, all);
            all = product ? qm31_mul(all, t) : qm31_add(all, t);
        }
    }
    SP_OMP(parallel for schedule(static) if ((size_t)1 << log > SP_OMP_MIN))
    for (size_t g = 0; g < n_segments; g++)
        segment_shift(v, log, product, g * len, (g + 1) * len, &total[g]);
}

void ISA(scan_product)(uint32_t *const v[4], unsigned log)
{
    if (log < LOG_UNIT + 1)
        scan_product_portable(v, log);
    else
        scan(v, log, true);
}
void ISA(scan_sum)(uint32_t *const v[4], unsigned log)
{
    if (log < LOG_UNIT + 1)
        scan_sum_portable(v, log);
    else
        scan(v, log, false);
}

enum { CHUNK = 64 * UNIT, CHUNK_VECS = CHUNK / VEC_LANES };

/* 1 / (a + bu) = (a - bu) conj(d) / (d conj(d)), d = a^2 - (2 + i) b^2. The zeros, whose norm is
 * replaced by 1, stay zero by the other factors. */
static void inverse_chunk(uint32_t *const v[4], size_t from, size_t n)
{
    vm31 norm[CHUNK_VECS], before[CHUNK_VECS];
    vcm31 d[CHUNK_VECS];
    const size_t n_vecs = n / VEC_LANES;
    for (size_t i = 0; i < n_vecs; i++) {
        vqm31 x = vqm31_load((const uint32_t *const *)v, from + i * VEC_LANES);
        vcm31 a = vqm31_part(x, 0), b = vqm31_part(x, 1);
        d[i] = vcm31_sub(vcm31_mul(a, a), vcm31_mul_r(vcm31_mul(b, b)));
        norm[i] = vm31_one_if_zero(vm31_add(vm31_mul(d[i].a, d[i].a), vm31_mul(d[i].b, d[i].b)));
    }
    vm31_inv_all(norm, before, n_vecs);
    for (size_t i = 0; i < n_vecs; i++) {
        vqm31 x = vqm31_load((const uint32_t *const *)v, from + i * VEC_LANES);
        x.c[2] = vm31_neg(x.c[2]);
        x.c[3] = vm31_neg(x.c[3]);
        vcm31 r = vcm31_mul_vm31(d[i], norm[i]);
        r.b = vm31_neg(r.b);
        vqm31_store(v, from + i * VEC_LANES, vqm31_mul_vcm31(x, r));
    }
}

void ISA(batch_inverse)(uint32_t *const v[4], size_t n)
{
    SP_OMP(parallel for schedule(static) if (n > SP_OMP_MIN))
    for (size_t from = 0; from < n; from += CHUNK)
        inverse_chunk(v, from, n - from < CHUNK ? n - from : CHUNK);
}
