/* matrix_multiplication.c - codec of the job matrix_multiplication. */
#include "guest/host/codecs.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAX_SIDE 4096 /* guest/jobs/matrix_multiplication.c */

typedef struct {
    size_t rows, columns;
    int32_t *v;
} matrix;

static sp_status read_matrix(matrix *x, const json_t *v, const char *name, codec_err e)
{
    SP_TRY(codec_array(v, name, 1, MAX_SIDE, &x->rows, e));
    SP_TRY(codec_array(json_array_get(v, 0), codec_at(name, 0).text, 1, MAX_SIDE, &x->columns, e));
    for (size_t i = 1; i < x->rows; i++) {
        size_t n;
        SP_TRY(codec_array(json_array_get(v, i), codec_at(name, i).text, 1, MAX_SIDE, &n, e));
        if (n != x->columns)
            return codec_fail(
                e, SP_ERR_FORMAT,
                "%s[%zu] has %zu elements, but %s[0] has %zu: rows must be equally long", name, i,
                n, name, x->columns);
    }
    x->v = malloc(x->rows * x->columns * sizeof *x->v);
    if (x->v == NULL) return codec_fail(e, SP_ERR_NOMEM, "not enough memory for %s", name);
    for (size_t i = 0; i < x->rows; i++) {
        const json_t *row = json_array_get(v, i);
        for (size_t j = 0; j < x->columns; j++) {
            int64_t r;
            SP_TRY(codec_int(json_array_get(row, j), codec_at2(name, i, j).text, INT32_MIN,
                             INT32_MAX, &r, e));
            x->v[i * x->columns + j] = (int32_t)r;
        }
    }
    return SP_OK;
}

static uint64_t largest(const matrix *x)
{
    int64_t max = 0;
    for (size_t i = 0; i < x->rows * x->columns; i++) {
        int64_t v = x->v[i] < 0 ? -(int64_t)x->v[i] : x->v[i];
        if (v > max) max = v;
    }
    return (uint64_t)max;
}

/* Every entry of a b fits an int64. */
static sp_status check_range(const matrix *a, const matrix *b, codec_err e)
{
    uint64_t product = largest(a) * largest(b); /* <= 2^62 */
    if (product == 0 || a->columns <= INT64_MAX / product) return SP_OK;
    for (size_t i = 0; i < a->rows; i++) {
        for (size_t j = 0; j < b->columns; j++) {
            /* high 2^32 + low, with |high| < 2^12 2^30 and low < 2^12 2^32 before the carry */
            int64_t high = 0, low = 0;
            for (size_t c = 0; c < a->columns; c++) {
                int64_t p = (int64_t)a->v[i * a->columns + c] * b->v[c * b->columns + j];
                low += (int64_t)((uint64_t)p & UINT32_MAX);
                high += (p - (int64_t)((uint64_t)p & UINT32_MAX)) / (INT64_C(1) << 32);
            }
            high += low >> 32;
            if (high < INT32_MIN || high > INT32_MAX)
                return codec_fail(e, SP_ERR_LIMIT,
                                  "entry [%zu][%zu] of the product does not fit 64 bits", i, j);
        }
    }
    return SP_OK;
}

static sp_status put_product(codec_buf *out, matrix *a, matrix *b, const json_t *root, codec_err e)
{
    SP_TRY(read_matrix(a, json_object_get(root, "matrix_a"), "matrix_a", e));
    SP_TRY(read_matrix(b, json_object_get(root, "matrix_b"), "matrix_b", e));
    if (a->columns != b->rows)
        return codec_fail(e, SP_ERR_FORMAT,
                          "matrix_a is %zu x %zu and matrix_b is %zu x %zu: matrix_a must have as "
                          "many columns as matrix_b has rows",
                          a->rows, a->columns, b->rows, b->columns);
    if (a->rows * b->columns > (MACHINE_OUTPUT_CAP - 8) / 8)
        return codec_fail(e, SP_ERR_LIMIT, "the product has %zu entries, but may have at most %u",
                          a->rows * b->columns, (MACHINE_OUTPUT_CAP - 8) / 8);
    SP_TRY(check_range(a, b, e));
    codec_put_u32(out, (uint32_t)a->rows);
    codec_put_u32(out, (uint32_t)a->columns);
    codec_put_u32(out, (uint32_t)b->columns);
    for (size_t i = 0; i < a->rows * a->columns; i++) codec_put_u32(out, (uint32_t)a->v[i]);
    for (size_t i = 0; i < b->rows * b->columns; i++) codec_put_u32(out, (uint32_t)b->v[i]);
    return SP_OK;
}

static sp_status put_payload(codec_buf *out, const json_t *root, codec_err e)
{
    static const codec_key keys[] = {{"algorithm", true}, {"matrix_a", true}, {"matrix_b", true}};
    SP_TRY(codec_keys(root, "", keys, SP_COUNT(keys), e));
    SP_TRY(codec_algorithm(root, "matrix_multiplication", e));
    matrix a = {0}, b = {0};
    sp_status s = put_product(out, &a, &b, root, e);
    free(a.v);
    free(b.v);
    return s;
}

sp_status matrix_multiplication_encode(const char *json, size_t len, uint8_t **input,
                                       size_t *input_bytes, char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    return codec_encode(put_payload, json, len, input, input_bytes, e);
}

sp_status matrix_multiplication_decode(const uint8_t *output, size_t output_bytes, char **json,
                                       char *err, size_t err_size)
{
    codec_err e = {err, err_size};
    codec_buf b = {0};
    *json = NULL;
    uint64_t n = output_bytes >= 8 ? codec_u32(output) : 0;
    uint64_t m = output_bytes >= 8 ? codec_u32(output + 4) : 0;
    if (n == 0 || m == 0 || n > MAX_SIDE || m > MAX_SIDE || output_bytes != 8 + 8 * n * m)
        return codec_fail(e, SP_ERR_FORMAT, "the output of %zu bytes is not a matrix",
                          output_bytes);
    codec_print(&b, "{\"result\":[");
    for (size_t i = 0; i < n; i++) {
        codec_print(&b, i ? ",[" : "[");
        for (size_t j = 0; j < m; j++)
            codec_print(&b, "%s%" PRId64, j ? "," : "",
                        (int64_t)codec_u64(output + 8 + 8 * (i * m + j)));
        codec_print(&b, "]");
    }
    codec_print(&b, "]}");
    return codec_finish_text(&b, json, e);
}
