/* hash.c - codec of the job hash. */
#include "guest/host/codecs.h"

#include <inttypes.h>
#include <string.h>

static const char *const names[] = {NULL, "sha256", "blake2s"};

static sp_status read_algorithm(uint32_t *r, const json_t *v, codec_err e)
{
    const char *s = json_is_string(v) ? json_string_value(v) : "";
    for (uint32_t i = 1; i < SP_COUNT(names); i++) {
        if (strcmp(s, names[i]) == 0 && json_string_length(v) == strlen(s)) {
            *r = i;
            return SP_OK;
        }
    }
    return codec_fail(e, SP_ERR_FORMAT,
                      "algorithm must be \"sha256\" or \"blake2s\", and is neither");
}

static sp_status put_hex(codec_buf *b, const json_t *v, codec_err e)
{
    const char *digits;
    size_t n;
    SP_TRY(codec_hex(v, "hex", &digits, &n, e));
    if (n % 2)
        return codec_fail(e, SP_ERR_FORMAT,
                          "hex has %zu digits, which is not a whole number of bytes", n);
    for (size_t i = 0; i < n; i += 2)
        codec_put_u8(b,
                     (uint8_t)(codec_hex_digit(digits[i]) << 4 | codec_hex_digit(digits[i + 1])));
    return SP_OK;
}

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {
        {"algorithm", true}, {"hex", false}, {"text", false}, {"iterations", false}};
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    uint32_t algorithm = 0;
    int64_t iterations = 1;
    SP_TRY(read_algorithm(&algorithm, json_object_get(root, "algorithm"), e));
    const json_t *v = json_object_get(root, "iterations");
    if (v) SP_TRY(codec_int(v, "iterations", 1, UINT32_MAX, &iterations, e));
    codec_put_u32(b, algorithm);
    codec_put_u32(b, (uint32_t)iterations);
    const json_t *hex = json_object_get(root, "hex"), *text = json_object_get(root, "text");
    if (hex && text)
        return codec_fail(e, SP_ERR_FORMAT, "both of the keys \"hex\" and \"text\" are given");
    if (hex) return put_hex(b, hex, e);
    if (text == NULL) return codec_fail(e, SP_ERR_FORMAT, "missing key \"hex\" or \"text\"");
    if (!json_is_string(text))
        return codec_fail(e, SP_ERR_FORMAT, "text is %s, but must be a string", codec_type(text));
    codec_put(b, json_string_value(text), json_string_length(text));
    return SP_OK;
}

sp_status hash_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes, char *err,
                      size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status hash_encode_raw(const uint8_t *bytes, size_t n, uint8_t **input, size_t *input_bytes,
                          char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *input = NULL;
    *input_bytes = 0;
    codec_put_u32(&b, 1);
    codec_put_u32(&b, 1);
    codec_put(&b, bytes, n);
    return codec_finish(&b, input, input_bytes, e);
}

sp_status hash_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                      size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    uint32_t algorithm = output_bytes == 36 ? codec_u32(output) : 0;
    if (algorithm < 1 || algorithm >= SP_COUNT(names))
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a digest",
                          output_bytes);
    codec_print(&b, "{\"algorithm\":\"%s\",\"digest\":\"", names[algorithm]);
    for (size_t i = 4; i < 36; i++) codec_print(&b, "%02x", output[i]);
    codec_print(&b, "\"}");
    return codec_finish_text(&b, json, e);
}
