/* usage.h - what a key has used of what it may: tasks that are open, tasks and amounts of a day
 * (UTC), bytes that are stored because of it.
 *
 * A key's own numbers (api_key.quota, JSON) stand before those of the settings. The counters are
 * rows of quota, changed in the unit that makes or ends what they count; relayer --fsck counts
 * again. A blob counts for the key whose request, or whose task's lease, brought it first. */
#ifndef RELAYER_USAGE_H
#define RELAYER_USAGE_H

#include "market/amount.h"
#include "relayer/check.h"
#include "relayer/core.h"
#include "relayer/settings.h"

#define USAGE_DAY_MS (INT64_C(24) * 3600000)

typedef struct {
    uint64_t open_tasks, daily_tasks, stored_bytes;
    bool has_spend; /* false: any amount */
    u256 daily_spend;
} usage_limits;

typedef struct {
    usage_limits most;
    uint64_t open_tasks, daily_tasks, stored_bytes;
    u256 daily_spend;
} usage_now;

struct app;
void usage_look(usage_now *u, db *d, struct app *a, const char *key_id, int64_t now_ms);
/* Whether the key may have one more task of this amount; 0 where no new day's share is used (a task
 * that is tried again). False: why says which limit is reached. */
typedef enum { USAGE_NEW, USAGE_AGAIN } usage_kind;
SP_MUST_USE bool usage_may_open(const usage_now *u, usage_kind kind, u256 amount, const char **why);
/* Seconds until more is allowed: to the end of the day, or 60 where it depends on the key. */
uint64_t usage_retry_s(const usage_now *u, int64_t now_ms);

/* In a unit. The task's row is there already. */
void usage_task_made(core *c, const char *key_id, const char *amount);
void usage_task_open(core *c, const char *key_id, int64_t more);
void usage_stored(core *c, const char *key_id, int64_t more_bytes);

/* A key's own numbers as they come with a request, an object of any of open_tasks, daily_tasks,
 * stored_bytes, daily_spend; as text to be freed, or NULL: absent, null, or wrong (noted in k). */
char *usage_own_read(check *k, const json_t *body);
/* As usage_look's limits, of the text of a row. */
json_t *usage_own_json(const char *text);
/* {"open_tasks": {"used", "limit"}, ...} */
json_t *usage_json(const usage_now *u);

#endif
