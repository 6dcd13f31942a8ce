/* waiting.c - see waiting.h. */
#include "relayer/waiting.h"

#include "relayer/api.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char task[UUID_TEXT];
    uint32_t count[SCORE_REASONS];
    int64_t at_ms;
} entry;

struct task_waits {
    pthread_mutex_t lock;
    bool any;
    entry of[WAITING_MOST];
};

/* A new task takes the place of the one that has its number. FNV-1a. */
static entry *place_of(task_waits *w, const char *task)
{
    uint32_t h = UINT32_C(2166136261);
    for (const char *p = task; *p != 0; p++) h = (h ^ (uint8_t)*p) * UINT32_C(16777619);
    return &w->of[h % WAITING_MOST];
}

task_waits *waiting_new(void)
{
    task_waits *w = calloc(1, sizeof *w);
    if (w != NULL && pthread_mutex_init(&w->lock, NULL) != 0) {
        free(w);
        w = NULL;
    }
    return w;
}

void waiting_free(task_waits *w)
{
    if (w == NULL) return;
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

void waiting_note(task_waits *w, const char *task, const size_t count[SCORE_REASONS],
                  int64_t now_ms)
{
    entry *e = place_of(w, task);
    (void)pthread_mutex_lock(&w->lock);
    (void)snprintf(e->task, sizeof e->task, "%s", task);
    for (size_t i = 0; i < SCORE_REASONS; i++)
        e->count[i] = count[i] < UINT32_MAX ? (uint32_t)count[i] : UINT32_MAX;
    e->at_ms = now_ms;
    (void)pthread_mutex_unlock(&w->lock);
}

void waiting_nodes(task_waits *w, bool any)
{
    (void)pthread_mutex_lock(&w->lock);
    w->any = any;
    (void)pthread_mutex_unlock(&w->lock);
}

json_t *waiting_json(task_waits *w, const char *task)
{
    entry e;
    json_int_t nodes = 0;
    (void)pthread_mutex_lock(&w->lock);
    e = *place_of(w, task);
    const bool any = w->any;
    (void)pthread_mutex_unlock(&w->lock);
    if (!any) return json_pack("{s:i, s:{}, s:n}", "nodes", 0, "reasons", "looked_at");
    if (strcmp(e.task, task) != 0) return json_null();
    json_t *reasons = json_object();
    for (unsigned i = 0; i < SCORE_REASONS; i++) {
        nodes += e.count[i];
        if (e.count[i] != 0)
            (void)json_object_set_new(reasons, score_reason_name((score_reason)i),
                                      json_integer(e.count[i]));
    }
    return json_pack("{s:I, s:o, s:o}", "nodes", nodes, "reasons", reasons, "looked_at",
                     api_time_json(e.at_ms));
}
