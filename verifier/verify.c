/* verify.c - the order of the checks; mirror of prover/prove.c (docs/protocol.md 5). */
#include "verifier/verify.h"

#include "air/boundary.h"
#include "core/bytes.h"
#include "core/merkle.h"
#include "verifier/openings.h"

#include <string.h>

static const char *const check_name[N_VERIFY_CHECKS] = {
#define VERIFY_X(id, text) text,
    VERIFY_CHECKS(VERIFY_X)
#undef VERIFY_X
};

/* The state of one verification. */
typedef struct {
    const verify_expect *e;
    verify_scratch *s;
    verify_reason *why;
} verifier;

static sp_status reject(verifier *v, enum verify_check c, const char *text)
{
#ifdef SP_VERIFY_SKIP
    if (v->e->skip == 1 + (unsigned)c) return SP_OK; /* tests: this check alone is left out */
#endif
    v->why->check = c;
    v->why->name = check_name[c];
    v->why->text = text;
    return SP_ERR_REJECT;
}
#define REQUIRE(condition, check, text)                         \
    do {                                                        \
        if (!(condition)) SP_TRY(reject(v, CHECK_##check, text)); \
    } while (0)

static void cap_words(uint32_t *out, const uint8_t *cap, unsigned log)
{
    bytes_read_words(out, cap, (size_t)7 << log);
}

static void mix_cap(verify_scratch *s, const uint8_t *cap, unsigned log)
{
    cap_words(s->cap, cap, log);
    channel_mix_cap(&s->ch, s->cap, (size_t)1 << log);
}

static uint64_t read_nonce(const uint8_t *p)
{
    return (uint64_t)bytes_le32(p + 4) << 32 | bytes_le32(p);
}

static qm31 read_felt(const uint8_t *p)
{
    uint32_t w[4];
    bytes_read_words(w, p, 4); /* canonical: proof_read checked */
    return qm31_from_words(w);
}

/* A nonce of `bits` bits: checked, then absorbed. */
static sp_status grind(verifier *v, const uint8_t *nonce, unsigned bits, enum verify_check c)
{
    if (bits == 0) return SP_OK;
    const uint64_t n = read_nonce(nonce);
    if (!channel_grind_check(&v->s->ch, n, bits)) SP_TRY(reject(v, c, "the nonce does no work"));
    channel_mix_nonce(&v->s->ch, n);
    return SP_OK;
}

/* The statement is the one required, and hangs together. */
static sp_status check_statement(verifier *v)
{
    static const uint32_t no_context[7];
    const verify_expect *e = v->e;
    const proof_view *p = &v->s->view;
    const statement *st = &p->st;
    const params *pa = v->s->shape.p;
    uint32_t h[8];

    REQUIRE(st->profile == e->profile, PROFILE, "made with another profile than the one required");
    REQUIRE(pa->sound || e->allow_unsound, PROFILE, "the profile is unsound");
    REQUIRE(memcmp(st->program_id, e->program_id, sizeof st->program_id) == 0, PROGRAM,
            "proves another program than the one required");
    cap_words(v->s->cap, p->at[FIELD_PROGRAM_CAP], pa->cap_log);
    statement_program_id(h, st->profile, &p->ph, v->s->cap, (size_t)1 << pa->cap_log);
    REQUIRE(memcmp(st->program_id, h, sizeof st->program_id) == 0, PROGRAM_HASH,
            "the program header and cap do not hash to the program id");
    REQUIRE(memcmp(st->context, e->context ? e->context : no_context, sizeof st->context) == 0,
            CONTEXT, "made for another context than the one required");

    /* Words mode: the proof carries the public bytes. */
    const uint8_t *in = p->at[FIELD_INPUT], *out = p->at[FIELD_OUTPUT];
    if (st->io_mode == MACHINE_IO_WORDS) {
        statement_hash_io(h, in, p->input_bytes);
        REQUIRE(memcmp(h, st->h_in, sizeof h) == 0, INPUT, "the input does not hash to H_in");
        statement_hash_io(h, out, p->output_bytes);
        REQUIRE(memcmp(h, st->h_out, sizeof h) == 0, OUTPUT, "the output does not hash to H_out");
    }
    statement_io_commitment(h, st->h_in, st->h_out);
    REQUIRE(memcmp(h, st->io_commitment, sizeof h) == 0, IO,
            "H_in and H_out do not hash to the io commitment");
    if (e->io_commitment)
        REQUIRE(memcmp(e->io_commitment, st->io_commitment, sizeof h) == 0, IO_EXPECTED,
                "another io commitment than the one required");
    if (e->has_io) {
        statement_hash_io(h, e->input, e->input_bytes);
        REQUIRE(memcmp(h, st->h_in, sizeof h) == 0, IO_EXPECTED, "made for another input");
        statement_hash_io(h, e->output, e->output_bytes);
        REQUIRE(memcmp(h, st->h_out, sizeof h) == 0, IO_EXPECTED, "proves another output");
    }
    REQUIRE(e->any_exit_code || st->exit_code == e->exit_code, EXIT_CODE,
            "the program ended with another exit code than the one required");
    return SP_OK;
}

/* docs/air.md, bounds: what the memory argument needs of the public numbers. */
static sp_status check_bounds(verifier *v)
{
    const proof_view *p = &v->s->view;
    const uint64_t windows = MACHINE_RAM + MACHINE_INPUT_ADDR / 4;
    REQUIRE(p->st.cycles >= 1 && p->st.cycles <= MACHINE_MAX_CYCLES, TIME,
            "the cycle count is outside 1 .. 2^27 - 2");
    REQUIRE(p->ph.entry % 4 == 0 && p->ph.entry / 4 < MACHINE_RAM_WORDS, ADDRESSES,
            "the entry is not a word address below 2^30");
    REQUIRE(p->ph.image_end >= MACHINE_RAM && p->ph.image_end < windows, ADDRESSES,
            "the image reaches into the io windows");
    return SP_OK;
}

/* Product of the claims times the boundary is 1, sum of the claims is 0. */
static sp_status check_claims(verifier *v)
{
    verify_scratch *s = v->s;
    const proof_view *p = &s->view;
    air_public pub;
    memset(&pub, 0, sizeof pub);
    pub.entry = p->ph.entry;
    pub.cycles = p->st.cycles;
    pub.exit_code = p->st.exit_code;
    pub.mode = (enum machine_io_mode)p->st.io_mode;
    pub.input = p->at[FIELD_INPUT];
    pub.input_bytes = p->input_bytes;
    pub.output = p->at[FIELD_OUTPUT];
    pub.output_bytes = p->output_bytes;
    statement_io_digest(pub.digest, p->st.h_in, p->st.h_out);
    REQUIRE(air_public_check(&pub) == SP_OK, TIME, "public numbers out of bounds");

    qm31 r, w, sum = qm31_zero();
    air_boundary_product(&r, &w, &pub, &s->air);
    for (unsigned i = 0; i < s->shape.n_prod; i++)
        r = qm31_mul(r, read_felt(p->at[FIELD_PROD_CLAIMS] + 16 * (size_t)i));
    for (unsigned i = 0; i < s->shape.n_sum; i++)
        sum = qm31_add(sum, read_felt(p->at[FIELD_SUM_CLAIMS] + 16 * (size_t)i));
    /* A zero product on both sides would say nothing. */
    REQUIRE(qm31_eq(r, w) && !qm31_is_zero(w), PRODUCT, "memory and state do not balance");
    REQUIRE(qm31_is_zero(sum), SUM, "lookups and tables do not balance");
    return SP_OK;
}

/* All constraints at the OODS point, through the sampled values. */
static sp_status check_oods(verifier *v, circle_point_q z0, qm31 rho)
{
    verify_scratch *s = v->s;
    const proof_shape *sh = &s->shape;
    const qm31 *at[N_TREES];
    qm31 sum = qm31_zero(), power = qm31_one();
    for (unsigned t = 0, n = 0; t < N_TREES; n += sh->tree[t++].n_columns) at[t] = s->samples + n;
    for (unsigned i = 0; i < sh->n_instances; i++) {
        const shape_instance *in = &sh->instance[i];
        const air_component *c = in->c;
        const qm31 *before = s->samples + in->before + c->n_before;
        const circle_point_q z = circle_double_n_q(z0, sh->n_max - in->log);
        qm31 inter[SHAPE_MAX_INTER], weight[AIR_MAX_CONSTRAINTS];
        air_mask m;
        air_claim claim;
        memset(&m, 0, sizeof m);
        memset(&claim, 0, sizeof claim);
        for (unsigned k = 0; k < c->n_prod + c->n_sum; k++)
            inter[k] = qm31_from_coordinates(at[TREE_INTERACTION] + in->inter + 4 * k);
        m.pre = at[TREE_PROGRAM] + in->pre;
        m.main = at[TREE_MAIN] + in->main;
        m.inter = inter;
        m.main_before = s->samples + in->before;
        if (c->n_prod) {
            m.prod_before = qm31_from_coordinates(before);
            before += 4;
            claim.prod = read_felt(s->view.at[FIELD_PROD_CLAIMS] + 16 * (size_t)in->prod_claim);
        }
        if (c->n_sum) {
            m.sum_before = qm31_from_coordinates(before);
            claim.sum = read_felt(s->view.at[FIELD_SUM_CLAIMS] + 16 * (size_t)in->sum_claim);
        }
        claim.image_end = m31_from_u32(s->view.ph.image_end);
        m.is_first = circle_is_first_q(in->log, z);
        for (unsigned k = 0; k < c->n_constraints; k++, power = qm31_mul(power, rho))
            weight[k] = power;
        sum = qm31_add(sum, air_point(in->id, &m, &s->air, &claim, weight));
    }
    const qm31 van = circle_vanishing_q(sh->n_max, z0.x);
    const qm31 *q = at[TREE_COMPOSITION];
    const qm31 whole = qm31_add(qm31_from_coordinates(q), qm31_mul(van, qm31_from_coordinates(q + 4)));
    REQUIRE(qm31_eq(sum, qm31_mul(van, whole)), OODS, "the constraints do not hold at the OODS point");
    return SP_OK;
}

static sp_status check_fri_commitments(verifier *v)
{
    verify_scratch *s = v->s;
    const proof_view *p = &s->view;
    const params *pa = s->shape.p;
    for (unsigned l = 0; l < s->shape.n_layers; l++) {
        mix_cap(s, p->layer_cap[l], shape_layer_cap(&s->shape, l));
        v->why->layer = (int)l;
        SP_TRY(grind(v, p->commit_nonce[l], pa->grind_commit, CHECK_COMMIT_GRIND));
        s->beta[l] = channel_draw_felt(&s->ch);
    }
    v->why->layer = -1;
    const size_t n = (size_t)1 << pa->last_layer_log;
    for (size_t i = 0; i < n; i++) s->last[i] = read_felt(p->at[FIELD_LAST_LAYER] + 16 * i);
    channel_mix_felts(&s->ch, s->last, n);
    SP_TRY(grind(v, p->at[FIELD_QUERY_NONCE], pa->grind_query, CHECK_QUERY_GRIND));
    channel_draw_queries(&s->ch, s->queries, pa->n_queries, s->shape.top);
    return SP_OK;
}

static sp_status check_query(verifier *v, unsigned q, const deep_quotient *d)
{
    verify_scratch *s = v->s;
    const proof_shape *sh = &s->shape;
    const params *pa = sh->p;
    const uint8_t *query = s->view.queries + q * s->view.query_bytes;
    const uint32_t position = s->queries[q];
    v->why->query = (int)q;
    for (unsigned t = 0; t < N_TREES; t++) {
        const shape_tree *tree = &sh->tree[t];
        static const enum proof_field cap[N_TREES] = {FIELD_PROGRAM_CAP, FIELD_MAIN_CAP,
                                                      FIELD_INTERACTION_CAP, FIELD_COMPOSITION_CAP};
        v->why->tree = (int)t;
        bytes_read_words(s->values[t], query + s->layout.values[t], tree->n_columns);
        REQUIRE(merkle_check(s->view.at[cap[t]], pa->cap_log, tree->top,
                             position >> (sh->top - tree->top), s->values[t], tree->log,
                             tree->n_columns, query + s->layout.path[t], s->words),
                TREE_PATH, "opened values do not belong to the commitment");
    }
    v->why->tree = -1;

    qm31 value = deep_quotient_at(d, sh, s->weights, s->values, circle_at(sh->top, position));
    uint32_t at = position;
    for (unsigned l = 0; l < sh->n_layers; l++) {
        const unsigned k = sh->fold[l], n = 1u << k;
        const uint8_t *sibling = query + s->layout.siblings[l];
        qm31 leaf[1u << FRI_MAX_FOLD];
        uint32_t words[4u << FRI_MAX_FOLD], inside;
        const uint32_t index = fri_leaf_of(shape_layer_log(sh, l), k, l == 0, at, &inside);
        for (uint32_t i = 0; i < n; i++) {
            if (i == inside) leaf[i] = value;
            else leaf[i] = read_felt(sibling), sibling += 16;
            qm31_to_words(words + 4 * i, leaf[i]);
        }
        v->why->layer = (int)l;
        REQUIRE(merkle_check_leaf(s->view.layer_cap[l], shape_layer_cap(sh, l), shape_layer_top(sh, l),
                                  index, words, 4 * n, query + s->layout.layer_path[l]),
                LAYER_PATH, l == 0 ? "the quotient is not the committed one"
                                   : "the fold is not the committed one");
        value = fri_fold_leaf(leaf, k, l == 0, shape_layer_circle_log(sh, l), index, s->beta[l]);
        at = index;
    }
    v->why->layer = -1;
    const unsigned m = shape_layer_log(sh, sh->n_layers) + 1;
    REQUIRE(qm31_eq(value, fri_eval_last(s->last, pa->last_layer_log, circle_at(m, at).x)), LAST_LAYER,
            "the last fold is not the last layer's polynomial");
    return SP_OK;
}

sp_status verify(const uint8_t *proof, size_t n_bytes, const verify_expect *e, verify_scratch *s,
                 verify_reason *reason)
{
    verify_reason unused;
    verifier ver = {e, s, reason ? reason : &unused}, *v = &ver;
    proof_error form;
    memset(v->why, 0, sizeof *v->why);
    v->why->query = v->why->layer = v->why->tree = -1;
    if (!e->program_id || !(e->io_commitment || e->has_io)) return SP_ERR_ARG;
    if (!params_by_id(e->profile)) return SP_ERR_ARG;

    sp_status st = proof_read(&s->view, &s->shape, proof, n_bytes, &form);
    if (st != SP_OK) {
        v->why->check = st == SP_ERR_FORMAT ? CHECK_FORM : CHECK_SIZES;
        v->why->name = check_name[v->why->check];
        v->why->text = form.text;
        v->why->field = form.field;
        v->why->offset = form.offset;
        return st;
    }
    proof_query_layout_init(&s->layout, &s->shape);
    const proof_view *p = &s->view;
    const proof_shape *sh = &s->shape;
    const params *pa = sh->p;

    SP_TRY(check_statement(v));
    SP_TRY(check_bounds(v));

    channel_init(&s->ch);
    statement_mix(&s->ch, &p->st);
    mix_cap(s, p->at[FIELD_MAIN_CAP], pa->cap_log);
    SP_TRY(grind(v, p->at[FIELD_LOOKUP_NONCE], pa->grind_lookup, CHECK_LOOKUP_GRIND));
    air_challenges_draw(&s->air, &s->ch);
    SP_TRY(check_claims(v));
    for (unsigned i = 0; i < sh->n_prod; i++)
        s->samples[i] = read_felt(p->at[FIELD_PROD_CLAIMS] + 16 * (size_t)i);
    for (unsigned i = 0; i < sh->n_sum; i++)
        s->samples[sh->n_prod + i] = read_felt(p->at[FIELD_SUM_CLAIMS] + 16 * (size_t)i);
    channel_mix_felts(&s->ch, s->samples, sh->n_prod + sh->n_sum);
    mix_cap(s, p->at[FIELD_INTERACTION_CAP], pa->cap_log);

    const qm31 rho = channel_draw_felt(&s->ch);
    mix_cap(s, p->at[FIELD_COMPOSITION_CAP], pa->cap_log);
    SP_TRY(grind(v, p->at[FIELD_OODS_NONCE], pa->grind_oods, CHECK_OODS_GRIND));
    circle_point_q z[2];
    oods_points(z, &s->ch, sh->n_max);
    for (unsigned i = 0; i < sh->n_samples; i++)
        s->samples[i] = read_felt(p->at[FIELD_SAMPLES] + 16 * (size_t)i);
    SP_TRY(check_oods(v, z[0], rho));
    channel_mix_felts(&s->ch, s->samples, sh->n_samples);
    SP_TRY(grind(v, p->at[FIELD_DEEP_NONCE], pa->grind_deep, CHECK_DEEP_GRIND));

    deep_quotient d;
    deep_quotient_init(&d, sh, z, s->samples, channel_draw_felt(&s->ch), s->weights);
    SP_TRY(check_fri_commitments(v));
    for (unsigned q = 0; q < pa->n_queries; q++) SP_TRY(check_query(v, q, &d));
    v->why->query = -1;
    return SP_OK;
}
