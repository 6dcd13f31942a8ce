/* synthetic.c - well-formed proofs with random content. */
#include "tests/unit/synthetic.h"

#include "air/air_id.h"
#include "core/bytes.h"
#include "tests/test.h"

void synthetic_logs(uint8_t log_size[AIR_N_SLOTS], unsigned log)
{
    memset(log_size, 0, AIR_N_SLOTS);
    for (unsigned id = 0; id < AIR_N_COMPONENTS; id++)
        log_size[air_component_slot((enum air_component_id)id)] =
            (uint8_t)(id == AIR_TABLES ? AIR_TABLES_LOG : log);
}

typedef struct {
    uint8_t *p;
    bool extreme;
} filler;

static sp_status fill(void *user, enum proof_field f, enum proof_kind kind, unsigned i, unsigned j,
                      size_t count)
{
    filler *w = user;
    const size_t n = proof_kind_bytes(kind, count);
    const bool element = kind == KIND_M31 || kind == KIND_QM31;
    (void)f, (void)i, (void)j;
    for (size_t k = 0; k < n; k += 4) {
        uint32_t v = w->extreme ? UINT32_MAX : test_rand();
        if (element) v = w->extreme ? M31_P - 1 : v % M31_P;
        bytes_put_le32(w->p + k, v);
    }
    if (kind == KIND_HASH31) w->p[31] = 0;
    if (kind == KIND_BYTES) memset(w->p + count, 0, n - count);
    w->p += n;
    return SP_OK;
}

uint8_t *synthetic_proof(size_t *n, const params *p, const uint8_t log_size[AIR_N_SLOTS],
                         enum machine_io_mode mode, uint32_t input_bytes, uint32_t output_bytes,
                         bool extreme)
{
    static proof_shape s;
    const char *why = NULL;
    if (shape_init(&s, p, log_size, &why) != SP_OK) return NULL;
    *n = proof_bytes(&s, (uint32_t)mode, input_bytes, output_bytes);
    uint8_t *b = malloc(*n);
    filler w = {b, extreme};
    if (!b || proof_walk(&s, (uint32_t)mode, input_bytes, output_bytes, fill, &w) != SP_OK) abort();
    bytes_put_le32(b, PROOF_MAGIC);
    bytes_put_le32(b + 4, SP_VERSION);
    bytes_put_le32(b + 8, (uint32_t)p->id);
    bytes_put_le32(b + 12, (uint32_t)*n);
    for (unsigned k = 0; k < 7; k++) bytes_put_le32(b + 16 + 4 * k, AIR_ID[k]);
    uint8_t *numbers = b + 4 * (4 + 7 + 7 + 7 + 8);
    bytes_put_le32(numbers + 12, (uint32_t)mode);
    bytes_put_le32(numbers + 16, input_bytes);
    bytes_put_le32(numbers + 20, output_bytes);
    uint8_t *logs = numbers + 4 * (6 + 8 + 8);
    memset(logs, 0, 4 * PROOF_LOG_WORDS);
    memcpy(logs, log_size, AIR_N_SLOTS);
    return b;
}
