/* upload.h - blobs that arrive in parts: what came so far stands in a file of its own for each
 * uploader, until the last part makes it a blob. From any thread. */
#ifndef RELAYER_UPLOAD_H
#define RELAYER_UPLOAD_H

#include "core/sp.h"

#define UPLOAD_OWNER 65
#define UPLOAD_KEPT_MS (INT64_C(24) * 3600000) /* after its last part */

/* "bytes A-B/TOTAL" with A <= B < TOTAL. */
typedef struct {
    uint64_t first, last, total;
} upload_part;
SP_MUST_USE bool upload_part_read(upload_part *out, const char *text);

/* The digest of "sha-256=:BASE64:", the one entry of a Content-Digest that is known here (RFC
 * 9530); false: there is none, or it is malformed. */
SP_MUST_USE bool upload_digest_read(uint8_t out[32], const char *text);
#define UPLOAD_DIGEST 64
void upload_digest_write(char out[UPLOAD_DIGEST], const uint8_t hash[32]);

/* dir: the folder of uploads, made when it is not there. owner: 1 to 64 characters of [0-9a-z.-].
 * The bytes that are there; 0 when there are none. */
uint64_t upload_offset(const char *dir, const char *owner, const char *name);
/* Appends a part, from memory (fd < 0) or a file; on the disk when it returns. *offset: what is
 * there then, where that is known. SP_ERR_ARG: the part does not begin there, or has not as many
 * bytes as it says. SP_ERR_REJECT: another part of this upload is being written. SP_ERR_LIMIT: the
 * disk is full. SP_ERR_IO. */
SP_MUST_USE sp_status upload_append(uint64_t *offset, const char *dir, const char *owner,
                                    const char *name, const upload_part *part, const uint8_t *bytes,
                                    int fd, uint64_t n);
/* The whole of it becomes a blob (blobs: their folder), as blob_put; it is gone then, and also when
 * its bytes have another hash (SP_ERR_REJECT). */
SP_MUST_USE sp_status upload_finish(const char *dir, const char *blobs, const char *owner,
                                    const char *name);
/* What else this uploader has begun. */
typedef struct {
    uint64_t n, bytes;
} upload_begun;
void upload_look(upload_begun *out, const char *dir, const char *owner, const char *but);
/* Removes those without a part since UPLOAD_KEPT_MS. */
void upload_prune(const char *dir, int64_t now_ms);

#endif
