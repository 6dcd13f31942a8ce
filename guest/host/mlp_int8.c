/* mlp_int8.c - codec of the job mlp_int8. */
#include "guest/host/codecs.h"

#include <string.h>

/* guest/jobs/mlp_int8.c */
#define MAX_LAYERS 64
#define MAX_WIDTH 4096
#define MAX_INPUTS 65536

/* n bytes from an array of exactly n integers. */
static sp_status put_bytes(codec_buf *b, const json_t *v, const char *where, size_t n, codec_err e)
{
    size_t k;
    SP_TRY(codec_array(v, where, 1, MAX_WIDTH, &k, e));
    if (k != n)
        return codec_fail(e, SP_ERR_FORMAT, "%s has %zu elements, but must have %zu", where, k, n);
    for (size_t i = 0; i < n; i++) {
        int64_t x;
        SP_TRY(codec_int(json_array_get(v, i), codec_at(where, i).text, INT8_MIN, INT8_MAX, &x, e));
        codec_put_u8(b, (uint8_t)x);
    }
    return SP_OK;
}

static sp_status read_activation(uint32_t *r, const json_t *v, const char *where, codec_err e)
{
    static const char *const names[] = {"none", "relu"};
    for (uint32_t i = 0; i < SP_COUNT(names); i++) {
        if (json_is_string(v) && strcmp(json_string_value(v), names[i]) == 0 &&
            json_string_length(v) == strlen(names[i])) {
            *r = i;
            return SP_OK;
        }
    }
    return codec_fail(e, SP_ERR_FORMAT,
                      "%s.activation must be \"none\" or \"relu\", and is neither", where);
}

/* One layer with *width inputs; *width becomes the number of its outputs. */
static sp_status put_layer(codec_buf *b, const json_t *layer, const char *where, size_t *width,
                           codec_err e)
{
    static const codec_key keys[] = {
        {"weights", true}, {"bias", true}, {"shift", true}, {"activation", true}};
    SP_TRY(codec_keys(layer, where, keys, SP_COUNT(keys), e));
    const json_t *weights = json_object_get(layer, "weights"),
                 *bias = json_object_get(layer, "bias");
    size_t n_in = *width, n_out, n_bias;
    int64_t shift, v;
    uint32_t activation = 0;
    codec_place name = codec_member(where, "weights");
    SP_TRY(codec_array(weights, name.text, 1, MAX_WIDTH, &n_out, e));
    name = codec_member(where, "shift");
    SP_TRY(codec_int(json_object_get(layer, "shift"), name.text, 0, 31, &shift, e));
    SP_TRY(read_activation(&activation, json_object_get(layer, "activation"), where, e));
    codec_put_u32(b, (uint32_t)n_out);
    codec_put_u32(b, (uint32_t)shift);
    codec_put_u32(b, activation);
    name = codec_member(where, "bias");
    SP_TRY(codec_array(bias, name.text, 1, MAX_WIDTH, &n_bias, e));
    if (n_bias != n_out)
        return codec_fail(e, SP_ERR_FORMAT, "%s has %zu elements, but %s.weights has %zu rows",
                          name.text, n_bias, where, n_out);
    /* A product is at most 2^14 in magnitude: no sum leaves 32 bits. */
    int64_t limit = INT32_MAX - (int64_t)n_in * (1 << 14);
    for (size_t i = 0; i < n_out; i++) {
        SP_TRY(
            codec_int(json_array_get(bias, i), codec_at(name.text, i).text, -limit, limit, &v, e));
        codec_put_u32(b, (uint32_t)v);
    }
    name = codec_member(where, "weights");
    for (size_t i = 0; i < n_out; i++)
        SP_TRY(put_bytes(b, json_array_get(weights, i), codec_at(name.text, i).text, n_in, e));
    codec_pad(b);
    *width = n_out;
    return SP_OK;
}

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"layers", true}, {"inputs", true}};
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "mlp_int8", e));
    const json_t *layers = json_object_get(root, "layers"), *in = json_object_get(root, "inputs");
    size_t n_layers, n_inputs, n_in;
    SP_TRY(codec_array(layers, "layers", 1, MAX_LAYERS, &n_layers, e));
    SP_TRY(codec_array(in, "inputs", 1, MAX_INPUTS, &n_inputs, e));
    SP_TRY(codec_array(json_array_get(in, 0), "inputs[0]", 1, MAX_WIDTH, &n_in, e));
    codec_put_u32(b, (uint32_t)n_layers);
    codec_put_u32(b, (uint32_t)n_inputs);
    codec_put_u32(b, (uint32_t)n_in);
    size_t width = n_in;
    for (size_t i = 0; i < n_layers; i++)
        SP_TRY(put_layer(b, json_array_get(layers, i), codec_at("layers", i).text, &width, e));
    if (n_inputs * width > MACHINE_OUTPUT_CAP - 8)
        return codec_fail(e, SP_ERR_LIMIT, "the outputs would exceed 64 MiB");
    for (size_t i = 0; i < n_inputs; i++)
        SP_TRY(put_bytes(b, json_array_get(in, i), codec_at("inputs", i).text, n_in, e));
    codec_pad(b);
    return SP_OK;
}

sp_status mlp_int8_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                          char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status mlp_int8_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                          size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    size_t n = output_bytes >= 8 ? codec_u32(output) : 0;
    size_t width = output_bytes >= 8 ? codec_u32(output + 4) : 0;
    if (n == 0 || n > MAX_INPUTS || width == 0 || width > MAX_WIDTH ||
        output_bytes != 8 + (n * width + 3) / 4 * 4)
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a list of vectors",
                          output_bytes);
    for (size_t i = 8 + n * width; i < output_bytes; i++)
        if (output[i]) return codec_fail(e, SP_ERR_FORMAT, "the padding of the output is not zero");
    codec_print(&b, "{\"outputs\":[");
    for (size_t i = 0; i < n; i++) {
        codec_print(&b, i ? ",[" : "[");
        for (size_t j = 0; j < width; j++)
            codec_print(&b, "%s%d", j ? "," : "", (int8_t)output[8 + i * width + j]);
        codec_print(&b, "]");
    }
    codec_print(&b, "]}");
    return codec_finish_text(&b, json, e);
}
