/* hint.h - tasks that have changed, whispered from relayer to relayer.
 *
 * Who waits for a task at one relayer while another changes it looks at the database about once a
 * second (wait.c); that is what may be relied upon. So that it is mostly told at once, a thread
 * with a connection of its own says which tasks have changed after their commit, at most every 50
 * ms (NOTIFY takes a lock that all commits of the server share, and is kept out of transactions
 * that do work), and hears what others say (LISTEN). It also counts again what /stats shows, since
 * the others change it. Only on a shared database. */
#ifndef RELAYER_HINT_H
#define RELAYER_HINT_H

#include "core/sp.h"

struct app;
struct hint;

SP_MUST_USE sp_status hint_open(struct app *a, const char *database);
/* Before the port closes. */
void hint_close(struct app *a);
/* On the loop's thread, after the commit. */
void hint_task(struct app *a, const char *task);

#endif
