/* params.c - the table of parameter sets. See docs/protocol.md 8 and SOUNDNESS.md. */
#include "core/params.h"

#include <string.h>

static const params table[] = {
    {"fast", PROFILE_FAST, true, 1, 70, 0, 0, 0, 0, 26, 6, 6, 2, 24},
    {"balanced", PROFILE_BALANCED, true, 1, 115, 0, 0, 12, 2, 26, 7, 6, 2, 24},
    {"proven", PROFILE_PROVEN, true, 1, 193, 12, 4, 12, 0, 20, 8, 6, 2, 24},
    {"chain", PROFILE_CHAIN, true, 4, 20, 24, 0, 10, 4, 24, 5, 6, 1, 20},
    {"bench", PROFILE_BENCH, false, 1, 3, 0, 0, 0, 0, 10, 2, 6, 2, 24},
};

const params *params_by_id(uint32_t id)
{
    for (size_t i = 0; i < SP_COUNT(table); i++)
        if ((uint32_t)table[i].id == id) return &table[i];
    return NULL;
}

const params *params_by_name(const char *name)
{
    for (size_t i = 0; i < SP_COUNT(table); i++)
        if (strcmp(table[i].name, name) == 0) return &table[i];
    return NULL;
}

unsigned params_min_log(const params *p)
{
    unsigned above_cap = p->cap_log + 1 > p->log_blowup ? p->cap_log + 1 - p->log_blowup : 0;
    return above_cap > 5 ? above_cap : 5;
}

unsigned params_fri_schedule(const params *p, unsigned m, unsigned fold[FRI_MAX_LAYERS])
{
    SP_ASSERT(m > p->last_layer_log + p->log_blowup);
    unsigned folds = m - p->last_layer_log - p->log_blowup;
    unsigned layers = (folds + FRI_MAX_FOLD - 1) / FRI_MAX_FOLD;
    SP_ASSERT(layers <= FRI_MAX_LAYERS);
    for (unsigned i = 0; i < layers; i++) {
        fold[i] = (folds + (layers - i) - 1) / (layers - i);
        folds -= fold[i];
    }
    return layers;
}
