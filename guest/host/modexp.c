/* modexp.c - codec of the job modexp. */
#include "guest/host/codecs.h"

#define MAX_WORDS 128 /* guest/jobs/modexp.c */

typedef struct {
    size_t n; /* words, the highest of them not 0 */
    uint32_t w[MAX_WORDS];
} number;

static sp_status read_number(number *x, const json_t *root, const char *name, codec_err e)
{
    const char *digits;
    size_t n;
    SP_TRY(codec_hex(json_object_get(root, name), name, &digits, &n, e));
    if (n == 0) return codec_fail(e, SP_ERR_FORMAT, "%s is an empty string", name);
    while (n > 0 && *digits == '0') {
        digits++;
        n--;
    }
    if (n > 8 * MAX_WORDS)
        return codec_fail(e, SP_ERR_LIMIT, "%s has more than %d bits", name, 32 * MAX_WORDS);
    x->n = (n + 7) / 8;
    for (size_t i = 0; i < x->n; i++) x->w[i] = 0;
    for (size_t i = 0; i < n; i++)
        x->w[i / 8] |= (uint32_t)codec_hex_digit(digits[n - 1 - i]) << 4 * (i % 8);
    return SP_OK;
}

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {
        {"algorithm", true}, {"base", true}, {"exponent", true}, {"modulus", true}};
    number x[3];
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "modexp", e));
    for (size_t i = 0; i < 3; i++) SP_TRY(read_number(&x[i], root, keys[1 + i].name, e));
    if (x[2].n == 0) return codec_fail(e, SP_ERR_FORMAT, "modulus is zero");
    for (size_t i = 0; i < 3; i++) codec_put_u32(b, (uint32_t)x[i].n);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < x[i].n; j++) codec_put_u32(b, x[i].w[j]);
    return SP_OK;
}

sp_status modexp_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                        char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status modexp_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                        size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    size_t n = output_bytes >= 4 ? codec_u32(output) : MAX_WORDS + 1;
    if (n > MAX_WORDS || output_bytes != 4 + 4 * n || (n && codec_u32(output + 4 * n) == 0))
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a number",
                          output_bytes);
    codec_print(&b, "{\"result\":\"");
    if (n == 0) codec_print(&b, "0");
    for (size_t i = n; i > 0; i--)
        codec_print(&b, i == n ? "%x" : "%08x", codec_u32(output + 4 * i));
    codec_print(&b, "\"}");
    return codec_finish_text(&b, json, e);
}
