/* vitals.c - see vitals.h. */
#include "relayer/vitals.h"

#include "relayer/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u
#define MILLION 1000000

typedef struct entry {
    struct entry *next;
    uint64_t session;
    vitals v;
    char node[];
} entry;

struct vitals_table {
    pthread_mutex_t lock;
    entry *bucket[BUCKETS];
};

static int32_t number(check *k, const json_t *m, const char *at, const char *name, int64_t most)
{
    return (int32_t)check_int(k, m, at, name, 0, most, VITALS_UNKNOWN);
}

/* A node of the older protocol says shares of one: such a number is no mistake, and is not used. */
static bool is_share(const json_t *m, const char *name)
{
    const json_t *v = json_object_get(m, name);
    return v == NULL || json_is_number(v);
}

bool vitals_read(vitals *v, const json_t *heartbeat, char why[100])
{
    check k;
    size_t i;
    json_t *gpu;
    bool objects = true;
    const json_t *gpus = json_object_get(heartbeat, "gpu");
    memset(v, 0, sizeof *v);
    v->rtt_us = VITALS_UNKNOWN;
    check_init(&k);
    v->cpu_ppm = number(&k, heartbeat, "", "cpu_ppm", MILLION);
    v->mem_ppm = number(&k, heartbeat, "", "mem_ppm", MILLION);
    v->load1_milli = number(&k, heartbeat, "", "load1_milli", INT32_MAX);
    v->disk_free_gb = number(&k, heartbeat, "", "disk_free_gb", 1 << 30);
    json_array_foreach((json_t *)(uintptr_t)gpus, i, gpu)
    {
        if (i == VITALS_GPUS) break;
        objects = objects && json_is_object(gpu);
        v->gpu[i].util_ppm = number(&k, gpu, "/gpu", "util_ppm", MILLION);
        v->gpu[i].mem_ppm = number(&k, gpu, "/gpu", "mem_ppm", MILLION);
        v->n_gpus++;
    }
    const char *detail = json_string_value(json_object_get(json_array_get(k.errors, 0), "detail"));
    bool good = check_ok(&k);
    (void)snprintf(why, 100, "%.99s", detail != NULL ? detail : "");
    check_free(&k);
    if (good && (!objects || (gpus != NULL && !json_is_array(gpus)) ||
                 json_array_size(gpus) > VITALS_GPUS || !is_share(heartbeat, "cpu") ||
                 !is_share(heartbeat, "mem"))) {
        (void)snprintf(why, 100, "gpu must be a list of at most %u objects, cpu and mem numbers",
                       VITALS_GPUS);
        good = false;
    }
    return good;
}

static void put(json_t *j, const char *name, int64_t value)
{
    if (value != VITALS_UNKNOWN) (void)json_object_set_new(j, name, json_integer(value));
}

json_t *vitals_json(const vitals *v)
{
    char at[CHECK_TIME];
    time_write(at, v->at_ms);
    json_t *j = json_pack("{s:s}", "at", at);
    put(j, "cpu_ppm", v->cpu_ppm);
    put(j, "mem_ppm", v->mem_ppm);
    put(j, "load1_milli", v->load1_milli);
    put(j, "disk_free_gb", v->disk_free_gb);
    put(j, "rtt_us", v->rtt_us);
    json_t *gpus = v->n_gpus > 0 ? json_array() : NULL;
    for (unsigned i = 0; i < v->n_gpus; i++) {
        json_t *gpu = json_object();
        put(gpu, "util_ppm", v->gpu[i].util_ppm);
        put(gpu, "mem_ppm", v->gpu[i].mem_ppm);
        (void)json_array_append_new(gpus, gpu);
    }
    if (gpus != NULL) (void)json_object_set_new(j, "gpu", gpus);
    return j;
}

sp_status vitals_new(vitals_table **out)
{
    vitals_table *t = calloc(1, sizeof *t);
    *out = t;
    if (t == NULL) return SP_ERR_NOMEM;
    (void)pthread_mutex_init(&t->lock, NULL);
    return SP_OK;
}

void vitals_delete(vitals_table *t)
{
    if (t == NULL) return;
    for (size_t b = 0; b < BUCKETS; b++)
        while (t->bucket[b] != NULL) {
            entry *e = t->bucket[b];
            t->bucket[b] = e->next;
            free(e);
        }
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}

static entry **place(vitals_table *t, const char *node)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (const char *p = node; *p != 0; p++) h = (h ^ (uint8_t)*p) * 16777619u;
    entry **e = &t->bucket[h % BUCKETS];
    while (*e != NULL && strcmp((*e)->node, node) != 0) e = &(*e)->next;
    return e;
}

void vitals_put(vitals_table *t, const char *node, uint64_t session, const vitals *v)
{
    (void)pthread_mutex_lock(&t->lock);
    entry **e = place(t, node);
    if (*e == NULL) {
        const size_t n = strlen(node) + 1;
        *e = calloc(1, sizeof **e + n);
        if (*e != NULL) memcpy((*e)->node, node, n);
    }
    if (*e != NULL) {
        (*e)->session = session;
        (*e)->v = *v;
    }
    (void)pthread_mutex_unlock(&t->lock);
}

void vitals_forget(vitals_table *t, const char *node, uint64_t session)
{
    (void)pthread_mutex_lock(&t->lock);
    entry **e = place(t, node), *gone = *e;
    if (gone != NULL && gone->session == session) {
        *e = gone->next;
        free(gone);
    }
    (void)pthread_mutex_unlock(&t->lock);
}

bool vitals_get(vitals_table *t, vitals *v, const char *node)
{
    (void)pthread_mutex_lock(&t->lock);
    const entry *e = *place(t, node);
    if (e != NULL) *v = e->v;
    (void)pthread_mutex_unlock(&t->lock);
    return e != NULL;
}
