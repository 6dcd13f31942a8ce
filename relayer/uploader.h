/* uploader.h - who sends or reads blobs: a key, or the lease of an attempt; and what it may store.
 */
#ifndef RELAYER_UPLOADER_H
#define RELAYER_UPLOADER_H

#include "relayer/call.h"
#include "relayer/keep.h"
#include "relayer/upload.h"

#include "market/uuid.h"

/* What a lease stores at most: a proof and an output, and as many again, should the node find
 * another result than the one it began to send. */
#define UPLOADER_LEASE_BLOBS 4
#define UPLOADER_LEASE_BLOB (UINT64_C(64) << 20) /* what is looked at of a proof or an output */
#define UPLOADER_LEASE_BYTES (2 * UPLOADER_LEASE_BLOB)
#define UPLOADER_PARTS 10 /* uploads that one uploader has begun */

typedef struct {
    char owner[UPLOAD_OWNER]; /* of parts: the key, or the attempt */
    char key_id[KEY_ID];      /* for whom it is stored: the key, or that of the task */
    char task[UUID_TEXT];     /* "" of a key */
    int64_t attempt;
} uploader;

/* False: c is answered. A key needs the scope; the lease of an attempt that is under way reads the
 * input and the program of its task, and writes. */
SP_MUST_USE bool uploader_of(call *c, db *d, uint32_t scope_wanted, uploader *u);
/* Whether what is said in Authorization has the form of a lease. */
SP_MUST_USE bool uploader_says_lease(const char *given);
/* Whether there may be a blob of this name and size because of u; one that is there already has
 * this size. held: bytes that u has begun to send of others. False: c is answered. */
SP_MUST_USE bool uploader_may_store(call *c, db *d, const uploader *u, const char *name,
                                    uint64_t bytes, uint64_t held);

SP_FN keep_for uploader_keeps(const uploader *u)
{
    keep_for k;
    k.key_id = u->key_id;
    k.task_id = u->task[0] != 0 ? u->task : NULL;
    k.attempt = u->attempt;
    return k;
}

#endif
