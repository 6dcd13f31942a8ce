/* reload.h - settings that change while the relayer runs: asked for by an administrator, or by
 * SIGHUP.
 *
 * Everything is read again as at the start. What may change - log level, limits, rate of audits,
 * weights of the scheduler - is taken over once the action is in the database; the rest is named
 * as ignored, and is as it was until the next start. A numeric setting that may change is read with
 * settings_now. */
#ifndef RELAYER_RELOAD_H
#define RELAYER_RELOAD_H

#include "relayer/settings.h"

#include <jansson.h>

struct app;
typedef struct reload reload;

/* With a->set. */
SP_MUST_USE sp_status reload_open(reload **out, struct app *a, const settings_source *source);
void reload_free(reload *r); /* NULL allowed */
/* On the loop's thread: SIGHUP is heard, and not any more. */
void reload_start(reload *r);
void reload_stop(reload *r);

/* From any thread. The settings that are in force; as they would be read now (SP_ERR_*: why, and
 * nothing may be taken over); {"applied": [names], "ignored": [names]} of a change. */
void reload_look(reload *r, settings *out);
SP_MUST_USE sp_status reload_read(reload *r, settings *next, char why[SETTINGS_WHY]);
json_t *reload_changes(reload *r, const settings *next);
bool reload_may_change(size_t i);
/* limits.daily_spend, a text, as it is in force. */
void reload_daily_spend(reload *r, char out[SETTINGS_TEXT]);
/* On the loop's thread. */
void reload_apply(reload *r, const settings *next);

/* On the core's thread: the weights changed since it was asked last; a->rules as the settings say.
 */
bool reload_is_due(reload *r);
void reload_rules(struct app *a);

#endif
