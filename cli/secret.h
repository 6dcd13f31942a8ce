/* secret.h - passwords and keys as people give them: never by argument or environment, never on a
 * screen. Functions print their failure and return the exit code; the caller wipes what it got. */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "starknet/ecdsa.h"

#define SECRET_MAX 1024

/* The first line of path ("-": the next line of standard input). Without a path: asked for on the
 * terminal without echo, after prompt; where there is no terminal, the next line of standard
 * input. Not empty. */
int secret_line(char out[SECRET_MAX], const char *path, const char *prompt);
/* The password of a new keystore: on a terminal asked for twice. */
int secret_new_password(char out[SECRET_MAX], const char *path);
/* The key of a keystore file; NULL is refused. path: of the password, as above. */
int secret_unlock(ecdsa_key *key, const char *keystore, const char *path);

#endif
