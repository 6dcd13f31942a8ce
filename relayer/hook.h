/* hook.h - callbacks: what a task became is told to its demander's server, signed, until it is
 * acknowledged.
 *
 * A row of webhook_outbox is written in the unit that changes the task (hook_task_moved), and is
 * sent by a thread of its own (hook.c) once that is committed. Only the answer takes a row out of
 * what is due; so a message is sent at least once, whenever the process is killed, and its id is
 * the same every time. docs/callbacks.md says what receivers see.
 *
 * An endpoint is a row of webhook: a URL that a key registered, or, with the URL "", the callback
 * URLs that tasks of a key name themselves: these share the row's secret. */
#ifndef RELAYER_HOOK_H
#define RELAYER_HOOK_H

#include "market/uuid.h"
#include "market/webhook.h"
#include "relayer/core.h"
#include "relayer/hook_address.h"
#include "relayer/keys.h"
#include "relayer/task.h"

#include <jansson.h>

struct app;

#define HOOK_ID (4 + UUID_TEXT) /* "wh_" or "msg_" and a UUID */
#define HOOK_PER_KEY 50         /* endpoints */
#define HOOK_OLD_SECRET_MS (INT64_C(48) * 3600000)
#define HOOK_REASON 160
#define HOOK_DEFAULT_EVENTS \
    "[\"task.verified\",\"task.failed\",\"task.expired\",\"task.cancelled\",\"task.settled\"]"

/* NULL: an array of 1 to 20 names "task.<state>". Else what is wrong with it. */
SP_MUST_USE const char *hook_events_check(const json_t *events);

/* ---- rows, on the core's thread (hook_store.c) ---- */

/* A new endpoint of a key, with a secret of its own. url "": the key's tasks' own URLs. False: it
 * cannot be made (the unit fails). */
SP_MUST_USE bool hook_endpoint_add(core *c, char id[HOOK_ID], char secret[WEBHOOK_SECRET_TEXT],
                                   const char *key_id, const char *url, const char *events,
                                   bool legacy_header);
/* A new secret; the one before holds for 48 h more. *old_until: its end. */
SP_MUST_USE bool hook_endpoint_rotate(core *c, char secret[WEBHOOK_SECRET_TEXT], int64_t *old_until,
                                      const char *id);
/* For a task that names a URL of its own: the key's endpoint for these. When it is made now, its
 * secret is in secret, else "". */
SP_MUST_USE bool hook_endpoint_of_key(core *c, char id[HOOK_ID], char secret[WEBHOOK_SECRET_TEXT],
                                      const char *key_id);
/* Whether a task of this key may name this endpoint. */
SP_MUST_USE bool hook_endpoint_usable(db *d, const char *id, const char *key_id);

/* Whether a task may be taken down with the callback that it names; makes the key's endpoint where
 * it is needed (secret as above). False: why says what is wrong; "": nothing, but it cannot be
 * stored. */
SP_MUST_USE bool hook_task_accept(core *c, const task_new *t, char secret[WEBHOOK_SECRET_TEXT],
                                  char why[HOOK_REASON]);

/* After the task's row says what it has become. */
void hook_task_moved(core *c, const char *task_id, task_state to);
/* A message to be sent now. task_id may be NULL; takes the reference to data. False: it cannot be
 * made (the unit fails). */
SP_MUST_USE bool hook_message_add(core *c, char id[HOOK_ID], const char *webhook_id,
                                  const char *task_id, const char *type, json_t *data);

/* Hands what is due to the sender. Before anything else of a group is done: what it sees is
 * committed. */
void hook_tick(core *c, int64_t now_ms);

/* ---- the sender (hook.c) ---- */

typedef struct hook_sender hook_sender;

/* A message on its way: its row, where it goes and what it is signed with. */
typedef struct {
    job j;
    struct app *a;
    char id[HOOK_ID], webhook_id[HOOK_ID], key_id[KEY_ID], task_id[UUID_TEXT], type[40];
    char url[HOOK_URL + 1], endpoint[HOOK_ID + HOOK_ORIGIN];
    char *body;
    size_t body_bytes;
    int64_t tries; /* before this one */
    webhook_secret secrets[2];
    size_t n_secrets;
    bool legacy_header;
    /* the answer */
    int64_t status; /* of HTTP; 0: none */
    bool refused;   /* an address that callbacks do not go to */
    char reason[HOOK_REASON];
} hook_delivery;

void hook_delivery_free(hook_delivery *v); /* secrets are wiped */

SP_MUST_USE sp_status hook_open(struct app *a, char *why); /* why[SETTINGS_WHY] */
/* What is on its way gets a second more; then it stays due. Before the core stops. */
void hook_close(struct app *a);
void hook_free(struct app *a); /* after the core has stopped */

/* Whether a message may be sent to its endpoint now; false with the time to ask again: the
 * endpoint, or the key whose messages they are, has as many on their way as it may, or the endpoint
 * failed so often that it is left alone for a while. True: it is on its way, and hook_send follows.
 */
SP_MUST_USE bool hook_admit(hook_sender *s, const hook_delivery *v, int64_t now_ms,
                            int64_t *again_ms);
SP_MUST_USE bool hook_is_sending(hook_sender *s, const char *id);
SP_MUST_USE bool hook_is_full(hook_sender *s);
/* Takes over v, which was admitted. */
void hook_send(hook_sender *s, hook_delivery *v);
/* What came of it is noted in the row (a job's run). hook_store.c */
void hook_note(job *j, void *with);

#endif
