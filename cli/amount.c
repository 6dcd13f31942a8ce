/* amount.c - see amount.h. */
#include "cli/amount.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR UINT64_C(31536000) /* 365 days: the contract's longest */
#define DECIMALS 18             /* of STRK */

static bool ends_in(const char *text, size_t *n, const char *end)
{
    const size_t k = strlen(end);
    if (*n <= k || strcmp(text + *n - k, end)) return false;
    *n -= k;
    return true;
}

/* digits[.digits] times 10^18 as decimal digits. */
static bool scaled(char out[128], const char *text, size_t n)
{
    const size_t whole = strspn(text, "0123456789");
    size_t part = 0;
    if (whole < n && text[whole] == '.') {
        part = strspn(text + whole + 1, "0123456789");
        if (!part || whole + 1 + part != n) return false;
    } else if (whole != n) {
        return false;
    }
    if (!whole || part > DECIMALS || whole + DECIMALS > 100) return false;
    memcpy(out, text, whole);
    memset(out + whole, '0', DECIMALS);
    if (part) memcpy(out + whole, text + whole + 1, part);
    out[whole + DECIMALS] = 0;
    return true;
}

int amount_read(const char *what, const char *text, bool strk, u256 *out)
{
    char digits[128];
    size_t n = strlen(text);
    if (ends_in(text, &n, "strk") || ends_in(text, &n, "STRK")) {
        if (!strk)
            return cli_fail(EXIT_USAGE,
                            "%s %s: the token is not known to be STRK; give the number "
                            "in its smallest unit",
                            what, text);
        if (!scaled(digits, text, n) || u256_read_text(out, digits) != SP_OK)
            return cli_fail(EXIT_USAGE,
                            "%s %s: must be a number with up to 18 decimals, below 2^256 FRI", what,
                            text);
        return 0;
    }
    (void)(ends_in(text, &n, "fri") || ends_in(text, &n, "FRI"));
    if (n < sizeof digits) {
        memcpy(digits, text, n);
        digits[n] = 0;
        if (u256_read_text(out, digits) == SP_OK) return 0;
    }
    return cli_fail(EXIT_USAGE,
                    "%s %s: must be a whole number of the smallest unit below 2^256, or as 1.5strk",
                    what, text);
}

void amount_write(char out[AMOUNT_TEXT], u256 a)
{
    char digits[U256_TEXT];
    u256_write_text(digits, a);
    const size_t n = strlen(digits);
    size_t zeros = 0; /* at the end */
    while (zeros < n && digits[n - 1 - zeros] == '0') zeros++;
    if (n <= 9 || zeros < 6) {
        snprintf(out, AMOUNT_TEXT, "%s FRI", digits);
        return;
    }
    char full[U256_TEXT + DECIMALS + 1];
    snprintf(full, sizeof full, "%s%s", n <= DECIMALS ? &"0000000000000000000"[n] : "", digits);
    const size_t len = strlen(full), whole = len - DECIMALS;
    size_t part = DECIMALS;
    while (part && full[whole + part - 1] == '0') part--;
    snprintf(out, AMOUNT_TEXT, "%.*s%s%.*s STRK", (int)whole, full, part ? "." : "", (int)part,
             full + whole);
}

static bool number(uint64_t *out, const char **at, unsigned max_digits)
{
    uint64_t v = 0;
    unsigned n = 0;
    for (; **at >= '0' && **at <= '9' && n < max_digits; ++*at, n++)
        v = 10 * v + (uint64_t)(**at - '0');
    *out = v;
    return n > 0;
}

/* Seconds, or a number and s, m, h or d. */
static bool read_duration(uint64_t *out, const char *text)
{
    uint64_t v, unit = 1;
    if (!number(&v, &text, 9)) return false;
    if (*text == 'm') unit = 60;
    if (*text == 'h') unit = 3600;
    if (*text == 'd') unit = 86400;
    if (*text && strchr("smhd", *text)) text++;
    *out = v * unit; /* < 10^9 * 86400 */
    return *text == 0;
}

/* Days from 1970-01-01 to a date, by the Gregorian rule: years are counted from March, so that the
 * leap day is the last of its year. */
static int64_t days_to(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    const int64_t months = (m + 9) % 12; /* March is 0 */
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + d - 719469;
}

bool amount_date(uint64_t *out, const char *t)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t y, mo, d, h, mi, s = 0;
    if (strlen(t) < 17 || !number(&y, &t, 4) || *t++ != '-' || !number(&mo, &t, 2) || *t++ != '-' ||
        !number(&d, &t, 2) || *t++ != 'T' || !number(&h, &t, 2) || *t++ != ':' ||
        !number(&mi, &t, 2))
        return false;
    if (*t == ':' && (t++, !number(&s, &t, 2))) return false;
    if (*t++ != 'Z' || *t || y < 1970 || mo < 1 || mo > 12 || h > 23 || mi > 59 || s > 59)
        return false;
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (d < 1 || d > days[mo - 1] + (uint64_t)(leap && mo == 2)) return false;
    *out = (uint64_t)days_to((int64_t)y, (int64_t)mo, (int64_t)d) * 86400 + h * 3600 + mi * 60 + s;
    return true;
}

int amount_deadline(const cli_args *a, uint64_t standard, uint64_t least, uint64_t *out)
{
    const char *for_how_long = a->value[OPT_DURATION], *when = a->value[OPT_DEADLINE], *t = when;
    const uint64_t now = (uint64_t)time(NULL);
    uint64_t v = standard;
    if (for_how_long && when)
        return cli_fail(EXIT_USAGE, "--duration and --deadline exclude each other");
    if (for_how_long && !read_duration(&v, for_how_long))
        return cli_fail(EXIT_USAGE, "--duration %s: must be seconds, or as 90m, 12h, 7d",
                        for_how_long);
    if (when && !amount_date(&v, when) && !(number(&v, &t, 11) && *t == 0))
        return cli_fail(EXIT_USAGE,
                        "--deadline %s: must be seconds since 1970, or as 2030-01-31T12:00Z", when);
    if (when && v <= now) return cli_fail(EXIT_USAGE, "--deadline %s: is in the past", when);
    if (when) v -= now;
    if (v < least || v > YEAR)
        return cli_fail(EXIT_USAGE, "--%s %s: must be %" PRIu64 " seconds to 365 days from now",
                        when ? "deadline" : "duration", when ? when : for_how_long, least);
    *out = now + v;
    return 0;
}
