/* check.c - see check.h. */
#include "relayer/check.h"

#include "market/amount.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_JSON_INT ((INT64_C(1) << 53) - 1)

void check_init(check *c)
{
    c->errors = json_array();
    c->code = "validation_failed";
}

void check_free(check *c)
{
    json_decref(c->errors);
    c->errors = NULL;
}

bool check_ok(const check *c) { return c->errors != NULL && json_array_size(c->errors) == 0; }

json_t *check_cut(const char *s)
{
    size_t n = strlen(s);
    json_t *j = json_stringn(s, n);
    for (unsigned k = 0; j == NULL && k < 3 && n > 0; k++) j = json_stringn(s, --n);
    return j != NULL ? j : json_string("");
}

void check_error(check *c, const char *pointer, const char *code, const char *format, ...)
{
    char detail[256];
    va_list ap;
    if (json_array_size(c->errors) >= CHECK_MAX_ERRORS) return;
    va_start(ap, format);
    (void)vsnprintf(detail, sizeof detail, format, ap);
    va_end(ap);
    if (json_array_append_new(c->errors, json_pack("{s:o, s:s, s:o}", "pointer", check_cut(pointer),
                                                   "code", code, "detail", check_cut(detail))) == 0)
        return;
    /* No memory for what is wrong: without a list check_ok is false all the same. */
    json_decref(c->errors);
    c->errors = NULL;
}

json_t *check_one(const char *pointer, const char *code, const char *detail)
{
    return json_pack("[{s:s, s:s, s:o}]", "pointer", pointer, "code", code, "detail",
                     check_cut(detail));
}

static void pointer_of(char out[CHECK_POINTER], const char *at, const char *name)
{
    (void)snprintf(out, CHECK_POINTER, "%s/%s", at, name);
}

static void wrong(check *c, const char *at, const char *name, const char *code, const char *what)
{
    char pointer[CHECK_POINTER];
    pointer_of(pointer, at, name);
    check_error(c, pointer, code, "%s %s", pointer + 1, what);
}

/* A name as a part of a pointer: RFC 6901 writes ~ as ~0 and / as ~1. */
static void escaped(char *out, size_t room, const char *name)
{
    size_t n = 0;
    for (; *name != 0 && n + 3 <= room; name++) {
        if (*name == '~' || *name == '/') out[n++] = '~';
        out[n++] = *name == '~' ? '0' : *name == '/' ? '1' : *name;
    }
    out[n] = 0;
}

void check_known(check *c, const json_t *object, const char *at, const char *const *names)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const char *const *n = names;
        while (*n != NULL && strcmp(*n, name) != 0) n++;
        if (*n != NULL) continue;
        if (check_ok(c)) c->code = "unknown_field";
        char pointer[CHECK_POINTER], part[65];
        escaped(part, sizeof part, name);
        pointer_of(pointer, at, part);
        check_error(c, pointer, "unknown_field", "there is no field %.64s here", name);
    }
}

/* NULL when it is absent, which is an error when it is required. */
static const json_t *member(check *c, const json_t *object, const char *at, const char *name,
                            bool required)
{
    const json_t *v = json_object_get(object, name);
    if (v == NULL && required) wrong(c, at, name, "missing", "is required");
    return v;
}

const char *check_text(check *c, const json_t *object, const char *at, const char *name, size_t max,
                       bool required)
{
    const json_t *v = member(c, object, at, name, required);
    if (v == NULL) return NULL;
    const char *s = json_string_value(v);
    if (s == NULL) {
        wrong(c, at, name, "wrong_type", "must be a string");
        return NULL;
    }
    if (json_string_length(v) > max) {
        wrong(c, at, name, "too_long", "is too long");
        return NULL;
    }
    for (const char *p = s; *p != 0; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            wrong(c, at, name, "control_character", "must not contain control characters");
            return NULL;
        }
    return s;
}

static bool read_int(int64_t *out, const json_t *v)
{
    if (json_is_integer(v)) {
        *out = json_integer_value(v);
        return true;
    }
    const char *s = json_string_value(v);
    u256 a;
    if (s == NULL || amount_read(&a, s, json_string_length(v)) != SP_OK || a.high != 0 ||
        a.low > INT64_MAX)
        return false;
    *out = (int64_t)a.low;
    return true;
}

int64_t check_int(check *c, const json_t *object, const char *at, const char *name, int64_t low,
                  int64_t high, int64_t absent)
{
    const json_t *v = member(c, object, at, name, false);
    int64_t i;
    if (v == NULL) return absent;
    if (!read_int(&i, v)) {
        wrong(c, at, name, "wrong_type", "must be a whole number");
        return absent;
    }
    if (i < low || i > high) {
        char what[64];
        (void)snprintf(what, sizeof what, "must be %" PRId64 "..%" PRId64, low, high);
        wrong(c, at, name, "out_of_range", what);
        return absent;
    }
    return i;
}

bool check_bool(check *c, const json_t *object, const char *at, const char *name, bool absent)
{
    const json_t *v = member(c, object, at, name, false);
    if (v == NULL) return absent;
    if (!json_is_boolean(v)) wrong(c, at, name, "wrong_type", "must be true or false");
    return json_is_true(v);
}

static bool read_u256(check *c, u256 *out, const json_t *object, const char *at, const char *name,
                      bool required, const char *what)
{
    const json_t *v = member(c, object, at, name, required);
    *out = (u256){0, 0};
    if (v == NULL) return false;
    if (json_is_integer(v)) {
        const json_int_t i = json_integer_value(v);
        if (i >= 0 && i <= INT64_MAX) {
            *out = amount_from_u64((uint64_t)i);
            return true;
        }
    } else if (json_is_string(v) &&
               amount_read(out, json_string_value(v), json_string_length(v)) == SP_OK) {
        return true;
    }
    wrong(c, at, name, "not_an_amount", what);
    return false;
}

bool check_amount(check *c, u256 *out, const json_t *object, const char *at, const char *name,
                  bool required)
{
    return read_u256(c, out, object, at, name, required,
                     "must be a whole number of FRI, 0 to 2^256-1, as decimal text");
}

bool check_u256(check *c, u256 *out, const json_t *object, const char *at, const char *name,
                bool required)
{
    return read_u256(c, out, object, at, name, required,
                     "must be a whole number, 0 to 2^256-1, as decimal text");
}

int64_t check_time(check *c, const json_t *object, const char *at, const char *name)
{
    const char *s = check_text(c, object, at, name, 40, false);
    int64_t ms;
    if (s == NULL) return 0;
    if (time_read(&ms, s)) return ms;
    wrong(c, at, name, "not_a_time", "must be a time as 2026-11-21T12:00:00.000Z");
    return 0;
}

const json_t *check_object(check *c, const json_t *object, const char *at, const char *name,
                           bool required)
{
    const json_t *v = member(c, object, at, name, required);
    if (v == NULL || json_is_object(v)) return v;
    wrong(c, at, name, "wrong_type", "must be an object");
    return NULL;
}

const char *check_hex(check *c, const json_t *object, const char *at, const char *name, size_t n,
                      bool required)
{
    const char *s = check_text(c, object, at, name, 128, required);
    if (s == NULL) return NULL;
    if (strlen(s) == n && strspn(s, "0123456789abcdef") == n) return s;
    char what[64];
    (void)snprintf(what, sizeof what, "must be %zu lower-case hex digits", n);
    wrong(c, at, name, "not_hex", what);
    return NULL;
}

bool check_felt(check *c, char out[FELT_HEX], const json_t *object, const char *at,
                const char *name, bool required)
{
    const char *s = check_text(c, object, at, name, 66, required);
    felt f;
    out[0] = 0;
    if (s == NULL) return false;
    if (felt_read_hex(&f, s, strlen(s)) == SP_OK) {
        felt_write_hex(out, f);
        return true;
    }
    wrong(c, at, name, "not_a_felt", "must be 0x and hex digits, below the field's prime");
    return false;
}

void time_write(char out[CHECK_TIME], int64_t ms)
{
    const time_t s = (time_t)(ms / 1000);
    struct tm t;
    (void)gmtime_r(&s, &t);
    const size_t n = strftime(out, CHECK_TIME, "%Y-%m-%dT%H:%M:%S", &t);
    (void)snprintf(out + n, CHECK_TIME - n, ".%03dZ", (int)(ms % 1000));
}

/* Days since 1970 of a date of the Gregorian calendar (years 1970 to 9999). */
static int64_t days_of(int year, int month, int day)
{
    /* From March, so that the leap day is a year's last: 153 days are five months of 31, 30, 31,
     * 30, 31. */
    const int64_t y = month > 2 ? year : year - 1;
    const int64_t m = month > 2 ? month - 3 : month + 9;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

bool time_read(int64_t *ms, const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    int field[7] = {0};
    size_t n = 0, at = 0;
    for (; form[at] != 0; at++) {
        if (form[at] == 'd') {
            if (text[at] < '0' || text[at] > '9') return false;
            field[n] = 10 * field[n] + (text[at] - '0');
        } else {
            if (text[at] != form[at]) return false;
            n++;
        }
    }
    if (text[at] == '.') {
        int scale = 100;
        at++;
        if (text[at] < '0' || text[at] > '9') return false;
        for (; text[at] >= '0' && text[at] <= '9'; at++, scale /= 10)
            field[6] += scale * (text[at] - '0');
    }
    if (strcmp(text + at, "Z") != 0) return false;
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = field[0], month = field[1], day = field[2];
    if (year < 1970 || month < 1 || month > 12 || day < 1 || field[3] > 23 || field[4] > 59 ||
        field[5] > 59)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > month_days[month - 1] + (month == 2 && leap)) return false;
    *ms = ((days_of(year, month, day) * 24 + field[3]) * 60 + field[4]) * 60000 +
          (int64_t)field[5] * 1000 + field[6];
    return true;
}
