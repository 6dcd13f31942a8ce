/* proof.c - the field list of a proof and its bounded reader. */
#include "air/proof.h"

#include "air/air_id.h"
#include "core/bytes.h"

#include <string.h>

const char *const proof_field_name[N_FIELDS] = {
    "header",        "air id",         "program id",      "context",         "io commitment",
    "numbers",       "input hash",     "output hash",     "log sizes",       "program header",
    "program cap",   "input",          "output",          "main cap",        "lookup nonce",
    "product claims", "sum claims",    "interaction cap", "composition cap", "oods nonce",
    "samples",       "deep nonce",     "fri layer cap",   "commit nonce",    "last layer",
    "query nonce",   "opened values",  "tree path",       "fri siblings",    "fri path",
};

/* A tree without columns (in benches/compare; a program's proof has all four) has no cap and no
 * openings. */
static size_t tree_cap_len(const proof_shape *s, unsigned t)
{
    return s->tree[t].n_columns ? (size_t)1 << s->p->cap_log : 0;
}
static size_t tree_path_len(const proof_shape *s, unsigned t)
{
    return s->tree[t].top - s->p->cap_log;
}
static size_t layer_path_len(const proof_shape *s, unsigned i)
{
    return shape_layer_top(s, i) - shape_layer_cap(s, i);
}

#define FIELD(f, kind, i, j, count) SP_TRY(fn(user, f, kind, i, j, count))

static sp_status walk_query(const proof_shape *s, unsigned q, proof_field_fn fn, void *user)
{
    for (unsigned t = 0; t < N_TREES; t++) {
        if (s->tree[t].n_columns == 0) continue;
        FIELD(FIELD_VALUES, KIND_M31, q, t, s->tree[t].n_columns);
        FIELD(FIELD_PATH, KIND_DIGEST, q, t, tree_path_len(s, t));
    }
    for (unsigned l = 0; l < s->n_layers; l++) {
        FIELD(FIELD_SIBLINGS, KIND_QM31, q, l, ((size_t)1 << s->fold[l]) - 1);
        FIELD(FIELD_LAYER_PATH, KIND_DIGEST, q, l, layer_path_len(s, l));
    }
    return SP_OK;
}

sp_status proof_walk(const proof_shape *s, uint32_t io_mode, uint32_t input_bytes,
                     uint32_t output_bytes, proof_field_fn fn, void *user)
{
    const params *p = s->p;
    FIELD(FIELD_HEADER, KIND_WORDS, 0, 0, 4);
    FIELD(FIELD_AIR_ID, KIND_DIGEST, 0, 0, 1);
    FIELD(FIELD_PROGRAM_ID, KIND_DIGEST, 0, 0, 1);
    FIELD(FIELD_CONTEXT, KIND_DIGEST, 0, 0, 1);
    FIELD(FIELD_IO, KIND_HASH31, 0, 0, 1);
    FIELD(FIELD_NUMBERS, KIND_WORDS, 0, 0, 6);
    FIELD(FIELD_H_IN, KIND_HASH31, 0, 0, 1);
    FIELD(FIELD_H_OUT, KIND_HASH31, 0, 0, 1);
    FIELD(FIELD_LOGS, KIND_WORDS, 0, 0, PROOF_LOG_WORDS);
    FIELD(FIELD_PROGRAM, KIND_WORDS, 0, 0, 2);
    FIELD(FIELD_PROGRAM_CAP, KIND_DIGEST, 0, 0, tree_cap_len(s, TREE_PROGRAM));
    if (io_mode == MACHINE_IO_WORDS) {
        FIELD(FIELD_INPUT, KIND_BYTES, 0, 0, input_bytes);
        FIELD(FIELD_OUTPUT, KIND_BYTES, 0, 0, output_bytes);
    }
    FIELD(FIELD_MAIN_CAP, KIND_DIGEST, 0, 0, tree_cap_len(s, TREE_MAIN));
    if (p->grind_lookup) FIELD(FIELD_LOOKUP_NONCE, KIND_NONCE, 0, 0, 1);
    FIELD(FIELD_PROD_CLAIMS, KIND_QM31, 0, 0, s->n_prod);
    FIELD(FIELD_SUM_CLAIMS, KIND_QM31, 0, 0, s->n_sum);
    FIELD(FIELD_INTERACTION_CAP, KIND_DIGEST, 0, 0, tree_cap_len(s, TREE_INTERACTION));
    FIELD(FIELD_COMPOSITION_CAP, KIND_DIGEST, 0, 0, tree_cap_len(s, TREE_COMPOSITION));
    if (p->grind_oods) FIELD(FIELD_OODS_NONCE, KIND_NONCE, 0, 0, 1);
    FIELD(FIELD_SAMPLES, KIND_QM31, 0, 0, s->n_samples);
    if (p->grind_deep) FIELD(FIELD_DEEP_NONCE, KIND_NONCE, 0, 0, 1);
    for (unsigned l = 0; l < s->n_layers; l++) {
        FIELD(FIELD_LAYER_CAP, KIND_DIGEST, l, 0, (size_t)1 << shape_layer_cap(s, l));
        if (p->grind_commit) FIELD(FIELD_COMMIT_NONCE, KIND_NONCE, l, 0, 1);
    }
    FIELD(FIELD_LAST_LAYER, KIND_QM31, 0, 0, (size_t)1 << p->last_layer_log);
    if (p->grind_query) FIELD(FIELD_QUERY_NONCE, KIND_NONCE, 0, 0, 1);
    for (unsigned q = 0; q < p->n_queries; q++) SP_TRY(walk_query(s, q, fn, user));
    return SP_OK;
}

size_t proof_kind_bytes(enum proof_kind kind, size_t count)
{
    switch (kind) {
    case KIND_WORDS:
    case KIND_M31: return 4 * count;
    case KIND_DIGEST: return 28 * count;
    case KIND_HASH31: return 32 * count;
    case KIND_NONCE: return 8 * count;
    case KIND_QM31: return 16 * count;
    case KIND_BYTES: return (count + 3) / 4 * 4;
    }
    return 0;
}

size_t proof_kind_felts(enum proof_kind kind, size_t count)
{
    switch (kind) {
    case KIND_WORDS: return (count + 6) / 7;
    case KIND_BYTES: return (count + 27) / 28;
    case KIND_M31: return (count + 7) / 8;
    case KIND_QM31: return (count + 1) / 2;
    case KIND_DIGEST:
    case KIND_HASH31:
    case KIND_NONCE: return count;
    }
    return 0;
}

static sp_status add_bytes(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                           unsigned j, size_t count)
{
    (void)f, (void)i, (void)j;
    *(size_t *)user += proof_kind_bytes(kind, count);
    return SP_OK;
}
static sp_status add_felts(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                           unsigned j, size_t count)
{
    (void)f, (void)i, (void)j;
    *(size_t *)user += proof_kind_felts(kind, count);
    return SP_OK;
}
static size_t total(const proof_shape *s, uint32_t io_mode, uint32_t in, uint32_t out,
                    proof_field_fn fn)
{
    size_t n = 0;
    return proof_walk(s, io_mode, in, out, fn, &n) == SP_OK ? n : 0;
}
size_t proof_bytes(const proof_shape *s, uint32_t io_mode, uint32_t in, uint32_t out)
{
    return total(s, io_mode, in, out, add_bytes);
}
size_t proof_felts(const proof_shape *s, uint32_t io_mode, uint32_t in, uint32_t out)
{
    return total(s, io_mode, in, out, add_felts);
}

typedef struct {
    proof_query_layout *l;
    size_t at;
} layout_cursor;
static sp_status add_layout(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                            unsigned j, size_t count)
{
    layout_cursor *c = user;
    (void)i;
    if (f == FIELD_VALUES) c->l->values[j] = c->at;
    else if (f == FIELD_PATH) c->l->path[j] = c->at;
    else if (f == FIELD_SIBLINGS) c->l->siblings[j] = c->at;
    else c->l->layer_path[j] = c->at;
    c->at += proof_kind_bytes(kind, count);
    return SP_OK;
}
void proof_query_layout_init(proof_query_layout *l, const proof_shape *s)
{
    layout_cursor c = {l, 0};
    memset(l, 0, sizeof *l);
    if (walk_query(s, 0, add_layout, &c) != SP_OK) memset(l, 0, sizeof *l);
}

typedef struct {
    proof_view *v;
    const uint8_t *p, *end;
    proof_error *err;
} read_cursor;

static sp_status fail(const read_cursor *r, enum proof_field f, const uint8_t *at,
                      const char *text)
{
    r->err->field = proof_field_name[f];
    r->err->offset = (size_t)(at - r->v->bytes);
    r->err->text = text;
    return SP_ERR_FORMAT;
}

static sp_status read_field(void *user, enum proof_field f, enum proof_kind kind, unsigned i,
                            unsigned j, size_t count)
{
    read_cursor *r = user;
    const size_t n = proof_kind_bytes(kind, count);
    (void)j;
    if (n > (size_t)(r->end - r->p)) return fail(r, f, r->p, "the proof ends inside this field");
    if (kind == KIND_M31 || kind == KIND_QM31)
        for (size_t k = 0; k < n; k += 4)
            if (bytes_le32(r->p + k) >= M31_P)
                return fail(r, f, r->p + k, "a field element is not canonical");
    if (kind == KIND_HASH31 && r->p[31]) return fail(r, f, r->p + 31, "byte 31 is not zero");
    if (kind == KIND_BYTES)
        for (size_t k = count; k < n; k++)
            if (r->p[k]) return fail(r, f, r->p + k, "padding is not zero");
    if (f == FIELD_LAYER_CAP) r->v->layer_cap[i] = r->p;
    else if (f == FIELD_COMMIT_NONCE) r->v->commit_nonce[i] = r->p;
    else if (f < FIELD_VALUES) r->v->at[f] = r->p;
    else if (f == FIELD_VALUES && i == 0 && j == 0) r->v->queries = r->p;
    r->p += n;
    return SP_OK;
}

/* The fixed part: enough to know the shape. */
static sp_status read_head(proof_view *v, const read_cursor *r)
{
    statement *st = &v->st;
    uint32_t w[PROOF_HEAD_WORDS];
    if (v->n_bytes < sizeof w) return fail(r, FIELD_HEADER, v->bytes, "shorter than a proof's head");
    bytes_read_words(w, v->bytes, PROOF_HEAD_WORDS);
    const uint32_t *p = w;
    if (p[0] != PROOF_MAGIC) return fail(r, FIELD_HEADER, v->bytes, "not a sprove proof");
    if (p[1] != SP_VERSION) return fail(r, FIELD_HEADER, v->bytes + 4, "unknown proof version");
    if (!params_by_id(p[2])) return fail(r, FIELD_HEADER, v->bytes + 8, "unknown profile");
    st->profile = p[2], p += 4;
    if (memcmp(p, AIR_ID, sizeof AIR_ID) != 0)
        return fail(r, FIELD_AIR_ID, v->bytes + 16, "made for other constraints (air id)");
    p += 7;
    memcpy(st->program_id, p, sizeof st->program_id), p += 7;
    memcpy(st->context, p, sizeof st->context), p += 7;
    memcpy(st->io_commitment, p, sizeof st->io_commitment), p += 8;
    st->exit_code = p[0];
    st->cycles = (uint64_t)p[2] << 32 | p[1];
    st->io_mode = p[3];
    v->input_bytes = p[4], v->output_bytes = p[5];
    const uint8_t *numbers = v->bytes + 4 * (size_t)(p - w);
    p += 6;
    if (st->io_mode > MACHINE_IO_DIGEST) return fail(r, FIELD_NUMBERS, numbers + 12, "unknown io mode");
    if (v->input_bytes > MACHINE_INPUT_CAP || v->output_bytes > MACHINE_OUTPUT_CAP)
        return fail(r, FIELD_NUMBERS, numbers + 16, "public data beyond the window");
    if (st->io_mode == MACHINE_IO_DIGEST && (v->input_bytes || v->output_bytes))
        return fail(r, FIELD_NUMBERS, numbers + 16, "public data in digest mode");
    memcpy(st->h_in, p, sizeof st->h_in), p += 8;
    memcpy(st->h_out, p, sizeof st->h_out), p += 8;
    for (unsigned i = 0; i < 4 * PROOF_LOG_WORDS; i++) {
        const uint8_t log = (uint8_t)(p[i / 4] >> (8 * (i % 4)));
        if (i < AIR_N_SLOTS) st->log_size[i] = log;
        else if (log) return fail(r, FIELD_LOGS, v->bytes + 4 * (size_t)(p - w) + i, "padding is not zero");
    }
    return SP_OK;
}

sp_status proof_read_head(proof_view *v, proof_shape *s, const uint8_t *bytes, size_t n,
                          proof_error *err)
{
    const read_cursor r = {v, bytes, bytes + n, err};
    memset(v, 0, sizeof *v);
    memset(err, 0, sizeof *err);
    v->bytes = bytes;
    v->n_bytes = n;
    SP_TRY(read_head(v, &r));
    const char *why = NULL;
    if (shape_init(s, params_by_id(v->st.profile), v->st.log_size, &why) == SP_OK) return SP_OK;
    (void)fail(&r, FIELD_LOGS, bytes, why);
    return SP_ERR_REJECT;
}

sp_status proof_read(proof_view *v, proof_shape *s, const uint8_t *bytes, size_t n,
                     proof_error *err)
{
    SP_TRY(proof_read_head(v, s, bytes, n, err));
    read_cursor r = {v, bytes, bytes + n, err};
    if (bytes_le32(bytes + 12) != n)
        return fail(&r, FIELD_HEADER, bytes + 12, "the length in the header is not the length");
    SP_TRY(proof_walk(s, v->st.io_mode, v->input_bytes, v->output_bytes, read_field, &r));
    if (r.p != r.end) return fail(&r, FIELD_HEADER, r.p, "data after the end of the proof");
    v->query_bytes = (size_t)(r.end - v->queries) / s->p->n_queries;
    v->ph.entry = bytes_le32(v->at[FIELD_PROGRAM]);
    v->ph.image_end = bytes_le32(v->at[FIELD_PROGRAM] + 4);
    v->ph.rom_log = v->st.log_size[air_component_slot(AIR_ROM)];
    v->ph.image_log = v->st.log_size[air_component_slot(AIR_IMAGE)];
    v->ph.io_mode = v->st.io_mode;
    return SP_OK;
}
