/* prime.c - codec of the job prime. */
#include "guest/host/codecs.h"

#include <inttypes.h>
#include <string.h>

#define LAST_PRIME UINT64_C(0xffffffffffffffc5) /* the largest below 2^64 */

static const char *const operations[] = {"is_prime", "next_prime"};

static sp_status put_payload(codec_buf *b, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"operation", true}, {"n", true}};
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "prime", e));
    const json_t *v = json_object_get(root, "operation");
    uint32_t operation = 0;
    while (operation < SP_COUNT(operations) &&
           !(json_is_string(v) && strcmp(json_string_value(v), operations[operation]) == 0 &&
             json_string_length(v) == strlen(operations[operation])))
        operation++;
    if (operation == SP_COUNT(operations))
        return codec_fail(e, SP_ERR_FORMAT,
                          "operation must be \"is_prime\" or \"next_prime\", and is neither");
    uint64_t n;
    SP_TRY(codec_uint64(json_object_get(root, "n"), "n", &n, e));
    if (operation == 1 && n >= LAST_PRIME)
        return codec_fail(e, SP_ERR_LIMIT, "n is %" PRIu64 ": the next prime does not fit 64 bits",
                          n);
    codec_put_u32(b, operation);
    codec_put_u64(b, n);
    return SP_OK;
}

sp_status prime_encode(const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                       char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status prime_decode(const uint8_t *output, size_t output_bytes, char **json, char *err,
                       size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    if (output_bytes != 20 || codec_u32(output) > 1 ||
        (codec_u32(output) == 0 && codec_u64(output + 12) > 1))
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a result of prime",
                          output_bytes);
    uint32_t operation = codec_u32(output);
    codec_print(&b, "{\"operation\":\"%s\",\"n\":", operations[operation]);
    codec_print_u64(&b, codec_u64(output + 4));
    codec_print(&b, ",\"result\":");
    if (operation == 0)
        codec_print(&b, codec_u64(output + 12) ? "true" : "false");
    else
        codec_print_u64(&b, codec_u64(output + 12));
    codec_print(&b, "}");
    return codec_finish_text(&b, json, e);
}
