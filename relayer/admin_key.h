/* admin_key.h - an administrator's key, written to the file admin.key of the data folder. */
#ifndef RELAYER_ADMIN_KEY_H
#define RELAYER_ADMIN_KEY_H

#include "relayer/db.h"

#define ADMIN_KEY_WHY 320

/* On a writing connection, in a transaction of its own: the key is in the database only when the
 * file is on the disk. only_first: nothing where there is a key already; *made says so. An older
 * file is replaced; the keys of before hold on. SP_ERR_IO: why, or "" where the database says. */
SP_MUST_USE sp_status admin_key_make(db *d, const char *data, bool only_first, bool *made,
                                     char why[ADMIN_KEY_WHY]);

#endif
