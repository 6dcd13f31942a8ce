/* reload.c - see reload.h. */
#include "relayer/reload.h"

#include "relayer/admin.h"
#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/rest.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const may_change[] = {
    "auth.wallets",         "auth.unlisted",           "limits.uploads",
    "limits.upload_bytes",  "limits.stored_bytes",     "limits.daily_tasks",
    "limits.daily_spend",   "storage.min_free",        "log.level",
    "limits.post_rate",     "limits.post_burst",       "limits.read_rate",
    "limits.read_burst",    "limits.open_tasks",       "limits.unseen_escrows",
    "audit.rate_ppm",       "sched.exploration_ppm",   "sched.weight_spec",
    "sched.weight_history", "sched.weight_reputation", "sched.weight_price",
    "sched.weight_load",    "sched.weight_geo"};

struct reload {
    app *a;
    settings_source source;
    pthread_mutex_t lock;
    settings now; /* under the lock: a->set has texts that others read */
    _Atomic bool due;
    uv_signal_t on_hup;
    bool open;
};

sp_status reload_open(reload **out, app *a, const settings_source *source)
{
    reload *r = calloc(1, sizeof *r);
    *out = r;
    if (r == NULL) return SP_ERR_NOMEM;
    r->a = a;
    r->source = *source;
    r->now = a->set;
    (void)pthread_mutex_init(&r->lock, NULL);
    return SP_OK;
}

void reload_free(reload *r)
{
    if (r == NULL) return;
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

void reload_look(reload *r, settings *out)
{
    (void)pthread_mutex_lock(&r->lock);
    *out = r->now;
    (void)pthread_mutex_unlock(&r->lock);
}

void reload_daily_spend(reload *r, char out[SETTINGS_TEXT])
{
    (void)pthread_mutex_lock(&r->lock);
    memcpy(out, r->now.daily_spend, SETTINGS_TEXT);
    (void)pthread_mutex_unlock(&r->lock);
}

sp_status reload_read(reload *r, settings *next, char why[SETTINGS_WHY])
{
    return settings_load(next, &r->source, why);
}

static void name_of(char out[128], size_t i)
{
    (void)snprintf(out, 128, "%s.%s", settings_section(i), settings_name(i));
}

bool reload_may_change(size_t i)
{
    char name[128];
    name_of(name, i);
    for (size_t k = 0; k < SP_COUNT(may_change); k++)
        if (strcmp(may_change[k], name) == 0) return true;
    return false;
}

json_t *reload_changes(reload *r, const settings *next)
{
    settings now;
    json_t *applied = json_array(), *ignored = json_array();
    reload_look(r, &now);
    for (size_t i = 0; i < settings_count(); i++) {
        char name[128];
        if (settings_same(&now, next, i)) continue;
        name_of(name, i);
        (void)json_array_append_new(reload_may_change(i) ? applied : ignored, json_string(name));
    }
    return json_pack("{s:o, s:o}", "applied", applied, "ignored", ignored);
}

void reload_apply(reload *r, const settings *next)
{
    app *a = r->a;
    log_level level;
    (void)pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < settings_count(); i++)
        if (reload_may_change(i)) settings_take(&r->now, next, i);
    const settings now = r->now;
    (void)pthread_mutex_unlock(&r->lock);
    for (size_t i = 0; i < settings_count(); i++)
        if (reload_may_change(i) && !settings_is_text(i)) settings_take(&a->set, &now, i);
    if (log_level_of(&level, now.log_level)) log_set_level(level);
    quota_set(&rest_of(a)->quota, &now);
    r->due = true;
}

bool reload_is_due(reload *r) { return atomic_exchange(&r->due, false); }

void reload_rules(app *a)
{
    const settings *s = &a->set;
    const uint64_t weights[SCORE_FACTORS] = {
        settings_now(&s->weight_spec),       settings_now(&s->weight_history),
        settings_now(&s->weight_reputation), settings_now(&s->weight_price),
        settings_now(&s->weight_load),       settings_now(&s->weight_geo)};
    score_rules_init(&a->rules);
    for (size_t i = 0; i < SCORE_FACTORS; i++) a->rules.weight[i] = (uint32_t)weights[i];
    a->rules.exploration_ppm = (uint32_t)settings_now(&s->exploration_ppm);
}

/* ---- by a signal: a reader reads the file, the core writes the row, the loop takes it over ----
 */

typedef struct {
    job j;
    reload *r;
    settings next;
    sp_status s;
    char why[SETTINGS_WHY], changes[2048];
} hup;

static void hup_free(job *j) { free(j); }

static void hup_applied(job *j)
{
    hup *h = (hup *)j;
    if (!j->failed) {
        reload_apply(h->r, &h->next);
        log_event(LOG_INFO, "reload", "settings", h->changes, NULL);
    }
    free(h);
}

static void hup_note(job *j, void *with)
{
    admin_note(with, "signal", "reload", ((hup *)j)->changes);
}

static void hup_read(job *j, void *with)
{
    hup *h = (hup *)j;
    (void)with;
    h->s = reload_read(h->r, &h->next, h->why);
    json_t *changes = h->s == SP_OK ? reload_changes(h->r, &h->next) : NULL;
    char *text = changes == NULL ? NULL : json_dumps(changes, JSON_COMPACT);
    (void)snprintf(h->changes, sizeof h->changes, "%s", text != NULL ? text : "");
    free(text);
    json_decref(changes);
}

static void hup_has_read(job *j)
{
    hup *h = (hup *)j;
    if (h->s != SP_OK) {
        log_event(LOG_ERROR, "reload_failed", "err", h->why, NULL);
        free(h);
        return;
    }
    j->run = hup_note;
    j->done = hup_applied;
    if (!core_post(h->r->a->core, j)) hup_free(j);
}

static void on_hup(uv_signal_t *s, int number)
{
    reload *r = s->data;
    char why[256] = "";
    (void)number;
    const sp_status tls = server_reload_tls(r->a->server, why);
    if (tls == SP_OK)
        log_event(LOG_INFO, "tls_reloaded", NULL);
    else if (tls != SP_ERR_ARG)
        log_event(LOG_ERROR, "tls_not_reloaded", "err", why, NULL);
    hup *h = calloc(1, sizeof *h);
    if (h == NULL) return;
    h->r = r;
    h->j.run = hup_read;
    h->j.done = hup_has_read;
    if (!queue_put(&r->a->reads, &h->j)) free(h);
}

void reload_start(reload *r)
{
    (void)uv_signal_init(&r->a->loop, &r->on_hup);
    r->on_hup.data = r;
    r->open = true;
    (void)uv_signal_start(&r->on_hup, on_hup, SIGHUP);
}

void reload_stop(reload *r)
{
    if (r->open) uv_close((uv_handle_t *)&r->on_hup, NULL);
    r->open = false;
}
