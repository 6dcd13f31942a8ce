/* mixed.c - codec of the job mixed. */
#include "guest/host/codecs.h"

#include <inttypes.h>

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"rounds", true}};
    int64_t rounds;
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "mixed", e));
    SP_TRY(codec_int(json_object_get(root, "rounds"), "rounds", 0, UINT32_MAX, &rounds, e));
    codec_put_u32(b, (uint32_t)rounds);
    return SP_OK;
}

sp_status mixed_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                       char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status mixed_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                       size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    if (output_bytes != 32)
        return codec_fail(e, SP_ERR_FORMAT, "the output has %zu bytes instead of 32", output_bytes);
    codec_print(&b, "{\"checksum\":\"");
    for (size_t i = 0; i < 32; i += 4) codec_print(&b, "%08" PRIx32, codec_u32(output + i));
    codec_print(&b, "\"}");
    return codec_finish_text(&b, json, e);
}
