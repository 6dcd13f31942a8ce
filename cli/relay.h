/* relay.h - the relayer that the options name, over the client library (include/sprove_client.h):
 * settings, the key, and what goes wrong as sentences and exit codes. */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include "cli/settings.h"
#include "include/sprove_client.h"
#include "market/client_parts.h"
#include "market/uuid.h"

#include <jansson.h>

#define RELAY_URL 400

typedef struct {
    settings set;
    char url[RELAY_URL];
    sp_client *c;
    char why[SP_CLIENT_WHY]; /* of the last call */
} relay;

/* url: the relayer that a task is known to be at, used where neither option, environment nor file
 * names one; or NULL. patience_s: where --patience is not given. Prints its failure and returns the
 * exit code; to be freed in any case. Without a key the token that `sprove login` got of this
 * relayer is used; needs_key: without either it fails. */
int relay_init(relay *r, const cli_args *a, const char *url, unsigned patience_s, bool needs_key);
/* The same without any key, and with the token of `sprove login` alone, if there is one. */
int relay_init_stranger(relay *r, const cli_args *a, unsigned patience_s);
int relay_init_login(relay *r, const cli_args *a, unsigned patience_s);
void relay_free(relay *r);

/* The exit code of a call that ended with s and r->why, which is printed: EXIT_CHAIN the relayer
 * refuses, EXIT_IO no usable answer, EXIT_LIMIT, EXIT_USAGE; EXIT_INTERRUPTED prints nothing. */
int relay_code(relay *r, sp_status s);

/* A request whose answer is JSON: *j is to be released. As relay_code. */
int relay_json(relay *r, json_t **j, const char *method, const char *path, const char *body);

/* The operand as the id of a task, lower case. */
int relay_task_id(char out[UUID_TEXT], const char *text);

#endif
