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
    FILE *out;
    uint64_t violations;
} fsck;

void fsck_violation(fsck *f, const char *table, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
db_rows *fsck_all(const fsck *f, const char *sql);
const char *fsck_text(const db_rows *r, int column); /* "" for NULL */
/* A rule that SQL can say: each row is a key, and what is wrong with it. */
void fsck_rule(fsck *f, const char *table, const char *sql);

/* fsck_blobs.c: files, results, references. */
void fsck_blobs(fsck *f);
/* fsck_chain.c: chain_outbox. */
void fsck_outbox(fsck *f);

#endif
