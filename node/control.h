/* control.h - questions to a running node: a socket in its data folder, for its owner alone. One
 * JSON object on a line is asked, one answered. */
#ifndef NODE_CONTROL_H
#define NODE_CONTROL_H

#include "core/sp.h"

#include <jansson.h>
#include <uv.h>

#define CONTROL_WHY 200

typedef struct control control;

/* On the loop; the folder is this process's alone. answer: a new reference; NULL: not understood.
 */
SP_MUST_USE sp_status control_new(control **out, uv_loop_t *loop, const char *folder,
                                  json_t *(*answer)(void *user, const json_t *question), void *user,
                                  char why[CONTROL_WHY]);
/* Ends it within the loop; control_delete after the loop. NULL is accepted by both. */
void control_stop(control *c);
void control_delete(control *c);

/* Asks the node of a folder. NULL, with a sentence: nobody listens, or the answer is none. */
json_t *control_ask(const char *folder, const json_t *question, char why[CONTROL_WHY]);

#endif
