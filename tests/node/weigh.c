/* weigh.c - what an offer's task takes, and what is less than a node's price. */
#include "node/weigh.h"
#include "core/machine.h"
#include "node/admission.h"
#include "relayer/estimate.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#define MILLION UINT64_C(1000000)

/* A machine of a million cycles and a million rows a second, and an eighth of these under chain. */
static const selfbench machine = {
    .exec_cycles = MILLION, .hashes = MILLION << 20, .rows = MILLION, .chain_rows = MILLION / 8};

static json_t *offer(const char *text)
{
    json_t *m = json_loads(text, 0, NULL);
    if (m == NULL) printf("no JSON: %s\n", text);
    return m;
}

static uint64_t left_ms(const selfbench *b, const char *text, uint64_t executed, uint32_t ppm)
{
    json_t *m = offer(text);
    const uint64_t ms = weigh_left_ms(b, m, executed, ppm);
    json_decref(m);
    return ms;
}

static bool is_between(uint64_t v, uint64_t least, uint64_t most)
{
    if (v >= least && v <= most) return true;
    printf("%llu, not %llu to %llu\n", (unsigned long long)v, (unsigned long long)least,
           (unsigned long long)most);
    return false;
}

#define LARGE                                                                \
    "{\"job\":{\"profile\":\"fast\",\"max_cycles\":\"134217726\"},\"work\":" \
    "{\"cycles\":\"100000000\",\"rows\":\"110000000\"}}"
#define SMALL                                                                \
    "{\"job\":{\"profile\":\"fast\",\"max_cycles\":\"134217726\"},\"work\":" \
    "{\"cycles\":\"432\",\"rows\":\"282000\"}}"
#define UNKNOWN "{\"job\":{\"profile\":\"fast\",\"max_cycles\":\"134217726\"}}"
#define AT_MOST "{\"job\":{\"profile\":\"fast\",\"max_cycles\":\"1000\"}}"

TEST(a_run_that_was_measured_takes_as_long_as_that)
{
    CHECK(is_between(left_ms(&machine, LARGE, 0, 0), 210000, 210100));
    CHECK(is_between(left_ms(&machine, SMALL, 0, 0), 282, 382));
    /* Of another nobody knows more than its most, which says next to nothing. */
    const uint64_t assumed = 1000 + (2 * WEIGH_ASSUMED_CYCLES + (1 << 18) + (1 << 14)) / 1000;
    CHECK(is_between(left_ms(&machine, UNKNOWN, 0, 0), assumed, assumed + 100));
    CHECK(is_between(left_ms(&machine, "{\"job\":{\"profile\":\"fast\"}}", 0, 0), assumed,
                     assumed + 100));
    CHECK(is_between(left_ms(&machine, AT_MOST, 0, 0), 281, 381));
    /* Words that are none. */
    CHECK(is_between(left_ms(&machine,
                             "{\"job\":{\"profile\":\"fast\",\"max_cycles\":\"-1\"},\"work\":"
                             "{\"cycles\":\"1x\",\"rows\":3}}",
                             0, 0),
                     assumed, assumed + 100));
}

TEST(what_has_run_here_is_known_and_what_is_done_does_not_count)
{
    CHECK(is_between(left_ms(&machine, UNKNOWN, 100 * MILLION, 0), 300278, 300400));
    CHECK(is_between(left_ms(&machine, UNKNOWN, 100 * MILLION, 500000), 150139, 150200));
    CHECK_EQ(left_ms(&machine, UNKNOWN, 100 * MILLION, 1000000), 0);
    CHECK_EQ(left_ms(&machine, UNKNOWN, 100 * MILLION, 1000001), 0);
    /* Also where the relayer said other cycles; its rows of the same run are the better ones. */
    CHECK(is_between(left_ms(&machine, SMALL, 100 * MILLION, 0), 300278, 300400));
    CHECK(is_between(left_ms(&machine, LARGE, 100 * MILLION, 0), 210000, 210100));
}

TEST(speeds_that_were_not_measured)
{
    selfbench b = {.exec_cycles = 0};
    CHECK_EQ(left_ms(&b, LARGE, 0, 0), 0); /* no times at all: the deadline alone decides */
    b = machine;
    b.chain_rows = 0;
#define CHAIN "{\"job\":{\"profile\":\"chain\"},\"work\":{\"cycles\":\"432\",\"rows\":\"282000\"}}"
    CHECK_EQ(left_ms(&b, CHAIN, 0, 0), left_ms(&machine, CHAIN, 0, 0));
    CHECK(left_ms(&b, CHAIN, 0, 0) < 3600000);
    CHECK_EQ(left_ms(&machine, "{\"job\":{\"profile\":\"none\"}}", 0, 0), UINT64_MAX);
    b.rows = 0;
    CHECK_EQ(left_ms(&b, SMALL, 0, 0), UINT64_MAX);
    CHECK_EQ(left_ms(&machine,
                     "{\"job\":{\"profile\":\"fast\"},\"work\":{\"cycles\":\"1\",\"rows\":"
                     "\"18446744073709551615\"}}",
                     0, 0),
             UINT64_MAX);
}

/* A large task and a small one do not both end in time, the same two as small ones do. */
TEST(a_large_task_is_in_the_way_while_it_runs)
{
    const uint64_t now = MILLION, hour = now + 3600000;
    for (uint32_t ppm = 0; ppm <= 1000000; ppm += 250000) {
        const admission_task large = {left_ms(&machine, LARGE, 0, ppm), now + 215000},
                             more = {left_ms(&machine, LARGE, 0, 0), now + 321000},
                             later = {more.work_ms, hour};
        CHECK_EQ(admission_decide(&large, 1, more, now, 5000, ADMISSION_EDF).accept, ppm >= 500000);
        CHECK(admission_decide(&large, 1, later, now, 5000, ADMISSION_EDF).accept);
    }
}

/* ---- the price ---- */

static bool paid(const char *text, uint64_t base, uint64_t per_mcycle)
{
    json_t *m = offer(text);
    const bool yes = weigh_is_paid(m, amount_from_u64(base), amount_from_u64(per_mcycle));
    json_decref(m);
    return yes;
}

TEST(less_than_the_price_is_none)
{
    CHECK(paid("{\"price\":\"0\"}", 0, 0) && !paid("{\"price\":\"0\"}", 1, 0));
    CHECK(paid("{\"price\":\"17\"}", 17, 0) && !paid("{\"price\":\"16\"}", 17, 0));
    CHECK(!paid("{}", 0, 0) && !paid("{\"price\":17}", 17, 0) && !paid("{\"price\":\"-1\"}", 0, 0));
    /* 2^18 rows are in every proof. */
    CHECK(paid("{\"price\":\"262161\"}", 17, MILLION));
    CHECK(!paid("{\"price\":\"262160\"}", 17, MILLION));
    /* Of the run that the relayer has measured, and of the most that the contract pays. */
    CHECK(paid("{\"price\":\"300017\",\"work\":{\"cycles\":\"1\",\"rows\":\"300000\"}}", 17,
               MILLION));
    CHECK(!paid("{\"price\":\"300016\",\"work\":{\"cycles\":\"1\",\"rows\":\"300000\"}}", 17,
                MILLION));
    CHECK(!paid("{\"price\":\"1\",\"work\":{\"cycles\":\"1\",\"rows\":\"1\"}}", 0, MILLION));
#define ESCROWED(price)   \
    "{\"price\":\"" price \
    "\",\"job\":{\"max_cycles\":\"1000000\"},\"chain\":{\"contract\":\"0x1\"}}"
    CHECK(paid(ESCROWED("1262144"), 0, MILLION) && !paid(ESCROWED("1262143"), 0, MILLION));
    /* Prices that no offer reaches. */
    json_t *m = offer(ESCROWED("1262144"));
    const u256 most = {UINT64_MAX, UINT64_MAX};
    CHECK(!weigh_is_paid(m, most, most) && !weigh_is_paid(m, amount_from_u64(0), most));
    json_decref(m);
}

/* What our relayers ask for a node by the same prices is never less than that. */
TEST(a_relayer_never_offers_too_little)
{
    static const char *const profiles[] = {"fast", "balanced", "proven", "chain"};
    const uint64_t cycles[] = {1, 999, 100000, MILLION, MACHINE_MAX_CYCLES};
    for (size_t i = 0; i < SP_COUNT(profiles) * SP_COUNT(cycles); i++) {
        const params *p = params_by_name(profiles[i % SP_COUNT(profiles)]);
        const uint64_t n = cycles[i / SP_COUNT(profiles)], each = 1 + test_rand() % 10000000;
        char text[200], price[U256_TEXT];
        uint64_t rows;
        u256 asked;
        CHECK_EQ(
            estimate_rows(&rows, n, ESTIMATE_TABLE_ROWS, estimate_rows_per_1000(p->max_instances)),
            SP_OK);
        CHECK_EQ(estimate_price(&asked, amount_from_u64(5), amount_from_u64(each), rows), SP_OK);
        u256_write_text(price, asked);
        snprintf(text, sizeof text,
                 "{\"price\":\"%s\",\"job\":{\"max_cycles\":\"%llu\"},\"chain\":{}}", price,
                 (unsigned long long)n);
        CHECK(paid(text, 5, each));
        snprintf(text, sizeof text,
                 "{\"price\":\"%s\",\"work\":{\"cycles\":\"%llu\",\"rows\":\"%llu\"}}", price,
                 (unsigned long long)n, (unsigned long long)rows);
        CHECK(paid(text, 5, each) && !paid(text, 6, each));
    }
}
