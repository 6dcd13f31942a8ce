/* codec.c - see codec.h. */
#include "guest/host/codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sp_status codec_fail(codec_err e, sp_status s, const char *format, ...)
{
    if (e.text && e.size) {
        va_list args;
        va_start(args, format);
        vsnprintf(e.text, e.size, format, args);
        va_end(args);
        /* What a payload says must not steer a terminal. */
        for (char *c = e.text; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    }
    return s;
}

static bool grow(codec_buf *b, size_t n)
{
    if (b->failed != SP_OK) return false;
    if (n > SIZE_MAX - b->n || b->n + n > (size_t)1 << 31) {
        b->failed = SP_ERR_LIMIT;
        return false;
    }
    if (b->n + n <= b->cap) return true;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < b->n + n) cap *= 2;
    uint8_t *p = realloc(b->p, cap);
    if (p == NULL) {
        b->failed = SP_ERR_NOMEM;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void codec_put(codec_buf *b, const void *bytes, size_t n)
{
    if (n == 0 || !grow(b, n)) return;
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void codec_put_u8(codec_buf *b, uint8_t v) { codec_put(b, &v, 1); }

void codec_put_u32(codec_buf *b, uint32_t v)
{
    uint8_t p[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    codec_put(b, p, 4);
}

void codec_put_u64(codec_buf *b, uint64_t v)
{
    codec_put_u32(b, (uint32_t)v);
    codec_put_u32(b, (uint32_t)(v >> 32));
}

void codec_pad(codec_buf *b)
{
    while (b->failed == SP_OK && b->n % 4) codec_put_u8(b, 0);
}

void codec_print(codec_buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !grow(b, (size_t)n + 1)) return;
    va_start(args, format);
    vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

void codec_print_u64(codec_buf *b, uint64_t v)
{
    const char *quote = v > INT64_MAX ? "\"" : "";
    codec_print(b, "%s%llu%s", quote, (unsigned long long)v, quote);
}

sp_status codec_finish(codec_buf *b, uint8_t **p, size_t *n, codec_err e)
{
    sp_status s = b->failed;
    if (s == SP_OK && b->n > MACHINE_INPUT_CAP) s = SP_ERR_LIMIT;
    if (s == SP_OK && b->p == NULL) { /* an empty input is a block of its own, too */
        b->p = malloc(1);
        if (b->p == NULL) s = SP_ERR_NOMEM;
    }
    if (s == SP_OK) {
        *p = b->p;
        *n = b->n;
    } else {
        free(b->p);
        s = s == SP_ERR_LIMIT ? codec_fail(e, s, "the encoded input exceeds 64 MiB")
                              : codec_fail(e, s, "not enough memory to encode the payload");
    }
    memset(b, 0, sizeof *b);
    return s;
}

sp_status codec_finish_text(codec_buf *b, char **text, codec_err e)
{
    codec_put_u8(b, 0);
    sp_status s = b->failed;
    if (s == SP_OK) {
        *text = (char *)b->p;
    } else {
        free(b->p);
        s = codec_fail(e, SP_ERR_NOMEM, "not enough memory to print the result");
    }
    memset(b, 0, sizeof *b);
    return s;
}

uint32_t codec_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t codec_u64(const uint8_t *p) { return (uint64_t)codec_u32(p + 4) << 32 | codec_u32(p); }

const char *codec_type(const json_t *v)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number with a fraction or exponent";
    case JSON_TRUE:
    case JSON_FALSE: return "a boolean";
    default: return "null";
    }
}

sp_status codec_parse(json_t **root, const char *json, size_t len, codec_err e)
{
    json_error_t j;
    size_t blank = 0;
    *root = NULL;
    while (blank < len && strchr(" \t\r\n", json[blank]) && json[blank]) blank++;
    if (blank == len) return codec_fail(e, SP_ERR_FORMAT, "the payload is empty");
    *root = json_loadb(json, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &j);
    if (*root == NULL) {
        if (json_error_code(&j) == json_error_out_of_memory)
            return codec_fail(e, SP_ERR_NOMEM, "not enough memory to read the payload");
        return codec_fail(e, SP_ERR_FORMAT, "the payload is not valid JSON: line %d, column %d: %s",
                          j.line, j.column, j.text);
    }
    if (json_is_object(*root)) return SP_OK;
    sp_status s =
        codec_fail(e, SP_ERR_FORMAT, "the payload is %s, but must be an object", codec_type(*root));
    json_decref(*root);
    *root = NULL;
    return s;
}

static const char *in_object(const char *where) { return *where ? " in " : ""; }

sp_status codec_keys(const json_t *object, const char *where, const codec_key *keys, size_t n,
                     codec_err e)
{
    if (!json_is_object(object))
        return codec_fail(e, SP_ERR_FORMAT, "%s is %s, but must be an object", where,
                          codec_type(object));
    /* jansson iterates over a non-const object without changing it. */
    json_t *o = json_incref((json_t *)(uintptr_t)object);
    const char *key;
    json_t *value;
    sp_status s = SP_OK;
    json_object_foreach(o, key, value)
    {
        size_t i = 0;
        while (i < n && strcmp(key, keys[i].name) != 0) i++;
        if (i == n) {
            s = codec_fail(e, SP_ERR_FORMAT, "unknown key \"%.40s\"%s%s", key, in_object(where),
                           where);
            break;
        }
    }
    json_decref(o);
    if (s != SP_OK) return s;
    for (size_t i = 0; i < n; i++)
        if (keys[i].required && json_object_get(object, keys[i].name) == NULL)
            return codec_fail(e, SP_ERR_FORMAT, "missing key \"%s\"%s%s", keys[i].name,
                              in_object(where), where);
    return SP_OK;
}

sp_status codec_algorithm(const json_t *root, const char *name, codec_err e)
{
    const json_t *v = json_object_get(root, "algorithm");
    if (!json_is_string(v))
        return codec_fail(e, SP_ERR_FORMAT, "algorithm is %s, but must be the string \"%s\"",
                          codec_type(v), name);
    if (json_string_length(v) != strlen(name) || strcmp(json_string_value(v), name) != 0)
        return codec_fail(e, SP_ERR_FORMAT, "algorithm is \"%.40s\", but must be \"%s\"",
                          json_string_value(v), name);
    return SP_OK;
}

sp_status codec_int(const json_t *v, const char *where, int64_t min, int64_t max, int64_t *r,
                    codec_err e)
{
    if (!json_is_integer(v))
        return codec_fail(e, SP_ERR_FORMAT, "%s is %s, but must be an integer", where,
                          codec_type(v));
    int64_t x = json_integer_value(v);
    if (x < min || x > max)
        return codec_fail(e, SP_ERR_FORMAT, "%s is %lld, but must be from %lld to %lld", where,
                          (long long)x, (long long)min, (long long)max);
    *r = x;
    return SP_OK;
}

sp_status codec_uint64(const json_t *v, const char *where, uint64_t *r, codec_err e)
{
    if (!json_is_string(v)) {
        int64_t x;
        SP_TRY(codec_int(v, where, 0, INT64_MAX, &x, e));
        *r = (uint64_t)x;
        return SP_OK;
    }
    const char *s = json_string_value(v);
    size_t n = json_string_length(v);
    uint64_t x = 0;
    if (n == 0) return codec_fail(e, SP_ERR_FORMAT, "%s is an empty string", where);
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return codec_fail(e, SP_ERR_FORMAT, "%s has something else than a decimal digit at %zu",
                              where, i);
        unsigned digit = (unsigned)(s[i] - '0');
        if (x > (UINT64_MAX - digit) / 10)
            return codec_fail(e, SP_ERR_FORMAT, "%s does not fit 64 bits", where);
        x = 10 * x + digit;
    }
    *r = x;
    return SP_OK;
}

sp_status codec_array(const json_t *v, const char *where, size_t min, size_t max, size_t *n,
                      codec_err e)
{
    if (!json_is_array(v))
        return codec_fail(e, SP_ERR_FORMAT, "%s is %s, but must be an array", where, codec_type(v));
    size_t k = json_array_size(v);
    if (k < min) {
        if (k == 0) return codec_fail(e, SP_ERR_FORMAT, "%s is empty", where);
        return codec_fail(e, SP_ERR_FORMAT, "%s has %zu elements, but must have at least %zu",
                          where, k, min);
    }
    if (k > max)
        return codec_fail(e, SP_ERR_LIMIT, "%s has %zu elements, but may have at most %zu", where,
                          k, max);
    *n = k;
    return SP_OK;
}

sp_status codec_hex(const json_t *v, const char *where, const char **digits, size_t *n, codec_err e)
{
    if (!json_is_string(v))
        return codec_fail(e, SP_ERR_FORMAT, "%s is %s, but must be a string of hexadecimal digits",
                          where, codec_type(v));
    const char *s = json_string_value(v);
    size_t k = json_string_length(v);
    for (size_t i = 0; i < k; i++)
        if (codec_hex_digit(s[i]) > 15)
            return codec_fail(e, SP_ERR_FORMAT,
                              "%s has something else than a hexadecimal digit at %zu", where, i);
    *digits = s;
    *n = k;
    return SP_OK;
}

unsigned codec_hex_digit(char c)
{
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return 16;
}

codec_place codec_at(const char *where, size_t i)
{
    codec_place p;
    snprintf(p.text, sizeof p.text, "%s[%zu]", where, i);
    return p;
}

codec_place codec_member(const char *where, const char *key)
{
    codec_place p;
    snprintf(p.text, sizeof p.text, "%s.%s", where, key);
    return p;
}

codec_place codec_at2(const char *where, size_t i, size_t j)
{
    codec_place p;
    snprintf(p.text, sizeof p.text, "%s[%zu][%zu]", where, i, j);
    return p;
}

sp_status codec_encode(sp_status (*put)(codec_buf *b, const json_t *root, codec_err e),
                       const char *json, size_t len, uint8_t **input, size_t *input_bytes,
                       codec_err e)
{
    codec_buf b = {0};
    json_t *root;
    *input = NULL;
    *input_bytes = 0;
    SP_TRY(codec_parse(&root, json, len, e));
    sp_status s = put(&b, root, e);
    if (s == SP_OK)
        s = codec_finish(&b, input, input_bytes, e);
    else
        free(b.p);
    json_decref(root);
    return s;
}
