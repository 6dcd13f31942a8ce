/* client_text.c - what a relayer says, read strictly and made safe to print. */
#include "market/client_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void client_text(char *out, size_t room, const json_t *j, const char *name)
{
    const char *text = json_string_value(json_object_get(j, name));
    size_t n = 0;
    for (; text && *text && n + 1 < room; text++)
        out[n++] = *text >= 32 && *text < 127 ? *text : '?';
    out[n] = 0;
}

bool client_number(uint64_t *out, const json_t *j, const char *name)
{
    const json_t *v = json_object_get(j, name);
    const char *text = json_string_value(v);
    uint64_t n = 0;
    if (json_is_integer(v) && json_integer_value(v) >= 0) {
        *out = (uint64_t)json_integer_value(v);
        return true;
    }
    if (!text || !*text || strlen(text) > 19) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        n = 10 * n + (uint64_t)(*text - '0'); /* < 10^19 */
    }
    *out = n;
    return true;
}

/* Two digits in [low, high], or -1. */
static int two(const char *p, int low, int high)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return -1;
    const int v = 10 * (p[0] - '0') + (p[1] - '0');
    return v >= low && v <= high ? v : -1;
}

uint64_t client_time(const char *text)
{
    static const char form[] = "0000-00-00T00:00:00";
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const size_t n = sizeof form - 1;
    if (strlen(text) <= n) return 0;
    for (size_t i = 0; i < n; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return 0;
    const char *rest = text + n;
    if (*rest == '.') rest += 1 + strspn(rest + 1, "0123456789");
    if (strcmp(rest, "Z") != 0) return 0;
    const int century = two(text, 19, 99), of = two(text + 2, 0, 99), month = two(text + 5, 1, 12),
              day = two(text + 8, 1, 31), hour = two(text + 11, 0, 23),
              minute = two(text + 14, 0, 59), second = two(text + 17, 0, 60);
    if (century < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return 0;
    const int year = 100 * century + of;
    if (year < 1970) return 0;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    /* Leap years before this one, since 1970; 477 are before 1970 in the same count. */
    const int y = year - 1, leaps = y / 4 - y / 100 + y / 400 - 477;
    const int64_t days = (int64_t)365 * (year - 1970) + leaps + before[month - 1] +
                         (leap && month > 2 ? 1 : 0) + day - 1;
    return (uint64_t)(((days * 24 + hour) * 60 + minute) * 60 + second);
}

sp_status client_say(sp_status s, char *why, const char *format, ...)
{
    if (why) {
        va_list more;
        va_start(more, format);
        (void)vsnprintf(why, SP_CLIENT_WHY, format, more);
        va_end(more);
    }
    return s;
}
