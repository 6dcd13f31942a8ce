/* fft.c - the circle FFT over vectors; the layers are those of portable_fft.c.
 *
 * A half of the domain is cut into 2^b chunks of 2^a words. The y-layer and x-layers 0..a-1 stay
 * inside one chunk of each half (local_*), the layers above join words at equal places of different
 * chunks and run on tiles, a few words of every chunk gathered into a buffer (top). So a transform
 * reads and writes a column about twice, and an extension three times, whatever its size.
 *
 * Inside, values are in [0, P]; the last pass makes them canonical. */
#include "prover/cpu/isa.h"
#include "prover/cpu/kernels.h"
#include "prover/cpu/twiddles.h"

#include <string.h>

KERNELS(SP_ISA);

enum {
    MIN_LOG = VEC_LOG_LANES + 3, /* smallest domain done here: a half is two pairs of vectors */
    BASE_GROUPS = 2,             /* independent work for the latency of the multiplier */
    CHUNK_LOG = 13,
    MAX_TOP_LOG = 10,
    TILE_LOG = 13, /* words of a tile; 16 << MAX_TOP_LOG is the exception */
    TILE_WORDS = 16 << MAX_TOP_LOG
};

/* x[l] = the (doubled, maybe inverse) twiddles of x-layer l of D_m. */
typedef struct {
    unsigned m;
    const uint32_t *x[CIRCLE_MAX_LOG];
} layers;

static bool layers_init(layers *t, unsigned m, bool inverse)
{
    t->m = m;
    for (unsigned l = 0; l + 1 < m; l++) {
        t->x[l] = inverse ? twiddles_inv_x(m - l) : twiddles_x(m - l);
        if (!t->x[l]) return false;
    }
    return true;
}

/* log of a chunk for a half of 2^h words. */
static unsigned chunk_log(unsigned h)
{
    if (h <= CHUNK_LOG + 1) return h;
    if (h == CHUNK_LOG + 2) return CHUNK_LOG - 1;
    return h > CHUNK_LOG + MAX_TOP_LOG ? h - MAX_TOP_LOG : CHUNK_LOG;
}

SP_FN void butterfly(vm31 *a, vm31 *b, vm31x2 w)
{
    vm31 t = vm31_mul_x2(*b, w);
    *b = vm31_sub(*a, t);
    *a = vm31_add(*a, t);
}
SP_FN void butterfly_inverse(vm31 *a, vm31 *b, vm31x2 w)
{
    vm31 d = vm31_sub(*a, *b);
    *a = vm31_add(*a, *b);
    *b = vm31_mul_x2(d, w);
}
/* Layer with one factor for all lanes. */
SP_FN void layer(bool inverse, vm31 *a, vm31 *b, vm31x2 w)
{
    if (inverse) {
        vm31 d = vm31_sub(*a, *b);
        *a = vm31_add(*a, *b);
        *b = vm31_mul_x2_splat(d, w);
    } else {
        vm31 t = vm31_mul_x2_splat(*b, w);
        *b = vm31_sub(*a, t);
        *a = vm31_add(*a, t);
    }
}

/* Where a pass finds row j of group g, inner run u: base + g * group + u * inner + j * row. */
typedef struct {
    size_t group, inner, row;
} steps;
/* A pass does 1 to 3 neighbouring layers at once on groups of 2^n_layers rows; each run of a row is
 * `words` long. t[i] = twiddles of the i-th layer, lowest first, of group 0. */
typedef struct {
    uint32_t *dst;
    const uint32_t *src;
    steps d, s;
    size_t n_groups, n_inner, words;
    const uint32_t *t[3];
} pass;

SP_FN void pass_run(const pass *p, bool inverse, unsigned n_layers, bool canonical)
{
    const size_t sr = p->s.row, dr = p->d.row;
    for (size_t g = 0; g < p->n_groups; g++) {
        vm31x2 w0[4], w1[2], w2;
        unsigned n0 = 1u << (n_layers - 1);
        for (unsigned i = 0; i < n0; i++)
            w0[i] = vm31x2_repeat(p->t[0] + n0 * g + i, VEC_LOG_LANES);
        if (n_layers > 1)
            for (unsigned i = 0; i < n0 / 2; i++)
                w1[i] = vm31x2_repeat(p->t[1] + n0 / 2 * g + i, VEC_LOG_LANES);
        if (n_layers > 2) w2 = vm31x2_repeat(p->t[2] + g, VEC_LOG_LANES);
        for (size_t u = 0; u < p->n_inner; u++) {
            const uint32_t *src = p->src + g * p->s.group + u * p->s.inner;
            uint32_t *dst = p->dst + g * p->d.group + u * p->d.inner;
            for (size_t i = 0; i < p->words; i += VEC_LANES) {
                vm31 v[8];
                for (unsigned j = 0; j < 2 * n0; j++) v[j] = vm31_load(src + j * sr + i);
                if (inverse)
                    for (unsigned j = 0; j < n0; j++) layer(true, &v[2 * j], &v[2 * j + 1], w0[j]);
                if (n_layers == 3 && !inverse)
                    for (unsigned j = 0; j < 4; j++) layer(false, &v[j], &v[j + 4], w2);
                if (n_layers > 1)
                    for (unsigned j = 0; j < n0; j++) {
                        unsigned a = (j & ~1u) * 2 + (j & 1);
                        layer(inverse, &v[a], &v[a + 2], w1[j / 2]);
                    }
                if (n_layers == 3 && inverse)
                    for (unsigned j = 0; j < 4; j++) layer(true, &v[j], &v[j + 4], w2);
                if (!inverse)
                    for (unsigned j = 0; j < n0; j++) layer(false, &v[2 * j], &v[2 * j + 1], w0[j]);
                for (unsigned j = 0; j < 2 * n0; j++) {
                    if (canonical)
                        vm31_store(dst + j * dr + i, v[j]);
                    else
                        vm31_store_raw(dst + j * dr + i, v[j]);
                }
            }
        }
    }
}
static void pass_forward(const pass *p, unsigned n_layers)
{
    if (n_layers == 1)
        pass_run(p, false, 1, false);
    else if (n_layers == 2)
        pass_run(p, false, 2, false);
    else
        pass_run(p, false, 3, false);
}
static void pass_inverse(const pass *p, unsigned n_layers, bool canonical)
{
    if (n_layers == 1) {
        if (canonical)
            pass_run(p, true, 1, true);
        else
            pass_run(p, true, 1, false);
    } else if (n_layers == 2) {
        if (canonical)
            pass_run(p, true, 2, true);
        else
            pass_run(p, true, 2, false);
    } else {
        if (canonical)
            pass_run(p, true, 3, true);
        else
            pass_run(p, true, 3, false);
    }
}

/* Layers of the next pass when `left` remain: threes, but never a lone one after a three. */
static unsigned pass_layers(unsigned left)
{
    return left == 4 || left == 2 ? 2 : left > 2 ? 3 : left;
}

/* Fills in a pass of n layers from layer `lowest` on over 2^log_words words in a row that begin at
 * word `at` of a half; rows are 2^(log_row) words. */
static pass pass_flat(const layers *t, uint32_t *dst, const uint32_t *src, unsigned log_words,
                      unsigned log_row, unsigned lowest, unsigned n, size_t at)
{
    pass p;
    memset(&p, 0, sizeof p);
    p.dst = dst;
    p.src = src;
    p.words = p.d.row = p.s.row = (size_t)1 << log_row;
    p.d.group = p.s.group = p.words << n;
    p.n_groups = (size_t)1 << (log_words - log_row - n);
    p.n_inner = 1;
    for (unsigned i = 0; i < n; i++) p.t[i] = t->x[lowest + i] + (at >> (lowest + i + 1));
    return p;
}

/* y-layer and x-layers 0..VEC_LOG_LANES of 2^a words of each half from word `at` on, times 2^shift.
 * Even and odd words go to different vectors for the y-layer and layer 0; after layer l a trade of
 * lane bit l makes the next lane distance the distance between vectors. The y factors of even words
 * are those of layer 0 with neighbours exchanged and signs alternating (twiddles.h, with
 * omega_2 = (0, -1)), those of odd words their negatives. */
SP_FN void base_inverse(const layers *t, uint32_t *const dst[2], const uint32_t *const src[2],
                        unsigned a, size_t at, unsigned shift, bool canonical)
{
    for (size_t i = 0; i < (size_t)1 << a; i += 2 * VEC_LANES * BASE_GROUPS) {
        vm31 v[BASE_GROUPS][4];
        vm31x2 x[BASE_GROUPS];
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            const size_t k = i + 2 * VEC_LANES * g;
            v[g][0] = vm31_load(src[0] + k);
            v[g][1] = vm31_load(src[0] + k + VEC_LANES);
            v[g][2] = vm31_load(src[1] + k);
            v[g][3] = vm31_load(src[1] + k + VEC_LANES);
            vm31_deinterleave(&v[g][0], &v[g][1]);
            vm31_deinterleave(&v[g][2], &v[g][3]);
            x[g] = vm31x2_loadu(t->x[0] + ((at + k) >> 1));
        }
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            vm31x2 y = vm31x2_swap_negate_odd(x[g]);
            vm31 d0 = vm31_sub(v[g][0], v[g][2]), d1 = vm31_sub(v[g][3], v[g][1]);
            v[g][0] = vm31_mul_pow2(vm31_add(v[g][0], v[g][2]), shift);
            v[g][1] = vm31_mul_pow2(vm31_add(v[g][1], v[g][3]), shift);
            v[g][2] = vm31_mul_pow2(vm31_mul_x2(d0, y), shift);
            v[g][3] = vm31_mul_pow2(vm31_mul_x2(d1, y), shift);
        }
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            butterfly_inverse(&v[g][0], &v[g][1], x[g]);
            butterfly_inverse(&v[g][2], &v[g][3], x[g]);
        }
        for (unsigned l = 1; l <= VEC_LOG_LANES; l++)
            for (size_t g = 0; g < BASE_GROUPS; g++) {
                const size_t k = i + 2 * VEC_LANES * g;
                vm31_trade(&v[g][0], &v[g][1], l - 1);
                vm31_trade(&v[g][2], &v[g][3], l - 1);
                vm31x2 w = vm31x2_repeat(t->x[l] + ((at + k) >> (l + 1)), l);
                butterfly_inverse(&v[g][0], &v[g][1], w);
                butterfly_inverse(&v[g][2], &v[g][3], w);
            }
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            const size_t k = i + 2 * VEC_LANES * g;
            if (canonical)
                for (size_t j = 0; j < 4; j++) v[g][j] = vm31_canonical(v[g][j]);
            vm31_store_raw(dst[0] + k, v[g][0]);
            vm31_store_raw(dst[0] + k + VEC_LANES, v[g][1]);
            vm31_store_raw(dst[1] + k, v[g][2]);
            vm31_store_raw(dst[1] + k + VEC_LANES, v[g][3]);
        }
    }
}
SP_FN void base_forward(const layers *t, uint32_t *const dst[2], const uint32_t *const src[2],
                        unsigned a, size_t at)
{
    for (size_t i = 0; i < (size_t)1 << a; i += 2 * VEC_LANES * BASE_GROUPS) {
        vm31 v[BASE_GROUPS][4];
        vm31x2 x[BASE_GROUPS];
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            const size_t k = i + 2 * VEC_LANES * g;
            v[g][0] = vm31_load(src[0] + k);
            v[g][1] = vm31_load(src[0] + k + VEC_LANES);
            v[g][2] = vm31_load(src[1] + k);
            v[g][3] = vm31_load(src[1] + k + VEC_LANES);
        }
        for (unsigned l = VEC_LOG_LANES; l >= 1; l--)
            for (size_t g = 0; g < BASE_GROUPS; g++) {
                const size_t k = i + 2 * VEC_LANES * g;
                vm31x2 w = vm31x2_repeat(t->x[l] + ((at + k) >> (l + 1)), l);
                butterfly(&v[g][0], &v[g][1], w);
                butterfly(&v[g][2], &v[g][3], w);
                vm31_trade(&v[g][0], &v[g][1], l - 1);
                vm31_trade(&v[g][2], &v[g][3], l - 1);
            }
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            x[g] = vm31x2_loadu(t->x[0] + ((at + i + 2 * VEC_LANES * g) >> 1));
            butterfly(&v[g][0], &v[g][1], x[g]);
            butterfly(&v[g][2], &v[g][3], x[g]);
        }
        for (size_t g = 0; g < BASE_GROUPS; g++) {
            const size_t k = i + 2 * VEC_LANES * g;
            vm31x2 y = vm31x2_swap_negate_odd(x[g]);
            vm31 p0 = vm31_mul_x2(v[g][2], y), p1 = vm31_mul_x2(v[g][3], y);
            vm31 e0 = vm31_add(v[g][0], p0), e1 = vm31_sub(v[g][1], p1);
            vm31 o0 = vm31_sub(v[g][0], p0), o1 = vm31_add(v[g][1], p1);
            vm31_interleave(&e0, &e1);
            vm31_interleave(&o0, &o1);
            vm31_store(dst[0] + k, e0);
            vm31_store(dst[0] + k + VEC_LANES, e1);
            vm31_store(dst[1] + k, o0);
            vm31_store(dst[1] + k + VEC_LANES, o1);
        }
    }
}

static void base_inverse_raw(const layers *t, uint32_t *const dst[2], const uint32_t *const src[2],
                             unsigned a, size_t at, unsigned shift)
{
    base_inverse(t, dst, src, a, at, shift, false);
}
static void base_inverse_canonical(const layers *t, uint32_t *const dst[2],
                                   const uint32_t *const src[2], unsigned a, size_t at,
                                   unsigned shift)
{
    base_inverse(t, dst, src, a, at, shift, true);
}

/* All layers of one chunk of each half, values to (scaled) coefficients of the chunk. */
static void local_inverse(const layers *t, uint32_t *const dst[2], const uint32_t *const src[2],
                          unsigned a, size_t at, unsigned shift, bool canonical)
{
    const unsigned first = VEC_LOG_LANES + 1;
    if (canonical && a == first)
        base_inverse_canonical(t, dst, src, a, at, shift);
    else
        base_inverse_raw(t, dst, src, a, at, shift);
    for (unsigned h = 0; h < 2; h++)
        for (unsigned l = first, n; l < a; l += n) {
            n = pass_layers(a - l);
            pass p = pass_flat(t, dst[h], dst[h], a, l, l, n, at);
            pass_inverse(&p, n, canonical && l + n == a);
        }
}
static void local_forward(const layers *t, uint32_t *const dst[2], const uint32_t *const src[2],
                          unsigned a, size_t at)
{
    const unsigned first = VEC_LOG_LANES + 1;
    for (unsigned h = 0; h < 2; h++) {
        const uint32_t *from = src[h];
        for (unsigned l = a, n; l > first; l -= n, from = dst[h]) {
            n = pass_layers(l - first);
            pass p = pass_flat(t, dst[h], from, a, l - n, l - n, n, at);
            pass_forward(&p, n);
        }
    }
    const uint32_t *const now[2] = {a > first ? dst[0] : src[0], a > first ? dst[1] : src[1]};
    base_forward(t, dst, now, a, at);
}

/* The layers above the chunks for the words [col, col + w) of every chunk of one half.
 * inv: undo layers a..a+b-1 of the domain inv->m; then fwd: do those of 2^e blocks of 2^b chunks of
 * the larger domain, from word `first` of its half on (the layers above are copies of the
 * coefficients). Either may be NULL. */
static void top_tile(const layers *inv, const layers *fwd, size_t first, uint32_t *dst,
                     const uint32_t *src, unsigned a, unsigned b, unsigned e, unsigned log_w,
                     size_t col)
{
    _Alignas(64) uint32_t coeffs[TILE_WORDS];
    _Alignas(64) uint32_t work[TILE_WORDS];
    const size_t w = (size_t)1 << log_w, far = (size_t)1 << a;
    if (inv) {
        const uint32_t *from = src + col;
        for (unsigned l = 0, n; l < b; l += n) {
            n = pass_layers(b - l);
            bool out = l + n == b && !fwd;
            pass p = pass_flat(inv, coeffs, coeffs, b + log_w, log_w + l, a + l, n, 0);
            if (l == 0) {
                p.src = from;
                p.s.row = far;
                p.s.group = far << n;
            }
            if (out) {
                /* split runs of 2^l rows of the buffer into rows again */
                p.n_inner = (size_t)1 << l;
                p.words = w;
                p.s.inner = l == 0 ? 0 : w;
                p.dst = dst + col;
                p.d.inner = far;
                p.d.row = far << l;
                p.d.group = far << (l + n);
            }
            pass_inverse(&p, n, out);
        }
    }
    for (size_t q = (size_t)1 << e; fwd && q-- > 0;) {
        const size_t at = q << (a + b);
        for (unsigned l = b, n; l > 0; l -= n) {
            n = pass_layers(l);
            unsigned low = l - n;
            pass p = pass_flat(fwd, work, l == b ? coeffs : work, b + log_w, log_w + low, a + low,
                               n, first + at);
            if (low == 0) {
                p.dst = dst + at + col;
                p.d.row = far;
                p.d.group = far << n;
            }
            if (l == b && !inv) {
                p.n_inner = (size_t)1 << low;
                p.words = w;
                p.src = src + col;
                p.s.inner = far;
                p.s.row = far << low;
                p.s.group = far << l;
                p.d.inner = low == 0 ? 0 : w;
            }
            pass_forward(&p, n);
        }
    }
}

/* The stages of one column. src[h] and dst[h] are the halves of the smaller domain, and of the part
 * of the larger one that begins at word `first` of its half: 2^e times as much. */
typedef struct {
    const layers *inv, *fwd;
    uint32_t *dst[2];
    const uint32_t *src[2];
    size_t first;
    unsigned a, b, e;
    bool parallel; /* inside the column */
} plan;

static void stage_local_inverse(const plan *p, unsigned m)
{
    SP_OMP(parallel for schedule(static) if (p->parallel))
    for (size_t r = 0; r < (size_t)1 << p->b; r++) {
        const size_t at = r << p->a;
        uint32_t *const dst[2] = {p->dst[0] + at, p->dst[1] + at};
        const uint32_t *const src[2] = {p->src[0] + at, p->src[1] + at};
        local_inverse(p->inv, dst, src, p->a, at, 31 - m, p->b == 0);
    }
}
static void stage_top(const plan *p)
{
    unsigned log_w = p->b + 4 > TILE_LOG ? 4 : TILE_LOG - p->b;
    if (log_w > p->a) log_w = p->a;
    const size_t per_half = (size_t)1 << (p->a - log_w);
    SP_OMP(parallel for schedule(static) if (p->parallel))
    for (size_t i = 0; i < 2 * per_half; i++) {
        const size_t h = i / per_half, col = i % per_half << log_w;
        top_tile(p->inv, p->fwd, p->first, p->dst[h], p->src[h], p->a, p->b, p->e, log_w, col);
    }
}
/* With b = 0 chunk 0 of dst may be the source of all chunks, so it comes last. */
static void local_forward_at(const plan *p, size_t chunk)
{
    const size_t at = chunk << p->a, from = p->b ? at : 0;
    uint32_t *const dst[2] = {p->dst[0] + at, p->dst[1] + at};
    const uint32_t *const src[2] = {p->src[0] + from, p->src[1] + from};
    local_forward(p->fwd, dst, src, p->a, p->first + at);
}
static void stage_local_forward(const plan *p)
{
    const size_t n = (size_t)1 << (p->b + p->e);
    SP_OMP(parallel for schedule(static) if (p->parallel))
    for (size_t i = p->b ? 0 : 1; i < n; i++) local_forward_at(p, i);
    if (!p->b) local_forward_at(p, 0);
}

static void interpolate(const layers *inv, uint32_t *v, unsigned m, bool parallel)
{
    plan p = {0};
    p.inv = inv;
    p.a = chunk_log(m - 1);
    p.b = m - 1 - p.a;
    p.parallel = parallel;
    for (unsigned h = 0; h < 2; h++) p.src[h] = p.dst[h] = v + ((size_t)h << (m - 1));
    stage_local_inverse(&p, m);
    if (p.b) stage_top(&p);
}

static void evaluate(const layers *fwd, uint32_t *out, const uint32_t *coeffs, unsigned log,
                     unsigned log_out, bool parallel)
{
    plan p = {0};
    size_t half = (size_t)1 << (log - 1), half_out = (size_t)1 << (log_out - 1);
    p.fwd = fwd;
    p.a = chunk_log(log - 1);
    p.b = log - 1 - p.a;
    p.e = log_out - log;
    p.parallel = parallel;
    p.dst[0] = out;
    p.dst[1] = out + half_out;
    p.src[0] = coeffs;
    p.src[1] = coeffs + half;
    if (out == coeffs) {
        memmove(out + half_out, out + half, half * sizeof *out);
        p.src[1] = p.dst[1];
    }
    if (p.b) {
        stage_top(&p);
        p.src[0] = p.dst[0];
        p.src[1] = p.dst[1];
    }
    stage_local_forward(&p);
}

static void evaluate_part(const layers *fwd, uint32_t *out, const uint32_t *coeffs, unsigned log,
                          size_t part, bool parallel)
{
    const size_t half = (size_t)1 << (log - 1);
    plan p = {0};
    p.fwd = fwd;
    p.first = part * half;
    p.a = chunk_log(log - 1);
    p.b = log - 1 - p.a;
    p.parallel = parallel;
    for (unsigned h = 0; h < 2; h++) {
        p.dst[h] = out + h * half;
        p.src[h] = coeffs + h * half;
    }
    if (p.b) {
        stage_top(&p);
        for (unsigned h = 0; h < 2; h++) p.src[h] = p.dst[h];
    }
    stage_local_forward(&p);
}

static void extend(const layers *inv, const layers *fwd, uint32_t *out, const uint32_t *in,
                   unsigned log, unsigned log_out, bool parallel)
{
    plan p = {0};
    p.inv = inv;
    p.fwd = fwd;
    p.a = chunk_log(log - 1);
    p.b = log - 1 - p.a;
    p.e = log_out - log;
    p.parallel = parallel;
    for (unsigned h = 0; h < 2; h++) {
        p.dst[h] = out + ((size_t)h << (log_out - 1));
        p.src[h] = in + ((size_t)h << (log - 1));
    }
    stage_local_inverse(&p, log);
    p.src[0] = p.dst[0];
    p.src[1] = p.dst[1];
    if (p.b) stage_top(&p);
    stage_local_forward(&p);
}

/* Columns in parallel when there are enough of them, else inside each. */
static bool by_column(size_t n) { return n >= sp_threads(); }

void ISA(fft_interpolate)(uint32_t *const *cols, size_t n, unsigned log)
{
    layers inv;
    if (log < MIN_LOG || !layers_init(&inv, log, true)) {
        fft_interpolate_portable(cols, n, log);
        return;
    }
    const bool outer = by_column(n);
    SP_OMP(parallel for schedule(dynamic) if (outer && n << log > SP_OMP_MIN))
    for (size_t i = 0; i < n; i++) interpolate(&inv, cols[i], log, !outer && log > 12);
}

void ISA(fft_evaluate)(uint32_t *const *out, const uint32_t *const *coeffs, size_t n, unsigned log,
                       unsigned log_out)
{
    layers fwd;
    if (log < MIN_LOG || !layers_init(&fwd, log_out, false)) {
        fft_evaluate_portable(out, coeffs, n, log, log_out);
        return;
    }
    const bool outer = by_column(n);
    SP_OMP(parallel for schedule(dynamic) if (outer && n << log > SP_OMP_MIN))
    for (size_t i = 0; i < n; i++)
        evaluate(&fwd, out[i], coeffs[i], log, log_out, !outer && log > 12);
}

void ISA(fft_evaluate_part)(uint32_t *const *out, const uint32_t *const *coeffs, size_t n,
                            unsigned log, unsigned log_out, size_t part)
{
    layers fwd;
    if (log < MIN_LOG || !layers_init(&fwd, log_out, false)) {
        fft_evaluate_part_portable(out, coeffs, n, log, log_out, part);
        return;
    }
    const bool outer = by_column(n);
    SP_OMP(parallel for schedule(dynamic) if (outer && n << log > SP_OMP_MIN))
    for (size_t i = 0; i < n; i++)
        evaluate_part(&fwd, out[i], coeffs[i], log, part, !outer && log > 12);
}

void ISA(fft_extend)(uint32_t *const *out, const uint32_t *const *in, size_t n, unsigned log,
                     unsigned log_out)
{
    layers inv, fwd;
    if (log < MIN_LOG || !layers_init(&inv, log, true) || !layers_init(&fwd, log_out, false)) {
        fft_extend_portable(out, in, n, log, log_out);
        return;
    }
    const bool outer = by_column(n);
    SP_OMP(parallel for schedule(dynamic) if (outer && n << log > SP_OMP_MIN))
    for (size_t i = 0; i < n; i++)
        extend(&inv, &fwd, out[i], in[i], log, log_out, !outer && log > 12);
}
