/* guard.c - see guard.h. */
#include "relayer/guard.h"

#include <string.h>
#include <strings.h>

bool guard_parse_length(uint64_t *n, const char *text)
{
    uint64_t v = 0;
    *n = 0;
    if (text[0] == 0) return false;
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9') return false;
        const uint64_t digit = (uint64_t)(*text - '0');
        if (v > ((uint64_t)INT64_MAX - digit) / 10) return false;
        v = 10 * v + digit;
    }
    *n = v;
    return true;
}

/* RFC 3629: the shortest form, no surrogates, at most U+10FFFF. */
bool guard_is_text(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s != 0) {
        const unsigned char c = *s++;
        if (c < 0x20 || c == 0x7f) return false;
        if (c < 0x80) continue;
        if (c < 0xc2 || c > 0xf4) return false;
        const unsigned more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        const unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        const unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        if (*s < low || *s > high) return false;
        s++;
        for (unsigned i = 1; i < more; i++, s++)
            if (*s < 0x80 || *s > 0xbf) return false;
    }
    return true;
}

bool guard_is_request_id(const char *s)
{
    const size_t n = strlen(s);
    return n >= 1 && n < HTTP_ID &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static bool may_have_body(http_method m)
{
    return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH;
}

guard_verdict guard_check(const guard_head *h, uint64_t *body_bytes)
{
    *body_bytes = 0;
    if (h->http_1_1 && !h->has_host)
        return (guard_verdict){400, "missing_host", "HTTP/1.1 requires a Host header"};
    if (h->transfer_encoding != NULL)
        return (guard_verdict){411, "length_required",
                               "Transfer-Encoding is not accepted: send a Content-Length"};
    if (h->content_length != NULL && !guard_parse_length(body_bytes, h->content_length))
        return (guard_verdict){400, "bad_content_length",
                               "Content-Length is not one decimal number"};
    if (!may_have_body(h->method) && *body_bytes != 0)
        return (guard_verdict){400, "bad_content_length", "this method takes no body"};
    if (may_have_body(h->method) && h->content_length == NULL)
        return (guard_verdict){411, "length_required", "a Content-Length is required"};
    if (*body_bytes > h->max_body)
        return (guard_verdict){413, "body_too_large", "the body is longer than is accepted here"};
    if (h->http_1_1 && h->expect != NULL && strcasecmp(h->expect, "100-continue") != 0)
        return (guard_verdict){417, "validation_failed", "only Expect: 100-continue is known"};
    return (guard_verdict){0, NULL, NULL};
}

bool guard_json_depth(const char *text, size_t n)
{
    size_t depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < n; i++) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '[' || c == '{') {
            if (++depth > GUARD_JSON_DEPTH) return false;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

/* Whether the list, separated by commas, contains the word. */
static bool lists(const char *list, const char *word)
{
    const size_t n = strlen(word);
    while (*list != 0) {
        list += strspn(list, " \t,");
        const size_t len = strcspn(list, " \t,");
        if (len == n && strncmp(list, word, n) == 0) return true;
        list += len;
    }
    return false;
}

bool guard_check_upgrade(const char *upgrade, const char *path, const char *version,
                         const char *protocols)
{
    if (upgrade == NULL || strcasecmp(upgrade, "websocket") != 0) return false;
    if (version == NULL || strcmp(version, "13") != 0) return false;
    if (strncmp(path, GUARD_WS_PATH, strlen(GUARD_WS_PATH)) != 0) return false;
    const char *id = path + strlen(GUARD_WS_PATH);
    const size_t n = strlen(id);
    if (n < 1 || n > GUARD_NODE_ID ||
        strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != n)
        return false;
    return protocols == NULL || lists(protocols, GUARD_WS_PROTOCOL);
}
