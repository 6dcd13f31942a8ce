/* schema.h - the tables, in both dialects, and the steps from one version to the next. */
#ifndef RELAYER_SCHEMA_H
#define RELAYER_SCHEMA_H

#include "relayer/db.h"

#define SCHEMA_VERSION 1
#define SCHEMA_INLINE 65536 /* bytes */
/* Of a task: that it has the escrow it names, since the chain said so. */
#define SCHEMA_OWNS "state NOT IN ('created', 'cancelled', 'expired', 'failed')"

/* Brings an empty database, or one of an older version, to SCHEMA_VERSION in one transaction.
 * SP_ERR_FORMAT, with a sentence in why[DB_WHY]: it is of a newer version. SP_ERR_IO: the database
 * refused. */
SP_MUST_USE sp_status schema_apply(db *d, bool postgres, char *why);

#endif
