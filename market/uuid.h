/* uuid.h - identifiers of version 7 (RFC 9562): 48 bits of time, then random bits; they sort by the
 * time they were made, and those of one source also in the order they were made.
 *
 * Text is the canonical form alone: 36 characters, lower-case digits, hyphens after 8, 12, 16 and
 * 20. Every id of this project is made here, so that anything else is refused where it is read. */
#ifndef MARKET_UUID_H
#define MARKET_UUID_H

#include "core/sp.h"

#define UUID_BYTES 16
#define UUID_RANDOM 10
#define UUID_TEXT 37 /* with the zero byte */

typedef struct {
    uint8_t b[UUID_BYTES];
} uuid;

/* What the next id must be greater than. Starts as zeros; one per thread, or under a lock. */
typedef struct {
    uint64_t ms;        /* time in the id made last */
    uint64_t high, low; /* its random bits: 12 and 62 */
} uuid_source;

/* Greater than every id made before with this source. ms: milliseconds since 1970. Where the clock
 * stands still or goes back, the time of the last id is kept and its random bits grow by a random
 * step of 1 to 2^32. random must not be predictable where ids are not to be guessed; they are not
 * secrets. SP_ERR_ARG, nothing changed: a time of 2^48 - 1 ms or more. */
SP_MUST_USE sp_status uuid_next(uuid_source *s, uuid *out, uint64_t ms,
                                const uint8_t random[UUID_RANDOM]);

uint64_t uuid_ms(uuid a);
/* Below, at or above 0 as memcmp: the order of the texts, too. */
int uuid_cmp(uuid a, uuid b);

/* As two numbers, the first 8 bytes and the last 8, big endian; and back: SP_ERR_FORMAT and *out
 * untouched when that is not an id of version 7. */
void uuid_halves(uint64_t *high, uint64_t *low, uuid a);
SP_MUST_USE sp_status uuid_from_halves(uuid *out, uint64_t high, uint64_t low);

void uuid_write(char out[UUID_TEXT], uuid a);
/* len characters, no zero byte needed. SP_ERR_FORMAT and *out untouched: not the canonical text of
 * an id of version 7. */
SP_MUST_USE sp_status uuid_read(uuid *out, const char *text, size_t len);

#endif
