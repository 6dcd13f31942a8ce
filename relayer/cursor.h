/* cursor.h - where a list goes on: the sort key and the id of the last row that was sent, as a text
 * that a client can only give back.
 *
 * base64url of: the length of the id, the sort key (8 bytes, big endian), the id, and the first 8
 * bytes of HMAC-SHA256(secret, "sprove cursor" + SHA-256(context) + all that). The context is the
 * list that it belongs to: path, filters, order, and whose list it is. A cursor is no secret and
 * gives no right; the code keeps clients from making places up and from going on in another list.
 */
#ifndef RELAYER_CURSOR_H
#define RELAYER_CURSOR_H

#include "market/base64.h"

#define CURSOR_ID 66 /* bytes at most: the text of a node's id; a task's has 36 */
#define CURSOR_CODE 8
#define CURSOR_TEXT BASE64URL_TEXT(1 + 8 + CURSOR_ID + CURSOR_CODE)
#define CURSOR_SECRET 32

typedef struct {
    uint64_t sort;
    uint8_t id[CURSOR_ID];
    size_t id_bytes; /* 1 to CURSOR_ID */
} cursor;

/* SP_ERR_ARG: no length of an id. SP_ERR_NOMEM. */
SP_MUST_USE sp_status cursor_write(char out[CURSOR_TEXT], const cursor *c,
                                   const uint8_t secret[CURSOR_SECRET], const void *context,
                                   size_t context_bytes);
/* SP_ERR_FORMAT: not a cursor's text. SP_ERR_REJECT: not one of this list, or not of ours. *out is
 * untouched on failure; bytes of id after id_bytes are zero. */
SP_MUST_USE sp_status cursor_read(cursor *out, const char *text, size_t len,
                                  const uint8_t secret[CURSOR_SECRET], const void *context,
                                  size_t context_bytes);

#endif
