/* felttext.c - see felttext.h. */
#include "cli/felttext.h"

#include <ctype.h>
#include <string.h>

bool felttext_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/* One word at p, at most 64 digits; the text after it, or NULL. */
static const char *read_word(felt252 *f, const char *p)
{
    memset(f, 0, sizeof *f);
    if (p[0] != '0' || p[1] != 'x') return NULL;
    unsigned digits = 0;
    for (p += 2; isxdigit((unsigned char)*p); p++, digits++) {
        const char c = *p;
        const uint32_t d = (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        for (unsigned i = 7; i > 0; i--) f->w[i] = f->w[i] << 4 | f->w[i - 1] >> 28;
        f->w[0] = f->w[0] << 4 | d;
    }
    return digits >= 1 && digits <= 64 ? p : NULL;
}

size_t felttext_read(felt252 *out, size_t room, const char *text, size_t *bad)
{
    const char *p = text;
    size_t n = 0;
    while (felttext_space(*p)) p++;
    const bool array = *p == '[';
    if (array) p++;
    for (bool first = true;; first = false) {
        while (felttext_space(*p)) p++;
        if (array && *p == ']') {
            p++;
            while (felttext_space(*p)) p++;
            break;
        }
        if (!array && *p == 0) break;
        if (array && !first) {
            if (*p != ',') goto wrong;
            p++;
            while (felttext_space(*p)) p++;
        }
        const bool quoted = array && *p == '"';
        if (quoted) p++;
        const char *next = n < room ? read_word(&out[n], p) : NULL;
        if (!next) goto wrong;
        n++;
        p = next;
        if (quoted && *p != '"') goto wrong;
        if (quoted) p++;
        if (!array && *p && !felttext_space(*p)) goto wrong;
    }
    if (*p == 0 && n) return n;
wrong:
    *bad = (size_t)(p - text);
    return 0;
}
