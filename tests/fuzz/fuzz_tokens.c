/* fuzz_tokens.c - fuzz entry of the short texts that clients send: line k of the input is of kind
 * k: an amount, an id, a cursor, a secret, the headers of a callback apart by tabs, and its older
 * form. What is accepted is written again and must be the same text. */
#include "market/amount.h"
#include "market/uuid.h"
#include "market/webhook.h"
#include "relayer/cursor.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { AMOUNT, UUID, CURSOR, SECRET, HEADERS, OLD_FORM, KINDS };
#define NOW 1700000000u
#define LINE 2048u /* longer lines are cut */

static const uint8_t cursor_secret[CURSOR_SECRET] = "0123456789abcdef0123456789abcde";
static const char secret_text[] = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
static const char body[] = "{}";

static void require(bool ok)
{
    if (!ok) abort();
}

static webhook_secret callback_secret(void)
{
    webhook_secret s;
    require(webhook_secret_read(&s, secret_text, sizeof secret_text - 1) == SP_OK);
    return s;
}

static bool same(const char *written, const char *text, size_t n)
{
    return strlen(written) == n && memcmp(written, text, n) == 0;
}

static bool read_amount(const char *text, size_t n)
{
    u256 a = {0, 0};
    char again[U256_TEXT];
    if (amount_read(&a, text, n) != SP_OK) return false;
    u256_write_text(again, a);
    require(same(again, text, n));
    return true;
}

static bool read_uuid(const char *text, size_t n)
{
    uuid u;
    char again[UUID_TEXT];
    if (uuid_read(&u, text, n) != SP_OK) return false;
    uuid_write(again, u);
    require(same(again, text, n));
    return true;
}

static bool read_cursor(const char *text, size_t n)
{
    cursor c;
    char again[CURSOR_TEXT];
    if (cursor_read(&c, text, n, cursor_secret, "list", 4) != SP_OK) return false;
    require(cursor_write(again, &c, cursor_secret, "list", 4) == SP_OK && same(again, text, n));
    return true;
}

static bool read_secret(const char *text, size_t n)
{
    webhook_secret s;
    char again[WEBHOOK_SECRET_TEXT];
    if (webhook_secret_read(&s, text, n) != SP_OK) return false;
    require(webhook_secret_write(again, &s) == SP_OK && same(again, text, n));
    return true;
}

/* text is zero-terminated and cut at its tabs. */
static bool read_headers(char *text)
{
    const webhook_secret s = callback_secret();
    char *at[3] = {text, NULL, NULL};
    for (unsigned i = 1; i < 3 && at[i - 1]; i++) {
        at[i] = strchr(at[i - 1], '\t');
        if (at[i]) *at[i]++ = 0;
    }
    const webhook_headers h = {at[0], at[1], at[2]};
    return webhook_verify(&h, body, sizeof body - 1, &s, 1, NOW) == SP_OK;
}

static bool read_old_form(const char *text)
{
    const webhook_secret s = callback_secret();
    return webhook_verify_old(text, body, sizeof body - 1, &s, 1, NOW) == SP_OK;
}

static bool read_line(size_t kind, const uint8_t *data, size_t n)
{
    /* A block of exactly this size, so that a sanitizer sees reads beyond it. */
    char *text = malloc(n + 1);
    bool good = false;
    require(text != NULL);
    if (n) memcpy(text, data, n);
    if (kind < HEADERS) text = realloc(text, n ? n : 1);
    require(text != NULL);
    if (kind >= HEADERS) text[n] = 0;
    if (kind == AMOUNT) good = read_amount(text, n);
    if (kind == UUID) good = read_uuid(text, n);
    if (kind == CURSOR) good = read_cursor(text, n);
    if (kind == SECRET) good = read_secret(text, n);
    if (kind == HEADERS) good = read_headers(text);
    if (kind == OLD_FORM) good = read_old_form(text);
    free(text);
    return good;
}

/* Returns how many lines were accepted. */
static size_t lines(const uint8_t *data, size_t size)
{
    size_t good = 0, k = 0;
    for (size_t at = 0, next; at < size; at = next + 1, k++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        next = end ? (size_t)(end - data) : size;
        const size_t n = next - at < LINE ? next - at : LINE;
        good += read_line(k % KINDS, data + at, n);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lines(data, size);
    return 0;
}

size_t fuzz_seed(uint8_t *data, size_t cap)
{
    const webhook_secret s = callback_secret();
    const webhook_message m = {"msg_1", NOW, body, sizeof body - 1};
    cursor c;
    char place[CURSOR_TEXT], signature[WEBHOOK_SIGNATURE], old[WEBHOOK_OLD_FORM];
    memset(&c, 0, sizeof c);
    c.sort = 77;
    c.id_bytes = 16;
    require(cursor_write(place, &c, cursor_secret, "list", 4) == SP_OK);
    require(webhook_sign(signature, &m, &s, 1) == SP_OK &&
            webhook_sign_old(old, &m, &s, 1) == SP_OK);
    char text[1024];
    const char *const parts[] = {
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "\n",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "\n",
        place,
        "\n",
        secret_text,
        "\n",
        "msg_1\t1700000000\t",
        signature,
        "\n",
        old,
        "\n"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const size_t len = strlen(parts[i]);
        require(n + len <= sizeof text);
        memcpy(text + n, parts[i], len);
        n += len;
    }
    if (n > cap) return 0;
    memcpy(data, text, n);
    return n;
}

bool fuzz_seed_is_good(const uint8_t *data, size_t size) { return lines(data, size) == KINDS; }
