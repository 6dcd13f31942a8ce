/* sort.c - codec of the job sort. */
#include "guest/host/codecs.h"

#include <inttypes.h>

#define MAX_VALUES ((MACHINE_INPUT_CAP - 4) / 8)

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"values", true}};
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "sort", e));
    const json_t *values = json_object_get(root, "values");
    size_t n;
    SP_TRY(codec_array(values, "values", 0, MAX_VALUES, &n, e));
    bool wide = false;
    for (size_t i = 0; i < n; i++) {
        int64_t v;
        SP_TRY(codec_int(json_array_get(values, i), codec_at("values", i).text, INT64_MIN,
                         INT64_MAX, &v, e));
        wide = wide || v < INT32_MIN || v > INT32_MAX;
    }
    codec_put_u32(b, wide ? 8 : 4);
    for (size_t i = 0; i < n; i++) {
        int64_t v = json_integer_value(json_array_get(values, i));
        if (wide)
            codec_put_u64(b, (uint64_t)v);
        else
            codec_put_u32(b, (uint32_t)v);
    }
    return SP_OK;
}

sp_status sort_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes, char *err,
                      size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status sort_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                      size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    uint32_t width = output_bytes >= 4 ? codec_u32(output) : 0;
    if ((width != 4 && width != 8) || (output_bytes - 4) % width != 0)
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a list of integers",
                          output_bytes);
    codec_print(&b, "{\"values\":[");
    for (size_t i = 4; i < output_bytes; i += width)
        codec_print(&b, "%s%" PRId64, i > 4 ? "," : "",
                    width == 8 ? (int64_t)codec_u64(output + i)
                               : (int64_t)(int32_t)codec_u32(output + i));
    codec_print(&b, "]}");
    return codec_finish_text(&b, json, e);
}
