/* cairo_air_vectors.c - writes the test vectors of the constraints in Cairo, computed by
 * air_point().
 *
 *   cairo_air_vectors CHAIN.PROOF > contracts/cairo/src/air/vectors.cairo
 *
 * One case for each component alone, one with all of them, at random values; and the values of an
 * honest proof of profile chain, for which the equation of docs/protocol.md 6 must hold. */
#include "air/boundary.h"
#include "air/proof.h"
#include "core/bytes.h"
#include "core/circle.h"
#include "core/quotient.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the constraints are evaluated from. */
typedef struct {
    uint8_t log[AIR_N_SLOTS];
    unsigned n_max, n_samples, n_prod, n_sum;
    qm31 samples[SHAPE_MAX_SAMPLES], prod[AIR_N_COMPONENTS], sum[AIR_N_COMPONENTS], rho;
    air_challenges ch;
    m31 image_end;
    circle_point_q z0;
} oods_case;

static void fail(const char *what)
{
    fprintf(stderr, "cairo_air_vectors: %s\n", what);
    exit(1);
}

/* As verifier/verify.c does it. */
static qm31 constraint_sum(const oods_case *o)
{
    unsigned n[N_TREES] = {0};
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        const air_component *c = &air_components[air_slot_component(slot)];
        if (!o->log[slot]) continue;
        n[TREE_PROGRAM] += c->n_pre;
        n[TREE_MAIN] += c->n_main;
        n[TREE_INTERACTION] += 4 * (c->n_prod + c->n_sum);
    }
    const qm31 *pre = o->samples, *main = pre + n[TREE_PROGRAM], *inter = main + n[TREE_MAIN];
    const qm31 *before = inter + n[TREE_INTERACTION] + SHAPE_COMPOSITION_COLUMNS;
    const qm31 *prod = o->prod, *sum = o->sum;
    qm31 r = qm31_zero(), power = qm31_one();
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        const enum air_component_id id = air_slot_component(slot);
        const air_component *c = &air_components[id];
        const unsigned log = o->log[slot];
        qm31 columns[SHAPE_MAX_INTER], weight[AIR_MAX_CONSTRAINTS];
        air_mask m;
        air_claim claim;
        if (!log) continue;
        memset(&m, 0, sizeof m);
        memset(&claim, 0, sizeof claim);
        for (unsigned k = 0; k < c->n_prod + c->n_sum; k++, inter += 4)
            columns[k] = qm31_from_coordinates(inter);
        m.pre = pre;
        m.main = main;
        m.inter = columns;
        m.main_before = before;
        pre += c->n_pre;
        main += c->n_main;
        before += c->n_before;
        if (c->n_prod) {
            m.prod_before = qm31_from_coordinates(before);
            before += 4;
            claim.prod = *prod++;
        }
        if (c->n_sum) {
            m.sum_before = qm31_from_coordinates(before);
            before += 4;
            claim.sum = *sum++;
        }
        claim.image_end = o->image_end;
        m.is_first = circle_is_first_q(log, circle_double_n_q(o->z0, o->n_max - log));
        for (unsigned k = 0; k < c->n_constraints; k++, power = qm31_mul(power, o->rho))
            weight[k] = power;
        r = qm31_add(r, air_point(id, &m, &o->ch, &claim, weight));
    }
    if ((size_t)(before - o->samples) != o->n_samples) fail("samples do not fit the sizes");
    return r;
}

/* ---- printing ---- */

static void put(const char *before, qm31 x, const char *after)
{
    uint32_t w[4];
    qm31_to_words(w, x);
    printf("%s%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 "%s", before, w[0], w[1], w[2], w[3],
           after);
}
static void put_all(const char *what, const qm31 *x, unsigned n)
{
    printf("        // %s\n", what);
    for (unsigned i = 0; i < n; i++) put("        ", x[i], ",\n");
}
static void put_case(const char *name, const oods_case *o)
{
    const qm31 sum = constraint_sum(o), van = circle_vanishing_q(o->n_max, o->z0.x);
    printf(
        "pub fn %s() -> Span<felt252> {\n    [\n        // log sizes, n_max, image_end\n        ",
        name);
    for (unsigned i = 0; i < AIR_N_SLOTS; i++) printf("%u, ", o->log[i]);
    printf("%u, %" PRIu32 ",\n        // numbers of samples and claims\n        %u, %u, %u,\n",
           o->n_max, o->image_end.v, o->n_samples, o->n_prod, o->n_sum);
    put_all("samples", o->samples, o->n_samples);
    put_all("claims", o->prod, o->n_prod);
    put_all("", o->sum, o->n_sum);
    put_all("gamma, z, powers of alpha", &o->ch.gamma, 1);
    put_all("", &o->ch.z, 1);
    put_all("", o->ch.alpha, 12);
    put_all("Z0, rho", &o->z0.x, 1);
    put_all("", &o->z0.y, 1);
    put_all("", &o->rho, 1);
    put_all("the sum, and the vanishing polynomial", &sum, 1);
    put_all("", &van, 1);
    printf("    ].span()\n}\n");
}

/* ---- random cases ---- */

static uint64_t state = 1;
static m31 random_m31(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint32_t w = (uint32_t)(state >> 33);
    /* Now and then the largest value, for the bounds. */
    return w % 8 == 0 ? m31_from_reduced(M31_P - 1) : m31_from_u32(w);
}
static qm31 random_qm31(void)
{
    const m31 a = random_m31(), b = random_m31(), c = random_m31(), d = random_m31();
    return qm31_from4(a, b, c, d);
}
/* only: a component, or AIR_N_COMPONENTS for all. */
static void random_case(oods_case *o, unsigned only)
{
    memset(o, 0, sizeof *o);
    o->n_samples = SHAPE_COMPOSITION_COLUMNS;
    for (unsigned slot = 0; slot < AIR_N_SLOTS; slot++) {
        const enum air_component_id id = air_slot_component(slot);
        const air_component *c = &air_components[id];
        if ((unsigned)id < AIR_N_SPLIT && slot % AIR_MAX_INSTANCES) continue;
        if (only != AIR_N_COMPONENTS && only != (unsigned)id) continue;
        /* As the sizes of a long run are: from 2^20 down, some of them the same. */
        o->log[slot] = (uint8_t)((unsigned)id < 10 ? 20 - id : id == AIR_TABLES ? 18 : 12);
        if (o->log[slot] > o->n_max) o->n_max = o->log[slot];
        o->n_samples += c->n_pre + c->n_main + 4 * (c->n_prod + c->n_sum) + c->n_before +
                        (c->n_prod ? 4 : 0) + (c->n_sum ? 4 : 0);
        if (c->n_prod) o->prod[o->n_prod++] = random_qm31();
        if (c->n_sum) o->sum[o->n_sum++] = random_qm31();
    }
    if (only != AIR_N_COMPONENTS) o->n_max += only % 3;
    for (unsigned i = 0; i < o->n_samples; i++) o->samples[i] = random_qm31();
    o->rho = random_qm31();
    o->ch.gamma = random_qm31();
    o->ch.z = random_qm31();
    o->ch.alpha[0] = qm31_one();
    o->ch.alpha[1] = random_qm31();
    for (unsigned i = 2; i < 12; i++) o->ch.alpha[i] = qm31_mul(o->ch.alpha[i - 1], o->ch.alpha[1]);
    o->image_end = random_m31();
    const qm31 t = random_qm31(), s = qm31_mul(t, t), d = qm31_inv(qm31_add(qm31_one(), s));
    o->z0.x = qm31_mul(qm31_sub(qm31_one(), s), d);
    o->z0.y = qm31_mul(qm31_add(t, t), d);
}

/* ---- an honest proof ---- */

static qm31 read_felt(const uint8_t *p)
{
    uint32_t w[4];
    bytes_read_words(w, p, 4);
    return qm31_from_words(w);
}
static void mix_cap(channel *ch, const uint8_t *cap, unsigned log)
{
    uint32_t words[7u << PARAMS_MAX_CAP_LOG];
    bytes_read_words(words, cap, (size_t)7 << log);
    channel_mix_cap(ch, words, (size_t)1 << log);
}
static void mix_nonce(channel *ch, const uint8_t *p, unsigned bits)
{
    if (bits) channel_mix_nonce(ch, (uint64_t)bytes_le32(p + 4) << 32 | bytes_le32(p));
}
/* Steps 1 to 8 of the transcript. */
static void proof_case(oods_case *o, const char *path)
{
    static proof_view p;
    static proof_shape sh;
    static uint8_t bytes[1 << 20];
    static qm31 claims[2 * AIR_N_COMPONENTS];
    proof_error why;
    FILE *f = fopen(path, "rb");
    if (!f) fail("no such proof");
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    if (fclose(f) != 0 || proof_read(&p, &sh, bytes, n, &why) != SP_OK) fail("not a proof");
    if (sh.p->max_instances != 1) fail("not a proof of profile chain");
    memset(o, 0, sizeof *o);
    for (unsigned i = 0; i < sh.n_instances; i++)
        o->log[sh.instance[i].slot] = (uint8_t)sh.instance[i].log;
    o->n_max = sh.n_max;
    o->n_samples = sh.n_samples;
    o->n_prod = sh.n_prod;
    o->n_sum = sh.n_sum;
    o->image_end = m31_from_u32(p.ph.image_end);
    for (unsigned i = 0; i < sh.n_samples; i++)
        o->samples[i] = read_felt(p.at[FIELD_SAMPLES] + 16 * (size_t)i);
    for (unsigned i = 0; i < sh.n_prod; i++)
        claims[i] = o->prod[i] = read_felt(p.at[FIELD_PROD_CLAIMS] + 16 * (size_t)i);
    for (unsigned i = 0; i < sh.n_sum; i++)
        claims[sh.n_prod + i] = o->sum[i] = read_felt(p.at[FIELD_SUM_CLAIMS] + 16 * (size_t)i);

    channel ch;
    channel_init(&ch);
    statement_mix(&ch, &p.st);
    mix_cap(&ch, p.at[FIELD_MAIN_CAP], sh.p->cap_log);
    mix_nonce(&ch, p.at[FIELD_LOOKUP_NONCE], sh.p->grind_lookup);
    air_challenges_draw(&o->ch, &ch);
    channel_mix_felts(&ch, claims, sh.n_prod + sh.n_sum);
    mix_cap(&ch, p.at[FIELD_INTERACTION_CAP], sh.p->cap_log);
    o->rho = channel_draw_felt(&ch);
    mix_cap(&ch, p.at[FIELD_COMPOSITION_CAP], sh.p->cap_log);
    mix_nonce(&ch, p.at[FIELD_OODS_NONCE], sh.p->grind_oods);
    circle_point_q z[2];
    oods_points(z, &ch, sh.n_max);
    o->z0 = z[0];
}

int main(int argc, char **argv)
{
    static oods_case o;
    static const char *const names[] = {
#define AIR_X(prefix, NAME) #prefix,
        AIR_COMPONENTS(AIR_X)
#undef AIR_X
    };
    if (argc != 2) {
        fprintf(stderr, "usage: cairo_air_vectors CHAIN.PROOF\n");
        return 2;
    }
    printf("//! Values at a point and what air_point() makes of them; printed by "
           "tools/cairo_air_vectors. Do\n"
           "//! not edit.\n");
    for (unsigned i = 0; i < AIR_N_COMPONENTS; i++) {
        random_case(&o, i);
        put_case(names[i], &o);
    }
    random_case(&o, AIR_N_COMPONENTS);
    put_case("all", &o);
    proof_case(&o, argv[1]);
    put_case("honest", &o);
    return fflush(stdout) == 0 ? 0 : 1;
}
