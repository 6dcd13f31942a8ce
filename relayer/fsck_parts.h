/* fsck_parts.h - what the parts of --fsck share. */
#ifndef RELAYER_FSCK_PARTS_H
#define RELAYER_FSCK_PARTS_H

#include "relayer/db.h"
#include "relayer/fsck.h"

#include <stdio.h>

#define KEY 96

typedef struct {
    db *d;
    const char *blobs;
    const fsck_proofs *proofs; /* NULL: not verified */
    FILE *out;
    uint64_t violations;
    /* Up to when rows of what has ended may be gone (rows.h), and a day for clocks that were set;
     * 0: none is. */
    int64_t gone_until;
} fsck;

void fsck_violation(fsck *f, const char *table, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
db_rows *fsck_all(const fsck *f, const char *sql);
const char *fsck_text(const db_rows *r, int column); /* "" for NULL */
/* A rule that SQL can say: each row is a key, and what is wrong with it. */
void fsck_rule(fsck *f, const char *table, const char *sql);

/* fsck_blobs.c: files, results, references. */
void fsck_blobs(fsck *f);
/* fsck_proofs.c: proofs, verified again. */
SP_MUST_USE sp_status fsck_check_proofs(fsck *f);
/* fsck_standing.c: reputation, ends, contradictions, audits. */
void fsck_standing(fsck *f);
/* fsck_chain.c: chain_outbox. */
void fsck_outbox(fsck *f);
/* fsck_past.c: totals of what is gone. */
void fsck_past(fsck *f);
/* What the contract has paid. */
void fsck_paid(fsck *f);

#endif
