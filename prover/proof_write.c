/* proof_write.c - the proof's bytes, field by field (air/proof.h). */
#include "prover/state.h"

#include "air/air_id.h"
#include "core/bytes.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const prover *pv;
    uint8_t *bytes, *p;
    size_t size;
} writer;

static void put_words(writer *w, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++, w->p += 4) bytes_put_le32(w->p, words[i]);
}
static void put_felts(writer *w, const qm31 *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t words[4];
        qm31_to_words(words, v[i]);
        put_words(w, words, 4);
    }
}
static void put_nonce(writer *w, uint64_t n)
{
    const uint32_t words[2] = {(uint32_t)n, (uint32_t)(n >> 32)};
    put_words(w, words, 2);
}
static void put_bytes(writer *w, const uint8_t *b, size_t n)
{
    const size_t padded = proof_kind_bytes(KIND_BYTES, n);
    if (n) memcpy(w->p, b, n);
    memset(w->p + n, 0, padded - n);
    w->p += padded;
}

static void put_logs(writer *w)
{
    uint32_t words[PROOF_LOG_WORDS] = {0};
    for (unsigned i = 0; i < AIR_N_SLOTS; i++)
        words[i / 4] |= (uint32_t)w->pv->st.log_size[i] << (8 * (i % 4));
    put_words(w, words, PROOF_LOG_WORDS);
}

static void put_values(writer *w, unsigned query, unsigned tree)
{
    const prover *pv = w->pv;
    const shape_tree *t = &pv->shape.tree[tree];
    if (pv->stream) {
        const uint32_t *v = pv->opened + (size_t)query * pv->shape.n_at;
        for (unsigned i = 0; i < tree; i++) v += pv->shape.tree[i].n_columns;
        put_words(w, v, t->n_columns);
        return;
    }
    for (unsigned i = 0; i < t->n_columns; i++) {
        const uint32_t at = pv->queries[query] >> (pv->shape.top - t->log[i]);
        put_words(w, &pv->lde[tree][i][at], 1);
    }
}

static void put_path(writer *w, const merkle_tree *t, uint32_t index)
{
    uint32_t words[7 * PARAMS_MAX_LOG];
    merkle_tree_path(t, words, index);
    put_words(w, words, (size_t)7 * (t->top - t->cap));
}

/* Position of a query in layer l. */
static uint32_t layer_position(const proof_shape *s, uint32_t position, unsigned l)
{
    uint32_t inside;
    for (unsigned i = 0; i < l; i++)
        position = fri_leaf_of(shape_layer_log(s, i), s->fold[i], i == 0, position, &inside);
    return position;
}

static void put_siblings(writer *w, unsigned query, unsigned l)
{
    const prover *pv = w->pv;
    const unsigned log = shape_layer_log(&pv->shape, l), k = pv->shape.fold[l];
    const uint32_t at = layer_position(&pv->shape, pv->queries[query], l), low = (1u << (k - 1)) - 1;
    uint32_t inside;
    const uint32_t leaf = fri_leaf_of(log, k, l == 0, at, &inside);
    for (uint32_t i = 0; i < 1u << k; i++) {
        const uint32_t s = l ? leaf << k | i
                             : (i > low ? UINT32_C(1) << (log - 1) : 0) | leaf << (k - 1) | (i & low);
        if (i == inside) continue;
        for (unsigned c = 0; c < 4; c++) put_words(w, &pv->layer[l].v[c][s], 1);
    }
}

static sp_status write_field(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                             unsigned j, size_t count)
{
    writer *w = user;
    const prover *pv = w->pv;
    const statement *st = &pv->st;
    const bool words_mode = st->io_mode == MACHINE_IO_WORDS;
    const uint8_t *start = w->p;
    (void)start;
    switch (f) {
    case FIELD_HEADER: {
        const uint32_t h[4] = {PROOF_MAGIC, SP_VERSION, st->profile, (uint32_t)w->size};
        put_words(w, h, 4);
        break;
    }
    case FIELD_AIR_ID: put_words(w, AIR_ID, 7); break;
    case FIELD_PROGRAM_ID: put_words(w, st->program_id, 7); break;
    case FIELD_CONTEXT: put_words(w, st->context, 7); break;
    case FIELD_IO: put_words(w, st->io_commitment, 8); break;
    case FIELD_NUMBERS: {
        const uint32_t n[6] = {st->exit_code,
                               (uint32_t)st->cycles,
                               (uint32_t)(st->cycles >> 32),
                               st->io_mode,
                               words_mode ? pv->pub.input_bytes : 0,
                               words_mode ? pv->pub.output_bytes : 0};
        put_words(w, n, 6);
        break;
    }
    case FIELD_H_IN: put_words(w, st->h_in, 8); break;
    case FIELD_H_OUT: put_words(w, st->h_out, 8); break;
    case FIELD_LOGS: put_logs(w); break;
    case FIELD_PROGRAM: {
        const uint32_t p[2] = {pv->ph.entry, pv->ph.image_end};
        put_words(w, p, 2);
        break;
    }
    case FIELD_PROGRAM_CAP: put_words(w, pv->cap[TREE_PROGRAM], 7 * count); break;
    case FIELD_INPUT: put_bytes(w, pv->pub.input, count); break;
    case FIELD_OUTPUT: put_bytes(w, pv->pub.output, count); break;
    case FIELD_MAIN_CAP: put_words(w, pv->cap[TREE_MAIN], 7 * count); break;
    case FIELD_LOOKUP_NONCE: put_nonce(w, pv->nonce_lookup); break;
    case FIELD_PROD_CLAIMS: put_felts(w, pv->claim, count); break;
    case FIELD_SUM_CLAIMS: put_felts(w, pv->claim + pv->shape.n_prod, count); break;
    case FIELD_INTERACTION_CAP: put_words(w, pv->cap[TREE_INTERACTION], 7 * count); break;
    case FIELD_COMPOSITION_CAP: put_words(w, pv->cap[TREE_COMPOSITION], 7 * count); break;
    case FIELD_OODS_NONCE: put_nonce(w, pv->nonce_oods); break;
    case FIELD_SAMPLES: put_felts(w, pv->samples, count); break;
    case FIELD_DEEP_NONCE: put_nonce(w, pv->nonce_deep); break;
    case FIELD_LAYER_CAP: put_words(w, pv->layer_cap[i], 7 * count); break;
    case FIELD_COMMIT_NONCE: put_nonce(w, pv->nonce_commit[i]); break;
    case FIELD_LAST_LAYER: put_felts(w, pv->last, count); break;
    case FIELD_QUERY_NONCE: put_nonce(w, pv->nonce_query); break;
    case FIELD_VALUES: put_values(w, i, j); break;
    case FIELD_PATH:
        put_path(w, &pv->tree[j], pv->queries[i] >> (pv->shape.top - pv->tree[j].top));
        break;
    case FIELD_SIBLINGS: put_siblings(w, i, j); break;
    case FIELD_LAYER_PATH:
        put_path(w, &pv->layer_tree[j], layer_position(&pv->shape, pv->queries[i], j + 1));
        break;
    case N_FIELDS: return SP_ERR_ARG;
    }
    SP_ASSERT((size_t)(w->p - start) == proof_kind_bytes(kind, count));
    (void)kind;
    return SP_OK;
}

sp_status proof_write(prover *pv, uint8_t **proof, size_t *n_bytes)
{
    const bool words_mode = pv->st.io_mode == MACHINE_IO_WORDS;
    const uint32_t in = words_mode ? pv->pub.input_bytes : 0;
    const uint32_t out = words_mode ? pv->pub.output_bytes : 0;
    writer w = {pv, NULL, NULL, proof_bytes(&pv->shape, pv->st.io_mode, in, out)};
    w.bytes = w.p = malloc(w.size);
    if (!w.bytes) return SP_ERR_NOMEM;
    sp_status st = proof_walk(&pv->shape, pv->st.io_mode, in, out, write_field, &w);
    if (st != SP_OK) {
        free(w.bytes);
        return st;
    }
    *proof = w.bytes;
    *n_bytes = w.size;
    return SP_OK;
}
