/* own_program.h - programs that demanders registered: an ELF by its SHA-256, kept as a blob, with
 * the ids that proofs of it are checked against. A key sees and uses its own. */
#ifndef RELAYER_OWN_PROGRAM_H
#define RELAYER_OWN_PROGRAM_H

#include "relayer/db.h"
#include "relayer/programs.h"

#include <jansson.h>

#define OWN_PROGRAM_SHA256 65
#define OWN_PROGRAM_MOST_BYTES ((size_t)8 << 20)
#define OWN_PROGRAM_PER_KEY 1000

typedef struct {
    char sha256[OWN_PROGRAM_SHA256], id[PROGRAM_ID_HEX];
} own_program;

/* What of sha256, name and version is not NULL must fit; of several versions the newest. False:
 * the key has none, or no id for this profile and io mode. */
SP_MUST_USE bool own_program_find(db *d, own_program *out, const char *key_id, const char *sha256,
                                  const char *name, const char *version, const char *profile,
                                  const char *io_mode);
/* Rows of the tables that every proof of it has; 0: there is none of this SHA-256. */
uint64_t own_program_table_rows(db *d, const char *sha256);
/* Whether `program` of a task is one: built-in jobs have names. */
bool own_program_is(const char *program);

/* The programs of a key, the newest first; all of them, or one by its SHA-256 or name. */
json_t *own_program_list(db *d, const char *key_id, const char *which);

#endif
