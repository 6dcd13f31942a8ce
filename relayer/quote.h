/* quote.h - what an estimate promises for ten minutes, as a text that a client can only give back.
 *
 * q_ and base64url of: when it ends (ms, 8 bytes), the total (32 bytes), the SHA-256 of what it is
 * for - program id, input, profile, kind of io -, the cycles and the rows that it is for (8 bytes
 * each), and 16 bytes of HMAC-SHA256 over all that.
 * Nothing is stored, since anybody may ask for an estimate. */
#ifndef RELAYER_QUOTE_H
#define RELAYER_QUOTE_H

#include "relayer/cursor.h"
#include "relayer/task.h"
#include "starknet/calldata.h"

#define QUOTE_MS INT64_C(600000)
#define QUOTE_BYTES (8 + 32 + 32 + 8 + 8 + 16)
#define QUOTE_TEXT (2 + BASE64URL_TEXT(QUOTE_BYTES))

/* t: with its program and input, and its work: work_rows 0 where it was not run. SP_ERR_NOMEM. */
SP_MUST_USE sp_status quote_write(char out[QUOTE_TEXT], const task_new *t, u256 total,
                                  int64_t ends_ms, const uint8_t secret[CURSOR_SECRET]);
/* What t->quote_id promises, where there is one. t->amount becomes the total when it is "", the
 * work of t that of the estimate. False: why. */
SP_MUST_USE bool quote_take(task_new *t, int64_t now_ms, const uint8_t secret[CURSOR_SECRET],
                            task_refusal *why);

#endif
