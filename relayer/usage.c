/* usage.c - see usage.h. */
#include "relayer/usage.h"

#include "relayer/app.h"
#include "relayer/reload.h"

#include <stdlib.h>
#include <string.h>

#define MOST ((uint64_t)1 << 53)

static uint64_t number_of(const json_t *own, const char *name, const uint64_t *set)
{
    const json_t *v = json_object_get(own, name);
    return json_is_integer(v) ? (uint64_t)json_integer_value(v) : settings_now(set);
}

static u256 amount_of(const char *text)
{
    u256 v = amount_from_u64(0);
    if (text != NULL && amount_read(&v, text, strlen(text)) != SP_OK) v = amount_from_u64(0);
    return v;
}

static int64_t day_of(int64_t ms) { return ms / USAGE_DAY_MS; }

void usage_look(usage_now *u, db *d, app *a, const char *key_id, int64_t now_ms)
{
    const settings *s = &a->set;
    char ours[SETTINGS_TEXT];
    json_t *own = NULL;
    memset(u, 0, sizeof *u);
    db_rows *r = db_query(d,
                          "SELECT k.quota, q.open_tasks, q.stored_bytes, q.day, q.day_tasks,"
                          " q.day_spend FROM api_key k LEFT JOIN quota q ON q.key_id = k.id"
                          " WHERE k.id = ?",
                          DB_T(key_id));
    if (db_next(r)) {
        if (!db_is_null(r, 0)) own = json_loads(db_text(r, 0), 0, NULL);
        u->open_tasks = (uint64_t)db_int(r, 1);
        u->stored_bytes = (uint64_t)db_int(r, 2);
        if (!db_is_null(r, 3) && db_int(r, 3) == day_of(now_ms)) {
            u->daily_tasks = (uint64_t)db_int(r, 4);
            u->daily_spend = amount_of(db_text(r, 5));
        }
    }
    db_end(r);
    u->most.open_tasks = number_of(own, "open_tasks", &s->open_tasks);
    u->most.daily_tasks = number_of(own, "daily_tasks", &s->daily_tasks);
    u->most.stored_bytes = number_of(own, "stored_bytes", &s->stored_bytes);
    const char *spend = json_string_value(json_object_get(own, "daily_spend"));
    reload_daily_spend(a->reload, ours);
    if (spend == NULL) spend = ours;
    u->most.has_spend = spend[0] != 0;
    u->most.daily_spend = amount_of(spend);
    json_decref(own);
}

bool usage_may_open(const usage_now *u, usage_kind kind, u256 amount, const char **why)
{
    u256 sum;
    *why = NULL;
    if (u->open_tasks >= u->most.open_tasks)
        *why = "this key has as many open tasks as it may have";
    else if (u->stored_bytes >= u->most.stored_bytes)
        *why = "what is stored for this key is as much as it may be";
    else if (kind == USAGE_AGAIN)
        return true;
    else if (u->daily_tasks >= u->most.daily_tasks)
        *why = "this key has made as many tasks today (UTC) as it may make";
    else if (u->most.has_spend && (amount_add(&sum, u->daily_spend, amount) != SP_OK ||
                                   amount_cmp(sum, u->most.daily_spend) > 0))
        *why = "with this task the key would spend more today (UTC) than it may";
    return *why == NULL;
}

uint64_t usage_retry_s(const usage_now *u, int64_t now_ms)
{
    if (u->open_tasks >= u->most.open_tasks || u->stored_bytes >= u->most.stored_bytes) return 60;
    return (uint64_t)(USAGE_DAY_MS - now_ms % USAGE_DAY_MS + 999) / 1000;
}

/* What a day's tasks are, from their rows: where another day begins, also when the clock was set
 * back to one that has some. */
static void count_day(core *c, const char *key_id, int64_t day)
{
    int64_t n = 0;
    u256 sum = amount_from_u64(0);
    char text[U256_TEXT];
    db_rows *r = db_query(core_db(c),
                          "SELECT amount FROM task WHERE key_id = ? AND created_at >= ? AND"
                          " created_at < ?",
                          DB_T(key_id), DB_I(day * USAGE_DAY_MS), DB_I((day + 1) * USAGE_DAY_MS));
    for (; db_next(r); n++) sum = amount_add_capped(sum, amount_of(db_text(r, 0)));
    db_end(r);
    u256_write_text(text, sum);
    (void)db_run(core_db(c),
                 "UPDATE quota SET day = ?, day_tasks = ?, day_spend = ? WHERE key_id = ?",
                 DB_I(day), DB_I(n), DB_T(text), DB_T(key_id));
}

static void add(core *c, const char *key_id, int64_t open_tasks, int64_t stored_bytes)
{
    (void)db_run(core_db(c),
                 "INSERT INTO quota(key_id, open_tasks, stored_bytes) VALUES(?, ?, ?)"
                 " ON CONFLICT(key_id) DO UPDATE SET open_tasks = quota.open_tasks +"
                 " excluded.open_tasks, stored_bytes = quota.stored_bytes + excluded.stored_bytes",
                 DB_T(key_id), DB_I(open_tasks), DB_I(stored_bytes));
}

void usage_task_open(core *c, const char *key_id, int64_t more) { add(c, key_id, more, 0); }

void usage_stored(core *c, const char *key_id, int64_t more_bytes)
{
    add(c, key_id, 0, more_bytes);
}

void usage_task_made(core *c, const char *key_id, const char *amount)
{
    const int64_t today = day_of(core_now(c));
    u256 sum = amount_from_u64(0);
    char text[U256_TEXT];
    db_rows *r = db_query(core_db(c), "SELECT day, day_spend FROM quota WHERE key_id = ?" DB_LOCK,
                          DB_T(key_id));
    const bool same = db_next(r) && !db_is_null(r, 0) && db_int(r, 0) == today;
    if (same) sum = amount_add_capped(amount_of(db_text(r, 1)), amount_of(amount));
    db_end(r);
    if (!same) { /* the row is made, or waited for, before the day is counted */
        usage_task_open(c, key_id, 1);
        count_day(c, key_id, today);
        return;
    }
    u256_write_text(text, sum);
    (void)db_run(core_db(c),
                 "UPDATE quota SET open_tasks = open_tasks + 1, day_tasks = day_tasks + 1,"
                 " day_spend = ? WHERE key_id = ?",
                 DB_T(text), DB_T(key_id));
}

char *usage_own_read(check *k, const json_t *body)
{
    static const char *const names[] = {"open_tasks", "daily_tasks", "stored_bytes", "daily_spend",
                                        NULL};
    u256 v;
    if (json_is_null(json_object_get(body, "quota"))) return NULL;
    const json_t *given = check_object(k, body, "", "quota", false);
    if (given == NULL) return NULL;
    check_known(k, given, "/quota", names);
    json_t *own = json_object();
    for (int i = 0; i < 3; i++) {
        const int64_t n = check_int(k, given, "/quota", names[i], 0, (int64_t)MOST, -1);
        if (n >= 0) (void)json_object_set_new(own, names[i], json_integer(n));
    }
    if (check_amount(k, &v, given, "/quota", names[3], false)) {
        char text[U256_TEXT];
        u256_write_text(text, v);
        (void)json_object_set_new(own, names[3], json_string(text));
    }
    char *text = check_ok(k) && json_object_size(own) > 0 ? json_dumps(own, JSON_COMPACT) : NULL;
    json_decref(own);
    return text;
}

json_t *usage_own_json(const char *text)
{
    json_t *j = text == NULL ? NULL : json_loads(text, 0, NULL);
    return j != NULL ? j : json_null();
}

static json_t *pair(uint64_t used, uint64_t limit)
{
    return json_pack("{s:I, s:I}", "used", (json_int_t)used, "limit", (json_int_t)limit);
}

json_t *usage_json(const usage_now *u)
{
    char used[U256_TEXT], limit[U256_TEXT];
    u256_write_text(used, u->daily_spend);
    u256_write_text(limit, u->most.daily_spend);
    return json_pack("{s:o, s:o, s:{s:s, s:s?}, s:o}", "open_tasks",
                     pair(u->open_tasks, u->most.open_tasks), "daily_tasks",
                     pair(u->daily_tasks, u->most.daily_tasks), "daily_spend", "used", used,
                     "limit", u->most.has_spend ? limit : NULL, "stored_bytes",
                     pair(u->stored_bytes, u->most.stored_bytes));
}
