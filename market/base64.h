/* base64.h - bytes as text (RFC 4648): the usual alphabet with padding, and the one for URLs
 * without. Reading takes the one canonical text alone: no white space, no missing or superfluous
 * padding, unused bits zero. Not constant time. */
#ifndef MARKET_BASE64_H
#define MARKET_BASE64_H

#include "core/sp.h"

/* Characters of n bytes, with the zero byte. */
#define BASE64_TEXT(n) (((n) + 2) / 3 * 4 + 1)
#define BASE64URL_TEXT(n) ((n) / 3 * 4 + ((n) % 3 ? (n) % 3 + 1 : 0) + 1)

/* out has room for the text of n bytes and a zero byte; returns the length without it. */
size_t base64_write(char *out, const uint8_t *bytes, size_t n);
size_t base64url_write(char *out, const uint8_t *bytes, size_t n);

/* *n on entry: room in out; on exit: how many bytes. SP_ERR_FORMAT: not canonical. SP_ERR_LIMIT:
 * more than room. On failure *n is untouched and out may have been written to. */
SP_MUST_USE sp_status base64_read(uint8_t *out, size_t *n, const char *text, size_t len);
SP_MUST_USE sp_status base64url_read(uint8_t *out, size_t *n, const char *text, size_t len);

#endif
