/* protocol_vectors.c - writes test data of the Cairo verifier, computed by core/, air/ and
 * verifier/.
 *
 *   protocol_vectors proof FILE > contracts/cairo/src/tests/proof.cairo     a proof as felts
 *   protocol_vectors steps FILE > contracts/cairo/src/tests/steps.cairo     numbers of single steps
 *
 * FILE is a proof of profile chain, in bytes: tests/vectors/chain.proof. */
#include "air/felts.h"
#include "core/bytes.h"
#include "core/merkle.h"
#include "core/quotient.h"
#include "verifier/openings.h"
#include "verifier/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t proof[1 << 20];
static felt252 felts[8192];
static proof_view view;
static proof_shape shape;
static verify_scratch scratch;

static uint64_t state = 1;
static uint32_t word(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33);
}
static qm31 random_qm31(void)
{
    uint32_t w[4];
    for (unsigned i = 0; i < 4; i++) w[i] = word() % M31_P;
    return qm31_from_words(w);
}

static void put_felt(const uint32_t w[8])
{
    unsigned i = 7;
    while (i && !w[i]) i--;
    printf("    0x%" PRIx32, w[i]);
    while (i-- > 0) printf("%08" PRIx32, w[i]);
    puts(",");
}
static void put_digest(const uint32_t d[7])
{
    const uint32_t w[8] = {d[0], d[1], d[2], d[3], d[4], d[5], d[6], 0};
    put_felt(w);
}
static void put(uint32_t v) { printf("    %" PRIu32 ",\n", v); }
static void put_qm31(qm31 x)
{
    uint32_t w[4];
    qm31_to_words(w, x);
    for (unsigned i = 0; i < 4; i++) put(w[i]);
}
static void open_list(const char *name, const char *text)
{
    printf("\n/// %s\npub fn %s() -> Span<felt252> {\n    [\n", text, name);
}
static void close_list(void) { puts("    ].span()\n}"); }

/* The state after each mix, and what is drawn. */
static void channels(void)
{
    channel c;
    const uint32_t words[20] = {1, 0xffffffff, 2};
    uint32_t q[20];
    qm31 felt = random_qm31();
    uint64_t nonce = 0;
    channel_init(&c);
    open_list(
        "channel",
        "From the zero state: two drawn elements; mixed 20 words, 1 and 2^32 - 1 and 2 first: the\n"
        "/// state's words; 20 positions of 22 bits; an element and its mix: the state; a nonce of "
        "10\n"
        "/// bits and its mix: an element.");
    put_qm31(channel_draw_felt(&c));
    put_qm31(channel_draw_felt(&c));
    channel_mix_u32s(&c, words, 20);
    for (unsigned i = 0; i < 8; i++) put(c.state[i]);
    channel_draw_queries(&c, q, 20, 22);
    for (unsigned i = 0; i < 20; i++) put(q[i]);
    put_qm31(felt);
    channel_mix_felts(&c, &felt, 1);
    for (unsigned i = 0; i < 8; i++) put(c.state[i]);
    while (!channel_grind_check(&c, nonce, 10)) nonce++;
    printf("    0x%" PRIx64 ",\n", nonce);
    channel_mix_nonce(&c, nonce);
    put_qm31(channel_draw_felt(&c));
    close_list();
}

/* A leaf, a node with one value, a node with 20 values, a plain node. */
static void trees(void)
{
    uint32_t v[28], n[7], sibling[3][7], above[20];
    open_list(
        "tree",
        "28 values; three siblings; the digest after them, from a leaf of values 0..2 and 7,\n"
        "/// value 27 after the first sibling, values 8..26 and 3 after the second; bits 1, 0, 1.");
    for (unsigned i = 0; i < 28; i++) put(v[i] = word() % M31_P);
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned i = 0; i < 7; i++) sibling[k][i] = word() * 2;
        put_digest(sibling[k]);
    }
    const uint32_t leaf[4] = {v[0], v[1], v[2], v[7]};
    merkle_leaf(n, leaf, 4);
    merkle_node(n, sibling[0], n, v + 27, 1);
    memcpy(above, v + 8, 19 * sizeof *v);
    above[19] = v[3];
    merkle_node(n, n, sibling[1], above, 20);
    merkle_node(n, sibling[2], n, NULL, 0);
    put_digest(n);
    close_list();
}

static void points(void)
{
    open_list("points", "Log size, position without flag, x, y.");
    for (unsigned m = 10; m <= 25; m++)
        for (unsigned i = 0; i < 3; i++) {
            const uint32_t s =
                i ? word() & ((UINT32_C(1) << (m - 1)) - 1) : (UINT32_C(1) << (m - 1)) - 1;
            const circle_point p = circle_at(m, s);
            put(m), put(s), put(p.x.v), put(p.y.v);
        }
    close_list();
}

/* Leaves with random values; edge values among them. */
static void folds(void)
{
    static const struct {
        unsigned k, m;
        bool first;
    } kind[3] = {{4, 22, true}, {4, 19, false}, {3, 15, false}};
    open_list("folds", "First layer or not, log of the leaf's values, circle log size, leaf, "
                       "challenge, values, fold.");
    for (unsigned i = 0; i < 9; i++) {
        const unsigned k = kind[i % 3].k, m = kind[i % 3].m, n = 1u << k;
        const bool first = kind[i % 3].first;
        const uint32_t leaf = word() & ((UINT32_C(1) << (m - 1 - k)) - 1);
        const qm31 beta = random_qm31();
        const uint32_t top[4] = {M31_P - 1, M31_P - 1, M31_P - 1, M31_P - 1};
        qm31 v[16];
        put(first), put(k), put(m), put(leaf);
        put_qm31(beta);
        for (unsigned j = 0; j < n; j++) {
            v[j] = i / 3 == 1 && j % 2 ? qm31_zero() : random_qm31();
            if (i / 3 == 1 && j % 2 == 0) v[j] = qm31_from_words(top);
            put_qm31(v[j]);
        }
        put_qm31(fri_fold_leaf(v, k, first, m, leaf, beta));
    }
    close_list();
}

static void lasts(void)
{
    qm31 c[64];
    open_list("last_layer", "64 coefficients; then x and the value there, four times.");
    for (unsigned i = 0; i < 64; i++) put_qm31(c[i] = random_qm31());
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t x = i == 0 ? 0 : i == 1 ? M31_P - 1 : word() % M31_P;
        put(x);
        put_qm31(fri_eval_last(c, 6, m31_from_reduced(x)));
    }
    close_list();
}

/* The proof's own columns and samples, with other points and another weight. */
static void quotients(void)
{
    channel c;
    circle_point_q z[2];
    deep_quotient d;
    channel_init(&c);
    oods_points(z, &c, shape.n_max);
    for (unsigned i = 0; i < shape.n_samples; i++) {
        uint32_t w[4];
        bytes_read_words(w, view.at[FIELD_SAMPLES] + 16 * i, 4);
        scratch.samples[i] = qm31_from_words(w);
    }
    const qm31 delta = channel_draw_felt(&c);
    deep_quotient_init(&d, &shape, z, scratch.samples, delta, scratch.weights);
    proof_query_layout_init(&scratch.layout, &shape);
    open_list(
        "quotients",
        "Points drawn from the zero state, then the weight: x and y of Z0 and Z1, delta; then\n"
        "/// positions and the quotient of the opened values of query 0, 1, .. there.");
    for (unsigned i = 0; i < 2; i++) put_qm31(z[i].x), put_qm31(z[i].y);
    put_qm31(delta);
    for (unsigned q = 0; q < 4; q++) {
        const uint32_t position = word() & ((UINT32_C(1) << shape.top) - 1);
        for (unsigned t = 0; t < N_TREES; t++)
            bytes_read_words(scratch.values[t],
                             view.queries + q * view.query_bytes + scratch.layout.values[t],
                             shape.tree[t].n_columns);
        put(position);
        put_qm31(deep_quotient_at(&d, &shape, scratch.weights, scratch.values,
                                  circle_at(shape.top, position)));
    }
    close_list();
}

/* A number that tells a column at another level from this one. */
static uint64_t levels(const shape_tree *t)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < t->n_columns; k++) sum += (uint64_t)(k + 1) * (k + 7) * t->log[k];
    return sum;
}
/* Any of the nine chips absent, and all sizes that the profile has. */
static void shapes(void)
{
    static proof_shape s;
    const char *why;
    open_list(
        "shapes",
        "22 log sizes, bytes of input, of output; then bytes and felts of the proof; columns and\n"
        "/// sum of (k + 1) (k + 7) level of column k, of three trees; claims of each kind; "
        "samples at\n"
        "/// Z0, at Z1; the sum of (k + 1) times the column of the kth sample at Z1.");
    for (unsigned i = 0; i < 24; i++) {
        uint8_t log[AIR_N_SLOTS] = {0};
        for (unsigned c = 0; c < AIR_N_COMPONENTS; c++)
            if (c >= AIR_N_SPLIT || i == 0 || (i > 1 && word() % 4))
                log[air_component_slot((enum air_component_id)c)] =
                    (uint8_t)(i == 0   ? 20
                              : i == 1 ? 5
                                       : 5 + word() % (i % 3 ? 16 : 14));
        log[air_component_slot(AIR_TABLES)] = AIR_TABLES_LOG;
        const uint32_t input = word() % 100, output = i % 2 ? 0 : word() % 1000000;
        if (shape_init(&s, params_by_name("chain"), log, &why) != SP_OK) exit(1);
        for (unsigned k = 0; k < AIR_N_SLOTS; k++) put(log[k]);
        put(input), put(output);
        put((uint32_t)proof_bytes(&s, MACHINE_IO_WORDS, input, output));
        put((uint32_t)proof_felts(&s, MACHINE_IO_WORDS, input, output));
        for (unsigned t = 0; t < TREE_COMPOSITION; t++) {
            put(s.tree[t].n_columns);
            printf("    %" PRIu64 ",\n", levels(&s.tree[t]));
        }
        put(s.n_prod), put(s.n_sum), put(s.n_at), put(s.n_before);
        uint32_t before = 0;
        for (unsigned k = 0; k < s.n_before; k++) before += (k + 1) * s.before_column[k];
        put(before);
    }
    close_list();
}

static void hashes(void)
{
    static const uint8_t bytes[77] =
        "The quick brown fox jumps over the lazy dog, and then over another lazy dog.";
    uint32_t h[8], in[8];
    open_list(
        "hashes",
        "H of the first n bytes of a text, n = 0, 3, 60, 64, 77; the io digest of the first two,\n"
        "/// as words; the io commitment.");
    static const uint32_t n[5] = {0, 3, 60, 64, 77};
    for (unsigned i = 0; i < 5; i++) {
        statement_hash_io(h, bytes, n[i]);
        put_felt(h);
    }
    statement_hash_io(in, bytes, 0);
    statement_hash_io(h, bytes, 3);
    uint32_t d[8];
    statement_io_digest(d, in, h);
    for (unsigned i = 0; i < 8; i++) put(d[i]);
    statement_io_commitment(d, in, h);
    put_felt(d);
    close_list();
    open_list("text", "That text, as words.");
    for (unsigned i = 0; i < 77; i += 4) {
        uint32_t w = 0;
        for (unsigned k = 0; k < 4 && i + k < 77; k++) w |= (uint32_t)bytes[i + k] << (8 * k);
        put(w);
    }
    close_list();
}

int main(int argc, char **argv)
{
    proof_error err;
    FILE *f = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (!f) return fprintf(stderr, "usage: protocol_vectors proof|steps FILE\n"), 2;
    const size_t bytes = fread(proof, 1, sizeof proof, f);
    fclose(f);
    size_t n = SP_COUNT(felts);
    if (felts_from_proof(felts, &n, proof, bytes, &view, &shape, &err) != SP_OK)
        return fprintf(stderr, "%s: %s: %s\n", argv[2], err.field, err.text), 1;

    puts("//! Computed by the C code; printed by tests/cairo/protocol_vectors. Do not edit.");
    if (strcmp(argv[1], "proof") == 0) {
        printf("\n/// A proof as felts.\npub const PROOF: [felt252; %zu] = [\n", n);
        for (size_t i = 0; i < n; i++) put_felt(felts[i].w);
        puts("];");
    } else {
        channels();
        trees();
        points();
        folds();
        lasts();
        quotients();
        hashes();
        shapes();
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
