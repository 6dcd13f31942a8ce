/* keep.h - which blobs are needed: references, counted in the unit that makes or ends the need.
 *
 * A blob has one reference for each
 *   - task whose input is too long for its row, until its payloads are forgotten;
 *   - task whose program is an ELF of a demander's, likewise;
 *   - attempt.proof_blob and attempt.output_blob: what an attempt delivered, until it ends in
 *     another way than verified or with a proof that does not hold, or its task's payloads are
 *     forgotten;
 *   - program that somebody registered.
 * relayer --fsck counts again. All on the core's thread; a unit fails when a reference cannot be
 * had, since what names the blob must not be written either. */
#ifndef RELAYER_KEEP_H
#define RELAYER_KEEP_H

#include "relayer/core.h"

/* For whom a blob is kept that comes now: for a key; through an attempt at its task (NULL: not). */
typedef struct {
    const char *key_id, *task_id;
    int64_t attempt;
} keep_for;

/* Whether there is a blob of this name that may be referred to: its row, and its file. */
bool keep_is_there(core *c, const char *name);
/* Bytes of the blob that has this row; false, and 0: there is none. */
bool keep_size(db *d, uint64_t *bytes, const char *name);
/* A blob whose file was just put. False: the file is gone, or is being removed: the client is to
 * try again. *made: it has a row only now. */
SP_MUST_USE bool keep_uploaded(core *c, const char *name, uint64_t bytes, keep_for who, bool *made);
/* A reference to a blob whose file was just put. */
void keep_new(core *c, const char *name, uint64_t bytes, const char *key_id);
/* Its row, when its file is gone. */
void keep_gone(core *c, const char *name);
/* A reference to a blob that is there. */
void keep_ref(core *c, const char *name);
void keep_unref(core *c, const char *name); /* NULL allowed */

/* An attempt has delivered these (output NULL: in its message). */
void keep_delivered(core *c, const char *task, int64_t attempt, const char *proof,
                    const char *output);
/* What it delivered is not needed any more. */
void keep_attempt_ended(core *c, const char *task, int64_t attempt);

#endif
