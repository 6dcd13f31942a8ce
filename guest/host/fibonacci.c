/* fibonacci.c - codec of the job fibonacci. */
#include "guest/host/codecs.h"

#include <inttypes.h>

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"n", true}, {"modulus", false}};
    uint64_t n;
    int64_t m = INT64_C(1) << 32;
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "fibonacci", e));
    SP_TRY(codec_uint64(json_object_get(root, "n"), "n", &n, e));
    const json_t *modulus = json_object_get(root, "modulus");
    if (modulus) SP_TRY(codec_int(modulus, "modulus", 1, INT64_C(1) << 32, &m, e));
    codec_put_u64(b, n);
    codec_put_u32(b, (uint32_t)m); /* 2^32 is 0 */
    return SP_OK;
}

sp_status fibonacci_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                           char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status fibonacci_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                           size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    if (output_bytes != 4)
        return codec_fail(e, SP_ERR_FORMAT, "the output has %zu bytes instead of 4", output_bytes);
    codec_print(&b, "{\"value\":%" PRIu32 "}", codec_u32(output));
    return codec_finish_text(&b, json, e);
}
