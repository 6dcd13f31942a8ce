/* wide_fib_air.c - shape, statement and verifier of the AIR of wide_fib.h: what air/ and verifier/
 * do for the machine's AIR. */
#include "benches/compare/wide_fib.h"

#include "core/bytes.h"
#include "core/merkle.h"
#include "verifier/openings.h"

#include <stdlib.h>
#include <string.h>

const air_component wide_fib_component = {
    .name = "WIDE_FIB",
    .n_main = WIDE_FIB_COLUMNS,
    .n_constraints = WIDE_FIB_CONSTRAINTS,
};

void wide_fib_constraints_portable(uint32_t *const acc[4], const air_domain *d);
void wide_fib_constraints_avx2(uint32_t *const acc[4], const air_domain *d);
void wide_fib_constraints_avx512(uint32_t *const acc[4], const air_domain *d);

void (*wide_fib_kernel(const char *backend_name))(uint32_t *const acc[4], const air_domain *d)
{
#ifdef SP_HAVE_AVX512
    if (strcmp(backend_name, "avx512") == 0) return wide_fib_constraints_avx512;
#endif
#ifdef SP_HAVE_AVX2
    if (strcmp(backend_name, "avx2") == 0) return wide_fib_constraints_avx2;
#endif
    return strcmp(backend_name, "portable") == 0 ? wide_fib_constraints_portable : NULL;
}

static void add_columns(shape_tree *t, unsigned n, unsigned log)
{
    memset(t->log, (int)log, n);
    t->n_columns = n;
    t->top = log;
}

sp_status wide_fib_shape(proof_shape *s, const params *p, unsigned log)
{
    shape_instance *in = &s->instance[0];
    memset(s, 0, sizeof *s);
    if (log < params_min_log(p) || log <= p->last_layer_log || log > p->max_trace_log)
        return SP_ERR_LIMIT;
    s->p = p;
    s->n_max = log;
    s->top = log + p->log_blowup;
    s->n_instances = 1;
    in->id = WIDE_FIB_ID;
    in->c = &wide_fib_component;
    in->log = log;
    add_columns(&s->tree[TREE_MAIN], WIDE_FIB_COLUMNS, s->top);
    add_columns(&s->tree[TREE_COMPOSITION], SHAPE_COMPOSITION_COLUMNS, s->top);
    s->n_at = s->n_samples = in->before = WIDE_FIB_COLUMNS + SHAPE_COMPOSITION_COLUMNS;
    s->n_constraints = WIDE_FIB_CONSTRAINTS;
    s->n_rows = UINT64_C(1) << log;
    s->n_layers = params_fri_schedule(p, s->top, s->fold);
    return SP_OK;
}

void wide_fib_statement(statement *st, const params *p, unsigned log)
{
    memset(st, 0, sizeof *st);
    st->profile = (uint32_t)p->id;
    st->io_mode = MACHINE_IO_DIGEST; /* no public bytes in the proof */
    st->log_size[0] = (uint8_t)log;
}

/* ---- reading ---- */

typedef struct {
    const uint8_t *p, *end;
    const uint8_t *at[N_FIELDS], *layer_cap[FRI_MAX_LAYERS], *commit_nonce[FRI_MAX_LAYERS];
    const uint8_t *query[PARAMS_MAX_QUERIES];
} reader;

static sp_status read_field(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                            unsigned j, size_t count)
{
    reader *r = user;
    const size_t n = proof_kind_bytes(kind, count);
    if ((size_t)(r->end - r->p) < n) return SP_ERR_FORMAT;
    if (kind == KIND_M31 || kind == KIND_QM31)
        for (size_t k = 0; k < n; k += 4) {
            m31 v;
            SP_TRY(m31_read(&v, bytes_le32(r->p + k)));
        }
    if (f == FIELD_LAYER_CAP)
        r->layer_cap[i] = r->p;
    else if (f == FIELD_COMMIT_NONCE)
        r->commit_nonce[i] = r->p;
    else if (f < FIELD_VALUES)
        r->at[f] = r->p;
    else if (f == FIELD_VALUES && j == TREE_MAIN)
        r->query[i] = r->p;
    r->p += n;
    return SP_OK;
}

/* ---- verifying ---- */

typedef struct {
    proof_shape shape;
    proof_query_layout layout;
    reader in;
    channel ch;
    circle_point_q z[2];
    qm31 samples[SHAPE_MAX_SAMPLES], weights[SHAPE_MAX_SAMPLES];
    qm31 last[256], beta[FRI_MAX_LAYERS];
    uint32_t queries[PARAMS_MAX_QUERIES];
    uint32_t values[N_TREES][SHAPE_MAX_COLUMNS], words[SHAPE_MAX_COLUMNS];
    const char *what;
} verifier;

#define REQUIRE(condition, text)  \
    do {                          \
        if (!(condition)) {       \
            v->what = text;       \
            return SP_ERR_REJECT; \
        }                         \
    } while (0)

static qm31 read_felt(const uint8_t *p)
{
    uint32_t w[4];
    bytes_read_words(w, p, 4); /* canonical: read_field checked */
    return qm31_from_words(w);
}

static void mix_cap(verifier *v, const uint8_t *cap, unsigned log)
{
    uint32_t words[7 << PARAMS_MAX_CAP_LOG];
    bytes_read_words(words, cap, (size_t)7 << log);
    channel_mix_cap(&v->ch, words, (size_t)1 << log);
}

static sp_status grind(verifier *v, const uint8_t *nonce, unsigned bits)
{
    if (bits == 0) return SP_OK;
    const uint64_t n = (uint64_t)bytes_le32(nonce + 4) << 32 | bytes_le32(nonce);
    REQUIRE(channel_grind_check(&v->ch, n, bits), "grind");
    channel_mix_nonce(&v->ch, n);
    return SP_OK;
}

/* sum rho^k C_k(Z0) = v_n(Z0) (Q_0 + v_n(Z0) Q_1). */
static sp_status check_oods(verifier *v, qm31 rho)
{
    const qm31 *c = v->samples, *q = v->samples + WIDE_FIB_COLUMNS;
    qm31 sum = qm31_zero(), power = qm31_one();
    for (unsigned i = 0; i < WIDE_FIB_CONSTRAINTS; i++, power = qm31_mul(power, rho)) {
        const qm31 squares = qm31_add(qm31_mul(c[i], c[i]), qm31_mul(c[i + 1], c[i + 1]));
        sum = qm31_add(sum, qm31_mul(power, qm31_sub(c[i + 2], squares)));
    }
    const qm31 van = circle_vanishing_q(v->shape.n_max, v->z[0].x);
    const qm31 whole =
        qm31_add(qm31_from_coordinates(q), qm31_mul(van, qm31_from_coordinates(q + 4)));
    REQUIRE(qm31_eq(sum, qm31_mul(van, whole)), "oods");
    return SP_OK;
}

static sp_status check_fri_commitments(verifier *v)
{
    const proof_shape *sh = &v->shape;
    const params *pa = sh->p;
    const size_t n = (size_t)1 << pa->last_layer_log;
    for (unsigned l = 0; l < sh->n_layers; l++) {
        mix_cap(v, v->in.layer_cap[l], shape_layer_cap(sh, l));
        SP_TRY(grind(v, v->in.commit_nonce[l], pa->grind_commit));
        v->beta[l] = channel_draw_felt(&v->ch);
    }
    for (size_t i = 0; i < n; i++) v->last[i] = read_felt(v->in.at[FIELD_LAST_LAYER] + 16 * i);
    channel_mix_felts(&v->ch, v->last, n);
    SP_TRY(grind(v, v->in.at[FIELD_QUERY_NONCE], pa->grind_query));
    channel_draw_queries(&v->ch, v->queries, pa->n_queries, sh->top);
    return SP_OK;
}

static sp_status check_tree(verifier *v, unsigned tree, const uint8_t *query, uint32_t position,
                            const uint8_t *cap)
{
    const shape_tree *t = &v->shape.tree[tree];
    bytes_read_words(v->values[tree], query + v->layout.values[tree], t->n_columns);
    REQUIRE(merkle_check(cap, v->shape.p->cap_log, t->top, position, v->values[tree], t->log,
                         t->n_columns, query + v->layout.path[tree], v->words),
            "tree path");
    return SP_OK;
}

static sp_status check_query(verifier *v, unsigned number, const deep_quotient *d)
{
    const proof_shape *sh = &v->shape;
    const uint8_t *query = v->in.query[number];
    uint32_t at = v->queries[number];
    SP_TRY(check_tree(v, TREE_MAIN, query, at, v->in.at[FIELD_MAIN_CAP]));
    SP_TRY(check_tree(v, TREE_COMPOSITION, query, at, v->in.at[FIELD_COMPOSITION_CAP]));
    qm31 value = deep_quotient_at(d, sh, v->weights, v->values, circle_at(sh->top, at));
    for (unsigned l = 0; l < sh->n_layers; l++) {
        const unsigned k = sh->fold[l], n = 1u << k;
        const uint8_t *sibling = query + v->layout.siblings[l];
        qm31 leaf[1u << FRI_MAX_FOLD];
        uint32_t words[4u << FRI_MAX_FOLD], inside;
        const uint32_t index = fri_leaf_of(shape_layer_log(sh, l), k, l == 0, at, &inside);
        for (uint32_t i = 0; i < n; i++) {
            leaf[i] = value;
            if (i != inside) leaf[i] = read_felt(sibling), sibling += 16;
            qm31_to_words(words + 4 * i, leaf[i]);
        }
        REQUIRE(merkle_check_leaf(v->in.layer_cap[l], shape_layer_cap(sh, l),
                                  shape_layer_top(sh, l), index, words, 4 * (size_t)n,
                                  query + v->layout.layer_path[l]),
                "fri path");
        value = fri_fold_leaf(leaf, k, l == 0, shape_layer_circle_log(sh, l), index, v->beta[l]);
        at = index;
    }
    const unsigned m = shape_layer_log(sh, sh->n_layers) + 1;
    REQUIRE(qm31_eq(value, fri_eval_last(v->last, sh->p->last_layer_log, circle_at(m, at).x)),
            "last layer");
    return SP_OK;
}

static sp_status check(verifier *v, const params *p, unsigned log, const uint8_t *proof,
                       size_t n_bytes)
{
    const proof_shape *sh = &v->shape;
    deep_quotient d;
    statement st;
    v->what = "form";
    SP_TRY(wide_fib_shape(&v->shape, p, log));
    proof_query_layout_init(&v->layout, sh);
    v->in.p = proof;
    v->in.end = proof + n_bytes;
    SP_TRY(proof_walk(sh, MACHINE_IO_DIGEST, 0, 0, read_field, &v->in));
    if (v->in.p != v->in.end) return SP_ERR_FORMAT;

    channel_init(&v->ch);
    wide_fib_statement(&st, p, log);
    statement_mix(&v->ch, &st);
    mix_cap(v, v->in.at[FIELD_MAIN_CAP], p->cap_log);
    const qm31 rho = channel_draw_felt(&v->ch);
    mix_cap(v, v->in.at[FIELD_COMPOSITION_CAP], p->cap_log);
    SP_TRY(grind(v, v->in.at[FIELD_OODS_NONCE], p->grind_oods));
    oods_points(v->z, &v->ch, sh->n_max);
    for (unsigned i = 0; i < sh->n_samples; i++)
        v->samples[i] = read_felt(v->in.at[FIELD_SAMPLES] + 16 * (size_t)i);
    SP_TRY(check_oods(v, rho));
    channel_mix_felts(&v->ch, v->samples, sh->n_samples);
    SP_TRY(grind(v, v->in.at[FIELD_DEEP_NONCE], p->grind_deep));
    deep_quotient_init(&d, sh, v->z, v->samples, channel_draw_felt(&v->ch), v->weights);
    SP_TRY(check_fri_commitments(v));
    for (unsigned q = 0; q < p->n_queries; q++) SP_TRY(check_query(v, q, &d));
    v->what = NULL;
    return SP_OK;
}

sp_status wide_fib_verify(const uint8_t *proof, size_t n_bytes, const params *p, unsigned log,
                          const char **what)
{
    verifier *v = calloc(1, sizeof *v);
    if (!v) return SP_ERR_NOMEM;
    const sp_status st = check(v, p, log, proof, n_bytes);
    if (what) *what = v->what;
    free(v);
    return st;
}
