/* quote.c - see quote.h. */
#include "relayer/quote.h"

#include "market/amount.h"
#include "relayer/bytes.h"
#include "relayer/check.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define CODE 16
#define SIGNED (QUOTE_BYTES - CODE)

static const char purpose[] = "sprove quote";

static sp_status code_of(uint8_t out[CODE], const uint8_t bytes[SIGNED],
                         const uint8_t secret[CURSOR_SECRET])
{
    uint8_t message[sizeof purpose + SIGNED], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    memcpy(message, purpose, sizeof purpose);
    memcpy(message + sizeof purpose, bytes, SIGNED);
    if (!HMAC(EVP_sha256(), secret, CURSOR_SECRET, message, sizeof message, mac, &n) || n < CODE)
        return SP_ERR_NOMEM;
    memcpy(out, mac, CODE);
    return SP_OK;
}

/* Big-endian, 32 bytes. */
static void put_amount(uint8_t out[32], u256 v)
{
    for (unsigned i = 0; i < 16; i++) {
        out[i] = (uint8_t)(v.high >> (120 - 8 * i));
        out[16 + i] = (uint8_t)(v.low >> (120 - 8 * i));
    }
}

static u256 get_amount(const uint8_t in[32])
{
    u256 v = {0, 0};
    for (unsigned i = 0; i < 16; i++) {
        v.high = v.high << 8 | in[i];
        v.low = v.low << 8 | in[16 + i];
    }
    return v;
}

static sp_status job_of(uint8_t out[32], const task_new *t)
{
    char text[sizeof t->program_id + sizeof t->input_sha256 + sizeof t->profile +
              sizeof t->io_mode + 4];
    const int n = snprintf(text, sizeof text, "%s %s %s %s", t->program_id, t->input_sha256,
                           t->profile, t->io_mode);
    return SHA256((const uint8_t *)text, (size_t)n, out) != NULL ? SP_OK : SP_ERR_NOMEM;
}

sp_status quote_write(char out[QUOTE_TEXT], const task_new *t, u256 total, int64_t ends_ms,
                      const uint8_t secret[CURSOR_SECRET])
{
    uint8_t bytes[QUOTE_BYTES];
    bytes_put(bytes, (uint64_t)ends_ms, 8);
    put_amount(bytes + 8, total);
    SP_TRY(job_of(bytes + 40, t));
    bytes_put(bytes + 72, (uint64_t)t->work_cycles, 8);
    bytes_put(bytes + 80, (uint64_t)t->work_rows, 8);
    SP_TRY(code_of(bytes + SIGNED, bytes, secret));
    out[0] = 'q';
    out[1] = '_';
    base64url_write(out + 2, bytes, sizeof bytes);
    return SP_OK;
}

static bool refuse(task_refusal *why, const char *code, const char *detail)
{
    memset(why, 0, sizeof *why);
    why->status = 422;
    why->code = code;
    (void)snprintf(why->detail, sizeof why->detail, "%s", detail);
    why->errors = check_one("/quote_id", code, detail);
    return false;
}

bool quote_take(task_new *t, int64_t now_ms, const uint8_t secret[CURSOR_SECRET], task_refusal *why)
{
    uint8_t bytes[QUOTE_BYTES], code[CODE], of[32];
    size_t n = sizeof bytes;
    u256 amount;
    const char *text = t->quote_id;
    if (text[0] == 0) return true;
    if (strncmp(text, "q_", 2) != 0 ||
        base64url_read(bytes, &n, text + 2, strlen(text + 2)) != SP_OK || n != sizeof bytes ||
        code_of(code, bytes, secret) != SP_OK || CRYPTO_memcmp(code, bytes + SIGNED, CODE) != 0)
        return refuse(why, "quote_unknown", "quote_id is none that this relayer gave");
    if ((uint64_t)now_ms >= bytes_take(bytes, 8))
        return refuse(why, "quote_expired", "quote_id has expired: ask for another estimate");
    if (job_of(of, t) != SP_OK || memcmp(of, bytes + 40, 32) != 0)
        return refuse(why, "quote_mismatch",
                      "quote_id is for another program, input, profile or io");
    t->work_cycles = (int64_t)bytes_take(bytes + 72, 8);
    t->work_rows = (int64_t)bytes_take(bytes + 80, 8);
    const u256 total = get_amount(bytes + 8);
    if (t->amount[0] == 0) u256_write_text(t->amount, total);
    if (amount_read(&amount, t->amount, strlen(t->amount)) != SP_OK ||
        amount_cmp(amount, total) < 0)
        return refuse(why, "price_too_low", "token_amount is less than the quote's total");
    return true;
}
