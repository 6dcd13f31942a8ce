/* queue.c - jobs between threads: order, room, closing, and their way back to the loop. */
#include "relayer/port.h"
#include "tests/test.h"

#include <stdatomic.h>

#define PRODUCERS 4
#define EACH 2000

typedef struct {
    job j;
    int producer, n;
} item;

static queue q;
static port to;
static uv_loop_t loop;
static int last[PRODUCERS], n_back;
static bool in_order;
static atomic_int n_runs;

static void item_run(job *j, void *with)
{
    (void)j;
    (void)with;
    n_runs++;
}

static void item_done(job *j)
{
    item *i = (item *)j;
    in_order = in_order && last[i->producer] == i->n - 1;
    last[i->producer] = i->n;
    n_back++;
    free(i);
}

static item *make(int producer, int n)
{
    item *i = calloc(1, sizeof *i);
    if (i == NULL) return NULL;
    i->producer = producer;
    i->n = n;
    i->j.run = item_run;
    i->j.done = item_done;
    return i;
}

static void *produce(void *arg)
{
    const int producer = *(const int *)arg;
    for (int n = 0; n < EACH; n++) {
        item *i = make(producer, n);
        if (i == NULL) return NULL;
        while (!queue_put(&q, &i->j)) (void)sched_yield(); /* full */
    }
    return NULL;
}

static void *consume(void *arg)
{
    (void)arg;
    for (;;) {
        job *list = queue_take(&q, 7, clock_ns() + 20000000u);
        for (job *j = list; j != NULL; j = j->next) j->run(j, NULL);
        port_post(&to, list);
        if (list == NULL && queue_is_over(&q)) return NULL;
    }
}

TEST(jobs_of_many_threads_come_back_in_order)
{
    static const int names[PRODUCERS] = {0, 1, 2, 3};
    pthread_t producer[PRODUCERS], consumer;
    queue_init(&q, 50);
    CHECK(uv_loop_init(&loop) == 0 && port_init(&to, &loop) == SP_OK);
    n_back = 0;
    n_runs = 0;
    in_order = true;
    for (int i = 0; i < PRODUCERS; i++) last[i] = -1;
    CHECK_EQ(pthread_create(&consumer, NULL, consume, NULL), 0);
    for (int i = 0; i < PRODUCERS; i++)
        CHECK_EQ(pthread_create(&producer[i], NULL, produce, (void *)(uintptr_t)&names[i]), 0);
    while (n_back < PRODUCERS * EACH) (void)uv_run(&loop, UV_RUN_ONCE);
    for (int i = 0; i < PRODUCERS; i++) CHECK_EQ(pthread_join(producer[i], NULL), 0);
    queue_close(&q);
    CHECK_EQ(pthread_join(consumer, NULL), 0);
    CHECK(in_order);
    CHECK_EQ(n_runs, PRODUCERS * EACH);
    port_close(&to);
    CHECK_EQ(uv_run(&loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(uv_loop_close(&loop), 0);
    queue_free(&q);
}

TEST(a_queue_has_its_room_and_no_more)
{
    queue_init(&q, 2);
    item *i[3] = {make(0, 0), make(0, 1), make(0, 2)};
    CHECK(queue_put(&q, &i[0]->j));
    CHECK(queue_put(&q, &i[1]->j));
    CHECK(!queue_put(&q, &i[2]->j));
    CHECK_EQ(queue_length(&q), 2);
    job *list = queue_take(&q, 1, 0);
    CHECK(list == &i[0]->j && list->next == NULL);
    CHECK(queue_put(&q, &i[2]->j));
    list = queue_take(&q, 9, 0);
    CHECK(list == &i[1]->j && list->next == &i[2]->j && list->next->next == NULL);
    CHECK_EQ(queue_length(&q), 0);
    queue_free(&q);
    for (int k = 0; k < 3; k++) free(i[k]);
}

TEST(a_closed_queue_is_emptied_and_takes_no_more)
{
    queue_init(&q, 4);
    item *a = make(0, 0), *b = make(0, 1);
    CHECK(queue_put(&q, &a->j));
    CHECK(!queue_is_closed(&q) && !queue_is_over(&q));
    queue_close(&q);
    CHECK(queue_is_closed(&q) && !queue_is_over(&q));
    CHECK(!queue_put(&q, &b->j));
    CHECK(queue_take(&q, 1, UINT64_MAX) == &a->j);
    CHECK(queue_is_over(&q));
    CHECK(queue_take(&q, 1, UINT64_MAX) == NULL); /* does not wait */
    queue_free(&q);
    free(a);
    free(b);
}

TEST(taking_waits_no_longer_than_asked)
{
    queue_init(&q, 4);
    const uint64_t start = clock_ns();
    CHECK(queue_take(&q, 1, start + 30000000u) == NULL);
    CHECK(clock_ns() >= start + 30000000u);
    CHECK(queue_take(&q, 1, 0) == NULL);
    queue_free(&q);
}

TEST(what_was_posted_is_done_when_the_port_closes)
{
    CHECK(uv_loop_init(&loop) == 0 && port_init(&to, &loop) == SP_OK);
    n_back = 0;
    last[0] = -1;
    in_order = true;
    port_post(&to, NULL);
    for (int k = 0; k < 3; k++) {
        item *i = make(0, k);
        CHECK(i != NULL);
        port_post(&to, &i->j);
    }
    port_close(&to);
    CHECK_EQ(n_back, 3);
    CHECK(in_order);
    CHECK_EQ(uv_run(&loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(uv_loop_close(&loop), 0);
}
