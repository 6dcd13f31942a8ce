/* logins.h - tokens that relayers gave to accounts: a file for each relayer, for its owner alone,
 * in sprove/logins in XDG_STATE_HOME or ~/.local/state. */
#ifndef CLI_LOGINS_H
#define CLI_LOGINS_H

#include "core/sp.h"

#define LOGINS_TOKEN 128
#define LOGINS_TIME 40
#define LOGINS_ADDRESS 72

typedef struct {
    char address[LOGINS_ADDRESS], token[LOGINS_TOKEN];
    char expires_at[LOGINS_TIME]; /* as the relayer says it */
    bool over;                    /* by this machine's clock */
} logins_entry;

/* relayer: its URL without a slash at the end. False: there is none, or it is no login. */
bool logins_read(logins_entry *e, const char *relayer);
/* False: it cannot be written. */
bool logins_write(const logins_entry *e, const char *relayer);
void logins_remove(const char *relayer);

#endif
