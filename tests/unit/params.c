/* params.c - the table of parameter sets and the folding schedule. */
#include "core/params.h"

#include "tests/test.h"

#define N_PROFILES 5

/* docs/protocol.md 8, again: a changed constant must be changed here too. */
TEST(profiles_are_those_of_the_specification)
{
    static const struct {
        const char *name;
        unsigned id, v[11];
        bool sound;
    } want[N_PROFILES] = {
        {"fast", 1, {1, 70, 0, 0, 0, 0, 26, 6, 6, 2, 24}, true},
        {"balanced", 2, {1, 115, 0, 0, 12, 2, 26, 7, 6, 2, 24}, true},
        {"proven", 3, {1, 193, 12, 4, 12, 0, 20, 8, 6, 2, 24}, true},
        {"chain", 4, {4, 20, 24, 0, 10, 4, 24, 5, 6, 1, 20}, true},
        {"bench", 5, {1, 3, 0, 0, 0, 0, 10, 2, 6, 2, 24}, false},
    };
    for (unsigned k = 0; k < N_PROFILES; k++) {
        const params *p = params_by_name(want[k].name);
        CHECK(p && p == params_by_id(want[k].id) && (unsigned)p->id == want[k].id);
        const unsigned v[11] = {p->log_blowup,   p->n_queries,      p->grind_lookup,  p->grind_oods,
                                p->grind_deep,   p->grind_commit,   p->grind_query,   p->cap_log,
                                p->last_layer_log, p->max_instances, p->max_trace_log};
        for (unsigned i = 0; i < 11; i++) CHECK_EQ(v[i], want[k].v[i]);
        CHECK_EQ(p->sound, want[k].sound);
    }
    CHECK(!params_by_id(0) && !params_by_id(N_PROFILES + 1) && !params_by_id(UINT32_MAX));
    CHECK(!params_by_name("") && !params_by_name("Fast") && !params_by_name("fast "));
}

TEST(profiles_fit_the_arrays)
{
    for (uint32_t id = 1; id <= N_PROFILES; id++) {
        const params *p = params_by_id(id);
        CHECK(p->n_queries <= PARAMS_MAX_QUERIES && p->cap_log <= PARAMS_MAX_CAP_LOG);
        CHECK(p->max_trace_log + p->log_blowup <= PARAMS_MAX_LOG);
        CHECK(p->log_blowup >= 1 && p->last_layer_log <= 8);
        CHECK(p->grind_lookup <= 32 && p->grind_oods <= 32 && p->grind_deep <= 32 && p->grind_commit <= 32 &&
              p->grind_query <= 32);
        CHECK(params_min_log(p) >= 5 && params_min_log(p) + p->log_blowup > p->cap_log);
    }
}

TEST(schedule_folds_everything_in_even_layers)
{
    unsigned longest = 0;
    for (uint32_t id = 1; id <= N_PROFILES; id++) {
        const params *p = params_by_id(id);
        for (unsigned m = p->last_layer_log + p->log_blowup + 1; m <= PARAMS_MAX_LOG; m++) {
            unsigned fold[FRI_MAX_LAYERS], sum = 0;
            const unsigned all = m - p->last_layer_log - p->log_blowup;
            const unsigned n = params_fri_schedule(p, m, fold);
            CHECK(n >= 1 && n <= FRI_MAX_LAYERS);
            CHECK_EQ(n, (all + FRI_MAX_FOLD - 1) / FRI_MAX_FOLD); /* no fewer layers are possible */
            for (unsigned i = 0; i < n; i++) {
                CHECK(fold[i] >= 1 && fold[i] <= FRI_MAX_FOLD);
                CHECK(fold[i] <= fold[0] && fold[i] + 1 >= fold[0]);
                sum += fold[i];
            }
            CHECK_EQ(sum, all);
            if (n > longest) longest = n;
        }
    }
    CHECK(longest <= FRI_MAX_LAYERS);
}
