/* folders.h - that folders belong to this relayer: nobody else uses its data folder, and the blobs
 * are those of its database. */
#ifndef RELAYER_FOLDERS_H
#define RELAYER_FOLDERS_H

#include "relayer/db.h"

/* Keeps this file locked until the process ends: the data folder's, and that of a database which is
 * one file. SP_ERR_IO with a sentence in why[SETTINGS_WHY]: another process has it. */
SP_MUST_USE sp_status folders_lock(const char *path, const char *what, char *why);

/* The folder of blobs carries the id of its database in a file. A folder with another id is
 * refused, and on a shared database one without: an upload to one relayer would not be found by the
 * others. Only the first start with a database, and one that finds a blob of it there, write the
 * id. own: the folder is the data folder's, which nobody else uses; there a new database may follow
 * an old one. Before the core's thread runs. */
SP_MUST_USE sp_status folders_mark(const char *blobs, db *d, bool shared, bool own, char *why);

#endif
