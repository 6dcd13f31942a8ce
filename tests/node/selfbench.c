/* selfbench.c - speeds, the times that follow from them, the file that keeps them, and admission.
 */
#include "node/admission.h"
#include "node/selfbench.h"
#include "tests/test.h"

#include <unistd.h>

static const selfbench fast_machine = {.version = SPROVE_VERSION,
                                       .cpu_model = "cpu",
                                       .threads = 4,
                                       .date = 1763726400, /* 2025-11-21T12:00:00Z */
                                       .exec_cycles = 50000000,
                                       .hashes = 1u << 26,
                                       .rows = 1000000,
                                       .chain_rows = 100000};

TEST(times_follow_from_speeds)
{
    const selfbench *b = &fast_machine;
    CHECK_EQ(selfbench_exec_ms(b, 0), 0);
    CHECK_EQ(selfbench_exec_ms(b, 50000000), 1000);
    CHECK_EQ(selfbench_exec_ms(b, 50000001), 1001);
    /* fast: one nonce of 26 bits takes a second here. */
    CHECK_EQ(selfbench_prove_ms(b, params_by_name("fast"), 0), 1000);
    CHECK_EQ(selfbench_prove_ms(b, params_by_name("fast"), 500000), 1500);
    /* chain: 2^24 + 2^10 + 8*2^4 + 2^24 = 33555584 of 2^26 in a second: 500.02 ms, rounded up. */
    CHECK_EQ(selfbench_prove_ms(b, params_by_name("chain"), 500000), 5501);
    CHECK_EQ(selfbench_rows(0), (1u << 18) + (1u << 14));
    CHECK_EQ(selfbench_rows(1000), 2000 + (1u << 18) + (1u << 14));
    CHECK_EQ(selfbench_rows(UINT64_MAX / 2), UINT64_MAX);
    CHECK_EQ(selfbench_exec_ms(b, UINT64_MAX), UINT64_MAX);
    selfbench none;
    memset(&none, 0, sizeof none);
    CHECK_EQ(selfbench_exec_ms(&none, 1), UINT64_MAX);
    CHECK_EQ(selfbench_prove_ms(&none, params_by_name("fast"), 1), UINT64_MAX);
    none = fast_machine;
    none.chain_rows = 0;
    CHECK_EQ(selfbench_prove_ms(&none, params_by_name("chain"), 1), UINT64_MAX);
    CHECK(selfbench_prove_ms(&none, params_by_name("proven"), 1) != UINT64_MAX);
}

TEST(bench_is_that_of_the_register_message)
{
    json_t *j = selfbench_json(&fast_machine, params_by_name("fast"));
    char *text = json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER);
    /* 2^20 rows: 1049 ms and 1000 ms of nonces. */
    CHECK(text && !strcmp(text, "{\"exec_mcycles_s\":50,\"prove_krows_s\":511,"
                                "\"date\":\"2025-11-21T12:00:00Z\"}"));
    free(text);
    json_decref(j);
}

TEST(speeds_survive_their_file)
{
    char dir[] = "/tmp/selfbench-XXXXXX", path[64];
    selfbench b;
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/bench.json", dir);
    CHECK_EQ(selfbench_read(&b, path), SP_ERR_IO);
    CHECK_EQ(selfbench_write(&fast_machine, path), SP_OK);
    CHECK_EQ(selfbench_read(&b, path), SP_OK);
    CHECK(memcmp(&b, &fast_machine, sizeof b) == 0);
    CHECK_EQ(selfbench_write(&b, "/nowhere/bench.json"), SP_ERR_IO);
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"version\":\"1\",\"cpu_model\":\"c\",\"threads\":-1,\"date\":1,\"exec_cycles_s\":1,"
        "\"hashes_s\":1,\"rows_s\":1,\"chain_rows_s\":1}",
        "{\"version\":\"1\",\"cpu_model\":\"c\",\"threads\":1,\"date\":1,\"exec_cycles_s\":\"1\","
        "\"hashes_s\":1,\"rows_s\":1,\"chain_rows_s\":1}",
        "{\"version\":\"0123456789012345678901234\",\"cpu_model\":\"c\",\"threads\":1,\"date\":1,"
        "\"exec_cycles_s\":1,\"hashes_s\":1,\"rows_s\":1,\"chain_rows_s\":1}"};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        FILE *f = fopen(path, "w");
        CHECK(f && fputs(wrong[i], f) >= 0 && fclose(f) == 0);
        CHECK_EQ(selfbench_read(&b, path), SP_ERR_FORMAT);
        CHECK_EQ(b.rows, 0);
    }
    CHECK(unlink(path) == 0 && rmdir(dir) == 0); /* nothing else is left */
}

TEST(speeds_hold_for_one_machine_and_some_time)
{
    selfbench b = fast_machine;
    const int64_t now = b.date + 100;
    CHECK(selfbench_holds(&b, "cpu", 4, true, now, 100));
    CHECK(!selfbench_holds(&b, "cpu", 4, true, now, 99));
    CHECK(!selfbench_holds(&b, "cpu", 4, true, b.date - 1, 100)); /* from the future */
    CHECK(!selfbench_holds(&b, "other", 4, true, now, 100));
    CHECK(!selfbench_holds(&b, "cpu", 5, true, now, 100));
    b.chain_rows = 0;
    CHECK(!selfbench_holds(&b, "cpu", 4, true, now, 100));
    CHECK(selfbench_holds(&b, "cpu", 4, false, now, 100));
    b.version[0] = '9';
    CHECK(!selfbench_holds(&b, "cpu", 4, false, now, 100));
}

static bool on_stage(void *user, unsigned stage, unsigned n, const char *name)
{
    unsigned *next = user;
    if (stage != *next || n != 3 || !name[0]) abort();
    return ++*next != 4;
}

TEST(this_machine_is_measured)
{
    char why[SELFBENCH_WHY];
    selfbench b;
    unsigned next = 0;
    selfbench_options o = {.program = SP_TEST_WORKER,
                           .dir = "/tmp",
                           .cpu_model = "this",
                           .threads = 1,
                           .date = 12,
                           .on_stage = on_stage,
                           .user = &next};
    const sp_status s = selfbench_run(&b, &o, why);
    if (s != SP_OK) printf("%s\n", why);
    CHECK_EQ(s, SP_OK);
    CHECK_EQ(next, 3);
    CHECK(b.exec_cycles && b.hashes && b.rows && !b.chain_rows && b.threads == 1 && b.date == 12);
    CHECK(selfbench_holds(&b, "this", 1, false, 12, 0));
    printf("  %" PRIu64 " cycles, %" PRIu64 " rows, %" PRIu64 " hashes in a second\n",
           b.exec_cycles, b.rows, b.hashes);
}

static bool stops(void *user, unsigned stage, unsigned n, const char *name)
{
    (void)user;
    (void)n;
    (void)name;
    return stage == 0;
}

TEST(measuring_can_be_stopped_and_says_why_it_fails)
{
    char why[SELFBENCH_WHY];
    selfbench b;
    selfbench_options o = {.program = SP_TEST_WORKER,
                           .dir = "/tmp",
                           .cpu_model = "this",
                           .threads = 1,
                           .on_stage = stops};
    CHECK_EQ(selfbench_run(&b, &o, why), SP_ERR_CANCEL);
    CHECK_EQ(b.exec_cycles, 0);
    o.on_stage = NULL;
    o.program = "/nowhere";
    CHECK_EQ(selfbench_run(&b, &o, why), SP_ERR_IO);
    CHECK(strstr(why, "execute: the program cannot be opened"));
}

/* ---- admission ---- */

static bool accepts(const admission_task *taken, size_t n, uint64_t work, uint64_t deadline,
                    enum admission_order order, uint64_t done, uint64_t slack)
{
    const admission_task more = {work, deadline};
    const admission_verdict v = admission_decide(taken, n, more, 1000, 10, order);
    if (v.done_ms != done || v.slack_ms != slack)
        printf("accept %d, done %" PRIu64 ", slack %" PRIu64 "\n", v.accept, v.done_ms, v.slack_ms);
    return v.accept && v.done_ms == done && v.slack_ms == slack;
}

static bool refuses(const admission_task *taken, size_t n, uint64_t work, uint64_t deadline,
                    enum admission_order order)
{
    const admission_task more = {work, deadline};
    const admission_verdict v = admission_decide(taken, n, more, 1000, 10, order);
    return !v.accept && v.slack_ms == 0;
}

TEST(a_task_is_taken_if_it_fits_before_its_deadline)
{
    CHECK(accepts(NULL, 0, 100, 1110, ADMISSION_EDF, 1100, 0)); /* 1000 + 100 + 10 */
    CHECK(refuses(NULL, 0, 100, 1109, ADMISSION_EDF));
    CHECK(refuses(NULL, 0, 100, 0, ADMISSION_EDF));
    CHECK(refuses(NULL, 0, UINT64_MAX, UINT64_MAX, ADMISSION_EDF)); /* speed not known */
    CHECK(refuses(NULL, 0, UINT64_MAX - 1000, UINT64_MAX, ADMISSION_FIFO));
}

TEST(queued_work_counts)
{
    static const admission_task taken[] = {{500, 5000}, {300, 2000}};
    /* Between the two: 300 before it; the last then ends at 1000 + 300 + 200 + 500. */
    CHECK(accepts(taken, 2, 200, 3000, ADMISSION_EDF, 1500, 1490));
    /* Before both: the one of 2000 has 1000 - 10 - 300 left. */
    CHECK(accepts(taken, 2, 690, 1900, ADMISSION_EDF, 1690, 0));
    CHECK(refuses(taken, 2, 691, 1900, ADMISSION_EDF));
    /* Behind both. */
    CHECK(accepts(taken, 2, 200, 6000, ADMISSION_EDF, 2000, 3990));
    /* First come, first served: it waits for all of it, and disturbs nobody. */
    CHECK(refuses(taken, 2, 200, 1900, ADMISSION_FIFO));
    CHECK(accepts(taken, 2, 200, 2010, ADMISSION_FIFO, 2000, 0));
}

TEST(equal_deadlines_and_late_tasks)
{
    static const admission_task equal[] = {{100, 2000}, {100, 2000}};
    CHECK(accepts(equal, 2, 700, 2000, ADMISSION_EDF, 1900, 90));
    CHECK(accepts(equal, 2, 790, 2000, ADMISSION_EDF, 1990, 0));
    CHECK(refuses(equal, 2, 791, 2000, ADMISSION_EDF));
    /* One that is late already and goes first delays the new one, and does not forbid it. */
    static const admission_task late[] = {{400, 900}};
    CHECK(accepts(late, 1, 100, 1510, ADMISSION_EDF, 1500, 0));
    CHECK(refuses(late, 1, 100, 1509, ADMISSION_EDF));
    /* One of unknown length: nothing behind it is in time. */
    static const admission_task endless[] = {{UINT64_MAX, 5000}};
    CHECK(refuses(endless, 1, 1, 6000, ADMISSION_EDF));
    CHECK(refuses(endless, 1, 1, 2000, ADMISSION_EDF));
}

/* Against the plain reading: sort, add up, compare. */
TEST(admission_agrees_with_adding_up)
{
    for (unsigned round = 0; round < 5000; round++) {
        admission_task all[9];
        const size_t n = test_rand() % 8;
        for (size_t i = 0; i <= n; i++)
            all[i] = (admission_task){test_rand() % 300, 1000 + test_rand() % 1500};
        const admission_task more = all[n];
        const admission_verdict v = admission_decide(all, n, more, 1000, 10, ADMISSION_EDF);
        size_t at = n; /* of the new one, while the others are put in order, stably */
        for (size_t i = 1; i <= n; i++)
            for (size_t k = i; k > 0 && all[k - 1].deadline_ms > all[k].deadline_ms; k--) {
                const admission_task t = all[k];
                all[k] = all[k - 1];
                all[k - 1] = t;
                if (at == k)
                    at = k - 1;
                else if (at == k - 1)
                    at = k;
            }
        uint64_t end = 1000;
        bool ok = true;
        for (size_t i = 0; i <= n; i++) {
            end += all[i].work_ms;
            if (i == at) CHECK_EQ(v.done_ms, end);
            if (i >= at && end + 10 > all[i].deadline_ms) ok = false;
        }
        CHECK_EQ(v.accept, ok);
    }
}
