/* calldata.c - bounded writing and reading of serialized Cairo values. */
#include "starknet/calldata.h"

#include "starknet/tx.h"

#include <string.h>

#define WORD_BYTES 31 /* of a ByteArray */

/* *a = *a*factor + digit; false and a spoiled when that is 2^256 or more. factor, digit <= 16. */
static bool mul_add(u256 *a, unsigned factor, unsigned digit)
{
    uint64_t v[4] = {(uint64_t)a->low, (uint64_t)(a->low >> 64), (uint64_t)a->high,
                     (uint64_t)(a->high >> 64)};
    u128 c = digit;
    for (unsigned i = 0; i < 4; i++) {
        c += (u128)v[i] * factor;
        v[i] = (uint64_t)c;
        c >>= 64;
    }
    a->low = (u128)v[1] << 64 | v[0];
    a->high = (u128)v[3] << 64 | v[2];
    return c == 0;
}

sp_status u256_read_text(u256 *out, const char *text)
{
    u256 a = {0, 0};
    unsigned base = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (!*text) return SP_ERR_FORMAT;
    for (; *text; text++) {
        unsigned d = 99;
        if (*text >= '0' && *text <= '9')
            d = (unsigned)(*text - '0');
        else if (*text >= 'a' && *text <= 'f')
            d = (unsigned)(*text - 'a' + 10);
        else if (*text >= 'A' && *text <= 'F')
            d = (unsigned)(*text - 'A' + 10);
        if (d >= base || !mul_add(&a, base, d)) return SP_ERR_FORMAT;
    }
    *out = a;
    return SP_OK;
}

void u256_write_text(char out[U256_TEXT], u256 a)
{
    char digits[U256_TEXT];
    unsigned n = 0;
    uint64_t v[4] = {(uint64_t)a.low, (uint64_t)(a.low >> 64), (uint64_t)a.high,
                     (uint64_t)(a.high >> 64)};
    do {
        u128 rest = 0;
        for (unsigned i = 4; i-- > 0;) {
            rest = rest << 64 | v[i]; /* rest < 10 before */
            v[i] = (uint64_t)(rest / 10);
            rest %= 10;
        }
        digits[n++] = (char)('0' + (int)rest);
    } while (v[0] | v[1] | v[2] | v[3]);
    for (unsigned i = 0; i < n; i++) out[i] = digits[n - 1 - i];
    out[n] = 0;
}

void calldata_init(calldata_writer *c, felt *v, size_t room)
{
    memset(c, 0, sizeof *c);
    c->v = v;
    c->room = room < TX_MAX_CALLDATA ? room : TX_MAX_CALLDATA;
}

sp_status calldata_status(const calldata_writer *c)
{
    if (c->failed != SP_OK) return c->failed;
    return c->call_len ? SP_ERR_ARG : SP_OK;
}

felt_span calldata_span(const calldata_writer *c)
{
    const felt_span s = {c->v, c->n};
    return s;
}

/* Room for n more; otherwise the writer has failed. */
static bool fits(calldata_writer *c, size_t n)
{
    if (c->failed != SP_OK) return false;
    if (n > c->room - c->n) c->failed = SP_ERR_LIMIT;
    return c->failed == SP_OK;
}

void calldata_felts(calldata_writer *c, felt_span list)
{
    if (!fits(c, list.n)) return;
    if (list.n) memcpy(c->v + c->n, list.v, list.n * sizeof *list.v);
    c->n += list.n;
}

void calldata_felt(calldata_writer *c, felt a)
{
    const felt_span one = {&a, 1};
    calldata_felts(c, one);
}

void calldata_u64(calldata_writer *c, uint64_t a) { calldata_felt(c, felt_from_u64(a)); }

void calldata_u128(calldata_writer *c, u128 a) { calldata_felt(c, felt_from_u128(a)); }

void calldata_u256(calldata_writer *c, u256 a)
{
    const felt v[2] = {felt_from_u128(a.low), felt_from_u128(a.high)};
    const felt_span two = {v, 2};
    calldata_felts(c, two);
}

void calldata_list(calldata_writer *c, felt_span list)
{
    if (list.n >= TX_MAX_CALLDATA || !fits(c, list.n + 1)) {
        if (c->failed == SP_OK) c->failed = SP_ERR_LIMIT;
        return;
    }
    calldata_u64(c, list.n);
    calldata_felts(c, list);
}

/* At most 31 bytes, big endian. */
static felt word_felt(const uint8_t *p, size_t n)
{
    uint64_t v[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < n; i++) v[(n - 1 - i) / 8] |= (uint64_t)p[i] << 8 * ((n - 1 - i) % 8);
    return felt_reduce(v);
}

void calldata_bytes(calldata_writer *c, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    size_t n_words = bytes / WORD_BYTES, rest = bytes % WORD_BYTES;
    if (!fits(c, n_words + 3)) return;
    calldata_u64(c, n_words);
    for (size_t i = 0; i < n_words; i++)
        calldata_felt(c, word_felt(p + i * WORD_BYTES, WORD_BYTES));
    calldata_felt(c, word_felt(rest ? p + n_words * WORD_BYTES : p, rest));
    calldata_u64(c, rest);
}

void calldata_calls(calldata_writer *c, size_t n_calls)
{
    if (c->failed == SP_OK && c->n) c->failed = SP_ERR_ARG;
    calldata_u64(c, n_calls);
}

void calldata_call_open(calldata_writer *c, felt to, felt selector)
{
    if (c->failed == SP_OK && (c->call_len || !c->n)) c->failed = SP_ERR_ARG;
    if (!fits(c, 3)) return;
    calldata_felt(c, to);
    calldata_felt(c, selector);
    c->call_len = c->n;
    calldata_u64(c, 0);
}

void calldata_call_close(calldata_writer *c)
{
    if (c->failed != SP_OK) return;
    if (!c->call_len) {
        c->failed = SP_ERR_ARG;
        return;
    }
    c->v[c->call_len] = felt_from_u64(c->n - c->call_len - 1);
    c->call_len = 0;
}

sp_status calldata_read_felt(calldata_reader *r, felt *out)
{
    if (r->at >= r->list.n) return SP_ERR_FORMAT;
    *out = r->list.v[r->at++];
    return SP_OK;
}

sp_status calldata_read_u64(calldata_reader *r, uint64_t *out)
{
    felt a;
    SP_TRY(calldata_read_felt(r, &a));
    return felt_to_u64(out, a);
}

sp_status calldata_read_u128(calldata_reader *r, u128 *out)
{
    felt a;
    SP_TRY(calldata_read_felt(r, &a));
    return felt_to_u128(out, a);
}

sp_status calldata_read_u256(calldata_reader *r, u256 *out)
{
    u256 a;
    SP_TRY(calldata_read_u128(r, &a.low));
    SP_TRY(calldata_read_u128(r, &a.high));
    *out = a;
    return SP_OK;
}

sp_status calldata_read_bool(calldata_reader *r, bool *out)
{
    uint64_t v;
    SP_TRY(calldata_read_u64(r, &v));
    if (v > 1) return SP_ERR_FORMAT;
    *out = v == 1;
    return SP_OK;
}

sp_status calldata_read_list(calldata_reader *r, felt_span *out)
{
    uint64_t n;
    SP_TRY(calldata_read_u64(r, &n));
    if (n > r->list.n - r->at) return SP_ERR_FORMAT;
    out->v = r->list.v + r->at;
    out->n = (size_t)n;
    r->at += (size_t)n;
    return SP_OK;
}

/* The low n <= 31 bytes of a felt that has no others. */
static sp_status word_bytes(uint8_t *out, size_t n, felt a)
{
    uint8_t be[32];
    felt_write(be, a);
    for (size_t i = 0; i < 32 - n; i++)
        if (be[i]) return SP_ERR_FORMAT;
    if (n) memcpy(out, be + 32 - n, n);
    return SP_OK;
}

sp_status calldata_read_bytes(calldata_reader *r, uint8_t *out, size_t *bytes)
{
    felt_span words;
    felt last;
    uint64_t rest;
    SP_TRY(calldata_read_list(r, &words));
    SP_TRY(calldata_read_felt(r, &last));
    SP_TRY(calldata_read_u64(r, &rest));
    if (rest >= WORD_BYTES) return SP_ERR_FORMAT;
    size_t total = words.n * WORD_BYTES + (size_t)rest; /* words.n counts felts in memory */
    if (total > *bytes) return SP_ERR_LIMIT;
    for (size_t i = 0; i < words.n; i++)
        SP_TRY(word_bytes(out + i * WORD_BYTES, WORD_BYTES, words.v[i]));
    SP_TRY(word_bytes(out + words.n * WORD_BYTES, (size_t)rest, last));
    *bytes = total;
    return SP_OK;
}

sp_status calldata_read_end(const calldata_reader *r)
{
    return r->at == r->list.n ? SP_OK : SP_ERR_FORMAT;
}
