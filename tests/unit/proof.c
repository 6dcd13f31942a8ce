/* proof.c - the field list: sizes, offsets, views; forms of every profile are read back. */
#include "air/proof.h"

#include "core/bytes.h"
#include "tests/unit/synthetic.h"
#include "tests/test.h"

typedef struct {
    size_t bytes, felts, query_bytes, n_values;
    unsigned last_query;
    enum proof_field last;
    bool ordered;
} tally;

static sp_status count(void *user, enum proof_field f, enum proof_kind kind, unsigned i, unsigned j,
                       size_t n)
{
    tally *t = user;
    (void)j;
    t->bytes += proof_kind_bytes(kind, n);
    t->felts += proof_kind_felts(kind, n);
    if (f >= FIELD_VALUES) {
        if (i == 0) t->query_bytes += proof_kind_bytes(kind, n);
        t->last_query = i;
    } else if (f < t->last && f != FIELD_LAYER_CAP) {
        t->ordered = false;
    }
    if (f == FIELD_VALUES) t->n_values += n;
    t->last = f;
    return SP_OK;
}

TEST(forms_of_all_profiles_and_sizes_are_read_back)
{
    static proof_view v;
    static proof_shape s;
    proof_error err;
    for (uint32_t id = 1; id <= 5; id++)
        for (unsigned log = 8; log <= 20; log += 4)
            for (unsigned mode = 0; mode < 2; mode++)
                for (unsigned extreme = 0; extreme < 2; extreme++) {
                    const params *p = params_by_id(id);
                    const uint32_t in = mode ? 0 : log % 7, out = mode ? 0 : 5;
                    uint8_t logs[AIR_N_SLOTS];
                    size_t n = 0;
                    tally t = {.ordered = true};
                    synthetic_logs(logs, log);
                    uint8_t *b =
                        synthetic_proof(&n, p, logs, (enum machine_io_mode)mode, in, out, extreme);
                    CHECK(b && proof_read(&v, &s, b, n, &err) == SP_OK);
                    CHECK_EQ(proof_walk(&s, mode, in, out, count, &t), SP_OK);
                    CHECK(t.ordered && t.bytes == n && t.last_query + 1 == p->n_queries);
                    CHECK_EQ(t.felts, proof_felts(&s, mode, in, out));
                    CHECK_EQ(t.query_bytes, v.query_bytes);
                    CHECK_EQ(t.n_values, (size_t)s.n_at * p->n_queries);
                    CHECK(v.queries + v.query_bytes * p->n_queries == b + n);
                    CHECK(!memcmp(v.st.log_size, logs, sizeof logs) && v.st.io_mode == mode);
                    CHECK_EQ(v.ph.rom_log, log);
                    CHECK_EQ(v.ph.entry, bytes_le32(v.at[FIELD_PROGRAM]));
                    CHECK_EQ(v.st.cycles, (uint64_t)bytes_le32(v.at[FIELD_NUMBERS] + 8) << 32 |
                                              bytes_le32(v.at[FIELD_NUMBERS] + 4));
                    CHECK((v.at[FIELD_LOOKUP_NONCE] != NULL) == (p->grind_lookup > 0));
                    CHECK((v.at[FIELD_OODS_NONCE] != NULL) == (p->grind_oods > 0));
                    CHECK((v.at[FIELD_DEEP_NONCE] != NULL) == (p->grind_deep > 0));
                    CHECK((v.commit_nonce[0] != NULL) == (p->grind_commit > 0));
                    CHECK((v.at[FIELD_INPUT] != NULL) == (mode == MACHINE_IO_WORDS));
                    free(b);
                }
}

TEST(offsets_within_a_query_follow_the_walk)
{
    static proof_shape s;
    uint8_t logs[AIR_N_SLOTS];
    const char *why;
    proof_query_layout l;
    synthetic_logs(logs, 20);
    CHECK_EQ(shape_init(&s, params_by_name("chain"), logs, &why), SP_OK);
    proof_query_layout_init(&l, &s);
    size_t at = 0;
    for (unsigned t = 0; t < N_TREES; t++) {
        CHECK_EQ(l.values[t], at);
        at += 4 * s.tree[t].n_columns;
        CHECK_EQ(l.path[t], at);
        at += 28 * (s.tree[t].top - s.p->cap_log);
    }
    for (unsigned i = 0; i < s.n_layers; i++) {
        CHECK_EQ(l.siblings[i], at);
        at += 16 * (((size_t)1 << s.fold[i]) - 1);
        CHECK_EQ(l.layer_path[i], at);
        at += 28 * (shape_layer_top(&s, i) - shape_layer_cap(&s, i));
    }
}

TEST(every_field_has_a_name)
{
    for (unsigned f = 0; f < N_FIELDS; f++) {
        CHECK(proof_field_name[f] && proof_field_name[f][0]);
        for (unsigned g = 0; g < f; g++) CHECK(strcmp(proof_field_name[f], proof_field_name[g]));
    }
}
