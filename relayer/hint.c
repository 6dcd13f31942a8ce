/* hint.c - see hint.h. */
#include "relayer/hint.h"

#include "relayer/app.h"
#include "relayer/log.h"
#include "relayer/rest.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define CHANNEL "sprove_task"
#define EVERY_MS 50
#define LONGEST_MS 1000
#define COUNT_MS 10000
#define ID (UUID_TEXT - 1)
#define MOST 200 /* a message has at most 8,000 bytes; of more changes it says: all */

struct hint {
    app *a;
    char database[SETTINGS_TEXT];
    pthread_t thread;
    int wake;
    pthread_mutex_t lock; /* of what follows */
    bool over;
    size_t n; /* MOST + 1: more than MOST */
    char ids[MOST * ID + 1];
};

void hint_task(app *a, const char *task)
{
    struct hint *h = a->hint;
    const uint64_t one = 1;
    if (h == NULL || a->instance.alone) return;
    (void)pthread_mutex_lock(&h->lock);
    const bool first = h->n == 0;
    if (h->n < MOST) (void)snprintf(h->ids + h->n * ID, ID + 1, "%s", task);
    if (h->n <= MOST) h->n++;
    (void)pthread_mutex_unlock(&h->lock);
    if (first && write(h->wake, &one, sizeof one) != sizeof one) return; /* the poll finds it */
}

/* ---- what is heard ---- */

typedef struct {
    job j;
    app *a;
    char text[];
} heard;

static void tell(job *j)
{
    const heard *m = (const heard *)j;
    const size_t n = strlen(m->text);
    if (m->text[0] == '*') wait_wake_all(m->a);
    for (size_t i = 0; m->text[0] != '*' && i + ID <= n; i += ID) {
        char id[UUID_TEXT];
        (void)snprintf(id, sizeof id, "%.36s", m->text + i);
        wait_wake(m->a, id);
    }
    free(j);
}

static void on_said(void *user, const char *text)
{
    struct hint *h = user;
    heard *m = calloc(1, sizeof *m + strlen(text) + 1);
    if (m == NULL) return;
    m->j.done = tell;
    m->a = h->a;
    memcpy(m->text, text, strlen(text) + 1);
    port_post(&h->a->port, &m->j);
}

/* ---- the thread ---- */

static void say(struct hint *h, db *d)
{
    char text[MOST * ID + 1] = "*";
    (void)pthread_mutex_lock(&h->lock);
    const size_t n = h->n;
    if (n <= MOST) memcpy(text, h->ids, n * ID + 1);
    h->n = 0;
    (void)pthread_mutex_unlock(&h->lock);
    if (n == 0) return;
    db_rows *r = db_query(d, "SELECT pg_notify('" CHANNEL "', ?)", DB_T(text));
    (void)db_next(r);
    db_end(r);
}

static bool is_over(struct hint *h)
{
    (void)pthread_mutex_lock(&h->lock);
    const bool over = h->over;
    (void)pthread_mutex_unlock(&h->lock);
    return over;
}

/* Until the connection is lost, or it is over. */
static void talk(struct hint *h, db *d)
{
    uint64_t said_ns = 0, counted_ns = 0;
    while (db_ok(d) && !is_over(h)) {
        if (!db_hear(d, h->wake, LONGEST_MS, on_said, h)) return;
        const uint64_t now = clock_ns(), since = now - said_ns;
        if (since < EVERY_MS * UINT64_C(1000000)) {
            const struct timespec pause = {0, (long)(EVERY_MS * 1000000 - since)};
            (void)nanosleep(&pause, NULL);
        }
        say(h, d);
        said_ns = clock_ns();
        if (counted_ns != 0 && now - counted_ns < COUNT_MS * UINT64_C(1000000)) continue;
        counted_ns = now;
        if (!h->a->instance.alone) stats_count_again(&rest_of(h->a)->stats, d, clock_ms());
    }
}

static void *hint_thread(void *arg)
{
    struct hint *h = arg;
    while (!is_over(h)) {
        char why[DB_WHY];
        db *d = NULL;
        struct pollfd p = {h->wake, POLLIN, 0};
        uint64_t n;
        if (db_open(&d, h->database, true, why) == SP_OK && db_exec(d, "LISTEN " CHANNEL))
            talk(h, d);
        if (d != NULL && !db_ok(d)) log_event(LOG_WARN, "hint_lost", "err", db_why(d), NULL);
        db_close(d);
        if (is_over(h)) break;
        if (poll(&p, 1, LONGEST_MS) == 1 && read(h->wake, &n, sizeof n) == sizeof n) continue;
    }
    return NULL;
}

sp_status hint_open(app *a, const char *database)
{
    if (!a->instance.shared) return SP_OK;
    struct hint *h = calloc(1, sizeof *h);
    if (h == NULL) return SP_ERR_NOMEM;
    h->a = a;
    h->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    (void)snprintf(h->database, sizeof h->database, "%s", database);
    (void)pthread_mutex_init(&h->lock, NULL);
    if (h->wake < 0 || pthread_create(&h->thread, NULL, hint_thread, h) != 0) {
        if (h->wake >= 0) (void)close(h->wake);
        free(h);
        return SP_ERR_IO;
    }
    a->hint = h;
    return SP_OK;
}

void hint_close(app *a)
{
    struct hint *h = a->hint;
    const uint64_t one = 1;
    if (h == NULL) return;
    (void)pthread_mutex_lock(&h->lock);
    h->over = true;
    (void)pthread_mutex_unlock(&h->lock);
    (void)!write(h->wake, &one, sizeof one);
    (void)pthread_join(h->thread, NULL);
    a->hint = NULL;
    (void)close(h->wake);
    (void)pthread_mutex_destroy(&h->lock);
    free(h);
}
