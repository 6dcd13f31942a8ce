/* accept.c - see accept.h. */
#include "relayer/accept.h"

#include <string.h>
#include <strings.h>

/* How exactly a range of n characters names the type: 3 type/subtype, 2 type and *, 1 both *; 0:
 * not; -1: it is no range. */
static int names(const char *range, size_t n, const char *type)
{
    const char *slash = memchr(range, '/', n);
    if (slash == NULL) return -1;
    const size_t major = (size_t)(slash - range), minor = n - major - 1;
    if (n == 3 && memcmp(range, "*/*", 3) == 0) return 1;
    if (strcspn(type, "/") != major || strncasecmp(range, type, major) != 0) return 0;
    if (minor == 1 && slash[1] == '*') return 2;
    return strlen(type) == n && strncasecmp(range, type, n) == 0 ? 3 : 0;
}

/* "q=0", "q=0.", "q=0.000" among the parameters in [at, end). */
static bool is_zero(const char *at, const char *end)
{
    for (; at < end; at++) {
        at += strspn(at, " \t;");
        if (end - at >= 3 && (at[0] == 'q' || at[0] == 'Q') && at[1] == '=' && at[2] == '0') {
            for (at += 3; at < end && (*at == '0' || *at == '.'); at++) {}
            return at == end || *at == ' ' || *at == '\t' || *at == ';';
        }
        while (at < end && *at != ';') at++;
    }
    return false;
}

bool accept_allows(const char *header, const char *type)
{
    int best = 0;
    bool allowed = false;
    if (header == NULL || header[strspn(header, " \t,")] == 0) return true;
    while (*header != 0) {
        header += strspn(header, " \t,");
        const char *end = header + strcspn(header, ",");
        const size_t n = strcspn(header, " \t;,");
        if (n == 0) break;
        const int found = names(header, n, type);
        if (found < 0) return true;
        const bool zero = is_zero(header + n, end);
        if (found > best || (found == best && found > 0 && !zero)) {
            best = found;
            allowed = !zero;
        }
        header = end;
    }
    return allowed;
}
